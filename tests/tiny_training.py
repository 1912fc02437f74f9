"""A training small enough for a test, and one that is interrupted."""

import numpy as np
import torch

from gmvae.training import trainer as training
from gmvae.training.configuration import TrainingConfig

TINY = TrainingConfig(
    n_components=4,
    latent_dim=3,
    epochs=3,
    precision="float32",
    batch_size=16,
    encoder_channels=(2,),
    encoder_hidden=(16,),
    decoder_hidden=(16,),
)


def make_images(n: int = 40, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, 28, 28), dtype=np.uint8)


def state(trained) -> dict[str, torch.Tensor]:
    return trained.model.state_dict()


def assert_same_weights(first, second) -> None:
    assert state(first).keys() == state(second).keys()
    for name, weights in state(first).items():
        assert torch.equal(weights, state(second)[name]), name


class Interruption(Exception):
    """Stands for a killed process."""


def interrupt_after(monkeypatch, steps: int) -> None:
    """Make the trainer checkpoint after every step and stop before step `steps` + 1."""
    original = training.Trainer._step
    taken = 0

    def step(self, batch):
        nonlocal taken
        if taken == steps:
            raise Interruption
        taken += 1
        return original(self, batch)

    monkeypatch.setattr(training.Trainer, "_step", step)
    monkeypatch.setattr(training, "CHECKPOINT_SECONDS", -1.0)
