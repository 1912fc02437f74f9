"""Ceilings, wins and losses, and distances, against counts by hand."""

import numpy as np
import pytest
from scipy.stats import binomtest
from toys import make_dataset, make_posterior

from gmvae.data.draws import draw_order
from gmvae.decoding.clusters import purity
from gmvae.errors import InputError
from gmvae.experiments.accounts import (
    balanced_accuracy,
    profile_distance,
    seen_class_share,
    wins_and_losses,
    with_every_label,
)


def test_images_of_classes_without_a_label_are_out_of_reach():
    y = np.repeat([0, 1, 2], [60, 39, 1])
    order = draw_order(y, 4)
    labelled, rest = order[:10], order[10:]
    expected = np.mean([label in set(y[labelled]) for label in y[rest]])
    assert seen_class_share(y, 10, [4]) == pytest.approx(expected)
    assert seen_class_share(y, 99, [0]) <= 1
    with pytest.raises(InputError, match="100"):
        seen_class_share(y, 100, [0])


def test_balanced_accuracy_counts_every_class_alike():
    y = np.array([0, 0, 0, 1])
    right = np.array([[[1, 1, 1, 0]]], float)
    assert balanced_accuracy(right, y, 2).item() == 0.5
    right[0, 0, 3] = np.nan  # its only image was labelled: the class is left out
    assert balanced_accuracy(right, y, 2).item() == 1


def test_wins_and_losses_are_counted_by_image():
    first = np.array([[[1, 1, 1, 0, np.nan], [1, 0, 1, 1, 1]]])
    second = np.array([[[0, 0, 1, 1, np.nan], [1, 0, 1, 1, 1]]])
    found = wins_and_losses(first, second)
    assert (found["wins"], found["losses"]) == (1, 0.5)  # means over two draws
    assert found["p_value"] == 1  # of the draw in which nothing differs
    sure = wins_and_losses(np.ones((1, 1, 12)), np.zeros((1, 1, 12)))
    assert sure["p_value"] == pytest.approx(binomtest(12, 12).pvalue)


def test_more_labels_bring_the_profiles_nearer():
    dataset = make_dataset()
    posteriors = [make_posterior(dataset, 3).responsibilities]
    few, many = (profile_distance(posteriors, dataset.labels, n, range(5)) for n in (12, 120))
    assert 0 < many < few < 1
    R = np.eye(2)[[0, 1] * 20]  # every image says the same as its class
    assert profile_distance([R], np.array([0, 1] * 20), 10, [0]) == 0


def test_soft_decoding_can_pass_the_purity():
    y = np.array([0] * 6 + [1] * 4)
    R = np.tile([0.6, 0.4, 0.0], (10, 1))  # all in one component, which is named 0
    R[6:] = [0.6, 0.0, 0.4]  # but what else they give tells the classes apart
    found = with_every_label([R], y)
    assert found == {"purity": purity(R.argmax(axis=1), y), "soft": 1.0}
    assert found["purity"] == 0.6
