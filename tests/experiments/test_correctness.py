"""Contributions add up, groups are means, probabilities are calibrated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import parametrize_with_checks
from toys import make_dataset, make_posterior

from gmvae.data.draws import draw_order
from gmvae.decoding.calibration import (
    CalibratedSoftDecoder,
    expected_calibration_error,
    reliability,
)
from gmvae.decoding.clusters import entropy
from gmvae.decoding.decoders import SoftDecoder
from gmvae.experiments.correctness import (
    contributions,
    correctness,
    equal_groups,
    group_means,
    margin,
    reasons,
    spread,
)

DATASET = make_dataset()
Y, SEEDS = DATASET.labels, [0, 1, 2]
POSTERIORS = [make_posterior(DATASET, seed).responsibilities for seed in (3, 7)]


def who_is_right(n_labels, method):
    return correctness(POSTERIORS, Y, 4, n_labels, SEEDS, method)


def test_correctness_leaves_labelled_images_out():
    right = who_is_right(40, "soft")
    assert right.shape == (2, 3, len(Y))
    for s, seed in enumerate(SEEDS):
        labelled = draw_order(Y, seed)[:40]
        assert np.isnan(right[:, s, labelled]).all()
        assert np.isnan(right[:, s]).sum() == 2 * 40


def test_contributions_add_up_to_the_gain():
    gain = who_is_right(12, "soft") - who_is_right(12, "hard")
    kind = reasons(POSTERIORS, Y, 12, SEEDS)
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


def test_a_temperature_changes_probabilities_but_no_prediction():
    R, y = POSTERIORS[0], Y
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


def test_a_single_component_is_certain():
    assert margin(np.ones((3, 1), np.float32)).tolist() == [1, 1, 1]
