"""Data sets: every source in one form, and refusals in one sentence."""

import io
import shutil
import string
from pathlib import Path

import numpy as np
import pytest
from samples import random_images, stroke_letters, write_idx, write_pair

from gmvae.data.dataset import UNLABELLED
from gmvae.data.sources import load_dataset
from gmvae.errors import InputError

CODES = np.array([0, 2, 1, 0, 2, 2, 1])


def save(path, **arrays):
    np.savez(path, **arrays)
    return path


def assert_same_data(first, second):
    assert first.fingerprint == second.fingerprint
    np.testing.assert_array_equal(first.images, second.images)
    np.testing.assert_array_equal(first.labels, second.labels)
    np.testing.assert_array_equal(first.split, second.split)
    assert first.class_names == second.class_names


def test_digits_are_upright_mnist_like_and_always_the_same():
    digits = load_dataset("digits")
    assert digits.images.shape == (1797, 28, 28)
    assert digits.images.dtype == np.uint8
    assert digits.class_names == tuple("0123456789")
    assert digits.images.max() == 255
    frame = np.ones((28, 28), dtype=bool)
    frame[4:24, 4:24] = False
    assert not digits.images[:, frame].any()  # the 20 x 20 box of MNIST
    assert (digits.split == 1).sum() == 1797 // 5
    assert digits.labelled
    assert_same_data(digits, load_dataset("digits"))


def test_npz_with_everything(tmp_path):
    images = random_images(7)
    split = np.array([0, 1, 0, 1, 0, 0, 1])
    names = np.array(["a", "b", "c"])
    path = save(
        tmp_path / "mine.npz",
        images=images,
        labels=CODES,
        class_names=names,
        split=split,
        writer=np.arange(7),
        matrix=np.eye(3),  # not per image
    )
    mine = load_dataset(path)
    assert mine.name == "mine"
    assert len(mine) == 7
    np.testing.assert_array_equal(mine.images, images)
    np.testing.assert_array_equal(mine.labels, CODES)
    np.testing.assert_array_equal(mine.split, split)
    assert (mine.labels.dtype, mine.split.dtype) == (np.int64, np.int64)
    assert mine.class_names == ("a", "b", "c")
    assert set(mine.extra) == {"writer"}


@pytest.mark.parametrize("labels", [CODES * 10 + 5, np.array(["5", "25", "15"])[CODES]])
def test_labels_without_names_are_numbered(tmp_path, labels):
    data = load_dataset(save(tmp_path / "x.npz", images=random_images(7), labels=labels))
    assert [data.class_names[code] for code in data.labels] == [str(label) for label in labels]
    assert len(data.class_names) == 3


def test_unlabelled_images_stay_unlabelled(tmp_path):
    some = load_dataset(save(tmp_path / "x.npz", images=random_images(7), labels=CODES - 1))
    np.testing.assert_array_equal(some.labels == UNLABELLED, CODES == 0)
    assert some.class_names == ("0", "1")
    assert not some.labelled
    texts = np.array(["-1", "a", "b"])[CODES]
    mixed = load_dataset(save(tmp_path / "z.npz", images=random_images(7), labels=texts))
    np.testing.assert_array_equal(mixed.labels == UNLABELLED, CODES == 0)
    assert mixed.class_names == ("a", "b")
    none = load_dataset(save(tmp_path / "y.npz", images=random_images(7)))
    assert (none.labels == UNLABELLED).all()
    assert not none.labelled


def test_a_split_is_drawn_where_there_is_none(tmp_path):
    path = save(tmp_path / "x.npz", images=random_images(70), labels=np.arange(70) % 2)
    data = load_dataset(path)
    assert (data.split == 1).sum() == 10
    assert not (data.split[-10:] == 1).all()  # drawn, not the tail
    assert_same_data(data, load_dataset(path))


def test_the_fingerprint_is_of_the_content_and_all_of_it(tmp_path):
    images, split = random_images(7), np.zeros(7, dtype=int)
    names = np.array(list("abc"))
    arrays = {"images": images, "labels": CODES, "split": split, "class_names": names}
    original = load_dataset(save(tmp_path / "x.npz", **arrays)).fingerprint
    assert load_dataset(save(tmp_path / "y.npz", **arrays)).fingerprint == original
    smaller_types = {**arrays, "labels": CODES.astype(np.uint8)}
    assert load_dataset(save(tmp_path / "y.npz", **smaller_types)).fingerprint == original
    changed = [
        {"images": images ^ (np.arange(784).reshape(28, 28) == 5)},
        {"labels": CODES[::-1]},
        {"split": 1 - split},
        {"class_names": np.array(list("abd"))},
    ]
    prints = {
        load_dataset(save(tmp_path / "y.npz", **{**arrays, **change})).fingerprint
        for change in changed
    }
    assert original not in prints
    assert len(prints) == len(changed)


IMAGES = random_images(7)


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({"pictures": IMAGES}, "no array named images .it has: pictures"),
        ({"images": IMAGES[:, :14]}, r"shape \(7, 14, 28\), not \(N, 28, 28\)"),
        ({"images": IMAGES[:0]}, "N > 0"),
        ({"images": np.uint8(3)}, "not .N, 28, 28."),
        ({"images": IMAGES / 255}, "float64, not whole grey levels"),
        ({"images": IMAGES.astype(int) * 2}, "grey levels run from"),
        ({"images": IMAGES.astype(int) - 1}, "grey levels run from -1"),
        ({"images": IMAGES, "labels": CODES[:6]}, r"labels have shape \(6,\), not \(7,\)"),
        ({"images": IMAGES, "labels": CODES * 0.5}, "float64, not whole numbers or strings"),
        ({"images": IMAGES.astype(object)}, r"its images holds Python objects, .*images.astype"),
        ({"images": IMAGES // 128}, "only 0 and 1, .*: multiply them by 255"),
        ({"images": (IMAGES // 128).astype(np.int64)}, "only 0 and 1"),
        ({"images": IMAGES * 0}, "every pixel of the images has the grey level 0"),
        ({"images": IMAGES, "labels": np.array(list("abcabca"), dtype="S")}, "labels.astype.str"),
        (
            {"images": IMAGES, "labels": np.array(list("abcabca"), dtype=object)},
            r"its labels holds Python objects, .* texts with labels\.astype\(str\)",
        ),
        (
            {"images": IMAGES, "labels": CODES, "class_names": np.array(["a", "b"], dtype=object)},
            r"its class_names holds Python objects, .* with class_names\.astype\(str\)",
        ),
        (
            {"images": IMAGES, "labels": CODES, "class_names": np.array(["a", "b"], dtype="S")},
            r"class_names are \|S1, not strings: save class_names.astype\(str\)",
        ),
        (
            {"images": IMAGES, "labels": CODES, "class_names": np.zeros(70_000, dtype="U1")},
            "class_names are 70000, above",
        ),
        (
            {"images": IMAGES, "labels": np.array(list("abcabcz")), "class_names": list("abc")},
            "labels hold 'z', which class_names do not",
        ),
        ({"images": IMAGES, "labels": CODES, "split": CODES}, "split must be 0 .train. or 1"),
        ({"images": IMAGES, "labels": CODES, "split": CODES[:3]}, "split have shape"),
        (
            {"images": IMAGES, "labels": CODES, "class_names": np.array(["a", "b"])},
            "labels run from 0 to 2, not within -1 .none. to 1",
        ),
        (
            {"images": IMAGES, "labels": CODES - 2, "class_names": np.array(["a", "b"])},
            "labels run from -2",
        ),
    ],
)
def test_refuses_an_npz_that_does_not_fit(tmp_path, arrays, reason):
    with pytest.raises(InputError, match=reason):
        load_dataset(save(tmp_path / "x.npz", **arrays))


def damaged_archive(start: int) -> bytes:
    packed = io.BytesIO()
    np.savez_compressed(packed, images=random_images(7))
    content = bytearray(packed.getvalue())
    content[start : start + 40] = b"\xff" * 40
    return bytes(content)


def array_file() -> bytes:
    packed = io.BytesIO()
    np.save(packed, random_images(7))
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text",
        b"PK\x03\x04 cut",
        damaged_archive(60),  # the compressed stream's first block
        damaged_archive(400),  # its content
        array_file(),
        b"\n<!DOCTYPE html><html>log in first</html>",
    ],
    ids=["empty", "text", "cut", "stream", "content", "npy", "page"],
)
def test_refuses_what_is_not_an_npz(tmp_path, content):
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"x\.npz cannot be read as \.npz"):
        load_dataset(tmp_path / "x.npz")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b" <html>", "it is a web page"),
        (b"<!doctype HTML>", "it is a web page"),
        (array_file(), "it is a single array"),
    ],
)
def test_says_what_a_file_is_instead(tmp_path, content, reason):
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(InputError, match=reason):
        load_dataset(tmp_path / "x.npz")


def test_objects_that_nobody_needs_are_left_alone(tmp_path):
    path = save(
        tmp_path / "x.npz", images=random_images(7), labels=CODES, notes=np.full(7, None), k=CODES
    )
    assert set(load_dataset(path).extra) == {"k"}


def test_texts_are_looked_up_in_the_class_names(tmp_path):
    labels, names = np.array([*"cabca", "-1", "b"]), np.array(["b", "c", "d", "a"])
    data = load_dataset(
        save(tmp_path / "x.npz", images=random_images(7), labels=labels, class_names=names)
    )
    assert data.class_names == ("b", "c", "d", "a")
    np.testing.assert_array_equal(data.labels, [1, 3, 0, 1, 3, UNLABELLED, 0])


@pytest.mark.parametrize("labels", [[0, 5, 26], [1, 2, 27]])
def test_letters_are_labelled_from_1_to_26(tmp_path, labels):
    write_pair(tmp_path, "emnist-letters-train", random_images(3), np.array(labels))
    with pytest.raises(InputError, match=r"labels run from .*, not within 1 .a. to 26 .z."):
        load_dataset(tmp_path)


STROKES = stroke_letters(2)[0]


@pytest.mark.parametrize(
    ("images", "reason"),
    [
        (STROKES // 16, "nearly black: no grey level is above 15"),
        (STROKES // 100, "nearly black: no grey level is above 2"),
        (255 - STROKES, "dark ink on light paper"),
        (200 - STROKES // 2, "dark ink on light paper"),
    ],
)
def test_remarks_on_what_is_unlikely(tmp_path, images, reason):
    (remark,) = load_dataset(save(tmp_path / "x.npz", images=images)).remarks
    assert reason in remark
    assert "\n" not in remark


@pytest.mark.parametrize("images", [STROKES, random_images(7), 255 * (STROKES > 0)])
def test_no_remark_on_what_is_usual(tmp_path, images):
    assert load_dataset(save(tmp_path / "x.npz", images=images)).remarks == ()
    assert load_dataset("digits").remarks == ()


def test_refuses_names_and_paths_that_do_not_exist(tmp_path):
    with pytest.raises(InputError, match=r"x\.npz does not exist"):
        load_dataset(tmp_path / "x.npz")
    with pytest.raises(InputError, match=f"starts at the current folder, {Path.cwd()}"):
        load_dataset("x.npz")
    for name in ("x" * 5000, "x" * 5000 + ".npz", "a\0b.npz", "a\nb"):
        with pytest.raises(InputError) as refused:
            load_dataset(name)
        assert len(str(refused.value)) < 600
        assert str(refused.value).isprintable()
    with pytest.raises(InputError, match=r"dataset=cifar is neither one of .*mnist.*digits"):
        load_dataset("cifar")


def test_a_folder_without_known_names_is_numbered(tmp_path):
    write_pair(tmp_path, "train", random_images(3), np.array([7, 3, 7]))
    data = load_dataset(tmp_path)
    assert data.class_names == ("3", "7")
    np.testing.assert_array_equal(data.labels, [1, 0, 1])


@pytest.fixture(scope="module")
def emnist_root(tmp_path_factory):
    """Letters as torchvision finds EMNIST: transposed, labels from 1, an upright copy beside."""
    root = tmp_path_factory.mktemp("root")
    images, labels = stroke_letters(3)
    for part, rows in (("train", slice(0, 60)), ("test", slice(60, None))):
        write_pair(
            root / "EMNIST" / "raw",
            f"emnist-letters-{part}",
            images[rows].transpose(0, 2, 1),
            labels[rows] + 1,
        )
    return root, images, labels


@pytest.mark.parametrize("by_name", [True, False])
def test_emnist_letters_are_upright_and_counted_from_0(emnist_root, by_name):
    root, images, labels = emnist_root
    if by_name:
        data = load_dataset("emnist-letters", root)
    else:
        data = load_dataset(root / "EMNIST" / "raw")
    assert data.name == "emnist-letters"
    np.testing.assert_array_equal(data.images, images)
    np.testing.assert_array_equal(data.labels, labels)
    np.testing.assert_array_equal(data.split, np.arange(len(labels)) >= 60)
    assert data.class_names == tuple(string.ascii_lowercase)


def test_by_name_and_by_folder_have_one_fingerprint(emnist_root):
    root, _, _ = emnist_root
    assert_same_data(load_dataset("emnist-letters", root), load_dataset(root / "EMNIST" / "raw"))


def test_the_root_comes_from_the_environment(emnist_root, monkeypatch):
    monkeypatch.setenv("GMVAE_DATA", str(emnist_root[0]))
    assert len(load_dataset("emnist-letters")) == 78


def test_a_home_in_path_and_root(tmp_path, emnist_root, monkeypatch):
    monkeypatch.setenv("HOME", str(emnist_root[0].parent))
    monkeypatch.setenv("GMVAE_DATA", f"~/{emnist_root[0].name}")
    assert len(load_dataset("emnist-letters")) == 78
    assert len(load_dataset(f"~/{emnist_root[0].name}/EMNIST/raw")) == 78


@pytest.mark.parametrize(("name", "class_"), [("mnist", "MNIST"), ("emnist-letters", "EMNIST")])
@pytest.mark.parametrize("error", [OSError("no network"), RuntimeError("File not found")])
def test_data_that_cannot_be_downloaded(tmp_path, monkeypatch, name, class_, error):
    import torchvision

    def refuse(self):
        Path(self.raw_folder).mkdir(parents=True)  # as torchvision does before it asks
        raise error

    monkeypatch.setattr(getattr(torchvision.datasets, class_), "download", refuse)
    with pytest.raises(InputError) as refused:
        load_dataset(name, tmp_path / "data")
    sentence = str(refused.value)
    for part in (
        name,
        str(tmp_path / "data" / class_ / "raw"),
        "where there is a network",
        "GMVAE_DATA",
    ):
        assert part in sentence
    assert "\n" not in sentence
    assert list(tmp_path.iterdir()) == []


@pytest.mark.real_data
def test_mnist_by_name_is_mnist_by_folder(data_root):
    raw = data_root / "MNIST" / "raw"
    if not raw.is_dir():
        pytest.skip("no MNIST there")
    mnist = load_dataset("mnist", data_root)
    assert mnist.images.shape == (70_000, 28, 28)
    assert (mnist.split == 1).sum() == 10_000
    assert list(mnist.labels[:5]) == [5, 0, 4, 1, 9]
    assert_same_data(mnist, load_dataset(raw))


@pytest.mark.real_data
def test_the_published_letters_are_read_upright(data_root, tmp_path):
    """The first official test images, beside an upright copy whose labels are index // 800."""
    partial, upright = data_root / "emnist_partial", data_root / "nist_letters.npz"
    if not (partial.is_dir() and upright.is_file()):
        pytest.skip("no published letters there")
    stem = "emnist-letters-test"
    shutil.copy(
        partial / f"{stem}-images-first10000-idx3-ubyte",
        tmp_path / f"{stem}-images-idx3-ubyte",
    )
    from gmvae.data.idx import read_idx

    official = read_idx(partial / f"{stem}-labels-idx1-ubyte.gz")
    assert np.unique(official).tolist() == list(range(1, 27))
    write_idx(tmp_path / f"{stem}-labels-idx1-ubyte", official[:10_000])
    letters = load_dataset(tmp_path)
    with np.load(upright) as archive:
        same = archive["source"] == 0
        np.testing.assert_array_equal(letters.images, archive["images"][same])
        np.testing.assert_array_equal(letters.labels, archive["labels"][same])
    np.testing.assert_array_equal(letters.labels, np.arange(10_000) // 800)
    assert (letters.split == 1).all()


@pytest.mark.parametrize("folder", ["FashionMNIST/raw", "kmnist", "FashionMNIST"])
def test_a_folder_with_the_file_names_of_mnist_is_named_after_itself(tmp_path, folder):
    write_pair(tmp_path / folder, "train", random_images(3), np.arange(3))
    assert load_dataset(tmp_path / folder).name == folder.removesuffix("/raw")
