"""Chapter 05: predictions lie where draws of labels lead, and are told as they fall."""

import json

import numpy as np
import pandas as pd
import pytest
from toys import make_dataset, make_posterior, make_table

from gmvae.chapters.supervision_prediction import (
    describe_needed,
    describe_prediction,
    labels_needed_in_theory,
    numbers,
    predict_rule,
    predicted_and_measured,
    predicted_curve,
)
from gmvae.decoding.clusters import purity
from gmvae.experiments.correctness import accuracies

BUDGETS = (20, 60)


@pytest.fixture(scope="module")
def toy():
    dataset = make_dataset()
    return dataset.labels, make_posterior(dataset, 3).responsibilities


@pytest.fixture(scope="module")
def table(toy):
    y, R = toy
    A = np.empty((2, 2, 1, 40))  # rules, budgets, models, draws
    for b, n in enumerate(BUDGETS):
        found = accuracies(R, y, 4, n, range(40), ["hard", "hard-covered"])
        A[:, b, 0] = found.pivot(index="method", columns="label_seed", values="accuracy")
    return pd.concat([make_table(A[0], "hard", BUDGETS), make_table(A[1], "hard-covered", BUDGETS)])


def test_predictions_agree_with_draws(toy, table):
    y, R = toy
    compared = predicted_and_measured([R], y, table, 0.999)
    assert compared["method"].tolist() == ["hard"] * 2 + ["hard-covered"] * 2
    assert (compared["predicted"] - compared["mean"]).abs().max() < 0.02
    assert compared["inside"].all()
    assert compared["predicted"][0] == predict_rule("hard", R, y, 20)
    json.dumps(numbers(compared, {"0.6": 12, "0.9": None}), allow_nan=False)


def test_the_curve_passes_through_the_points_and_stays_below_the_purity(toy):
    y, R = toy
    curve = predicted_curve([R], y, BUDGETS)
    assert curve["predicted"].iloc[0] == predict_rule("hard", R, y, 20)
    assert curve["predicted"].iloc[-1] == predict_rule("hard", R, y, 60)
    assert (curve["predicted"].diff().dropna() > 0).all()
    assert curve["predicted"].max() <= purity(R.argmax(axis=1), y)


def test_labels_needed_are_the_fewest_and_none_where_components_are_not_pure_enough(toy):
    y, R = toy
    needed = labels_needed_in_theory(R, y)
    n = needed["0.6"]
    assert predict_rule("hard", R, y, n) >= 0.6 > predict_rule("hard", R, y, n - 1)
    half = np.tile(np.eye(2, dtype=np.float32)[0], (20, 1))  # one component of two labels
    halves = np.arange(20) % 2
    needed = labels_needed_in_theory(half, halves)
    assert needed["0.9"] is None
    assert "No number of labels gives 60% or 70% or 80% or 90%, as components are 50.0% pure" in (
        describe_needed(needed, half, halves)
    )


def test_predictions_are_told_whichever_way_they_fall():
    row = {
        "method": "hard",
        "n_labels": 20,
        "predicted": 0.5,
        "mean": 0.4,
        "low": 0.3,
        "high": 0.45,
    }
    outside = pd.DataFrame([row | {"inside": False}])
    told = describe_prediction(outside, 0.95)
    assert "at most 10.0 (*hard* at 20 labels). 0 of 1 predictions lie inside the 95%" in told
    alone = pd.DataFrame([row | {"low": np.nan, "high": np.nan, "inside": False}])
    assert describe_prediction(alone, 0.95).endswith("One draw has no interval to lie in.")
    assert "nothing was predicted" in describe_prediction(outside[:0], 0.95)
