"""Leaving one label out, all at once, against leaving each out in turn."""

import numpy as np
import pytest
from scipy.sparse import block_diag

from gmvae.decoding import leave_one_out
from gmvae.decoding.leave_one_out import Responses, respond
from gmvae.decoding.neighbours import nearest_neighbours
from gmvae.decoding.poisson import DECAY, neighbour_graph, poisson_learning


def graph(n, seed):
    Z = np.random.default_rng(seed).normal(size=(n, 3))
    return neighbour_graph(*nearest_neighbours(Z, 6))


def leave_one_out_scores(W, labelled, label, n_classes, decay=DECAY):
    Z = np.arange(W.shape[0], dtype=float)[:, None]
    n = len(labelled)
    return respond(W, Z, labelled, label, n_classes, decay).scores(np.ones((n, n), dtype=bool))


def one_by_one(W, labelled, label, n_classes, decay):
    """Scores of each node from a solve without its label; -inf for a class that is then gone."""
    rows = []
    for i in range(len(labelled)):
        others = np.arange(len(labelled)) != i
        classes, left = np.unique(label[others], return_inverse=True)
        scores = poisson_learning(
            W, labelled[others], left, len(classes), tolerance=1e-9, decay=decay
        )
        row = np.full(n_classes, -np.inf)
        row[classes] = scores[labelled[i]]
        rows.append(row)
    return np.array(rows)


@pytest.fixture(autouse=True)
def exact(monkeypatch):
    def solve(*arguments, decay):
        return poisson_learning(*arguments, tolerance=1e-9, decay=decay)

    monkeypatch.setattr(leave_one_out, "poisson_learning", solve)


@pytest.mark.parametrize(("columns", "decay"), [(64, 0), (5, 0), (1, 0), (64, 0.01), (5, 0.3)])
def test_it_is_what_each_solve_by_itself_says(monkeypatch, columns, decay):
    monkeypatch.setattr(leave_one_out, "_COLUMNS", columns)
    rng = np.random.default_rng(1)
    W, labelled = graph(120, 0), rng.permutation(120)[:12]
    label = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3])  # the last class has one label
    scores = leave_one_out_scores(W, labelled, label, 4, decay)
    expected = one_by_one(W, labelled, label, 4, decay)
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-4)
    assert scores[11, 3] == -np.inf


def test_a_piece_of_the_graph_has_shares_of_its_own():
    W = block_diag([graph(60, 2), graph(50, 3), graph(40, 4)], format="csr")
    labelled = np.array([1, 7, 20, 33, 61, 80, 100, 115])
    label = np.array([0, 1, 0, 1, 1, 1, 1, 0])
    scores = leave_one_out_scores(W, labelled, label, 2)
    expected = one_by_one(W, labelled, label, 2, DECAY)
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-4)
    assert not scores[7].any()  # the only label of its piece
    assert scores[[4, 5, 6]].argmax(axis=1).tolist() == [1, 1, 1]  # their piece has no other class


@pytest.mark.parametrize("decay", [0, 0.01])
def test_some_of_the_labels_say_what_a_solve_from_them_says(decay):
    rng = np.random.default_rng(2)
    W, labelled = graph(120, 0), rng.permutation(120)[:12]
    label = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3, 3])
    kept = np.isin(np.arange(12), [0, 1, 4, 7, 8])  # none of the last class
    Z = np.zeros((120, 1))
    found = respond(W, Z, labelled, label, 4, decay).scores(np.broadcast_to(kept, (12, 12)))
    expected = poisson_learning(W, labelled[kept], label[kept], 3, tolerance=1e-9, decay=decay)
    np.testing.assert_allclose(found[~kept, :3], expected[labelled[~kept]], rtol=1e-4, atol=1e-4)
    assert (found[~kept, 3] == -np.inf).all()


def test_the_nearest_kept_label_decides_where_the_graph_does_not():
    Z = np.array([0.0, 1, 2, 5, 9])[:, None]
    label, apart = np.array([0, 1, 0, 1, 0]), np.arange(5)
    responses = Responses(np.zeros((5, 5)), apart, label, Z, 2)
    found, margin = responses.found(np.broadcast_to(label >= 0, (5, 5)))
    assert found.tolist() == [1, 0, 1, 0, 1]
    assert not margin.any()
    found, _ = responses.found(np.broadcast_to(np.arange(5) != 1, (5, 5)))
    assert found[0] == 0
