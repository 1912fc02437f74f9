"""Kernels that are forks of one server: same results, same lock, same end as Jupyter's own."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gmvae.paper import warm_kernels
from gmvae.paper.warm_kernels import LIBRARIES, environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")

RUN = """
import json, os, sys
import nbformat
from gmvae.paper.warm_kernels import environment
from gmvae.runs.lock import kernel_manager
from nbclient import NotebookClient
os.environ.update(environment())
cells = [nbformat.v4.new_code_cell(source) for source in json.loads(sys.argv[1])]
notebook = nbformat.v4.new_notebook(cells=cells)
with open(sys.argv[2], "a") as lock:
    NotebookClient(
        notebook, kernel_name="python3", kernel_manager_class=kernel_manager(lock.fileno())
    ).execute()
for cell in notebook.cells:
    print("".join(out.get("text", "") for out in cell.outputs), end="")
"""


@pytest.fixture(autouse=True)
def few_libraries(tmp_path, monkeypatch):
    """A server that imports little, by a module that Python looks for at every start."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "if 'forkserver' not in str(sys.orig_argv):\n"
        "    from gmvae.paper import warm_kernels\n"
        "    warm_kernels.LIBRARIES = ('ipykernel.kernelapp', 'colorsys')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def command(cells, lock):
    return [sys.executable, "-c", RUN, json.dumps(cells), str(lock)]


def executed(cells, tmp_path, **environ):
    return subprocess.run(
        command(cells, tmp_path / "lock"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environ},
    )


def said(cells, tmp_path, **environ):
    done = executed(cells, tmp_path, **environ)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_library_is_there_and_none_is_ours():
    assert all(importlib.util.find_spec(name) for name in LIBRARIES)
    assert not any(name.startswith("gmvae") for name in LIBRARIES)


def test_a_kernel_is_a_fork_that_is_like_any_other(tmp_path):
    left = tmp_path / "left"
    cells = [
        "import sys; print(*(name in sys.modules for name in ('colorsys', 'gmvae.decoding')))",
        "import os; print(os.getsid(0) == os.getpid(), os.environ['MARK'], os.getcwd())",
        "x = 2\nprint(x)",
        f"import atexit; atexit.register(lambda: open({str(left)!r}, 'w').close())",
        "print(__name__)",
    ]
    assert said(cells, tmp_path, MARK="here") == [
        "True False",
        f"True here {Path.cwd()}",
        "2",
        "__main__",
    ]
    assert left.is_file()


def test_where_it_is_not_registered_kernels_start_as_ever(monkeypatch):
    assert environment() == {"JUPYTER_DEFAULT_PROVISIONER_NAME": "gmvae-warm"}
    monkeypatch.setattr(warm_kernels, "entry_points", lambda **_: [])
    assert environment() == {}
    monkeypatch.undo()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert environment() == {}


def test_without_a_server_kernels_start_as_ever(tmp_path):
    folder = tmp_path / ("x" * 100)  # a socket's path may have 107 characters
    folder.mkdir()
    cells = ["import sys; print('colorsys' in sys.modules)"]
    assert said(cells, tmp_path, TMPDIR=str(folder)) == ["False"]


def test_a_killed_command_takes_its_kernel_along_and_then_its_lock(tmp_path):
    lock, pid = tmp_path / "lock", tmp_path / "pid"
    cells = [f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"]
    with subprocess.Popen(command(cells, lock), stderr=subprocess.DEVNULL) as process:
        until(lambda: pid.is_file() and pid.read_text())
        assert held(lock)
        process.send_signal(signal.SIGKILL)
    kernel = int(pid.read_text())
    until(lambda: not Path(f"/proc/{kernel}").exists())
    until(lambda: not held(lock))


def until(condition, seconds=30):
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def held(lock):
    """Tell whether the kernel has the file open, as descriptors in /proc say."""
    for folder in Path("/proc").glob("[0-9]*/fd"):
        try:
            if any(link.resolve() == lock for link in folder.iterdir()):
                return True
        except OSError:
            continue
    return False


def test_a_cell_that_fails_is_told_as_ever(tmp_path):
    done = executed(["1 / 0"], tmp_path)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr


def test_a_kernel_that_dies_is_noticed(tmp_path):
    done = executed(["import os; os._exit(3)"], tmp_path)
    assert "DeadKernelError" in done.stderr


def test_workers_do_not_keep_a_kernel_from_leaving(tmp_path):
    """Jupyter kills a kernel that waits for them, before it has left in order."""
    left = tmp_path / "left"
    cells = [
        "import joblib, multiprocessing\nlock = multiprocessing.RLock()  # as tqdm has one",
        "joblib.Parallel(2, 'loky')(joblib.delayed(abs)(i) for i in range(4))",
        f"import atexit, pathlib; atexit.register(pathlib.Path({str(left)!r}).touch)",
    ]
    done = executed(cells, tmp_path)
    assert done.returncode == 0, done.stderr
    assert left.exists()
    assert "leaked" not in done.stderr


def test_the_workers_of_a_killed_command_leave_with_its_kernel(tmp_path):
    workers = tmp_path / "workers"
    workers.mkdir()
    cells = [
        "import joblib, os, pathlib, time\ndef sleep(i):\n"
        f"    pathlib.Path({str(workers)!r}, str(os.getpid())).touch()\n    time.sleep(300)",
        "joblib.Parallel(2, 'loky')(joblib.delayed(sleep)(i) for i in range(2))",
    ]
    with subprocess.Popen(command(cells, tmp_path / "lock"), stderr=-3) as process:
        until(lambda: len(list(workers.iterdir())) == 2 or process.poll() is not None)
        process.send_signal(signal.SIGKILL)
    pids = [int(path.name) for path in workers.iterdir()]
    assert len(pids) == 2
    for pid in pids:
        until(lambda pid=pid: not Path(f"/proc/{pid}").exists())
