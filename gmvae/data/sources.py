"""Data sets by name or path: those that are downloaded, those embedded, and one's own."""

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

from gmvae.checks import named
from gmvae.data.archive import first_line
from gmvae.data.dataset import Dataset, checked
from gmvae.data.idx import holds_idx, read_idx_folder
from gmvae.data.image_folder import is_image_folder, load_image_folder
from gmvae.data.npz import load_npz
from gmvae.errors import InputError
from gmvae.files import expanded, is_file, is_folder

# What torchvision raises where files are missing, damaged, or not to be downloaded.
_NOT_THERE = (
    AssertionError,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def load_dataset(name_or_path: str | Path, root: str | Path | None = None) -> Dataset:
    """Load a data set by name or from a file.

    Parameters
    ----------
    name_or_path : str or Path
        ``emnist-letters`` or ``mnist`` (downloaded by torchvision where they are missing),
        ``digits`` (inside scikit-learn), the path of an ``.npz`` (see
        :func:`gmvae.data.npz.load_npz`) or of a folder of IDX files, or of PNG and JPEG files
        (see :func:`gmvae.data.image_folder.load_image_folder`). ``~`` is a home.
    root : str or Path, optional
        Where downloads are kept; ``$GMVAE_DATA``, else ``data``.

    Raises
    ------
    InputError
        If the data set is unknown, missing and not to be downloaded, or malformed.
    """
    name = str(name_or_path)
    root = expanded(root if root is not None else os.environ.get("GMVAE_DATA") or "data")
    check_dataset_name(name)
    if name in _NAMED:
        return _NAMED[name](root)
    path = expanded(name)
    return _load_folder(path) if is_folder(path) else load_npz(path)


def check_dataset_name(name_or_path: str | Path) -> None:
    """Refuse what names no data set, before anything of it is read.

    Raises
    ------
    InputError
        If it is neither a known name nor the path of a folder or of an ``.npz`` that is there.
    """
    name, path = str(name_or_path), expanded(name_or_path)
    if name in _NAMED or is_folder(path):
        return
    if path.suffix.lower() != ".npz":
        raise InputError(
            f"dataset={named(name)} is neither one of {', '.join(_NAMED)} nor an .npz file nor a"
            " folder of IDX files or images."
        )
    if not is_file(path):
        raise InputError(
            f"dataset={named(name)} does not exist; a relative path starts at the current folder,"
            f" {named(Path.cwd())}."
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
    except _NOT_THERE as error:
        _remove(missing)
        raise InputError(
            f"The data set {name} was looked for in {root / class_ / 'raw'} and is neither there"
            f" nor to be downloaded ({first_line(error)}): run this where there is a network,"
            f" or set GMVAE_DATA to a folder that holds {class_}/raw."
        ) from error
    images = np.concatenate([part.data.numpy() for part in parts])  # (N, 28, 28)
    labels = np.concatenate([part.targets.numpy() for part in parts])  # (N,)
    split = np.repeat([0, 1], [len(part.data) for part in parts])  # (N,)
    if class_ == "EMNIST":
        images = images.transpose(0, 2, 1)  # the files store each image transposed
        labels = _letters_from_0(name, labels)
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


def _letters_from_0(name: str, labels: np.ndarray) -> np.ndarray:
    """Return labels (N,) of 0 to 25 in place of EMNIST Letters' 1 to 26."""
    if labels.size and (labels.min() < 1 or labels.max() > 26):
        raise InputError(
            f"{named(name)}: labels run from {labels.min()} to {labels.max()}, not within 1 (a) to"
            " 26 (z), as the files of EMNIST Letters have them."
        )
    return labels.astype(np.int64) - 1


def _load_folder(folder: Path) -> Dataset:
    if not holds_idx(folder) and is_image_folder(folder):
        return load_image_folder(folder)
    stem, images, labels, split = read_idx_folder(folder)
    if stem.startswith("emnist-letters"):
        return checked(
            stem, images, _letters_from_0(stem, labels), split, list(string.ascii_lowercase)
        )
    values, codes = np.unique(labels, return_inverse=True)
    # MNIST's file names are those of Fashion-MNIST and others, too: only the folder tells which
    name = _folder_name(folder) if stem == "mnist" else stem
    return checked(name, images, codes, split, [str(value) for value in values])


def _folder_name(folder: Path) -> str:
    """Return what a folder is called, and of torchvision's ``raw`` what its parent is called."""
    path = folder.resolve()
    return (path.parent.name if path.name == "raw" else path.name) or "mnist"


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
DATASET_NAMES = tuple(_NAMED)
