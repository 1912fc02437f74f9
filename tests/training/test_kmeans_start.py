"""Components that start anew from k-means: moments of clusters, edge cases, the training."""

import dataclasses

import numpy as np
import pytest
import torch
from samples import embedded_digits

from gmvae.errors import InputError
from gmvae.model.shared import GMVAE
from gmvae.training import trainer as training
from gmvae.training.configuration import PUBLISHED_CONFIG, TrainingConfig
from gmvae.training.kmeans_start import LEAST_VAR, some_images, start_from_kmeans

GROUPS = np.array([0, 0, 1, 1, 1, 2])
MEANS = torch.tensor([[0.0, 0], [0, 2], [10, 0], [10, 3], [10, 6], [-9, 5]])  # (N, D)


class Encoded(GMVAE):
    """A model that encodes image n, told by its first pixel, as `MEANS[n]` and variance 1/4."""

    def __init__(self, n_components):
        super().__init__(n_components, 2, encoder_hidden=(4,), decoder_hidden=(4,))
        self.means = MEANS

    def encode(self, x):
        mean = self.means[(x[:, 0] * 255).round().long()]  # (N, D)
        return mean, torch.full_like(mean, 0.25).log()


def numbered(n):
    images = torch.zeros(n, 28, 28, dtype=torch.uint8)
    images[:, 0, 0] = torch.arange(n)
    return images


def prior(model):
    return model.prior_mean.detach().numpy(), model.prior_log_var.detach().exp().numpy()


def test_components_take_the_moments_of_their_clusters():
    model = Encoded(3)
    start_from_kmeans(model, numbered(6), seed=0)
    mu, v = prior(model)
    order = [int(np.abs(mu - MEANS[g == GROUPS].numpy().mean(0)).sum(1).argmin()) for g in range(3)]
    assert sorted(order) == [0, 1, 2]
    for g, c in enumerate(order):
        of = MEANS[g == GROUPS].numpy()
        np.testing.assert_allclose(mu[c], of.mean(0), atol=1e-5)
        np.testing.assert_allclose(v[c], of.var(0) + 0.25, rtol=1e-5)


def test_a_component_without_a_cluster_stays(recwarn):
    model = Encoded(4)
    before, _ = prior(model)
    images = numbered(2).repeat(3, 1, 1)  # two different images for four components
    before = before.copy()
    start_from_kmeans(model, images, seed=0)
    after, v = prior(model)
    moved = (before != after).any(1)
    assert moved.sum() == 2
    np.testing.assert_allclose(v[~moved], 1)
    assert np.isfinite(after).all()
    assert not recwarn.list


@pytest.mark.parametrize("mean", [float("nan"), 1e30])
def test_nothing_moves_where_the_encoder_has_diverged(mean):
    model = Encoded(2)
    before, _ = (part.copy() for part in prior(model))
    model.means = MEANS.clone().index_fill(0, torch.tensor([3]), mean)
    start_from_kmeans(model, numbered(6), seed=0)
    np.testing.assert_array_equal(before, prior(model)[0])


def test_certain_images_leave_some_variance(monkeypatch):
    model = Encoded(6)
    monkeypatch.setattr(
        model, "encode", lambda x: (Encoded.encode(model, x)[0], torch.full((len(x), 2), -30.0))
    )
    start_from_kmeans(model, numbered(6), seed=0)
    np.testing.assert_allclose(prior(model)[1], LEAST_VAR, rtol=1e-5)


def test_the_sample_is_large_enough_and_without_repetition():
    images = numbered(200)
    assert len(some_images(images, 5, seed=0).unique(dim=0)) == 200
    many = torch.zeros(20_001, 1, 1)
    assert len(some_images(many, 5, seed=0)) == 20_000
    assert len(some_images(many, 1001, seed=0)) == 20_001


CONFIG = TrainingConfig(
    n_components=8, latent_dim=4, epochs=5, encoder_hidden=(32,), decoder_hidden=(32,)
)


def starts(config, images, tmp_path, monkeypatch):
    """Train, and return the step and number of images of every start."""
    seen = []

    def start(model, some, seed):
        seen.append((trainer.step, len(some)))
        start_from_kmeans(model, some, seed)

    monkeypatch.setattr(training, "start_from_kmeans", start)
    identity = {"images_hash": "", "code_hash": ""}
    trainer = training.Trainer(images, config, tmp_path / "checkpoint.pt", identity)
    for _ in trainer.epochs(progress=False):
        pass
    steps = {
        name: int(trainer.optimiser.state[parameter]["step"])
        for name, parameter in trainer.model.named_parameters()
    }
    return seen, steps


def test_training_starts_them_once_at_their_time(tmp_path, monkeypatch):
    images, _ = embedded_digits(300)
    config = dataclasses.replace(CONFIG, batch_size=100)
    seen, steps = starts(config, images, tmp_path, monkeypatch)
    assert seen == [(6, 300)]  # 0.4 of 15 steps
    for name, n in steps.items():  # the moments of what has moved are of the steps after it
        assert n == (9 if name.startswith("prior") else 15)


def test_components_that_q_would_not_follow_are_left_alone(tmp_path, monkeypatch):
    images, _ = embedded_digits(60)
    config = dataclasses.replace(CONFIG, factorisation="per-component", epochs=2)
    assert starts(config, images, tmp_path, monkeypatch)[0] == []


def test_no_start_is_no_start(tmp_path, monkeypatch):
    images, _ = embedded_digits(100)
    config = dataclasses.replace(CONFIG, kmeans_start=0.0)
    assert starts(config, images, tmp_path, monkeypatch)[0] == []
    assert PUBLISHED_CONFIG.kmeans_start == 0


@pytest.mark.parametrize("value", [-0.1, 1.0, 1.1, float("nan")])
def test_a_fraction_is_a_fraction(value):
    images, _ = embedded_digits(10)
    with pytest.raises(InputError, match="kmeans_start"):
        dataclasses.replace(CONFIG, kmeans_start=value).validate(images)
