"""The IDX file format of MNIST and EMNIST, plain or gzipped (LeCun et al., 1998)."""

import gzip
import math
import re
import struct
import zlib
from pathlib import Path

import numpy as np

from gmvae.errors import InputError

_UNSIGNED_BYTE = 0x08  # the only element type of the MNIST family
_IMAGES = re.compile(r"(?P<stem>.*?)-?images-idx3-ubyte(\.gz)?$")


def read_idx(path: Path) -> np.ndarray:
    """Read one IDX file of unsigned bytes.

    Returns
    -------
    array of uint8
        In the shape that the header states.

    Raises
    ------
    InputError
        If the file is not IDX, holds another element type, or is shorter or longer than its
        header says.
    """
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path} cannot be read: {error}.") from error
    if len(raw) < 4 or raw[0] or raw[1] or raw[2] != _UNSIGNED_BYTE or not raw[3]:
        raise InputError(f"{path} is not an IDX file of unsigned bytes.")
    n_dims = raw[3]
    start = 4 + 4 * n_dims
    if len(raw) < start:
        raise InputError(f"{path} ends inside its header.")
    shape = struct.unpack(f">{n_dims}I", raw[4:start])
    if len(raw) - start != math.prod(shape):
        raise InputError(
            f"{path} holds {len(raw) - start} bytes, but its header {shape} asks for"
            f" {math.prod(shape)}."
        )
    return np.frombuffer(raw, dtype=np.uint8, offset=start).reshape(shape)


def holds_idx(folder: Path) -> bool:
    """Say whether a folder holds a file named like the images of an IDX data set."""
    return any(_IMAGES.fullmatch(path.name) for path in folder.iterdir())


def read_idx_folder(folder: Path) -> tuple[str, np.ndarray, np.ndarray, np.ndarray]:
    """Read every ``*images-idx3-ubyte[.gz]`` of a folder with its labels, train before test.

    Files whose names begin with ``emnist-`` store each image transposed, and are turned upright.

    Returns
    -------
    stem : str
        The file names' common part without train and test, such as ``emnist-letters``.
    images : uint8 array (N, 28, 28)
    labels : uint8 array (N,), as stored
    split : int64 array (N,), 0 train and 1 test

    Raises
    ------
    InputError
        If there are no such files, a pair is incomplete or of unequal length, or the folder
        holds more than one data set.
    """
    found = sorted(p for p in folder.iterdir() if _IMAGES.fullmatch(p.name))
    plain = {p.name.removesuffix(".gz"): p for p in reversed(found)}  # plain before gzipped
    if not plain:
        raise InputError(f"{folder} holds no *-images-idx3-ubyte[.gz] file and no PNG or JPEG.")
    stems = {name: _data_set_of(name) for name in plain}
    if len(set(stems.values())) > 1:
        names = ", ".join(sorted(set(stems.values())))
        raise InputError(f"{folder} holds several data sets ({names}): keep one in a folder.")
    parts = [_read_pair(plain[name]) for name in sorted(plain, key=_is_test)]
    images, labels, split = (np.concatenate(column) for column in zip(*parts, strict=True))
    return next(iter(stems.values())), images, labels, split


def _prefix(name: str) -> str:
    match = _IMAGES.fullmatch(name)
    assert match is not None  # the caller's glob
    return match["stem"]


def _is_test(name: str) -> bool:
    return bool(re.search(r"(^|-)(t10k|test)$", _prefix(name)))


def _data_set_of(name: str) -> str:
    return re.sub(r"(^|-)(train|t10k|test)$", "", _prefix(name)) or "mnist"


def _read_pair(images_path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    labels_name = images_path.name.removesuffix(".gz").replace("images-idx3", "labels-idx1")
    candidates = [images_path.with_name(labels_name + suffix) for suffix in ("", ".gz")]
    labels_path = next((path for path in candidates if path.exists()), None)
    if labels_path is None:
        raise InputError(f"{images_path} has no {labels_name}[.gz] beside it.")
    images, labels = read_idx(images_path), read_idx(labels_path)
    if images.ndim != 3 or images.shape[1:] != (28, 28):
        raise InputError(f"{images_path} has shape {images.shape}, not (N, 28, 28).")
    if labels.shape != (len(images),):
        raise InputError(f"{labels_path} has {labels.size} labels for {len(images)} images.")
    if images_path.name.startswith("emnist-"):
        images = images.transpose(0, 2, 1)
    return images, labels, np.full(len(images), int(_is_test(images_path.name)), dtype=np.int64)
