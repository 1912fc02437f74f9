"""While a model is trained, denormal numbers are zero; before and after they are what they were."""

import numpy as np
import pytest
import torch

from gmvae.training.configuration import TrainingConfig
from gmvae.training.denormals import are_flushed, flushed_denormals
from gmvae.training.trainer import train

pytestmark = pytest.mark.skipif(
    not torch.set_flush_denormal(False), reason="this processor cannot take them as zero"
)


def test_they_are_zero_inside_and_only_there():
    tiny = torch.full((64,), 1e-39)
    assert not are_flushed()
    assert bool((2 * tiny > 0).all())
    with flushed_denormals():
        assert are_flushed()
        assert bool((2 * tiny == 0).all())
    assert not are_flushed()


def test_they_stay_zero_where_they_were():
    torch.set_flush_denormal(True)
    try:
        with flushed_denormals():
            pass
        assert are_flushed()
    finally:
        torch.set_flush_denormal(False)


def test_they_are_what_they_were_after_an_error():
    with pytest.raises(KeyError), flushed_denormals():
        raise KeyError
    assert not are_flushed()


def test_a_training_takes_them_as_zero(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (8, 28, 28), dtype=np.uint8)
    config = TrainingConfig(n_components=2, epochs=1, batch_size=8, kmeans_start=0.0)
    seen = []
    train(images, config, tmp_path, False, lambda _: seen.append(are_flushed()))
    assert seen[0]
    assert not are_flushed()
