"""Files that are whole or absent: everything is written to a temporary name and renamed."""

import errno
import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from gmvae.errors import FailedError, InputError

PROJECT = Path(__file__).parents[1]  # the checkout, where this package lies in one
_CHUNK = 1 << 20  # bytes read at a time when hashing
_TEMPORARY = ".gmvae-"  # begins the name of every file that is not whole yet
_OLD = ".gmvae_old-"  # begins the name of a folder that is being replaced
_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it to `path` if the block succeeds.

    The temporary name keeps the suffix of `path`, because writers such as
    ``matplotlib.savefig`` and ``numpy.savez`` choose the format by it. A block that raises
    leaves `path` as it was and removes the temporary file; that of a killed process is left to
    :func:`sweep_temporaries`.

    Raises
    ------
    FailedError
        If the disk is full.
    """
    path = Path(path)
    with _full_disk_told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        prefix = f"{_TEMPORARY}{path.stem}-"
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=path.suffix, dir=path.parent)
        os.close(handle)
    temporary = Path(name)
    try:
        with _full_disk_told(path):
            yield temporary
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
            temporary.chmod(0o666 & ~_umask())  # mkstemp made it private to this user
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _full_disk_told(path: Path) -> Iterator[None]:
    """Say of an error that a full disk has caused in one sentence that it has."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        # PyTorch's writer tells of a full disk in words of its own, then the disk is asked
        number = getattr(error, "errno", None)
        full = number in _FULL if number is not None else _is_full(path)
        if isinstance(error, FailedError) or not full:
            raise
        raise FailedError(
            f"{path} cannot be written, because the disk is full; what was there before is as it"
            " was."
        ) from error


def _is_full(path: Path) -> bool:
    return shutil.disk_usage(nearest(path.parent)).free == 0


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder beside `path` that takes its place if the block succeeds.

    Whoever is killed between the two renames leaves the old folder under a name that
    :func:`restore_folders` knows.

    Raises
    ------
    FailedError
        If the disk is full.
    """
    old = path.with_name(f"{_OLD}{path.name}")
    restore_folders(path.parent)
    with _full_disk_told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=path.parent))
    try:
        with _full_disk_told(path):
            yield new
            new.chmod(0o777 & ~_umask())  # mkdtemp made it private to this user
            if path.exists():
                path.rename(old)
            new.rename(path)
    finally:
        restore_folders(path.parent)


def restore_folders(parent: Path) -> None:
    """Bring back what :func:`atomic_folder` was about to replace in `parent`; remove the rest."""
    for old in parent.glob(f"{_OLD}*"):
        path = parent / old.name.removeprefix(_OLD)
        if path.exists():
            shutil.rmtree(old)
        else:
            old.rename(path)
    for temporary in parent.glob(f"{_TEMPORARY}*"):
        shutil.rmtree(temporary, ignore_errors=True)


def sweep_temporaries(folder: Path) -> None:
    """Remove what killed processes have left below `folder` under temporary names.

    Nobody else may be writing there.
    """
    for path in folder.rglob(f"{_TEMPORARY}*"):
        if path.is_file():
            path.unlink(missing_ok=True)


def check_writable(path: Path, option: str) -> None:
    """Check that a file `path` can be written, before work starts whose result it is to hold.

    Raises
    ------
    InputError
        If it is a folder, or cannot be made; `option` is what the user gave it as.
    """
    try:
        if path.is_dir():
            raise InputError(f"{option} is {path}, a folder; it must be a file")
        with tempfile.TemporaryFile(dir=nearest(path.parent)):
            pass
    except OSError as error:
        raise InputError(f"{option} is {path}, which cannot be written: {error.strerror}") from None


def nearest(path: Path) -> Path:
    """Return `path`, or where it is not there yet the nearest of its parents that is."""
    whole = path.absolute()
    return next(place for place in (whole, *whole.parents) if place.exists())


def is_file(path: Path) -> bool:
    """Return whether `path` is a file; a name that is too long for a disk is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Return whether `path` is a folder; a name that is too long for a disk is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def expanded(path: str | Path) -> Path:
    """Return `path` with ``~`` and ``~user`` replaced by a home; an unknown user's is left."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser fails at unknown users


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: str | Path, text: str) -> None:
    """Write `text` to `path`, whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | Path, content: Any) -> None:
    """Write `content` as indented JSON; NumPy scalars and arrays become plain numbers and lists.

    Raises
    ------
    ValueError
        If a number is NaN or infinite, which JSON cannot hold.
    """
    text = json.dumps(content, indent=2, default=_plain, allow_nan=False)
    write_text(path, text + "\n")


def finite(content: Any) -> Any:
    """Return nested dictionaries and lists in which None stands for NaN and infinite numbers.

    JSON has neither. NaN stands for what was not measured, such as the interval of a single value,
    and infinity for what was not reached.
    """
    if isinstance(content, dict):
        return {name: finite(value) for name, value in content.items()}
    if isinstance(content, list):
        return [finite(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def write_npz(path: str | Path, **arrays: Any) -> None:
    """Write `arrays` to a NumPy archive that loads without pickle."""
    with atomic_path(path) as temporary:
        np.savez(temporary, **arrays)


def sha256_file(path: str | Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as source:
        while block := source.read(_CHUNK):
            digest.update(block)
    return digest.hexdigest()
