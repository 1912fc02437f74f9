"""A training takes one thread where steps are small, and leaves torch's number as it was."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gmvae.training.configuration import TrainingConfig
from gmvae.training.step import Step, operations
from gmvae.training.threads import SMALL, multiply_adds, threads_that_pay
from gmvae.training.trainer import train

DEFAULT = TrainingConfig()


@pytest.fixture
def three_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_operations_are_about_six_for_each_multiply_add():
    """Two a multiply-add; one pass forwards and two backwards, but for the first layer."""
    counted = operations(Step(DEFAULT, torch.device("cpu")))
    assert 5 * multiply_adds(DEFAULT) < counted < 7 * multiply_adds(DEFAULT)
    dear = replace(DEFAULT, factorisation="per-component", n_components=10)
    assert multiply_adds(dear) > 5 * multiply_adds(DEFAULT)


@pytest.mark.parametrize(("batch_size", "threads"), [(64, 1), (256, 1), (2048, 3)])
def test_small_steps_take_one_thread(three_threads, tmp_path, batch_size, threads):
    config = replace(DEFAULT, batch_size=batch_size, epochs=1, n_components=2, kmeans_start=0.0)
    assert (multiply_adds(config) < SMALL) == (threads == 1)
    images = np.random.default_rng(0).integers(0, 256, (8, 28, 28), dtype=np.uint8)
    seen = []
    train(images, config, tmp_path, False, lambda _: seen.append(torch.get_num_threads()))
    assert seen[0] == threads
    assert torch.get_num_threads() == 3


def test_the_number_comes_back_after_an_error(three_threads):
    with pytest.raises(KeyError), threads_that_pay(replace(DEFAULT, batch_size=1)):
        raise KeyError
    assert torch.get_num_threads() == 3
