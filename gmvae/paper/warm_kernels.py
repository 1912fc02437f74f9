"""Kernels that start at once, because their libraries have been imported before.

Every chapter and every page runs in a kernel of its own, and each would import the same large
libraries, which takes longer than many a chapter's work. Here a fork server, that of Python's
:mod:`multiprocessing`, imports them once for a command, and a kernel is a fork of it. It imports no
module of this package, so a kernel sees the code as it is when the kernel starts.

Jupyter finds :class:`WarmProvisioner` by its entry point in ``pyproject.toml``, and takes it where
:func:`environment` says so. Nothing here changes a result: where kernels cannot be forked, each
starts as Jupyter starts it.
"""

import atexit
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from multiprocessing.connection import wait
from multiprocessing.reduction import DupFd
from pathlib import Path
from threading import Thread
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

NAME = "gmvae-warm"
LIBRARIES = (
    "ipykernel.kernelapp",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "pandas.io.formats.style",
    "scipy.stats",
    "seaborn",
    "sklearn.cluster",
    "sklearn.decomposition",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.manifold",
    "sklearn.mixture",
    "sklearn.neighbors",
    "sklearn.semi_supervised",
    "torch",
    "xgboost",
)
_KERNEL = ("-m", "ipykernel_launcher")  # how a kernel specification starts Python's kernel


def environment() -> dict[str, str]:
    """Return the variables that make Jupyter start warm kernels; none where it cannot.

    Only on Linux: a fork of a process with the libraries of macOS in it is not safe.
    """
    registered = entry_points(group="jupyter_client.kernel_provisioners", name=NAME)
    if sys.platform != "linux" or not registered:
        return {}
    return {"JUPYTER_DEFAULT_PROVISIONER_NAME": NAME}


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of the server; any other command as its base class does."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel; see :class:`jupyter_client.provisioning.LocalProvisioner`."""
        if tuple(cmd[1:3]) != _KERNEL or cmd[0] != sys.executable:
            return await super().launch_kernel(cmd, **kwargs)
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(LIBRARIES))
        held = [_Descriptor(fd) for fd in kwargs.get("pass_fds", ())]
        self.cwd = kwargs.get("cwd") or Path.cwd()
        kernel = context.Process(
            target=_become_kernel, args=(cmd[3:], kwargs["env"], str(self.cwd), held)
        )
        try:
            kernel.start()
        except (OSError, EOFError):  # no server, as where the temporary folder's path is too long
            return await super().launch_kernel(cmd, **kwargs)
        process: Any = _Started(kernel)
        self.process = process
        self.pid = self.pgid = kernel.pid  # it leads a session, and so a group, of its own
        return self.connection_info


class _Descriptor:
    """A file descriptor that another process gets as its own."""

    def __init__(self, fd: int):
        self.fd = fd

    def __reduce__(self) -> tuple[Any, ...]:
        return _detach, (DupFd(self.fd),)


def _detach(duplicate: Any) -> int:
    return int(duplicate.detach())


class _Started:
    """What Jupyter asks a ``subprocess.Popen`` for, of a process of multiprocessing."""

    stdin = stdout = stderr = None

    def __init__(self, process: Any):
        self._process = process
        self.pid = int(process.pid)

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs."""
        code: int | None = self._process.exitcode
        return code

    def wait(self) -> int | None:
        """Wait for the end; return the exit code."""
        self._process.join()
        return self.poll()

    def send_signal(self, signum: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)


def _become_kernel(
    arguments: Sequence[str], env: Mapping[str, str], folder: str, held: Sequence[int]
) -> None:
    """Be a kernel until it is shut down; `held` are open descriptors, such as a run's lock."""
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()  # as Jupyter's own: an interrupt reaches it and its workers, and no one else
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    sys.argv = ["ipykernel_launcher", *arguments]
    Thread(target=_leave_with_parent, daemon=True).start()
    try:
        # the server is the parent that the kernel looks for; it stays as long as the kernel does
        server = f"--IPKernelApp.parent_handle={os.getppid()}"
        kernel = {"kernel_class": _kernel_class()}
        IPKernelApp.launch_instance(argv=[*arguments, server], **kernel)
    finally:
        atexit._run_exitfuncs()  # multiprocessing leaves by os._exit, which skips them


def _kernel_class() -> type[Any]:
    """Return IPython's kernel, made to leave at once though joblib has workers.

    It asks its children to leave, and waits. The process that watches the workers' memory leaves
    only with the kernel, so that Jupyter would kill both: seconds for each chapter, and semaphores
    that nobody releases.
    """
    from ipykernel.ipkernel import IPythonKernel

    class Kernel(IPythonKernel):
        def do_shutdown(self, restart: bool) -> Any:
            loky = sys.modules.get("joblib.externals.loky.reusable_executor")
            executor = getattr(loky, "_executor", None)  # asking by its function would start one
            if executor is not None:
                executor.terminate(kill_workers=True)
            return super().do_shutdown(restart)

        def _process_children(self) -> list[Any]:
            return [child for child in super()._process_children() if not _is_watcher(child.pid)]

    return Kernel


def _is_watcher(pid: int) -> bool:
    """Whether a process watches the memory that workers share, or has left meanwhile."""
    try:
        return b"resource_tracker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return True


def _leave_with_parent() -> None:
    """End this process and its workers at once when the command that it belongs to is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.killpg(os.getpgrp(), signal.SIGTERM)  # workers, too, which might wait for ever
        os._exit(1)
