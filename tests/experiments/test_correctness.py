"""Chapter 06: contributions add up, groups are means, probabilities are calibrated."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import parametrize_with_checks
from toys import make_dataset, make_posterior

from gmvae.chapters.hard_or_soft import (
    comparison,
    describe_fair_gain,
    describe_groups,
    describe_tempering,
    image_groups,
)
from gmvae.data.draws import draw_order
from gmvae.decoding.calibration import (
    CalibratedSoftDecoder,
    expected_calibration_error,
    reliability,
)
from gmvae.decoding.clusters import entropy
from gmvae.decoding.decoders import SoftDecoder
from gmvae.experiments.correctness import (
    REASONS,
    contributions,
    equal_groups,
    group_means,
    margin,
    reasons,
    spread,
    with_interval,
)
from gmvae.figures.hard_or_soft import (
    accuracy_by_group,
    gain_by_certainty,
    gain_by_class,
    gain_by_reason,
    reliability_curves,
)


@pytest.fixture(scope="module")
def compared():
    dataset = make_dataset()
    posteriors = [make_posterior(dataset, seed).responsibilities for seed in (3, 7)]
    return comparison(dataset, posteriors, [12, 40], [0, 1, 2], 0.95)


def test_correctness_leaves_labelled_images_out(compared):
    right = compared.right(40, ["soft"])["soft"]
    assert right.shape == (2, 3, len(compared.y))
    for s, seed in enumerate(compared.label_seeds):
        labelled = draw_order(compared.y, seed)[:40]
        assert np.isnan(right[:, s, labelled]).all()
        assert np.isnan(right[:, s]).sum() == 2 * 40


def test_contributions_add_up_to_the_gain(compared):
    right = compared.right(12, ["soft", "hard"])
    gain = right["soft"] - right["hard"]
    kind = reasons(compared.posteriors, compared.y, 12, compared.label_seeds)
    split = contributions(gain, kind)
    np.testing.assert_allclose(split.sum(axis=0), np.nanmean(gain, axis=2), atol=1e-6)


def test_reasons_by_hand():
    R = np.eye(3)[[0, 0, 0, 1, 1, 2, 2]]
    y = np.array([0, 0, 1, 1, 0, 1, 1])
    order = draw_order(y, 0)
    first = order[0]  # one label only: one component is named
    kind = reasons([R], y, 1, [0])[0, 0]
    component = R.argmax(axis=1)
    assert (kind[component != component[first]] == 0).all()
    majority = {0: 0, 1: None, 2: 1}[int(component[first])]  # component 1 is a tie: both names do
    expected = 2 if majority is None or majority == y[first] else 1
    assert (kind[component == component[first]] == expected).all()


def test_group_means_by_hand():
    values = np.array([[[1.0, 0.0, np.nan, 1.0]]])
    means = group_means(values, np.array([0, 0, 1, -1]), 2)
    assert means[0, 0, 0] == 0.5
    assert np.isnan(means[1, 0, 0])


@given(seed=st.integers(0, 200), n_groups=st.integers(2, 10))
def test_equal_groups_are_ordered_and_equal(seed, n_groups):
    values = np.random.default_rng(seed).normal(size=53)
    groups, centres = equal_groups(values, n_groups)
    assert np.ptp(np.bincount(groups)) <= 1
    assert (np.diff(centres) >= 0).all()


def test_entropy_and_margin_at_their_ends():
    R = np.array([[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]])
    np.testing.assert_allclose(entropy(R), [0, np.log(3)])
    np.testing.assert_allclose(margin(R), [1, 0])


def test_spread_keeps_the_seeds_apart():
    right = np.zeros((2, 3, 100))
    right[1, :, :50] = 1  # the second model is better by 50 points, draws do not matter
    table = spread({"soft": right})
    assert table.loc["soft", "models"] == pytest.approx(np.std([0, 50], ddof=1))
    assert table.loc["soft", "draws"] == 0


@parametrize_with_checks([CalibratedSoftDecoder()])
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


def test_a_temperature_changes_probabilities_but_no_prediction(compared):
    R, y = compared.posteriors[0], compared.y
    plain = SoftDecoder().fit(R[:60], y[:60])
    tempered = CalibratedSoftDecoder().fit(R[:60], y[:60])
    np.testing.assert_array_equal(plain.predict(R), tempered.predict(R))
    P = tempered.predict_proba(R[60:])
    np.testing.assert_allclose(P.sum(axis=1), 1)

    def loss(decoder):
        p = decoder.predict_proba(R[60:])[np.arange(len(R) - 60), y[60:]]
        return -np.log(np.maximum(p, 1e-6)).mean()

    assert loss(tempered) < loss(plain)


def test_perfectly_calibrated_probabilities_have_no_error():
    rng = np.random.default_rng(0)
    p = rng.random(200_000)
    table = reliability(p, rng.random(200_000) < p)
    assert expected_calibration_error(table) < 0.01
    assert table["share"].sum() == pytest.approx(1)
    assert expected_calibration_error(reliability(np.ones(10), np.zeros(10, bool))) == 1


def test_groups_of_the_file(compared):
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
    told = describe_fair_gain(gains, tables)
    assert "+10.0 points at 20 labels (+10.0 to +10.0)" in told
    assert "83% of all 6" in told
    assert "at 1 of 2 budgets" in told


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
    ("after", "told"), [(0.02, "lowers it"), (0.04, "raises it"), (0.0302, "hardly changes it")]
)
def test_what_the_temperature_does_is_told(after, told):
    errors = {"soft, shares of the vote": 0.03, "soft, tempered": after, "Bayes": 0.5}
    assert told in describe_tempering(errors)


def test_figures(compared):
    right = compared.right(40)
    gain = right["soft"] - right["hard-covered"]
    table = compared.by_class(gain)[:1]
    names = list("abcd")
    assert len(gain_by_reason([12, 40], compared.gain_by_reason([12, 40]), REASONS).axes) == 2
    assert len(gain_by_certainty(compared.by_certainty(gain)).axes) == 2
    ticks = gain_by_class(compared.by_class(gain), names).axes[0].get_xticklabels()
    assert sorted(tick.get_text() for tick in ticks) == names
    tables = {"parity": compared.by_group(right, compared.y % 2, 2), "all": {"soft": table}}
    figure = accuracy_by_group(tables, {"parity": ["even", "odd"], "all": ["image"]})
    assert [[t.get_text() for t in a.get_xticklabels()] for a in figure.axes] == [
        ["even", "odd"],
        ["image"],
    ]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(right)
    assert reliability_curves(compared.calibration(40)).axes[0].get_legend()
