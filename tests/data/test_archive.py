"""The reader of ``.npz`` files: a hostile or damaged one ends in a sentence."""

import io
import tracemalloc
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmvae.data.archive import LARGEST, Archive
from gmvae.data.npz import load_npz
from gmvae.errors import InputError

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)


def header(shape, descr="|u1", version=1):
    """Return the first bytes of a ``.npy`` file, whatever they claim."""
    text = str({"descr": descr, "fortran_order": False, "shape": shape}).encode() + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + len(text).to_bytes(2, "little") + text


def pack(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(f"{name}.npy", content)
    return path


def npy(array):
    written = io.BytesIO()
    np.save(written, array)
    return written.getvalue()


HOSTILE = {
    "2^31 images": header((2**31, 28, 28)),
    "2^62 images": header((2**62, 28, 28)),
    "2^31 bytes of images": header((2**21, 28, 28), "<i8"),
    "negative": header((-3, 28, 28)),
    "65 dimensions": header((1,) * 65),
    "no shape": header("shape"),
    "nested": b"\x93NUMPY\x01\x00" + (9000).to_bytes(2, "little") + b"(" * 9000,
    "long header": b"\x93NUMPY\x02\x00" + (2**31).to_bytes(4, "little") + b"{",
    "other version": header((3, 28, 28), version=9),
    "wide": header((3, 28, 28), "<U2147483647"),
    "fields": header((3, 28, 28), [("a", "<i4"), ("b", "|O")]),
    "bad type": header((3, 28, 28), "<q9"),
    "no array": b"text",
    "empty": b"",
    "cut": npy(IMAGES)[:-1],
    "pickle": header((1,), "|O") + b"cos\nsystem\n(S'touch pwned'\ntR.",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", ["images", "labels", "class_names", "split"])
def test_a_hostile_member_is_one_sentence(tmp_path, monkeypatch, name, content):
    monkeypatch.chdir(tmp_path)
    path = pack(tmp_path / "x.npz", **{"images": npy(IMAGES), name: content})
    tracemalloc.start()
    try:
        with pytest.raises(InputError) as refused:
            load_npz(path)
        assert tracemalloc.get_traced_memory()[1] < 100 << 20
    finally:
        tracemalloc.stop()
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 600
    assert [path.name for path in tmp_path.iterdir()] == ["x.npz"]  # nothing was executed


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_member_that_nobody_needs_is_left_alone(tmp_path, content):
    path = pack(tmp_path / "x.npz", images=npy(IMAGES), other=content)
    assert load_npz(path).extra == {}


def test_a_claim_is_checked_against_the_limit(tmp_path):
    path = pack(tmp_path / "x.npz", responsibilities=header((2**20, 400), "<f4"))
    with pytest.raises(InputError, match=r"claims the shape \(1048576, 400\) of float32"):
        Archive(path).read("responsibilities")


def test_a_zip_with_a_password_and_one_with_other_files(tmp_path):
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("readme.txt", "nothing here")
    with pytest.raises(InputError, match=r"no array named images \(it has: none\)"):
        load_npz(path)
    content = bytearray(pack(path, images=npy(IMAGES)).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1  # encrypted
    path.write_bytes(content)
    with pytest.raises(InputError, match="its images is damaged or no array"):
        load_npz(path)


@given(
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), max_size=6),
    method=st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA]),
    head=st.booleans(),
)
def test_no_damage_raises_anything_but_a_refusal(tmp_path_factory, flips, method, head):
    path = tmp_path_factory.mktemp("npz") / "x.npz"
    with zipfile.ZipFile(path, "w", method) as packed:
        packed.writestr("images.npy", npy(IMAGES[:1]))
        packed.writestr("labels.npy", npy(np.array([1])))
    content = bytearray(path.read_bytes())
    reach = 200 if head else len(content)  # the headers of the first member
    for place, change in flips:
        content[int(place * min(reach, len(content)))] ^= change
    path.write_bytes(content)
    with suppress(InputError):
        load_npz(path)


@given(st.binary(max_size=100))
def test_no_header_raises_anything_but_a_refusal(tmp_path_factory, content):
    start = b"\x93NUMPY\x01\x00" + len(content).to_bytes(2, "little")
    path = pack(tmp_path_factory.mktemp("npz") / "x.npz", images=start + content)
    with pytest.raises(InputError):
        load_npz(path)


def test_the_articles_images_fit_in_any_whole_number_type():
    assert 145_600 * 28 * 28 * np.dtype(np.int64).itemsize <= LARGEST
    assert LARGEST >= 697_932 * 28 * 28  # EMNIST by class, its training part as stored
