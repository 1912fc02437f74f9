"""The accuracy told by given labels: exact cases, and how often its interval holds the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gmvae.data.sources import load_dataset
from gmvae.decoding.estimated_accuracy import AccuracyEstimator
from gmvae.decoding.leave_one_out import margins, respond
from gmvae.decoding.neighbours import nearest_neighbours
from gmvae.decoding.poisson import DECAY, neighbour_graph, poisson_learning
from gmvae.decoding.selection import choose
from gmvae.errors import InputError

M = 4000


def many(n):
    """So many labels of the class of each of `n` labelled images that none is rare."""
    return np.full(n, 1000)


def toy(rng, n, chosen_easy):
    """Margins of all images and which are right, and which n of them are labelled."""
    margin = rng.exponential(size=M)
    right = rng.random(M) < rng.uniform(0.5, 0.7) + 0.3 * (1 - np.exp(-2 * margin))
    wish = 0.2 + margin if chosen_easy else np.ones(M)
    labelled = rng.choice(M, n, replace=False, p=wish / wish.sum())
    return margin, right, labelled


@pytest.mark.parametrize("chosen_easy", [False, True])
@pytest.mark.parametrize("n", [30, 200])
def test_the_interval_holds_the_accuracy_though_labels_were_chosen(n, chosen_easy):
    rng = np.random.default_rng(n)
    held, errors = [], []
    for _ in range(100):
        margin, right, labelled = toy(rng, n, chosen_easy)
        estimator = AccuracyEstimator(margin, margin[labelled], right[labelled], many(n))
        found = estimator.estimate(margin)
        held.append(found.low <= right.mean() <= found.high)
        errors.append(found.accuracy - right.mean())
        assert estimator.probability(margin).mean() == pytest.approx(found.accuracy, abs=0.03)
    assert np.mean(held) >= 0.93
    assert abs(np.mean(errors)) < (0.08 if n == 30 else 0.03)  # few labels: the prior pulls


def test_the_margin_weighs_what_was_chosen_back():
    margin = np.repeat([1.0, 2.0, 3.0, 4.0], 1000)
    left_out = np.array([1.0] * 40 + [4.0] * 400)
    right = np.array([False] * 40 + [True] * 400)
    estimator = AccuracyEstimator(margin, left_out, right, many(440))
    hard, easy = (estimator.estimate(np.full(10, value)) for value in (1.0, 4.0))
    assert hard.high < 0.3
    assert easy.low > 0.97
    assert easy.high == 1  # none was missed
    found = estimator.estimate(margin)
    assert found.low < (0 + 1 + 2 * 0.8) / 4 < found.high  # nothing is known of the two between


def test_classes_with_one_label_lower_the_lower_end():
    rng = np.random.default_rng(0)
    margin, right, labelled = toy(rng, 60, False)
    some_alone = np.where(np.arange(60) < 20, 1, 1000)
    plain = AccuracyEstimator(margin, margin[labelled], right[labelled], many(60)).estimate(margin)
    doubt = AccuracyEstimator(margin, margin[labelled], right[labelled], some_alone)
    doubt = doubt.estimate(margin)
    assert doubt.low < plain.low - 0.1
    assert doubt.accuracy < plain.accuracy


def test_labels_that_are_all_alone_tell_nothing():
    with pytest.raises(InputError, match="no class has two labels"):
        AccuracyEstimator(np.ones(9), np.ones(2), np.ones(2, dtype=bool), np.ones(2, dtype=int))


def test_a_miss_in_a_class_of_two_labels_spares_the_higher_end():
    rng = np.random.default_rng(0)
    margin, right, labelled = toy(rng, 60, False)
    few, plenty = (
        AccuracyEstimator(margin, margin[labelled], right[labelled], np.full(60, n)).estimate(
            margin
        )
        for n in (2, 1000)
    )
    assert few.high > plenty.high + 0.005
    assert few.low == plenty.low


def test_all_may_be_right_where_no_label_was_missed():
    margin = np.linspace(0, 1, 1000)
    left_out, right = np.array([0.2, 0.3, 0.8, 0.9]), np.array([True, False, True, True])
    estimator = AccuracyEstimator(margin, left_out, right, many(4))
    assert estimator.estimate(margin).high < 1
    assert estimator.estimate(margin[margin > 0.4]).high == 1


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(2, 80))
def test_probabilities_lie_in_their_range_and_grow_with_the_margin(seed, n):
    rng = np.random.default_rng(seed)
    margin, right, labelled = toy(rng, n, True)
    class_count = rng.integers(1, 5, n)
    class_count[0] = 2
    estimator = AccuracyEstimator(margin, margin[labelled], right[labelled], class_count)
    probability = estimator.probability(np.sort(margin))
    assert (np.diff(probability) >= -1e-12).all()
    assert probability[0] > 0
    assert probability[-1] < 1
    found = estimator.estimate(margin)
    assert 0 <= found.low <= found.accuracy <= found.high <= 1


@pytest.mark.slow
def test_the_interval_holds_the_accuracy_on_digits():
    """On pixels of the digits, with labels drawn and chosen; 93 of 100 intervals, but for luck."""
    dataset = load_dataset("digits")
    Z = dataset.images.reshape(len(dataset), -1)[:, ::9].astype(np.float32) / 255  # (N, D)
    W = neighbour_graph(*nearest_neighbours(Z, 10))
    held = []
    for n in (30, 60, 120):
        for strategy in ("random", "clusters"):
            for seed in range(6):
                labelled = np.sort(choose(strategy, Z, Z, n, seed))
                classes, label = np.unique(dataset.labels[labelled], return_inverse=True)
                scores = poisson_learning(W, labelled, label, len(classes), decay=DECAY)
                responses = respond(W, Z, labelled, label, len(classes))
                right, left_out = responses.leave_one_out()
                class_count = np.bincount(label)[label]
                open_ = np.setdiff1d(np.arange(len(Z)), labelled)
                margin = margins(scores)[open_]
                found = AccuracyEstimator(margin, left_out, right, class_count).estimate(margin)
                truth = (classes[scores.argmax(axis=1)] == dataset.labels)[open_].mean()
                held.append(found.low <= truth <= found.high)
    assert len(held) == 36
    assert np.mean(held) >= 0.9
