"""What more labels would bring: the step from half of the labels to all of them."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs

from gmvae.decoding.few_labels import decode_labelled
from gmvae.decoding.learning_curve import error_ratio
from gmvae.decoding.leave_one_out import respond
from gmvae.decoding.neighbours import nearest_neighbours
from gmvae.decoding.poisson import neighbour_graph


def responses(Z, labelled, label):
    W = neighbour_graph(*nearest_neighbours(Z, 8))
    return respond(W, Z, labelled, label, int(label.max()) + 1)


def islands(n, seed):
    """20 groups of points, each of one of 4 classes, and `n` labels drawn from them."""
    Z, group = make_blobs(1200, n_features=6, centers=20, cluster_std=0.5, random_state=seed)
    labelled = np.random.default_rng(seed).permutation(1200)[:n]
    return Z, labelled, group % 4


def test_labels_without_structure_bring_nothing():
    rng = np.random.default_rng(0)
    Z, labelled = rng.normal(size=(600, 5)), np.arange(80)
    assert error_ratio(responses(Z, labelled, rng.integers(0, 4, 80))) > 0.9


def test_labels_that_reach_new_groups_bring_much_and_then_nothing():
    Z, labelled, y = islands(30, 0)
    few = error_ratio(responses(Z, labelled, y[labelled]))
    assert 0 < few < 0.7
    assert error_ratio(responses(Z, labelled, y[labelled])) == few
    Z, labelled, y = islands(400, 0)
    every = respond(
        neighbour_graph(*nearest_neighbours(Z, 8)), Z, labelled, y[labelled], 4
    ).leave_one_out()[0]
    assert every.all()
    assert error_ratio(responses(Z, labelled, y[labelled])) > few


def test_what_is_told_of_twice_the_labels_comes_near_the_truth():
    told, truth = [], []
    for seed in range(8):
        Z, labelled, y = islands(120, seed)
        half = labelled[:60]
        told.append(decode_labelled(Z, half, y[half]).estimate_with_twice_the_labels())
        all_ = decode_labelled(Z, labelled, y[labelled])
        truth.append((all_.label == y)[~all_.given].mean())
    assert np.mean(told) == pytest.approx(np.mean(truth), abs=0.04)


def test_fewer_than_ten_labels_tell_nothing_of_more():
    Z, labelled, y = islands(9, 1)
    assert decode_labelled(Z, labelled, y[labelled]).estimate_with_twice_the_labels() is None
