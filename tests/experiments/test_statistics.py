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
    label_ratio,
    labels_to_reach,
    paired_difference,
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
    assert np.isnan(crossing(budgets, np.array([0.4, np.nan]), 0.3))


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
    assert needed["bound"].to_list() == ["at most", "", "more than"]
    assert needed.loc[0.6, "n_labels"] == pytest.approx(10 * np.sqrt(10))
    assert needed.loc[0.9, "n_labels"] == np.inf
    assert needed.loc[0.9, "largest"] == 1000


def test_labels_to_reach_inverts_the_interval_of_accuracy():
    """At either end, the interval of accuracy just touches the target."""
    A = np.linspace(0.3, 0.8, 3)[:, None, None] + 0.02 * np.random.default_rng(0).normal(
        size=(3, 2, 6)
    )
    table = make_table(A)
    needed = labels_to_reach(table, [0.55]).iloc[0]
    summary = summarise(table)
    log_n = np.log(summary["n_labels"])
    assert needed["low"] < needed["n_labels"] < needed["high"]
    assert np.interp(np.log(needed["low"]), log_n, summary["high"]) == pytest.approx(0.55)
    assert np.interp(np.log(needed["high"]), log_n, summary["low"]) == pytest.approx(0.55)


def test_labels_to_reach_covers_the_true_number():
    """Accuracy grows by 0.2 a decade from 0.4 at 10 labels: 0.6 is reached with 100."""
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(200):
        noise = 0.05 * rng.normal(size=(1, 2, 1)) + 0.05 * rng.normal(size=(1, 1, 8))
        A = np.array([0.4, 0.6, 0.8])[:, None, None] + noise + 0.02 * rng.normal(size=(3, 2, 8))
        needed = labels_to_reach(make_table(A), [0.6]).iloc[0]
        held += needed["low"] <= 100 <= needed["high"]
    assert 0.91 <= held / 200 <= 1


def test_a_ratio_is_taken_on_the_draws_that_both_saw():
    """On the shared draws both are lucky, and the competitor needs ten times the labels."""
    luck = np.array([0.1, 0.2, 0.15, -0.4, -0.5, -0.3])
    A = np.array([0.4, 0.5, 0.6])[:, None, None] + luck
    table = pd.concat([make_table(A), make_table(A[:, :, :3] - 0.1, "mlp")])
    ratio = label_ratio(table, "soft", 10).set_index("method").loc["mlp"]
    assert ratio["accuracy"] == pytest.approx(0.4 + 0.15)
    assert ratio[["ratio", "low", "high"]].to_list() == pytest.approx([10, 10, 10])
    assert ratio["bound"] == ""


def test_a_ratio_is_taken_on_the_models_that_both_have():
    A = random_accuracies((3, 3, 4))
    table = pd.concat([make_table(A), make_table(A[:, :1] - 0.05, "hard")])
    pixels = make_table(A[:, :1] - 0.1, "mlp")
    pixels["model_seed"] = pd.NA
    ratio = label_ratio(pd.concat([table, pixels]), "soft", 100).set_index("method")
    assert ratio.loc["hard", "accuracy"] == pytest.approx(A[1, 0].mean())
    assert ratio.loc["mlp", "accuracy"] == pytest.approx(A[1].mean())


def test_a_ratio_says_at_most_and_more_than():
    tables = [
        make_table(np.array(means)[:, None, None] + np.zeros((3, 1, 4)), name)
        for name, means in {
            "soft": [0.5, 0.6, 0.7],
            "early": [0.65, 0.7, 0.8],
            "late": [0.2, 0.3, 0.55],
            "level": [0.5, 0.55, 0.65],
        }.items()
    ]
    ratio = label_ratio(pd.concat(tables), "soft", 100).set_index("method")
    assert ratio["bound"].to_dict() == {"early": "at most", "late": "more than", "level": ""}
    assert ratio.loc["early", "ratio"] == 0.1
    assert np.isinf(ratio.loc["late", "ratio"])
    assert ratio.loc["late", "largest"] == 1000


def test_a_ratio_needs_a_budget_of_the_reference_and_a_shared_draw():
    A = random_accuracies((3, 1, 4))
    other = make_table(A, "mlp").assign(label_seed=lambda rows: rows["label_seed"] + 9)
    with pytest.raises(InputError, match="n_reference is 50"):
        label_ratio(pd.concat([make_table(A), make_table(A, "mlp")]), "soft", 50)
    with pytest.raises(InputError, match="no row"):
        label_ratio(pd.concat([make_table(A), other]), "soft", 100)


def test_one_accuracy_has_no_interval():
    table = pd.concat(
        [make_table(random_accuracies((3, 1, 1))), make_table(np.ones((3, 1, 1)), "hard")]
    )
    for result in (summarise(table), paired_difference(table, "soft", "hard")):
        assert result[["low", "high"]].isna().all(axis=None)
        assert result["mean"].notna().all()
    assert labels_to_reach(table, [0.5])[["low", "high"]].isna().all(axis=None)


def test_a_summary_counts_models_and_draws_and_stays_in_range():
    pixels = make_table(random_accuracies((3, 1, 4), 5), "mlp")
    pixels["model_seed"] = pd.NA
    extreme = make_table(np.random.default_rng(0).choice([0.0, 1.0], (3, 2, 3)))
    summary = summarise(pd.concat([extreme, pixels])).set_index("method")
    assert summary.loc["soft", ["models", "draws", "seeds"]].drop_duplicates().values.tolist() == [
        [2, 3, 6]
    ]
    assert summary.loc["mlp", ["models", "draws", "seeds"]].drop_duplicates().values.tolist() == [
        [0, 4, 4]
    ]
    assert summary["low"].min() == 0
    assert summary["high"].max() == 1


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_confidence_is_a_probability(confidence):
    with pytest.raises(InputError, match="confidence"):
        summarise(make_table(random_accuracies((3, 1, 2))), confidence)
