"""The learning rate rises once and falls once; the weight of the divergences rises to its own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmvae.training.configuration import TrainingConfig
from gmvae.training.schedule import beta_at, learning_rate


@given(n_steps=st.integers(2, 400), peak=st.floats(1e-5, 1.0))
def test_one_cycle_rises_to_the_peak_and_falls_to_almost_nothing(n_steps, peak):
    config = TrainingConfig(learning_rate=peak, schedule="one-cycle")
    rates = np.array([learning_rate(config, step, n_steps) for step in range(n_steps)])
    top = rates.argmax()
    assert (np.diff(rates[: top + 1]) > 0).all()
    assert (np.diff(rates[top:]) < 0).all()
    assert rates[0] == pytest.approx(peak / 25)
    assert rates[-1] == pytest.approx(peak / 250_000)
    assert rates.max() <= peak * (1 + 1e-12)
    assert abs(top / (n_steps - 1) - 0.2) <= 1 / (n_steps - 1)


def test_a_constant_rate_stays():
    config = TrainingConfig(learning_rate=0.02, schedule="constant")
    assert {learning_rate(config, step, 9) for step in range(9)} == {0.02}


def test_beta_rises_evenly_and_stays():
    config = TrainingConfig(beta=0.5, beta_warm_up=0.5)
    assert [beta_at(config, step, 8) for step in range(8)] == [0.125, 0.25, 0.375, *[0.5] * 5]
    at_once = TrainingConfig(beta=0.5, beta_warm_up=0.0)
    assert beta_at(at_once, 0, 8) == 0.5
