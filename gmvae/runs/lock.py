"""One command at a time in a run directory, kernels that outlive a killed command included."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partialmethod
from pathlib import Path
from typing import IO, Any

from gmvae.errors import InputError
from gmvae.files import sweep_temporaries

_LOCK = ".lock"  # marks a run directory, too
# A kernel looks for its parent once a second; when that was killed it leaves, and its lock goes.
PATIENCE = 5.0  # seconds


@contextmanager
def locked(run_dir: Path) -> Iterator[int]:
    """Hold `run_dir` for this process and the kernels it starts; yield the lock's descriptor.

    A directory that holds no run must be empty, hidden files aside. So no run can overwrite
    somebody's file, whatever the names of its own.

    Raises
    ------
    InputError
        If `run_dir` cannot be made, holds something else than a run, or is held by another
        process; or if this system has no locks.
    """
    _check_system()
    try:
        foreign = _foreign(run_dir)
        if foreign:
            raise InputError(
                f"--out {run_dir} holds no run, but {foreign}, which a run could overwrite: name a"
                " new or an empty directory."
            )
        run_dir.mkdir(parents=True, exist_ok=True)
        lock = (run_dir / _LOCK).open("a")
    except OSError as error:
        raise InputError(f"--out {run_dir} cannot be written ({error.strerror}).") from None
    with lock:
        if not _acquire(lock):
            raise InputError(f"{run_dir} is in use by another gmvae command.")
        sweep_temporaries(run_dir)  # of killed commands
        yield lock.fileno()


def _check_system() -> None:
    """Refuse Windows, whose Python has no locks that a kernel can inherit."""
    try:
        import fcntl  # noqa: F401
    except ImportError:
        raise InputError(
            "runs are made on Linux and macOS; on Windows, install this in the Windows Subsystem"
            " for Linux."
        ) from None


def _foreign(run_dir: Path) -> str:
    """Return the name of a file that is not of a run, or an empty text."""
    if not run_dir.is_dir() or (run_dir / _LOCK).is_file():
        return ""
    names = sorted(path.name for path in run_dir.iterdir())
    return next((name for name in names if not name.startswith(".")), "")


def _acquire(lock: IO[str]) -> bool:
    import fcntl  # not there on Windows, which has been refused

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


def kernel_manager(lock: int, made: list[Any] | None = None) -> type[Any]:
    """Return a Jupyter kernel manager whose kernels hold `lock` until they end.

    A kernel runs in a session of its own and may write a moment longer than a killed parent. The
    managers that are made are added to `made`, if it is given.
    """
    from jupyter_client.manager import AsyncKernelManager

    class LockedKernelManager(AsyncKernelManager):
        start_kernel = partialmethod(AsyncKernelManager.start_kernel, pass_fds=(lock,))

        def __init__(self, *args: Any, **kwargs: Any):
            super().__init__(*args, **kwargs)
            if made is not None:
                made.append(self)

    return LockedKernelManager


def end_kernels(managers: list[Any]) -> None:
    """End the kernels of these managers that still run, and their workers."""
    for manager in managers:
        if manager.has_kernel:
            with suppress(ProcessLookupError):
                os.killpg(manager.provisioner.pgid, signal.SIGTERM)
