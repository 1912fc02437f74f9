"""The three switches lead from the fair hard rule to soft decoding, and share out its gain."""

import numpy as np
import pytest
from toys import make_dataset, make_posterior

from gmvae.experiments.correctness import correctness
from gmvae.experiments.switches import shares_of_gain, switched_accuracies

SEEDS = [0, 1, 2]


@pytest.fixture(scope="module")
def toy():
    dataset = make_dataset()
    return dataset.labels, [make_posterior(dataset, seed).responsibilities for seed in (3, 7)]


@pytest.mark.parametrize("n_labels", [6, 40])
def test_both_ends_are_the_rules_themselves(toy, n_labels):
    y, posteriors = toy
    found = switched_accuracies(posteriors, y, n_labels, SEEDS)
    for corner, rule in (((0, 0, 0), "hard-covered"), ((1, 1, 1), "soft")):
        right = correctness(posteriors, y, 4, n_labels, SEEDS, rule)
        np.testing.assert_allclose(found[corner], np.nanmean(right, axis=2), atol=1e-6)


def test_the_shares_add_up_to_the_gain(toy):
    y, posteriors = toy
    found = switched_accuracies(posteriors, y, 12, SEEDS)
    whole = sum(shares_of_gain(found).values())
    np.testing.assert_allclose(whole, found[1, 1, 1] - found[0, 0, 0], atol=1e-12)


def test_a_switch_that_changes_nothing_gets_nothing():
    accuracies = np.zeros((2, 2, 2, 1, 1))
    accuracies[:, :, 1] = 0.3  # only reading matters
    shares = shares_of_gain(accuracies)
    assert shares["read"].item() == pytest.approx(0.3)
    assert shares["fit"].item() == shares["class"].item() == 0


def test_certain_responsibilities_of_equal_classes_leave_no_gain():
    y = np.tile(np.arange(4), 30)
    R = np.eye(4, dtype=np.float32)[y]
    found = switched_accuracies([R], y, 60, SEEDS)
    assert (found == 1).all()
