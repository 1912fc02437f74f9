"""A training step beside another process: threads that wait for one another must not cost much."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Event

import pandas as pd

from gmvae.bench.turns import in_turns
from gmvae.training.step import Step
from gmvae.training.threads import threads

_FIRST = 60.0  # seconds in which a new process must have begun


def beside_a_busy_process(step: Step, turns: int) -> pd.DataFrame:
    """Return the seconds of a step with all threads and with one while another process works.

    Returns
    -------
    DataFrame
        A row for each turn; columns ``all threads`` and ``one thread``.
    """

    def on_one_thread() -> None:
        with threads(1):
            step()

    with busy_core():
        return in_turns({"all threads": step, "one thread": on_one_thread}, turns)


@contextmanager
def busy_core() -> Iterator[None]:
    """Keep a process of its own counting, which takes one core."""
    context = get_context("spawn")
    begun = context.Event()
    other = context.Process(target=_count, args=(begun,), daemon=True)
    other.start()
    try:
        begun.wait(_FIRST)
        yield
    finally:
        other.kill()
        other.join()


def _count(begun: Event) -> None:
    """Count until the process is killed, and for an hour at most."""
    begun.set()
    end = time.monotonic() + 3600
    while time.monotonic() < end:
        pass
