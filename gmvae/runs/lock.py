"""One command at a time in a run directory, kernels that outlive a killed command included."""

import fcntl
import functools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from gmvae.errors import InputError

_LOCK = ".lock"  # marks a run directory, too
_OVERWRITTEN = ("book", "figures", "models", "notebooks", "results", "stamps", "tensorboard")
# A kernel looks for its parent once a second; when that was killed it leaves, and its lock goes.
PATIENCE = 5.0  # seconds


@contextmanager
def locked(run_dir: Path) -> Iterator[int]:
    """Hold `run_dir` for this process and the kernels it starts; yield the lock's descriptor.

    Raises
    ------
    InputError
        If `run_dir` cannot be made, holds something else than a run, or is held by another
        process.
    """
    foreign = [name for name in _OVERWRITTEN if (run_dir / name).exists()]
    if foreign and not (run_dir / _LOCK).exists():
        raise InputError(
            f"--out {run_dir} holds no run, but {foreign[0]}, which would be overwritten: name a"
            " new directory."
        )
    try:
        run_dir.mkdir(parents=True, exist_ok=True)
        lock = (run_dir / _LOCK).open("a")
    except OSError as error:
        raise InputError(f"--out {run_dir} cannot be written ({error.strerror}).") from None
    with lock:
        if not _acquire(lock):
            raise InputError(f"{run_dir} is in use by another gmvae command.")
        yield lock.fileno()


def _acquire(lock: IO[str]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        else:
            return True


def kernel_manager(lock: int) -> type[Any]:
    """Return a Jupyter kernel manager whose kernels hold `lock` until they end.

    A kernel runs in a session of its own and may write a moment longer than a killed parent.
    """
    from jupyter_client.manager import AsyncKernelManager

    class LockedKernelManager(AsyncKernelManager):
        start_kernel = functools.partialmethod(AsyncKernelManager.start_kernel, pass_fds=(lock,))

    return LockedKernelManager
