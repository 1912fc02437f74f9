"""A run directory is held by one command, and never taken from other files."""

import subprocess
import sys

import pytest

from gmvae.runs import lock as locking
from gmvae.errors import InputError
from gmvae.runs.lock import locked

HOLD = """
import sys
from pathlib import Path
from gmvae.runs.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the directory until it is given a line."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_directory_is_held_by_one_process(tmp_path, holder, monkeypatch):
    monkeypatch.setattr(locking, "PATIENCE", 0.0)
    with pytest.raises(InputError, match="in use by another gmvae command"), locked(tmp_path):
        pass
    holder.communicate("\n")
    with locked(tmp_path):
        pass


def test_a_lock_that_is_about_to_go_is_waited_for(tmp_path, holder, monkeypatch):
    monkeypatch.setattr(locking.time, "sleep", lambda _: holder.kill())
    with locked(tmp_path):
        assert holder.wait() < 0


def test_holding_a_run_again_leaves_no_trace(tmp_path):
    with locked(tmp_path / "run"):
        pass
    before = (tmp_path / "run" / ".lock").stat().st_mtime_ns
    (tmp_path / "run" / "results").mkdir()
    with locked(tmp_path / "run"):
        pass
    assert (tmp_path / "run" / ".lock").stat().st_mtime_ns == before


@pytest.mark.parametrize("name", ["book", "notebooks", "results"])
def test_a_directory_with_other_files_is_refused_untouched(tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(InputError, match=f"holds no run, but {name}"), locked(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [name]
