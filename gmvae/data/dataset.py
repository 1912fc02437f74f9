"""What a data set is: images with labels that only decoding and evaluation ever see."""

from dataclasses import dataclass, field

import numpy as np

from gmvae.errors import InputError
from gmvae.identity import array_hash

IMAGE_SIZE = 28  # pixels a side
UNLABELLED = -1


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
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    split: np.ndarray
    class_names: tuple[str, ...]
    fingerprint: str
    extra: dict[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.images)

    @property
    def labelled(self) -> bool:
        """Whether every image has a label."""
        return bool((self.labels != UNLABELLED).all())


def checked(
    name: str,
    images: np.ndarray,
    labels: np.ndarray,
    split: np.ndarray,
    class_names: list[str],
    extra: dict[str, np.ndarray] | None = None,
) -> Dataset:
    """Check shapes and ranges, fix the types and take the fingerprint."""
    shape = (IMAGE_SIZE, IMAGE_SIZE)
    if images.ndim != 3 or images.shape[1:] != shape or not len(images):
        raise InputError(f"{name}: images have shape {images.shape}, not (N, 28, 28) with N > 0.")
    if images.dtype.kind not in "iu":
        raise InputError(f"{name}: images are {images.dtype}, not whole grey levels 0 to 255.")
    if images.min() < 0 or images.max() > 255:
        raise InputError(
            f"{name}: grey levels run from {images.min()} to {images.max()}, not within 0 to 255."
        )
    for what, values in (("labels", labels), ("split", split)):
        if values.shape != (len(images),):
            raise InputError(f"{name}: {what} have shape {values.shape}, not ({len(images)},).")
        if values.dtype.kind not in "iu":
            raise InputError(f"{name}: {what} are {values.dtype}, not whole numbers.")
    if not np.isin(split, (0, 1)).all():
        raise InputError(f"{name}: split must be 0 (train) or 1 (test) for each image.")
    if labels.min() < UNLABELLED or labels.max() >= len(class_names):
        raise InputError(
            f"{name}: labels run from {labels.min()} to {labels.max()}, not within -1 (none) to"
            f" {len(class_names) - 1} for {len(class_names)} class names."
        )
    images = np.ascontiguousarray(images, dtype=np.uint8)
    labels, split = labels.astype(np.int64), split.astype(np.int64)
    fingerprint = array_hash(images, labels, split, np.array(class_names, dtype=str))
    return Dataset(name, images, labels, split, tuple(class_names), fingerprint, extra or {})
