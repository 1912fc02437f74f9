"""Intervals of means over models and draws: what they cover, and when there is none."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from gmvae.errors import InputError
from gmvae.experiments.intervals import describe_seeds, mean_interval

RUNS = 8000
# variances of models and draws beside that of the rest, in units of the rest's
RATIOS = [0, 0.1, 0.3, 1, 10]
VARIANCES = [*product(RATIOS, RATIOS, [1.0]), (1, 0, 0), (0, 1, 0), (1, 1, 0), (1, 5, 0), (5, 1, 0)]


def simulated(M, S, variances, seed=0):
    """Normal effects of models and draws and a rest, around 0: ``(RUNS, M, S)``."""
    rng = np.random.default_rng(seed)
    shapes = [(RUNS, M, 1), (RUNS, 1, S), (RUNS, M, S)]
    return sum(
        np.sqrt(v) * rng.normal(size=shape) for v, shape in zip(variances, shapes, strict=True)
    )


def coverage(low, high, truth=0.0):
    return np.mean((low <= truth) & (truth <= high))


@pytest.mark.parametrize(("M", "S"), [*product([2, 3, 5], [5, 10, 20])])
def test_intervals_of_95_percent_cover_93_to_99(M, S):
    for variances in VARIANCES:
        covered = coverage(*mean_interval(simulated(M, S, variances), 0.95))
        assert 0.93 <= covered <= 0.99, variances


@pytest.mark.parametrize("S", [5, 10, 20])
@pytest.mark.parametrize("of_rest", [0.1, 1])
def test_one_model_is_covered_by_the_draws_of_this_one_model(S, of_rest):
    A = simulated(1, S, (0, 1, of_rest)) + 3.0  # 3 is what this one model has on average
    assert 0.94 <= coverage(*mean_interval(A, 0.95), truth=3.0) <= 0.96
    np.testing.assert_array_equal(mean_interval(A, 0.95), mean_interval(np.swapaxes(A, 1, 2), 0.95))


def test_other_confidences_hold_too():
    for confidence in (0.8, 0.99):
        for variances in [(0, 0, 1), (1, 1, 1), (0.1, 10, 1), (10, 0.1, 1)]:
            covered = coverage(*mean_interval(simulated(3, 10, variances), confidence))
            assert covered >= confidence - 0.02, (confidence, variances)


def test_satterthwaite_would_not_hold_with_two_models():
    """Why the quantiles are weighted: the textbook's interval, where models vary most."""
    M, S = 2, 20
    A = simulated(M, S, (1, 1, 0.01))
    mean, rows, columns = A.mean(axis=(1, 2)), A.mean(axis=2), A.mean(axis=1)
    squares = np.stack([rows.var(axis=1, ddof=1) / M, columns.var(axis=1, ddof=1) / S])
    variance = squares.sum(axis=0)
    df = variance**2 / (squares[0] ** 2 / (M - 1) + squares[1] ** 2 / (S - 1))
    half = stats.t.ppf(0.975, df) * np.sqrt(variance)
    assert coverage(mean - half, mean + half) < 0.9
    assert coverage(*mean_interval(A, 0.95)) > 0.93


def test_one_model_by_hand():
    values = np.array([0.5, 0.6, 0.55, 0.65, 0.7])
    low, high = mean_interval(values[None], 0.95)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (low, high) == pytest.approx(tuple(expected))


def test_two_models_by_hand():
    """Additive effects: no rest, so both variances stand for themselves."""
    a, b = np.array([0.0, 0.2]), np.array([0.1, 0.3, 0.8, 0.4])
    low, high = mean_interval(a[:, None] + b, 0.95)
    first, second = a.var(ddof=1) / 2, b.var(ddof=1) / 4
    weighted = stats.t.ppf(0.975, 1) * first + stats.t.ppf(0.975, 3) * second
    assert high - low == pytest.approx(2 * weighted / np.sqrt(first + second))
    assert (low + high) / 2 == pytest.approx(a.mean() + b.mean())


@given(
    shape=st.sampled_from([(2, 3), (3, 5), (4, 2), (1, 4), (5, 1)]),
    seed=st.integers(0, 1000),
    scale=st.floats(0.01, 100),
    shift=st.floats(-10, 10),
)
def test_intervals_follow_scale_shift_and_the_order_of_seeds(shape, seed, scale, shift):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=shape)
    interval = np.array(mean_interval(A, 0.9))
    moved = np.array(mean_interval(scale * A + shift, 0.9))
    np.testing.assert_allclose(moved, scale * interval + shift, rtol=1e-6, atol=1e-6)
    shuffled = rng.permutation(rng.permutation(A), axis=1)
    np.testing.assert_allclose(mean_interval(shuffled, 0.9), interval, atol=1e-9)
    np.testing.assert_allclose(mean_interval(A.T, 0.9), interval, atol=1e-9)
    wider = np.array(mean_interval(A, 0.99))
    assert wider[0] < interval[0] <= A.mean() <= interval[1] < wider[1]


def test_one_value_and_gaps_have_no_interval():
    assert np.isnan(mean_interval(np.full((4, 1, 1), 0.5), 0.95)).all()
    A = np.random.default_rng(0).normal(size=(2, 3, 4))
    A[1, 0, 0] = np.nan
    low, high = mean_interval(A, 0.95)
    assert np.isnan([low[1], high[1]]).all()
    assert low[0] < high[0]


def test_equal_values_have_an_interval_without_width():
    np.testing.assert_allclose(mean_interval(np.full((3, 4), 0.25), 0.95), 0.25)


@pytest.mark.parametrize("confidence", [0, 1, 95, "high"])
def test_confidence_is_a_probability(confidence):
    with pytest.raises(InputError, match="confidence"):
        mean_interval(np.zeros((2, 3)), confidence)


@pytest.mark.parametrize(
    ("models", "draws", "words"),
    [
        (5, 20, "over 5 models and 20 draws"),
        (3, 1, "over 3 models, of this one draw"),
        (1, 5, "over 5 draws, of this one model"),
        (1, 1, "over 1 draw, of this one model, without an interval"),
        (0, 5, "over 5 draws"),
        (0, 1, "over 1 draw, without an interval"),
    ],
)
def test_what_a_mean_is_over_is_said(models, draws, words):
    assert describe_seeds(models, draws) == words
