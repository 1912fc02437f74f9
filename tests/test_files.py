"""Files are whole or absent."""

import errno
import hashlib
import json
import os
import stat
import subprocess
import sys

import numpy as np
import pytest

from gmvae.errors import FailedError, InputError
from gmvae.files import (
    atomic_folder,
    atomic_path,
    check_writable,
    restore_folders,
    sha256_file,
    sweep_temporaries,
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


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_in_a_sentence(tmp_path, monkeypatch, number):
    def full(_):
        raise OSError(number, os.strerror(number))

    write_text(tmp_path / "note.txt", "old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FailedError, match=r"note\.txt cannot be written, because the disk is full"):
        write_text(tmp_path / "note.txt", "new")
    assert (tmp_path / "note.txt").read_text() == "old"
    assert names(tmp_path) == ["note.txt"]


def test_a_writer_with_words_of_its_own_for_a_full_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("gmvae.files._is_full", lambda _: True)
    with pytest.raises(FailedError, match="the disk is full"):
        write_and_raise(tmp_path / "model.pt", RuntimeError("unexpected pos 64 vs 0"))
    with pytest.raises(KeyError):
        write_and_raise(tmp_path / "model.pt", KeyError("x"))
    denied = PermissionError(errno.EACCES, "Permission denied")  # says itself what is wrong
    with pytest.raises(PermissionError):
        write_and_raise(tmp_path / "model.pt", denied)
    failed = FailedError("for another reason")
    with pytest.raises(FailedError, match="another reason"):
        write_and_raise(tmp_path / "model.pt", failed)


def test_only_temporaries_are_swept_away(tmp_path):
    for name in (".gmvae-note-abc.txt", "deep/.gmvae-x", ".note.txt", "gmvae-note.txt"):
        write_text(tmp_path / name, "x")
    sweep_temporaries(tmp_path)
    left = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert left == {".note.txt", "gmvae-note.txt"}


def fill(folder, text):
    (folder / "a").write_text(text)
    (folder / "b").write_text(text)


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    for text in ("old", "new"):
        with atomic_folder(tmp_path / "record") as folder:
            fill(folder, text)
    assert {path.read_text() for path in (tmp_path / "record").iterdir()} == {"new"}
    assert names(tmp_path) == ["record"]
    with pytest.raises(IsADirectoryError), atomic_folder(tmp_path / "record") as folder:
        folder.write_text("neither")
    assert {path.read_text() for path in (tmp_path / "record").iterdir()} == {"new"}
    assert names(tmp_path) == ["record"]


KILLED = """
import os, sys
from pathlib import Path
from gmvae.files import atomic_folder
target, calls, rename = Path(sys.argv[1]), [0], Path.rename
def killed(path, to):
    if calls[0] == int(sys.argv[2]):
        os._exit(9)
    calls[0] += 1
    return rename(path, to)
Path.rename = killed
with atomic_folder(target) as folder:
    (folder / "a").write_text("new")
    (folder / "b").write_text("new")
"""


@pytest.mark.parametrize("renames", [0, 1])
def test_a_killed_command_leaves_a_whole_folder(tmp_path, renames):
    target = tmp_path / "record"
    target.mkdir()
    fill(target, "old")
    command = [sys.executable, "-c", KILLED, str(target), str(renames)]
    assert subprocess.run(command, check=False).returncode == 9
    restore_folders(tmp_path)
    assert names(tmp_path) == ["record"]
    assert {path.read_text() for path in target.iterdir()} == {"old"}
