"""Chapter 06: what it measures adds up, and its sentences hold whichever way numbers fall."""

import json

import numpy as np
import pandas as pd
import pytest
from toys import make_dataset, make_posterior

from gmvae.chapters.hard_or_soft import Comparison, image_groups
from gmvae.chapters.hard_or_soft_prose import (
    describe_certainty,
    describe_classes,
    describe_fair_gain,
    describe_groups,
    describe_reasons,
    describe_tempering,
)
from gmvae.errors import InputError
from gmvae.experiments.correctness import REASONS, with_interval


@pytest.fixture(scope="module")
def compared():
    dataset = make_dataset()
    posteriors = [make_posterior(dataset, seed).responsibilities for seed in (3, 7)]
    return Comparison(dataset, posteriors, [40, 12], 40, [0, 1, 2], 0.95)


def test_groups_of_the_file():
    dataset = make_dataset()
    dataset.extra["case"] = np.where(np.arange(240) % 3 == 0, 255, np.arange(240) % 2)
    dataset.extra["one"] = np.zeros(240, int)
    groups, names = image_groups(dataset)["case"]
    assert names == ["upper case", "lower case"]
    assert (groups[::3] == -1).all()
    assert list(image_groups(dataset)) == ["case"]


def test_fair_gain_is_told_with_its_sign():
    gains = {10: np.array([[0.1, -0.1, 0.2]]), 20: np.array([[0.1, 0.1, 0.1]])}
    tables = {n: with_interval(gain[None], 0.95).iloc[0] for n, gain in gains.items()}
    sentence = describe_fair_gain(gains, tables)
    assert "+10.0 points at 20 labels (+10.0 to +10.0)" in sentence
    assert "83% of all 6" in sentence
    assert "at 1 of 2 budgets" in sentence


def test_groups_are_told_by_who_is_ahead():
    def rows(*means):
        return pd.DataFrame({"mean": means})

    tables = {
        "case": {"soft": rows(0.9, 0.7), "hard-covered": rows(0.8, 0.8)},
        "source": {"soft": rows(0.9, 0.7), "hard-covered": rows(0.8, 0.6)},
        "hand": {"soft": rows(0.5), "hard-covered": rows(0.5)},
    }
    names = {"case": ["upper", "lower"], "source": ["a", "b"], "hand": ["left"]}
    case, source, hand = describe_groups(tables, names).split(". ")
    assert case.endswith("soft decoding is ahead in upper and behind in lower")
    assert source.endswith("soft decoding is ahead in a, b")
    assert hand.endswith("soft decoding is level in all groups.")


@pytest.mark.parametrize(
    ("after", "effect"), [(0.02, "lowers it"), (0.04, "raises it"), (0.0302, "hardly changes it")]
)
def test_what_the_temperature_does_is_told(after, effect):
    errors = {"soft, shares of the vote": 0.03, "soft, tempered": after, "Bayes": 0.5}
    assert effect in describe_tempering(errors)


def test_reasons_add_up_to_the_whole_gain(compared):
    for rule, tables in compared.gain_by_reason.items():
        for n, table in zip(compared.budgets, tables, strict=True):
            right = compared.correctness(n, ["soft", rule])
            whole = np.nanmean(right["soft"] - right[rule], axis=2).mean()
            assert table["mean"].sum() == pytest.approx(whole, abs=1e-6)
    shares = 100 * compared.gain_by_reason["hard"][1]["mean"]
    sentence = describe_reasons(compared)
    assert sentence.startswith(f"With 12 labels, {compared.covered_share[12]:.1%} of the images")
    assert f"{shares.sum():+.1f} points in all, {shares[0]:+.1f} come from" in sentence


def test_the_fair_gain_at_the_close_budget_is_that_of_its_images(compared):
    np.testing.assert_allclose(np.nanmean(compared.gain, axis=2), compared.fair_gains[40])
    mean = compared.fair_gain[40]["mean"]
    assert mean == pytest.approx(compared.fair_gains[40].mean())
    assert compared.gain_by_certainty["margin of q(c|x)"]["mean"].mean() == pytest.approx(
        mean, abs=1e-3
    )  # tenths hold nearly as many images each


def test_classes_are_told_by_their_interval():
    gain = pd.DataFrame({"low": [0.1, -0.1, -0.3], "high": [0.2, 0.1, -0.2]})
    sentence = describe_classes(gain, "abc", 40)
    assert "above zero for 1 of 3 classes (a) and below zero for 1 (c)" in sentence
    assert "for 0 of 1 classes (none)" in describe_classes(gain[1:2], "b", 40)


def test_numbers_on_record_are_plain(compared):
    recorded = json.loads(json.dumps(compared.numbers(), allow_nan=False, default=float))
    assert set(recorded["gain_by_reason"]["hard"]["12"]) == set(REASONS)
    assert set(recorded["gain_by_class"]) == set("abcd")
    assert recorded["fair_gain_ahead"]["12"] == (compared.fair_gains[12] > 0).mean()
    assert recorded["by_group"] == {}
    compared.dataset.extra["parity"] = np.arange(240) % 2
    again = Comparison(compared.dataset, compared.posteriors, [12], 40, [0], 0.95).numbers()
    compared.dataset.extra.clear()
    assert set(again["by_group"]["parity"]["soft"]) == {"parity 0", "parity 1"}


def test_budgets_that_leave_nothing_to_score_are_refused(compared):
    with pytest.raises(InputError, match="240"):
        Comparison(compared.dataset, compared.posteriors, [240], 40, [0], 0.95)


@pytest.mark.parametrize(
    ("entropy", "margin", "told"),
    [
        ((0.0, 0.1), (0.1, 0.0), "By both measures"),
        ((0.1, 0.0), (0.0, 0.1), "By neither measure"),
        ((0.0, 0.1), (0.0, 0.1), "by the margin it does not"),
        ((0.1, 0.0), (0.1, 0.0), "by entropy it does not"),
    ],
)
def test_two_measures_of_certainty_may_disagree(entropy, margin, told):
    tables = [pd.DataFrame({"mean": [first, 0.9, last]}) for first, last in (entropy, margin)]
    assert told in describe_certainty(*tables)
