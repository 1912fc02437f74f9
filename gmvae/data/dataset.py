"""What a data set is: images with labels that only decoding and evaluation ever see."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gmvae.checks import named
from gmvae.errors import InputError
from gmvae.identity import array_hash

IMAGE_SIZE = 28  # pixels a side
UNLABELLED = -1
_DARK = 64  # grey level; no ink of a scan is below it
_MIDDLE = 128  # grey level between a dark and a light ground
_UNEVEN = 50  # grey levels; paper varies less, noise more


@dataclass(frozen=True)
class Dataset:
    """N images of 28 x 28 grey levels with labels of L classes.

    Attributes
    ----------
    name : str
        One of the known names, or the stem of the file or folder that was read.
    images : uint8 array (N, 28, 28)
        Upright, 0 the background and 255 full ink.
    labels : int64 array (N,)
        0 .. L-1, or -1 where an image has no label.
    split : int64 array (N,)
        0 for the training part and 1 for the test part.
    class_names : tuple of str, L of them
    fingerprint : str
        SHA-256 of images, labels, split and class names, in hexadecimal.
    extra : dict of arrays (N,)
        Whatever else the file says of each image, such as its source or case.
    remarks : tuple of str
        A sentence about each thing that is allowed and seldom meant, such as dark ink on light
        paper.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    split: np.ndarray
    class_names: tuple[str, ...]
    fingerprint: str
    extra: dict[str, np.ndarray] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)

    @property
    def labelled(self) -> bool:
        """Whether every image has a label."""
        return bool((self.labels != UNLABELLED).all())


def check_labelled(dataset: Dataset, place: str) -> None:
    """Check that every image has a label, as scoring needs; `place` is what the user named.

    Raises
    ------
    InputError
        If one has none.
    """
    if not dataset.labelled:
        missing = int((dataset.labels == UNLABELLED).sum())
        raise InputError(unlabelled_sentence(place, missing, len(dataset)))


def unlabelled_sentence(place: str, n_missing: int, n_images: int) -> str:
    """Return what is told where images lack the labels that scoring needs."""
    return (
        f"dataset={named(place)} has {n_missing} of {n_images} images without a label, which the"
        " article needs for scoring: `gmvae train` fits a model to such images, `gmvae select` says"
        " which of them to label, and `gmvae label` labels the others by them."
    )


def checked(
    name: str,
    images: np.ndarray,
    labels: np.ndarray,
    split: np.ndarray,
    class_names: list[str],
    extra: dict[str, np.ndarray] | None = None,
) -> Dataset:
    """Check shapes and ranges, fix the types and take the fingerprint.

    Parameters
    ----------
    name, images, labels, split, class_names, extra
        As in :class:`Dataset`, of any whole-number type.

    Raises
    ------
    InputError
        With one sentence about the first thing found wrong.
    """
    told = named(name)
    check_shape(told, images.shape, images.dtype)
    _check_levels(told, images)
    _check_labels(told, len(images), labels, split, len(class_names))
    images = np.ascontiguousarray(images, dtype=np.uint8)
    labels, split = labels.astype(np.int64), split.astype(np.int64)
    fingerprint = array_hash(images, labels, split, np.array(class_names, dtype=str))
    names, files = tuple(class_names), (extra or {}).get("file")
    remarks = _remarks(told, images, files)
    return Dataset(name, images, labels, split, names, fingerprint, extra or {}, remarks)


def _check_labels(
    name: str, n_images: int, labels: np.ndarray, split: np.ndarray, n_classes: int
) -> None:
    """Refuse labels and a split that are not of shape (N,) and within their ranges."""
    for what, values in (("labels", labels), ("split", split)):
        if values.shape != (n_images,):
            raise InputError(f"{name}: {what} have shape {values.shape}, not ({n_images},).")
        if values.dtype.kind not in "iu":
            raise InputError(f"{name}: {what} are {values.dtype}, not whole numbers.")
    if not np.isin(split, (0, 1)).all():
        raise InputError(f"{name}: split must be 0 (train) or 1 (test) for each image.")
    if labels.min() < UNLABELLED or labels.max() >= n_classes:
        raise InputError(
            f"{name}: labels run from {labels.min()} to {labels.max()}, not within -1 (none) to"
            f" {n_classes - 1} for {n_classes} class names."
        )


def check_shape(name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    """Check that an array of this shape and type can hold images; the array itself is not needed.

    Raises
    ------
    InputError
        If it cannot; `name` is the data set's.
    """
    if len(shape) != 3 or shape[1:] != (IMAGE_SIZE, IMAGE_SIZE) or not shape[0]:
        raise InputError(f"{name}: images have shape {shape}, not (N, 28, 28) with N > 0.")
    if dtype.kind not in "iu":
        raise InputError(f"{name}: images are {dtype}, not whole grey levels 0 to 255.")


def _check_levels(name: str, images: np.ndarray) -> None:
    """Refuse images (N, 28, 28) whose values cannot be meant as grey levels."""
    low, high = images.min(), images.max()
    if low < 0 or high > 255:
        raise InputError(f"{name}: grey levels run from {low} to {high}, not within 0 to 255.")
    if low == high:
        raise InputError(f"{name}: every pixel of the images has the grey level {low}.")
    if high == 1:
        raise InputError(
            f"{name}: the images hold only 0 and 1, where 255 is full ink: multiply them by 255."
        )


def _remarks(name: str, images: np.ndarray, files: np.ndarray | None) -> tuple[str, ...]:
    """Tell what is unlikely about uint8 images (N, 28, 28), of `files` (N,) if they have names."""
    found = []
    high = images.max()
    if high < _DARK:
        found.append(
            f"{name}: the images are nearly black: no grey level is above {high}, of 255. Were they"
            f" meant to be {255 // high} times as bright?"
        )
    empty = np.flatnonzero((images == images[:, :1, :1]).all(axis=(1, 2)))
    if len(empty):
        such = "" if files is None else f", such as {files[empty[0]]}"
        found.append(
            f"{name}: {len(empty)} of {len(images)} images are empty, of one grey level each{such}."
        )
    sides = (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1])
    border = np.concatenate(sides)  # (4 N, 28)
    if border.mean() > _MIDDLE and border.std() < _UNEVEN:
        found.append(
            f"{name}: the images seem to be dark ink on light paper: their border is at grey level"
            f" {border.mean():.0f}, of 255. Strokes should be light on dark: save 255 - images."
        )
    return tuple(found)
