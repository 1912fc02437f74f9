"""A run directory is held by one command, and never taken from other files."""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gmvae.errors import InputError
from gmvae.runs import lock as locking
from gmvae.runs.lock import locked

HOLD = """
import sys
from pathlib import Path
from gmvae.runs.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


KILLED = """
import os, sys
from pathlib import Path
from gmvae.files import atomic_path
from gmvae.runs.lock import locked
with locked(Path(sys.argv[1])) as lock:
    results = Path(sys.argv[1]) / "results"
    results.mkdir()
    (results / ".mine.json").touch()
    with atomic_path(results / "01_data.json") as temporary:
        temporary.write_text("half")
        os._exit(9)
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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.from_regex(r"[\w-][\w .-]{0,20}", fullmatch=True))
def test_whatever_file_is_there_is_refused_untouched(tmp_path_factory, name):
    """No list of names: nothing that a run may ever write can replace somebody's file."""
    folder = tmp_path_factory.mktemp("theirs")
    (folder / name).write_text("years of work")
    with pytest.raises(InputError, match="holds no run, but"), locked(folder):
        (folder / name).write_text("lost")
    assert [path.name for path in folder.iterdir()] == [name]
    assert (folder / name).read_text() == "years of work"


@pytest.mark.parametrize("name", ["model.pt", "history.csv", "posterior.npz", "checkpoint.pt"])
def test_the_files_of_a_training_are_refused(tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(InputError, match=f"holds no run, but {name}"), locked(tmp_path):
        pass


def test_an_empty_directory_may_have_hidden_files(tmp_path):
    (tmp_path / ".DS_Store").touch()
    with locked(tmp_path):
        assert (tmp_path / ".DS_Store").exists()


def test_temporaries_of_a_killed_command_are_swept_away(tmp_path):
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == 9
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 3
    with locked(tmp_path):
        left = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")]
    assert sorted(left) == [".lock", "results", "results/.mine.json"]


def test_a_system_without_locks_is_told_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fcntl", None)  # as on Windows
    with pytest.raises(InputError, match="Windows Subsystem for Linux"), locked(tmp_path / "run"):
        pass
    assert not (tmp_path / "run").exists()
