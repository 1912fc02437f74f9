"""The IDX reader: what it reads and what it refuses."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from samples import random_images, write_idx, write_pair

from gmvae.errors import InputError
from gmvae.data.idx import read_idx, read_idx_folder

LABELS = np.array([3, 1, 4], dtype=np.uint8)


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
    ],
)
def test_refuses_what_is_not_whole_idx(tmp_path, content, reason):
    (tmp_path / "x-ubyte").write_bytes(content)
    with pytest.raises(InputError, match=reason):
        read_idx(tmp_path / "x-ubyte")


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b[:20] + b"?" * 30])
def test_refuses_damaged_gzip(tmp_path, damage):
    packed = gzip.compress(np.random.default_rng(0).bytes(2000))
    (tmp_path / "x-ubyte.gz").write_bytes(damage(packed))
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
