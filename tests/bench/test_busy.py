"""A step beside a busy process is timed with all threads and with one, and the process ends."""

import multiprocessing

import torch
from tiny_training import TINY

from gmvae.bench import turns
from gmvae.bench.busy import beside_a_busy_process, busy_core
from gmvae.bench.cost_ratios import busy_costs
from gmvae.training.step import Step


def test_a_busy_core_is_free_again_afterwards():
    before = set(multiprocessing.active_children())  # of other tests
    with busy_core():
        (other,) = set(multiprocessing.active_children()) - before
        assert other.is_alive()
    assert set(multiprocessing.active_children()) == before
    assert not other.is_alive()


def test_both_numbers_of_threads_are_timed_in_every_turn(monkeypatch):
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.0)
    before = torch.get_num_threads()
    taken = beside_a_busy_process(Step(TINY, torch.device("cpu")), 4)
    assert list(taken) == ["all threads", "one thread"]
    assert taken.shape == (4, 2)
    assert (taken > 0).all().all()
    assert torch.get_num_threads() == before
    costs = busy_costs(TINY, torch.device("cpu"), 4)
    assert set(costs["busy_seconds"]) == set(taken)
    assert costs["spreads"]["beside a busy process"] > 0


def test_a_gpu_waits_for_no_thread():
    assert busy_costs(TINY, torch.device("cuda"), 4) == {"spreads": {}}
