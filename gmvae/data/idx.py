"""The IDX file format of MNIST and EMNIST, plain or gzipped (LeCun et al., 1998)."""

import gzip
import math
import re
import struct
import zlib
from io import BufferedReader
from pathlib import Path

import numpy as np

from gmvae.checks import named
from gmvae.data.archive import LARGEST
from gmvae.errors import InputError

_UNSIGNED_BYTE = 0x08  # the only element type of the MNIST family
_MOST_DIMENSIONS = 8  # images have 3
_CHUNK = 1 << 20  # bytes read at a time
_GZIP = b"\x1f\x8b"  # its first bytes, whatever the file is called
# Some sites replace the second dash by a dot; files that begin with a dot are a system's own.
_IMAGES = re.compile(r"(?!\.)(?P<stem>.*?)-?images[-.]idx3-ubyte(\.gz)?$")


def read_idx(path: Path) -> np.ndarray:
    """Read one IDX file of unsigned bytes, plain or gzipped, whatever its name says.

    Returns
    -------
    array of uint8
        In the shape that the header states.

    Raises
    ------
    InputError
        If the file is not IDX, holds another element type, is shorter or longer than its header
        says, or would take more than `gmvae.data.archive.LARGEST` bytes.
    """
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == _GZIP
        with gzip.open(path) if zipped else path.open("rb") as stream:
            return _read_stream(stream, path, zipped)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{named(path)} cannot be read: {named(error)}.") from error


def _read_stream(stream: gzip.GzipFile | BufferedReader, path: Path, zipped: bool) -> np.ndarray:
    """Read header and content; never more of them than the header asks for."""
    shape = _read_header(stream, path)
    wanted = math.prod(shape)
    asks = f"but its header {shape} asks for {wanted}"
    if not zipped:
        has = path.stat().st_size - stream.tell()
        if has != wanted:
            raise InputError(f"{named(path)} holds {has} bytes, {asks}.")
    if math.prod(filter(None, shape)) > LARGEST:  # too long even where another length is 0
        raise InputError(f"{named(path)} holds at most {LARGEST} bytes that are read, {asks}.")
    content = np.empty(wanted, dtype=np.uint8)
    done = 0
    while done < wanted:
        block = stream.read(min(_CHUNK, wanted - done))
        if not block:
            raise InputError(f"{named(path)} holds {done} bytes, {asks}.")
        content[done : done + len(block)] = np.frombuffer(block, dtype=np.uint8)
        done += len(block)
    if stream.read(1):
        raise InputError(f"{named(path)} holds more bytes, {asks}.")
    return content.reshape(shape)


def _read_header(stream: gzip.GzipFile | BufferedReader, path: Path) -> tuple[int, ...]:
    """Return the shape that the file states."""
    magic = stream.read(4)
    if len(magic) < 4 or magic[0] or magic[1] or magic[2] != _UNSIGNED_BYTE or not magic[3]:
        raise InputError(f"{named(path)} is not an IDX file of unsigned bytes.")
    n_dims = magic[3]
    if n_dims > _MOST_DIMENSIONS:
        raise InputError(f"{named(path)} has {n_dims} dimensions, above {_MOST_DIMENSIONS}.")
    lengths = stream.read(4 * n_dims)
    if len(lengths) < 4 * n_dims:
        raise InputError(f"{named(path)} ends inside its header.")
    return struct.unpack(f">{n_dims}I", lengths)


def holds_idx(folder: Path) -> bool:
    """Say whether a folder holds a file named like the images of an IDX data set."""
    return any(_IMAGES.fullmatch(path.name) for path in folder.iterdir())


def read_idx_folder(folder: Path) -> tuple[str, np.ndarray, np.ndarray, np.ndarray]:
    """Read every ``*images-idx3-ubyte[.gz]`` of a folder with its labels, train before test.

    A dot may stand for the dash before ``idx3``. Folders and hidden files are left alone. Files
    whose names begin with ``emnist-`` store each image transposed, and are turned upright.

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
    try:
        found = sorted(p for p in folder.iterdir() if _IMAGES.fullmatch(p.name) and p.is_file())
    except OSError as error:
        raise InputError(f"{named(folder)} cannot be read: {named(error)}.") from None
    # plain before gzipped, a dash before a dot
    plain = {_plain_name(p.name): p for p in reversed(found)}
    if not plain:
        raise InputError(
            f"{named(folder)} holds no *-images-idx3-ubyte[.gz] file and no PNG or JPEG."
        )
    stems = {name: _data_set_of(name) for name in plain}
    if len(set(stems.values())) > 1:
        names = named(", ".join(sorted(set(stems.values()))))
        raise InputError(
            f"{named(folder)} holds several data sets ({names}): keep one in a folder."
        )
    parts = [_read_pair(plain[name]) for name in sorted(plain, key=_is_test)]
    images, labels, split = (np.concatenate(column) for column in zip(*parts, strict=True))
    return next(iter(stems.values())), images, labels, split


def _plain_name(name: str) -> str:
    """Return the name in its first spelling: not gzipped, and with a dash."""
    return name.removesuffix(".gz").replace(".idx", "-idx")


def _prefix(name: str) -> str:
    match = _IMAGES.fullmatch(name)
    assert match is not None  # the caller's glob
    return match["stem"]


def _is_test(name: str) -> bool:
    return bool(re.search(r"(^|-)(t10k|test)$", _prefix(name)))


def _data_set_of(name: str) -> str:
    return re.sub(r"(^|-)(train|t10k|test)$", "", _prefix(name)) or "mnist"


def _read_pair(images_path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    labels_name = _plain_name(images_path.name).replace("images-idx3", "labels-idx1")
    spellings = (labels_name, labels_name.replace("-idx1", ".idx1"))
    candidates = [images_path.with_name(s + end) for s in spellings for end in ("", ".gz")]
    labels_path = next((path for path in candidates if path.is_file()), None)
    if labels_path is None:
        raise InputError(f"{named(images_path)} has no {named(labels_name)}[.gz] beside it.")
    images, labels = read_idx(images_path), read_idx(labels_path)
    if images.ndim != 3 or images.shape[1:] != (28, 28):
        raise InputError(f"{named(images_path)} has shape {images.shape}, not (N, 28, 28).")
    if labels.shape != (len(images),):
        raise InputError(f"{named(labels_path)} has {labels.size} labels for {len(images)} images.")
    if images_path.name.startswith("emnist-"):
        images = images.transpose(0, 2, 1)
    return images, labels, np.full(len(images), int(_is_test(images_path.name)), dtype=np.int64)
