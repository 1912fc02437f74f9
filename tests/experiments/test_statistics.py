"""Intervals over seeds, paired differences, labels needed."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import make_table

from gmvae.errors import InputError
from gmvae.experiments.statistics import (
    crossing,
    curve,
    labels_to_reach,
    paired_difference,
    resampled_means,
    summarise,
)


def random_accuracies(shape, seed=0):
    return np.random.default_rng(seed).uniform(0.2, 0.9, shape)


def test_curve_restores_the_matrix():
    A = random_accuracies((3, 2, 5))
    table = make_table(A).sample(frac=1, random_state=0)
    budgets, restored = curve(table, "soft")
    np.testing.assert_array_equal(budgets, [10, 100, 1000])
    np.testing.assert_array_equal(restored, A)


def test_a_missing_combination_is_refused():
    with pytest.raises(InputError, match="lacks"):
        curve(make_table(random_accuracies((3, 2, 5))).iloc[1:], "soft")
    with pytest.raises(InputError, match="'hard'"):
        curve(make_table(random_accuracies((3, 2, 5))), "hard")


def test_bootstrap_variance_adds_both_seeds():
    """Additive effects: the variance of the mean is var(models)/M + var(draws)/S."""
    a, b = random_accuracies(6, 1), random_accuracies(9, 2)
    means = resampled_means((a[:, None] + b)[None], resamples=20000)[:, 0]
    assert means.var() == pytest.approx(a.var() / 6 + b.var() / 9, rel=0.05)


def test_interval_holds_the_mean_and_shrinks_with_confidence():
    table = make_table(random_accuracies((3, 2, 5)))
    wide, narrow = summarise(table, 0.95), summarise(table, 0.5)
    for summary in (wide, narrow):
        assert (summary["low"] <= summary["mean"]).all()
        assert (summary["mean"] <= summary["high"]).all()
    assert (wide["high"] - wide["low"] > narrow["high"] - narrow["low"]).all()
    assert (wide["seeds"] == 10).all()


def test_a_paired_difference_forgets_what_both_share():
    lucky = random_accuracies((3, 1, 8))
    table = pd.concat([make_table(lucky, "soft"), make_table(lucky - 0.1, "hard")])
    difference = paired_difference(table, "soft", "hard")
    np.testing.assert_allclose(difference[["mean", "low", "high"]], 0.1)
    assert (difference["wins"] == 1).all()


def test_a_difference_takes_the_draws_that_both_saw():
    A, B = random_accuracies((3, 2, 6)), random_accuracies((3, 2, 6), seed=1)
    both = pd.concat([make_table(A), make_table(B, "hard")])
    fewer = both[(both["method"] == "soft") | (both["label_seed"] < 4)]
    shared = both[both["label_seed"] < 4]
    pd.testing.assert_frame_equal(
        paired_difference(fewer, "soft", "hard"), paired_difference(shared, "soft", "hard")
    )


def test_difference_to_a_method_without_models():
    pixels = make_table(random_accuracies((3, 1, 4), 5), "mlp")
    pixels["model_seed"] = pd.NA
    table = pd.concat([make_table(random_accuracies((3, 2, 4)), "soft"), pixels])
    difference = paired_difference(table, "soft", "mlp")
    expected = random_accuracies((3, 2, 4)).mean() - random_accuracies((3, 1, 4), 5).mean()
    assert difference["mean"].mean() == pytest.approx(expected)


def test_crossing_is_linear_in_the_logarithm():
    budgets = np.array([10, 1000])
    assert crossing(budgets, np.array([0.4, 0.8]), 0.6) == pytest.approx(100)
    assert crossing(budgets, np.array([0.7, 0.8]), 0.6) == 10
    assert crossing(budgets, np.array([0.4, 0.5]), 0.6) == np.inf


@given(accuracies=st.lists(st.floats(0, 1), min_size=2, max_size=6), target=st.floats(0.01, 0.99))
def test_crossing_lies_between_its_neighbours(accuracies, target):
    budgets = 10 * 2 ** np.arange(len(accuracies))
    n = crossing(budgets, np.array(accuracies), target)
    if max(accuracies) < target:
        assert n == np.inf
    else:
        first = next(i for i, a in enumerate(accuracies) if a >= target)
        assert budgets[max(first - 1, 0)] <= n * (1 + 1e-9)
        assert n <= budgets[first] * (1 + 1e-9)


def test_labels_to_reach_says_what_is_not_reached():
    A = np.array([0.5, 0.7, 0.75])[:, None, None] + np.zeros((3, 1, 5))
    needed = labels_to_reach(make_table(A), [0.4, 0.6, 0.9]).set_index("target")
    assert needed.loc[0.4, "bound"]
    assert needed.loc[0.6, "n_labels"] == pytest.approx(10 * np.sqrt(10))
    assert needed.loc[0.9, "n_labels"] == np.inf
    assert needed.loc[0.9, "largest"] == 1000


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_confidence_is_a_probability(confidence):
    with pytest.raises(InputError, match="confidence"):
        summarise(make_table(random_accuracies((3, 1, 2))), confidence)
