"""Chapters side by side: none before what it follows, none after a failure."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmvae.errors import FailedError
from gmvae.paper import order
from gmvae.paper.chapter import Chapter, load_chapters
from gmvae.paper.order import FEW, at_once, ready, run_chapters


def chapter(name, reads=(), writes=()):
    return Chapter(name, Path(f"{name}.ipynb"), frozenset(), reads, writes)


def never():
    raise AssertionError("stopped without an interrupt")


@st.composite
def books(draw):
    """Chapters, each of which reads files of some earlier ones."""
    n = draw(st.integers(1, 7))
    made = []
    for i in range(n):
        followed = draw(st.sets(st.integers(0, max(0, i - 1)))) if i else set()
        reads = tuple(f"results/{j}_*" for j in sorted(followed))
        made.append(chapter(str(i), reads, (f"results/{i}_*",)))
    return made


@given(made=books(), n=st.integers(1, 3))
def test_each_runs_once_and_after_what_it_follows(made, n):
    started, ended, lock = [], [], threading.Lock()

    def run(one):
        with lock:
            started.append(one)
            assert all(other in ended for other in made if other != one and one.follows(other))
        with lock:
            assert len(started) - len(ended) <= n
            ended.append(one)

    run_chapters(made, run, n, never)
    assert sorted(started, key=made.index) == made
    if n == 1:
        assert started == made


def test_two_that_do_not_follow_one_another_run_side_by_side():
    meeting = threading.Barrier(2, timeout=20)
    made = [chapter("a", writes=("a",)), chapter("b"), chapter("c", ("a",))]
    met = []

    def run(one):
        if one.name != "c":
            meeting.wait()
        met.append(one.name)

    run_chapters(made, run, 2, never)
    assert set(met[:2]) == {"a", "b"}
    assert met[2] == "c"


def test_one_that_declares_nothing_follows_all_and_goes_before_all():
    made = [chapter("a"), chapter("b", None), chapter("c")]
    assert ready(made, []) == [made[0], made[2]]
    assert made[1].follows(made[0])
    assert ready(made[1:], made[:1]) == made[2:]


def test_what_a_chapter_reads_is_found_among_patterns():
    read = chapter("11", ("models/seed_*/posterior.npz", "results/supervision.csv"))
    assert read.follows(chapter("02", writes=("model.pt", "models/**/*")))
    assert read.follows(chapter("05", writes=("results/supervision*.csv",)))
    assert not read.follows(chapter("09", writes=("figures/09_*", "results/choosing.csv")))


def test_the_chapters_of_the_book():
    made = {one.name[:2]: one for one in load_chapters()}
    after = {n: {m for m in made if m < n and made[n].follows(made[m])} for n in made}
    assert after.pop("01") == after.pop("02") == after.pop("12") == set()
    assert after.pop("11") == {"02", "05"}
    assert set(map(frozenset, after.values())) == {frozenset({"02"})}


def test_after_a_failure_the_others_finish_and_none_starts(capsys):
    both, ended = threading.Barrier(2, timeout=20), []

    def run(one):
        if one.name in "ab":
            both.wait()
        if one.name == "a":
            raise FailedError("the reason")
        time.sleep(0.2)
        ended.append(one.name)

    with pytest.raises(FailedError, match="the reason"):
        run_chapters([chapter("a"), chapter("b"), chapter("c")], run, 2, never)
    assert ended == ["b"]
    assert capsys.readouterr().out == "a: failed; waiting for b\n"


def test_an_interrupt_stops_what_runs(monkeypatch, interruptible):
    monkeypatch.setattr(order, "_PATIENCE", 0.01)
    both, stopped, asked = threading.Barrier(2, timeout=20), threading.Event(), []

    def run(one):
        both.wait()
        if one.name == "a":
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        assert stopped.wait(20)
        raise FailedError("stopped")

    def stop():
        asked.append(time.monotonic())
        if len(asked) > 2:  # a kernel that was just starting is found later
            stopped.set()

    with pytest.raises(KeyboardInterrupt):
        run_chapters([chapter("a"), chapter("b"), chapter("c")], run, 2, stop)
    assert len(asked) >= 3


@pytest.mark.parametrize(
    ("n_jobs", "n_images", "cores", "expected"),
    [(-1, 1000, 2, 2), (2, FEW, 8, 2), (1, 1000, 8, 1), (-1, 1000, 1, 1), (-1, FEW + 1, 8, 1)],
)
def test_how_many_at_a_time(monkeypatch, n_jobs, n_images, cores, expected):
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.setattr(order, "effective_n_jobs", lambda n: cores if n == -1 else n)
    assert at_once(n_jobs, n_images) == expected
