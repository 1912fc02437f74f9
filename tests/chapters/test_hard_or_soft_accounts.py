"""Chapter 06: what stands beside the accuracies adds up, and is told whichever way it falls."""

import json

import numpy as np
import pytest
from toys import make_dataset, make_posterior

from gmvae.chapters.hard_or_soft import Comparison
from gmvae.chapters.hard_or_soft_accounts import (
    accounts,
    describe_balanced,
    describe_ceilings,
    describe_profiles,
    describe_switches,
    describe_wins,
)


def comparison(label_seeds, model_seeds=(3, 7)):
    dataset = make_dataset()
    posteriors = [make_posterior(dataset, seed).responsibilities for seed in model_seeds]
    return Comparison(dataset, posteriors, [40, 12], 40, label_seeds, 0.95)


@pytest.fixture(scope="module")
def compared():
    return comparison([0, 1, 2])


def test_numbers_on_record_add_up(compared):
    found = json.loads(json.dumps(accounts(compared), allow_nan=False))
    gain = np.nanmean(compared.gain)
    assert sum(row["mean"] for row in found["switches"].values()) == pytest.approx(gain, abs=1e-6)
    n_scored = len(compared.dataset) - 40
    net = (found["wins"]["wins"] - found["wins"]["losses"]) / n_scored
    assert net == pytest.approx(gain, abs=1e-6)
    assert list(found["seen_class_share"]) == list(found["profile_distance"]) == ["40", "12"]
    told = describe_ceilings(found, 8)
    assert told.startswith("With 12 labels a label was drawn of the class of")
    assert "on average 0." in describe_profiles(found["profile_distance"])
    assert "for *hard-covered* and" in describe_balanced(found["balanced_accuracy"], 40)


def test_one_model_and_one_draw_have_no_interval():
    found = accounts(comparison([0], [3]))
    json.dumps(found, allow_nan=False)
    assert found["switches"]["read"]["low"] is None
    assert "points come from reading all components" in describe_switches(found["switches"], 40)


def test_a_loss_is_told_as_a_loss():
    row = {"mean": -0.01, "low": -0.02, "high": 0.0}
    told = describe_switches({"fit": row, "class": row, "read": row | {"mean": -0.0001}}, 40)
    assert told.startswith("With 40 labels soft minus *hard-covered* is -2.0 points:")
    assert "+0.0 (-2.0 to +0.0) come from reading all" in told
    assert "can be chance" in describe_wins({"wins": 3, "losses": 4, "p_value": 1.0}, 40)
    assert "more than chance" in describe_wins({"wins": 0, "losses": 40, "p_value": 0.001}, 40)


@pytest.mark.parametrize(
    ("soft", "why"), [(0.95, "is not bound by it"), (0.8, "does not reach it")]
)
def test_why_soft_decoding_is_above_the_purity_or_below(soft, why):
    found = {"seen_class_share": {"9": 0.5}, "every_label": {"purity": 0.9, "soft": soft}}
    assert why in describe_ceilings(found, 8)
