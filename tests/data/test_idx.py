"""The IDX reader: what it reads and what it refuses."""

import gzip
import struct
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from samples import random_images, write_idx, write_pair

from gmvae.data.idx import read_idx, read_idx_folder
from gmvae.errors import InputError

LABELS = np.array([3, 1, 4], dtype=np.uint8)
MAGIC = b"\x00\x00\x08"


@given(array=arrays(np.uint8, array_shapes(max_dims=4, max_side=4)), zipped=st.booleans())
def test_reads_back_what_was_written(tmp_path_factory, array, zipped):
    path = tmp_path_factory.mktemp("idx") / ("x-ubyte.gz" if zipped else "x-ubyte")
    np.testing.assert_array_equal(read_idx(write_idx(path, array)), array)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not an IDX file"),
        (b"\x00\x00\x0d\x01\x00\x00\x00\x00", "not an IDX file of unsigned bytes"),  # floats
        (b"\x00\x00\x08\x00", "not an IDX file"),  # no dimension
        (b"PNG....................", "not an IDX file"),
        (b"\x00\x00\x08\x03\x00\x00\x00\x01", "inside its header"),
        (struct.pack(">BBBBI", 0, 0, 8, 1, 5) + b"1234", "asks for 5"),
        (struct.pack(">BBBBI", 0, 0, 8, 1, 5) + b"123456", "asks for 5"),
        (struct.pack(">BBBBIII", 0, 0, 8, 3, 2**31, 28, 28), "asks for 1683627180032"),
        (struct.pack(">BBBB7I", 0, 0, 8, 7, *[1 << 30] * 6, 0), "asks for 0"),  # of a fuzzer
        (struct.pack(">BBBB65I", 0, 0, 8, 65, *[1] * 65) + b"1", "has 65 dimensions, above 8"),
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_refuses_what_is_not_whole_idx(tmp_path, content, reason, zipped):
    (tmp_path / "x-ubyte").write_bytes(gzip.compress(content) if zipped else content)
    with pytest.raises(InputError, match=reason):
        read_idx(tmp_path / "x-ubyte")


@given(content=st.binary(max_size=60), zipped=st.booleans(), start=st.sampled_from([b"", MAGIC]))
def test_no_file_raises_anything_but_a_refusal(tmp_path_factory, content, zipped, start):
    path = tmp_path_factory.mktemp("idx") / "x-ubyte"
    content = start + content
    path.write_bytes(gzip.compress(content) if zipped else content)
    with suppress(InputError):
        assert read_idx(path).nbytes <= len(content)


@given(flips=st.lists(st.tuples(st.integers(0, 79), st.integers(1, 255)), max_size=4))
def test_no_damaged_gzip_raises_anything_but_a_refusal(tmp_path_factory, flips):
    path = write_idx(tmp_path_factory.mktemp("idx") / "x.gz", np.arange(64).reshape(4, 4, 4))
    content = bytearray(path.read_bytes())
    for position, change in flips:
        content[position] ^= change
    path.write_bytes(content)
    with suppress(InputError):
        read_idx(path)


def bomb(path, claimed, n_bytes):
    """Write a gzip file of `n_bytes` zeros behind a header that claims another length."""
    with gzip.open(path, "wb", compresslevel=1) as packed:
        packed.write(struct.pack(">BBBBIII", 0, 0, 8, 3, claimed, 28, 28))
        for _ in range(n_bytes >> 20):
            packed.write(bytes(1 << 20))
    return path


@pytest.mark.parametrize(
    ("claimed", "reason"), [(5, "holds more bytes"), (2**31, "asks for 16836"), (2**21, "asks for")]
)
def test_a_gzip_bomb_is_not_unpacked(tmp_path, claimed, reason):
    path = bomb(tmp_path / "x.gz", claimed, 64 << 20)
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=reason):
            read_idx(path)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


def test_gzip_is_known_by_content(tmp_path):
    images = random_images(3)
    for suffix, other in (("", ".gz"), (".gz", "")):
        path = write_idx(tmp_path / f"x{suffix}", images)
        renamed = path.rename(tmp_path / f"y{other}")
        np.testing.assert_array_equal(read_idx(renamed), images)


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b[:100] + b"?" * 30])
def test_refuses_damaged_gzip(tmp_path, damage):
    path = write_idx(tmp_path / "x-ubyte.gz", random_images(3))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError, match="cannot be read"):
        read_idx(tmp_path / "x-ubyte.gz")


def test_refuses_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_idx(tmp_path / "missing")


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_folder_is_read_train_before_test(tmp_path, suffix):
    train, test = random_images(3, 1), random_images(2, 2)
    write_pair(tmp_path, "t10k", test, LABELS[:2], suffix)
    write_pair(tmp_path, "train", train, LABELS, suffix)
    stem, images, labels, split = read_idx_folder(tmp_path)
    assert stem == "mnist"
    np.testing.assert_array_equal(images, np.concatenate([train, test]))
    np.testing.assert_array_equal(labels, [3, 1, 4, 3, 1])
    np.testing.assert_array_equal(split, [0, 0, 0, 1, 1])


def test_only_emnist_is_turned_upright(tmp_path):
    upright = random_images(3)
    write_pair(tmp_path / "e", "emnist-digits-train", upright.transpose(0, 2, 1), LABELS)
    write_pair(tmp_path / "k", "kmnist-train", upright, LABELS)
    for folder, expected in (("e", "emnist-digits"), ("k", "kmnist")):
        stem, images, _, _ = read_idx_folder(tmp_path / folder)
        assert stem == expected
        np.testing.assert_array_equal(images, upright)


def test_a_file_that_is_there_plain_and_gzipped_counts_once(tmp_path):
    for suffix in ("", ".gz"):
        write_pair(tmp_path, "train", random_images(3), LABELS, suffix)
    assert len(read_idx_folder(tmp_path)[1]) == 3


def test_a_name_without_a_split_is_training_data(tmp_path):
    write_pair(tmp_path, "letters", random_images(3), LABELS)
    stem, _, _, split = read_idx_folder(tmp_path)
    assert (stem, list(split)) == ("letters", [0, 0, 0])


def test_refuses_folders_that_are_not_one_data_set(tmp_path):
    with pytest.raises(InputError, match="holds no"):
        read_idx_folder(tmp_path)
    write_idx(tmp_path / "train-images-idx3-ubyte", random_images(3))
    with pytest.raises(InputError, match=r"has no train-labels-idx1-ubyte\[\.gz\] beside"):
        read_idx_folder(tmp_path)
    write_idx(tmp_path / "train-labels-idx1-ubyte", LABELS[:2])
    with pytest.raises(InputError, match="2 labels for 3 images"):
        read_idx_folder(tmp_path)
    write_pair(tmp_path, "emnist-letters-train", random_images(3), LABELS)
    with pytest.raises(InputError, match=r"several data sets \(emnist-letters, mnist\)"):
        read_idx_folder(tmp_path)


def test_refuses_other_image_sizes(tmp_path):
    write_pair(tmp_path, "train", np.zeros((3, 14, 28)), LABELS)
    with pytest.raises(InputError, match=r"\(3, 14, 28\), not \(N, 28, 28\)"):
        read_idx_folder(tmp_path)


@pytest.mark.parametrize("images_dot", [False, True])
@pytest.mark.parametrize("labels_dot", [False, True])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_dot_may_stand_for_the_dash(tmp_path, images_dot, labels_dot, suffix):
    images = random_images(3)
    for what, array, dot in (("images", images, images_dot), ("labels", LABELS, labels_dot)):
        kind = f"{'.' if dot else '-'}idx{array.ndim}-ubyte{suffix}"
        write_idx(tmp_path / f"t10k-{what}{kind}", array)
    stem, found, labels, split = read_idx_folder(tmp_path)
    assert stem == "mnist"
    np.testing.assert_array_equal(found, images)
    np.testing.assert_array_equal(labels, LABELS)
    assert list(split) == [1, 1, 1]


def test_spellings_of_one_file_count_once(tmp_path):
    write_pair(tmp_path, "train", random_images(3), LABELS)
    write_idx(tmp_path / "train-images.idx3-ubyte", random_images(3))
    assert len(read_idx_folder(tmp_path)[1]) == 3


def test_hidden_files_and_folders_are_left_alone(tmp_path):
    write_pair(tmp_path, "train", random_images(3), LABELS)
    (tmp_path / "._train-images-idx3-ubyte").write_bytes(b"\x00\x05\x16\x07")
    (tmp_path / ".train-images-idx3-ubyte").write_bytes(b"")
    (tmp_path / "t10k-images-idx3-ubyte").mkdir()
    (tmp_path / "train-images-idx3-ubyte.gz").mkdir()
    assert len(read_idx_folder(tmp_path)[1]) == 3
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    (tmp_path / "train-labels-idx1-ubyte").mkdir()
    with pytest.raises(InputError, match="has no train-labels"):
        read_idx_folder(tmp_path)
