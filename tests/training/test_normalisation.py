"""Position, slant and size are gone afterwards, and nothing else is."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gmvae.training.configuration import PUBLISHED_CONFIG, TrainingConfig
from gmvae.training.normalisation import SMALLEST, SPREAD_U, SPREAD_V, normalise, normalised
from gmvae.training.trained import model_input


def moments(image: np.ndarray) -> tuple[float, float, float, float, float]:
    """Return u_0, v_0, the slant a, s_u and s_v, in units of half the side."""
    axis = (np.arange(28) + 0.5) / 14 - 1
    ink = image / image.sum()
    u_0, v_0 = (ink.sum(0) * axis).sum(), (ink.sum(1) * axis).sum()
    u, v = axis[None, :] - u_0, axis[:, None] - v_0
    a = (ink * u * v).sum() / (ink * v**2).sum()
    s_u, s_v = np.sqrt((ink * (u - a * v) ** 2).sum()), np.sqrt((ink * v**2).sum())
    return u_0, v_0, a, s_u, s_v


def letter(slant: float = 0.0, right: float = 0.0, down: float = 0.0, size: float = 1.0):
    """Return a soft "L" with a dot, sheared, moved by pixels and enlarged; uint8 (28, 28)."""
    v, u = np.mgrid[0:28, 0:28] - 13.5
    u, v = (u - right - slant * (v - down)) / size, (v - down) / size
    bar = np.exp(-((u + 2) ** 2) / 3 - (v / 6) ** 6)
    foot = np.exp(-((v - 5) ** 2) / 3 - ((u - 1) / 4) ** 6)
    dot = 0.5 * np.exp(-((u - 3) ** 2 + (v + 3) ** 2) / 3)
    return np.clip(255 * (bar + foot + dot), 0, 255).round().astype(np.uint8)


slants = st.floats(-0.5, 0.5)
shifts = st.floats(-2, 2)
sizes = st.floats(0.8, 1.15)


@given(slants, shifts, shifts, sizes)
def test_centre_and_slant_are_gone(slant: float, right: float, down: float, size: float) -> None:
    u_0, v_0, a, _, _ = moments(normalised(letter(slant, right, down, size)[None])[0])
    assert abs(u_0) < 0.01  # a seventh of a pixel
    assert abs(v_0) < 0.01
    assert abs(a) < 0.02


@given(slants, sizes)
def test_spreads_meet_the_common_ones_half_way(slant: float, size: float) -> None:
    _, _, _, s_u, s_v = moments(letter(slant, size=size))
    _, _, _, after_u, after_v = moments(normalised(letter(slant, size=size)[None])[0])
    r_u, r_v = np.sqrt(s_u / SPREAD_U), np.sqrt(s_v / SPREAD_V)
    assert after_u == pytest.approx(s_u / max(r_u, SMALLEST), rel=0.04)
    assert after_v == pytest.approx(s_v / max(r_v, SMALLEST), rel=0.04)


@given(slants, shifts, shifts)
def test_copies_become_one_image(slant: float, right: float, down: float) -> None:
    copies = np.stack([letter(), letter(slant, right, down)])
    before = np.abs(np.diff(copies.astype(float), axis=0)).mean()
    after = np.abs(np.diff(normalised(copies).astype(float), axis=0)).mean()
    assert after <= max(4.0, before / 3)  # of 255: what interpolation leaves


def test_it_is_an_image_s_own_affair() -> None:
    images = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    images[2] = 0
    whole = normalised(images)
    assert whole.dtype == np.uint8
    for i in range(5):
        np.testing.assert_array_equal(whole[i], normalised(images[i : i + 1])[0])
    assert not whole[2].any()


def test_a_single_pixel_is_centred_and_kept() -> None:
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 3, 20] = 255
    u_0, v_0, *_ = moments(normalised(image)[0])
    assert abs(u_0) < 0.02
    assert abs(v_0) < 0.02


@pytest.mark.parametrize("config", [TrainingConfig(), PUBLISHED_CONFIG])
def test_the_configuration_decides(config: TrainingConfig) -> None:
    images = letter(0.5, 2, 1)[None]
    given_to_model = model_input(images, config, torch.device("cpu")).numpy()
    expected = normalise(torch.from_numpy(images)).numpy() if config.normalise else images
    np.testing.assert_array_equal(given_to_model, expected)
    assert bool((given_to_model != images).any()) == config.normalise
