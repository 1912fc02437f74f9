"""Chapters side by side: none before what it reads, none after a failure."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gmvae.paper.chapter import Chapter, load_chapters
from gmvae.paper.order import AT_ONCE, _reads_from, in_turn, side_by_side


def chapter(name, reads=(), writes=()):
    return Chapter(name, Path(name), frozenset(), tuple(reads), tuple(writes))


FILES = st.sets(st.integers(0, 5), max_size=3)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(FILES, FILES), max_size=8))
def test_each_runs_once_and_after_all_that_it_reads_from(drawn):
    chapters = [
        chapter(f"{i:02}", [f"f{n}" for n in reads], [f"f{n}" for n in writes])
        for i, (reads, writes) in enumerate(drawn)
    ]
    done, at_once, lock = [], [], threading.Lock()

    def run(one):
        with lock:
            at_once.append(one)
            assert len(at_once) <= AT_ONCE
            before = chapters[: chapters.index(one)]
            assert {c.name for c in before if set(c.writes) & set(one.reads)} <= set(done)
        time.sleep(0.001)
        with lock:
            at_once.remove(one)
            done.append(one.name)

    side_by_side(chapters, run)
    assert sorted(done) == [c.name for c in chapters]


def test_two_go_side_by_side():
    both = threading.Barrier(2, timeout=20)
    side_by_side([chapter("01"), chapter("02")], lambda _: both.wait())


def test_those_of_the_book_wait_for_the_model_and_for_accuracies():
    chapters = {c.name: c for c in load_chapters()}
    for name, one in chapters.items():
        from_model = _reads_from(one, chapters["02_model"])
        assert from_model == (name not in {"01_data", "02_model", "12_factorisations"}), name
    after = [n for n, one in chapters.items() if _reads_from(one, chapters["05_supervision"])]
    assert after == ["11_ensembles"]


@pytest.mark.parametrize("run_all", [in_turn, side_by_side])
def test_none_begins_after_a_failure(run_all):
    begun = []

    def run(one):
        begun.append(one.name)
        if one.name == "01":
            raise KeyError(one.name)

    with pytest.raises(KeyError, match="01"):
        run_all([chapter("01", writes=["f"]), chapter("02", reads=["f"])], run)
    assert begun == ["01"]


STOPPED = """
import json, multiprocessing, sys, time
from pathlib import Path
from gmvae.paper.chapter import Chapter
from gmvae.paper.order import side_by_side

def work(path):
    Path(path).touch()
    time.sleep(60)

def run(chapter):
    kernel = multiprocessing.get_context("forkserver").Process(target=work, args=(chapter.name,))
    kernel.start()
    kernel.join()

if __name__ == "__main__":
    side_by_side([Chapter(n, Path(n), frozenset(), (), ()) for n in json.loads(sys.argv[1])], run)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="chapters go side by side on Linux only")
def test_an_interrupt_ends_all_at_once(tmp_path):
    script, marks = tmp_path / "stopped.py", [str(tmp_path / name) for name in ("a", "b")]
    script.write_text(STOPPED)
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, str(script), json.dumps(marks)],
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        env={**os.environ},
    ) as process:
        while not all(Path(mark).exists() for mark in marks):
            assert time.monotonic() - began < 40
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) != 0
    assert time.monotonic() - began < 55  # neither was waited for
