"""Data sets: images with labels that only decoding and evaluation ever see."""

import os
import shutil
import string
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from gmvae.errors import InputError
from gmvae.data.dataset import UNLABELLED, Dataset, checked
from gmvae.data.idx import holds_idx, read_idx_folder
from gmvae.data.image_folder import is_image_folder, load_image_folder

_RESERVED = {"images", "labels", "class_names", "split"}


def load_dataset(name_or_path: str | Path, root: str | Path | None = None) -> Dataset:
    """Load a data set by name or from a file.

    Parameters
    ----------
    name_or_path : str or Path
        ``emnist-letters`` or ``mnist`` (downloaded by torchvision where they are missing),
        ``digits`` (inside scikit-learn), the path of an ``.npz`` with ``images`` and optionally
        ``labels``, ``class_names``, ``split`` and further per-image arrays, or the path of a
        folder of IDX files or of PNG and JPEG files, see
        :func:`gmvae.data.image_folder.load_image_folder`. Images of an ``.npz`` without ``split`` are split at random, one
        seventh for the test as in MNIST and EMNIST Letters.
    root : str or Path, optional
        Where downloads are kept; ``$GMVAE_DATA``, else ``data``.

    Raises
    ------
    InputError
        If the data set is unknown, missing and not to be downloaded, or malformed.
    """
    name = str(name_or_path)
    root = Path(root if root is not None else os.environ.get("GMVAE_DATA") or "data")
    if name in _NAMED:
        return _NAMED[name](root)
    path = Path(name)
    if path.is_dir():
        return _load_folder(path)
    if path.suffix == ".npz":
        return _load_npz(path)
    raise InputError(
        f"dataset={name} is neither one of {', '.join(_NAMED)} nor an .npz file nor a folder"
        " of IDX files or images."
    )


def _from_torchvision(
    root: Path, name: str, class_: str, class_names: list[str], **options: str
) -> Dataset:
    """Load a class of `torchvision.datasets`, which downloads what is missing."""
    import torchvision

    kind = getattr(torchvision.datasets, class_)
    missing = [path for path in (root / class_, root) if not path.exists()]
    try:
        parts = [_open_torchvision(kind, root, train, options) for train in (True, False)]
    except (OSError, RuntimeError, ValueError, zipfile.BadZipFile) as error:
        _remove(missing)
        raise InputError(
            f"The data set {name} was looked for in {root / class_ / 'raw'} and is neither there"
            f" nor to be downloaded ({_first_line(error)}): run this where there is a network,"
            f" or set GMVAE_DATA to a folder that holds {class_}/raw."
        ) from error
    images = np.concatenate([part.data.numpy() for part in parts])  # (N, 28, 28)
    labels = np.concatenate([part.targets.numpy() for part in parts])  # (N,)
    split = np.repeat([0, 1], [len(part.data) for part in parts])  # (N,)
    if class_ == "EMNIST":
        images = images.transpose(0, 2, 1)  # the files store each image transposed
        labels = labels - 1  # and letters from 1
    return checked(name, images, labels, split, class_names)


def _open_torchvision(kind: Any, root: Path, train: bool, options: dict[str, str]) -> Any:
    try:
        return kind(root, train=train, download=False, **options)
    except RuntimeError:  # torchvision's word for "not there"
        return kind(root, train=train, download=True, **options)


def _remove(made: list[Path]) -> None:
    """Remove what a download that failed has made: the first folder, then its empty parent."""
    if made:
        shutil.rmtree(made[0], ignore_errors=True)
    for parent in made[1:]:
        with suppress(OSError):  # not empty after all, or never made
            parent.rmdir()


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".:")


def _load_digits(root: Path) -> Dataset:
    """Enlarge the 1,797 digits inside scikit-learn from 8 x 8 to MNIST's 20 x 20 box in 28 x 28."""
    from scipy.ndimage import zoom
    from sklearn.datasets import load_digits

    digits = load_digits()
    grey = zoom(digits.images / 16.0, (1, 20 / 8, 20 / 8), order=1)  # (N, 20, 20)
    grey = np.pad(grey, ((0, 0), (4, 4), (4, 4)))  # (N, 28, 28)
    images = np.round(255 * grey.clip(0, 1)).astype(np.uint8)
    n_test = len(images) // 5  # the last fifth: other writers than before
    split = np.repeat([0, 1], [len(images) - n_test, n_test])
    return checked("digits", images, digits.target, split, [str(d) for d in range(10)])


def _load_folder(folder: Path) -> Dataset:
    if not holds_idx(folder) and is_image_folder(folder):
        return load_image_folder(folder)
    stem, images, labels, split = read_idx_folder(folder)
    if stem.startswith("emnist-letters"):
        return checked(
            stem, images, labels.astype(np.int64) - 1, split, list(string.ascii_lowercase)
        )
    values, codes = np.unique(labels, return_inverse=True)
    return checked(stem, images, codes, split, [str(value) for value in values])


def _load_npz(path: Path) -> Dataset:
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
    except FileNotFoundError:
        raise InputError(f"dataset={path} does not exist.") from None
    except (OSError, ValueError, EOFError, TypeError, zipfile.BadZipFile, zlib.error) as error:
        # TypeError: a single array, as numpy.save writes it
        raise InputError(f"{path} cannot be read as .npz ({_first_line(error)}).") from error
    if "images" not in arrays:
        raise InputError(f"{path} has no array named images (it has: {', '.join(arrays)}).")
    images = arrays["images"]
    n_images = len(images) if images.ndim else 0
    labels, class_names = _labels_and_names(path, arrays, n_images)
    split = arrays.get("split")
    if split is None:
        order = np.random.default_rng(0).permutation(n_images)
        split = np.zeros(n_images, dtype=np.int64)
        split[order[: n_images // 7]] = 1
    extra = {k: v for k, v in arrays.items() if k not in _RESERVED and v.shape == (n_images,)}
    return checked(path.stem, images, labels, split, class_names, extra)


def _labels_and_names(
    path: Path, arrays: dict[str, np.ndarray], n_images: int
) -> tuple[np.ndarray, list[str]]:
    names = [str(name) for name in arrays["class_names"].ravel()] if "class_names" in arrays else []
    labels = arrays.get("labels")
    if labels is None:
        return np.full(n_images, UNLABELLED), names
    if labels.dtype.kind not in "iuU":
        raise InputError(f"{path}: labels are {labels.dtype}, not whole numbers or strings.")
    if names:
        return labels, names
    known = labels != UNLABELLED if labels.dtype.kind == "i" else np.ones(labels.shape, dtype=bool)
    values, codes = np.unique(labels[known], return_inverse=True)
    numbered = np.full(labels.shape, UNLABELLED)
    numbered[known] = codes
    return numbered, [str(value) for value in values]


_NAMED: dict[str, Callable[[Path], Dataset]] = {
    "emnist-letters": partial(
        _from_torchvision,
        name="emnist-letters",
        class_="EMNIST",
        class_names=list(string.ascii_lowercase),
        split="letters",
    ),
    "mnist": partial(
        _from_torchvision, name="mnist", class_="MNIST", class_names=list(string.digits)
    ),
    "digits": _load_digits,
}
