"""Files are whole or absent."""

import errno
import hashlib
import json
import os
import stat

import numpy as np
import pytest

from gmvae.errors import InputError
from gmvae.files import (
    atomic_path,
    check_writable,
    sha256_file,
    write_json,
    write_npz,
    write_text,
)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def write_and_raise(target, error):
    with atomic_path(target) as temporary:
        temporary.write_text("new")
        raise error


def test_a_written_file_is_there_and_nothing_else(tmp_path):
    write_text(tmp_path / "deep" / "note.txt", "schön")
    assert (tmp_path / "deep" / "note.txt").read_text(encoding="utf-8") == "schön"
    assert names(tmp_path / "deep") == ["note.txt"]


def test_a_failing_block_leaves_the_old_file(tmp_path):
    target = tmp_path / "note.txt"
    write_text(target, "old")
    with pytest.raises(RuntimeError, match="half"):
        write_and_raise(target, RuntimeError("half way"))
    assert target.read_text() == "old"
    assert names(tmp_path) == ["note.txt"]


def test_a_failing_block_leaves_no_new_file(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        write_and_raise(tmp_path / "note.txt", KeyboardInterrupt())
    assert names(tmp_path) == []


def test_the_temporary_name_keeps_the_suffix(tmp_path):
    with atomic_path(tmp_path / "figure.svg") as temporary:
        assert temporary.suffix == ".svg"
        assert temporary.parent == tmp_path  # a rename across file systems is not atomic


def test_permissions_follow_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "note.txt", "text")
        assert os.umask(0o027) == 0o027  # reading it has not changed it
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "note.txt").stat().st_mode) == 0o640


def test_json_takes_numpy_and_paths(tmp_path):
    path = tmp_path / "numbers.json"
    write_json(path, {"a": np.float32(0.5), "b": np.arange(3), "c": np.int64(7), "d": tmp_path})
    assert json.loads(path.read_text()) == {"a": 0.5, "b": [0, 1, 2], "c": 7, "d": str(tmp_path)}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"deep": [float("nan")]}])
def test_json_refuses_what_it_cannot_hold(tmp_path, value):
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "numbers.json", value)
    with pytest.raises(TypeError, match="object"):
        write_json(tmp_path / "numbers.json", object())
    assert names(tmp_path) == []


def test_npz_loads_without_pickle(tmp_path):
    write_npz(tmp_path / "arrays.npz", a=np.arange(4), b=np.array(["x", "y"]))
    with np.load(tmp_path / "arrays.npz", allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["a"], np.arange(4))
        assert list(archive["b"]) == ["x", "y"]


def test_sha256_of_a_file_longer_than_a_block(tmp_path):
    content = os.urandom((1 << 20) + 17)
    (tmp_path / "blob").write_bytes(content)
    assert sha256_file(tmp_path / "blob") == hashlib.sha256(content).hexdigest()


def test_what_can_be_written_is_known_before(tmp_path):
    check_writable(tmp_path / "new" / "deep" / "figures.json", "--out")
    (tmp_path / "old.json").write_text("{}")
    check_writable(tmp_path / "old.json", "--out")
    assert names(tmp_path) == ["old.json"]
    with pytest.raises(InputError, match=", a folder; it must be a file"):
        check_writable(tmp_path, "--out")
    with pytest.raises(InputError, match="cannot be written: Not a directory"):
        check_writable(tmp_path / "old.json" / "figures.json", "--out")


def test_a_folder_that_may_not_be_searched_is_refused(tmp_path, monkeypatch):
    def refuse(_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("pathlib.Path.is_dir", refuse)
    with pytest.raises(InputError, match="cannot be written: Permission denied"):
        check_writable(tmp_path / "figures.json", "--out")
