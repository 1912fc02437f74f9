"""Warps keep the letter, move it a little, and leave global random state alone."""

import math

import pytest
import torch

from gmvae.training.warps import Warp


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def blob(n: int = 1) -> torch.Tensor:
    """Return `n` copies of a smooth off-centre spot, (n, 784)."""
    axis = torch.arange(28.0)
    spot = torch.exp(-((axis[:, None] - 10) ** 2 + (axis[None, :] - 16) ** 2) / 18)
    return spot.flatten().expand(n, -1).contiguous()


def centre(x: torch.Tensor) -> torch.Tensor:
    """Return the centre of mass (row, column) of images (n, 784), (n, 2)."""
    axis = torch.arange(28.0)
    x = x.view(-1, 28, 28)
    mass = x.sum((1, 2))
    rows, columns = (x * axis[:, None]).sum((1, 2)), (x * axis).sum((1, 2))
    return torch.stack([rows / mass, columns / mass], 1)


def test_strength_zero_changes_nothing():
    x = blob(3)
    assert Warp(0.0, 1.0)(x, generator()) is x


def test_a_vanishing_warp_is_nearly_the_identity():
    torch.testing.assert_close(Warp(1e-4, 1.0)(blob(4), generator()), blob(4), atol=1e-3, rtol=0)


@pytest.mark.parametrize("elastic", [0.0, 1.0])
def test_warps_move_every_image_differently_about_where_it_was(elastic):
    moved = centre(Warp(1.0, elastic)(blob(2000), generator())) - centre(blob())
    assert moved.std(0).min() > 0.3  # pixels
    assert moved.std(0).max() < 4
    assert (moved.mean(0).abs() < 5 * moved.std(0) / math.sqrt(2000) + 0.1).all()


def test_elastic_adds_to_the_affine_part():
    plain = Warp(1.0, 0.0)(blob(50), generator())
    assert not torch.allclose(plain, Warp(1.0, 1.0)(blob(50), generator()))


@pytest.mark.parametrize("n", [1, 5])
def test_shape_and_range(n):
    x = torch.rand(n, 784, generator=generator())
    warped = Warp(3.0, 2.0)(x, generator())
    assert warped.shape == (n, 784)
    assert warped.min() >= 0
    assert warped.max() <= 1 + 1e-6


def test_only_the_given_generator_is_used():
    before = torch.random.get_rng_state()
    first = Warp(1.0, 1.0)(blob(2), generator(3))
    torch.testing.assert_close(first, Warp(1.0, 1.0)(blob(2), generator(3)), rtol=0, atol=0)
    assert torch.equal(before, torch.random.get_rng_state())
