"""Reading ``.npz`` files that may be damaged, huge or hostile: nothing is trusted unread.

A member's type and shape stand in its first bytes. They are looked at before its content is, so
that no file can ask for more memory than `LARGEST` or its own size, and none holds code.
"""

import lzma
import math
import struct
import tokenize
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from gmvae.checks import named
from gmvae.errors import InputError

LARGEST = 1 << 30  # bytes of one array; the largest part of EMNIST has 0.6 of that
DAMAGE = (
    OSError,
    ValueError,  # UnicodeDecodeError is one
    EOFError,
    KeyError,
    RuntimeError,  # a password, a compression that this Python lacks, a header nested too deeply
    SyntaxError,
    TypeError,
    OverflowError,
    MemoryError,
    struct.error,
    lzma.LZMAError,
    tokenize.TokenError,  # of NumPy's reader of old headers
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True)
class Member:
    """What the first bytes of a member say: its type, its shape, and its length in bytes."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]

    @property
    def n_bytes(self) -> int:
        """Bytes that the array takes."""
        return math.prod(self.shape) * self.dtype.itemsize


class Archive:
    """The arrays of an ``.npz`` file, each read only when it is asked for.

    Attributes
    ----------
    path : Path
    members : dict
        Of each array its :class:`Member`, by name. Members that are no arrays are left out.

    Raises
    ------
    InputError
        If the file is missing or is no ``.npz``.
    """

    def __init__(self, path: Path):
        self.path = path
        self.members: dict[str, Member] = {}
        self._others: list[str] = []
        try:
            with zipfile.ZipFile(path) as packed:
                for name in packed.namelist():
                    self._look_at(packed, name)
        except FileNotFoundError:
            raise InputError(f"{named(path)} does not exist.") from None
        except DAMAGE as error:
            raise self._unreadable(_kind_of(path) or first_line(error)) from None

    def _look_at(self, packed: zipfile.ZipFile, name: str) -> None:
        """Note what a member is."""
        key = name.removesuffix(".npy")
        try:
            with packed.open(name) as member:
                self.members[key] = _header(member)
        except DAMAGE:
            self._others.append(key)

    def _unreadable(self, reason: str) -> InputError:
        return InputError(f"{named(self.path)} cannot be read as .npz: {named(reason)}.")

    def has(self, name: str) -> bool:
        """Whether there is a member `name`, be it an array or not."""
        return name in self.members or name in self._others

    def read(self, name: str) -> np.ndarray:
        """Return the array `name`.

        Raises
        ------
        InputError
            If there is none, or it holds objects, is too large, or is damaged.
        """
        if name in self._others:
            raise self._unreadable(f"its {name} is damaged or no array")
        if name not in self.members:
            has = named(", ".join(self.members)) or "none"
            raise InputError(f"{named(self.path)} has no array named {name} (it has: {has}).")
        member = self.members[name]
        if member.dtype.hasobject:
            as_text = f"an array of texts with {name}.astype(str), or of numbers"
            saved = "uint8 with images.astype(np.uint8)" if name == "images" else as_text
            raise self._unreadable(
                f"its {name} holds Python objects, which could run code when they are read; save"
                f" it as {saved}"
            )
        most = max(LARGEST, self.path.stat().st_size)
        if member.n_bytes > most:
            raise self._unreadable(
                f"its {name} claims the shape {member.shape} of {member.dtype}, which is"
                f" {member.n_bytes:,} bytes, above the {most:,} that are read"
            )
        try:
            with np.load(self.path, allow_pickle=False) as arrays:
                return arrays[name]
        except DAMAGE as error:
            raise self._unreadable(f"its {name} is damaged ({first_line(error)})") from None


def _header(member: IO[bytes]) -> Member:
    """Read the first bytes of a ``.npy`` file."""
    version = np.lib.format.read_magic(member)
    if version == (1, 0):
        shape, _, dtype = np.lib.format.read_array_header_1_0(member)
    else:  # 3.0 differs from 2.0 in the names of fields alone
        shape, _, dtype = np.lib.format.read_array_header_2_0(member)
    if any(length < 0 for length in shape):
        raise ValueError("a negative length")
    return Member(dtype, shape)


def _kind_of(path: Path) -> str:
    """Return what a file is that people take for an ``.npz``, or an empty text."""
    try:
        with path.open("rb") as file:
            start = file.read(200).lstrip().lower()
    except OSError:
        return ""
    if start.startswith((b"<!doctype html", b"<html", b"<?xml")):
        return "it is a web page, such as a download leaves that needs a login"
    if start.startswith(b"\x93numpy"):
        return "it is a single array, as numpy.save writes it; numpy.savez writes an .npz"
    return "it is empty" if not start and not path.stat().st_size else ""


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says, without the colon or dot at its end."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".:")
