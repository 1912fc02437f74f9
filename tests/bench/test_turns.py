"""Durations are medians, taken in turns, with the threads that training has."""

import time

import numpy as np
import pytest
import torch

from gmvae.bench import turns
from gmvae.bench.turns import in_turns, spread


@pytest.mark.parametrize(("n", "seconds", "least"), [(3, 0.0, 2), (1, 0.02, 3), (4, 0.02, 3)])
def test_every_turn_runs_each_often_enough_after_once_for_nothing(n, seconds, least, monkeypatch):
    monkeypatch.setattr(turns, "TURN_SECONDS", seconds)
    made = []

    def work(name, duration):
        made.append(name)
        time.sleep(duration)

    taken = in_turns({"a": lambda: work("a", 0.002), "b": lambda: work("b", 0.001)}, n)
    assert taken.shape == (n, 2)
    assert (taken["a"] >= 0.002).all()
    assert (taken["b"] >= 0.001).all()
    changes = [i for i in range(len(made)) if i == 0 or made[i] != made[i - 1]]
    assert [made[i] for i in changes] == ["a", "b"] * n  # interleaved
    assert (np.diff([*changes, len(made)]) >= least).all()


def test_a_turn_is_the_median_of_its_calls(monkeypatch):
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.1)
    calls = iter(range(10**6))
    taken = in_turns({"work": lambda: time.sleep(0.5 if next(calls) == 35 else 0.002)}, 1)
    assert next(calls) > 36
    assert taken.loc[0, "work"] < 0.012  # the mean would be more


def test_work_has_all_threads(monkeypatch):
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.0)
    before, seen = torch.get_num_threads(), set()
    torch.set_num_threads(2)
    try:
        in_turns({"work": lambda: seen.add(torch.get_num_threads())}, 1)
    finally:
        torch.set_num_threads(before)
    assert seen == {2}


def test_a_spread_is_the_interquartile_range_in_terms_of_the_median():
    assert spread(np.array([1.0, 2, 3, 4, 100])) == pytest.approx(2 / 3)
    assert spread(np.array([5.0, 5, 5, 5])) == 0
    assert spread(np.array([1.0, 2, 3])) is None
