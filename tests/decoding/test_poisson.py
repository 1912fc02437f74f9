"""Poisson learning: the equation, pieces of a graph, invariances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import block_diag, csr_array

from gmvae.decoding import poisson
from gmvae.decoding.neighbours import nearest_neighbours
from gmvae.decoding.poisson import neighbour_graph, poisson_learning, similarities
from gmvae.errors import FailedError


def random_graph(n, seed):
    """A connected graph of n nodes: a ring and chords, weights from .1 to 1."""
    rng = np.random.default_rng(seed)
    W = np.triu(rng.random((n, n)) < 0.2, 1) * rng.uniform(0.1, 1, (n, n))
    ring = np.arange(n)
    W[ring, (ring + 1) % n] = 0.5
    return np.maximum(W, W.T)


def dense_poisson(W, labelled, label, n_classes, priors=1, decay=0.0):
    """The equation as it is printed, solved by least squares."""
    d = W.sum(axis=1)
    e = np.eye(n_classes)
    shares = e[label].mean(axis=0)
    source = np.zeros((len(W), n_classes))
    for j, c in zip(labelled, label, strict=True):
        source[j] += e[c] - shares
    u = np.linalg.lstsq((1 + decay) * np.diag(d) - W, source, rcond=None)[0]
    u -= (d @ u) / d.sum()
    return priors * u / shares


@st.composite
def problems(draw):
    n = draw(st.integers(6, 30))
    n_classes = draw(st.integers(2, 4))
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    n_labels = draw(st.integers(n_classes, n))
    labelled = rng.permutation(n)[:n_labels]
    label = np.concatenate([np.arange(n_classes), rng.integers(0, n_classes, n_labels)])[:n_labels]
    return random_graph(n, seed), labelled, label, n_classes


@given(problem=problems(), decay=st.sampled_from([0.0, 0.01, 1.0]))
def test_the_scores_solve_the_equation(problem, decay):
    W, labelled, label, n_classes = problem
    priors = np.arange(1, n_classes + 1)
    scores = poisson_learning(
        csr_array(W), labelled, label, n_classes, priors, tolerance=1e-10, decay=decay
    )
    expected = dense_poisson(W, labelled, label, n_classes, priors, decay)
    np.testing.assert_allclose(scores, expected, atol=1e-7 * np.abs(expected).max())


@given(problem=problems(), seed=st.integers(0, 100))
def test_the_order_of_nodes_and_the_names_of_classes_do_not_matter(problem, seed):
    W, labelled, label, n_classes = problem
    rng = np.random.default_rng(seed)
    node, name = rng.permutation(len(W)), rng.permutation(n_classes)
    scores = poisson_learning(csr_array(W), labelled, label, n_classes, tolerance=1e-10)
    place = np.argsort(node)
    moved = poisson_learning(
        csr_array(W[node][:, node]), place[labelled], name[label], n_classes, tolerance=1e-10
    )
    limit = 1e-7 * np.abs(scores).max()
    np.testing.assert_allclose(moved[:, name], scores[node], atol=limit)


def test_a_label_with_decay_is_felt_less_the_farther_it_lies():
    path = csr_array(np.diag(np.ones(19), 1) + np.diag(np.ones(19), -1))
    labelled, label = np.array([0, 19]), np.array([0, 1])
    published, fading = (
        poisson_learning(path, labelled, label, 2, tolerance=1e-10, decay=decay)[:10, 0]
        for decay in (0, 0.1)
    )
    np.testing.assert_allclose(np.diff(published, 2)[1:], 0, atol=1e-9)  # it falls in a line
    assert (np.diff(fading) < 0).all()
    assert fading[8] / fading[0] < 0.2 * published[8] / published[0]


def test_each_piece_of_a_graph_by_its_own_labels():
    two, pure, unknown = random_graph(12, 0), random_graph(8, 1), random_graph(5, 2)
    W = csr_array(block_diag([two, pure, unknown]))
    labelled, label = np.array([0, 6, 7, 13, 15]), np.array([0, 1, 1, 2, 2])
    scores = poisson_learning(W, labelled, label, 3, tolerance=1e-10)
    shares = np.array([1, 2, 2]) / 5
    alone = dense_poisson(two, labelled[:3], label[:3], 2) * [1 / 3, 2 / 3] / shares[:2]
    np.testing.assert_allclose(scores[:12, :2], alone, atol=1e-7)
    assert not scores[:12, 2].any()
    np.testing.assert_array_equal(scores[12:20].argmax(axis=1), 2)
    assert not scores[20:].any()


def test_a_node_without_edges():
    W = csr_array(block_diag([random_graph(8, 0), np.zeros((2, 2))]))
    scores = poisson_learning(W, np.array([0, 4, 8]), np.array([0, 1, 1]), 2)
    assert np.isfinite(scores).all()
    assert scores[8].argmax() == 1
    assert not scores[9].any()


def test_a_class_with_a_larger_prior_takes_more_nodes():
    Z = np.random.default_rng(0).normal(size=(300, 2))
    W = neighbour_graph(*nearest_neighbours(Z, 10))
    labelled, label = np.arange(30), np.arange(30) % 3
    counts = [
        (poisson_learning(W, labelled, label, 3, np.array([b, 1, 1])).argmax(axis=1) == 0).sum()
        for b in (0.2, 1, 5)
    ]
    assert counts[0] < counts[1] < counts[2]


def test_weights_are_those_of_the_paper_s_library():
    weights = similarities(np.array([[1.0, 4.0], [0.0, 0.0]], dtype=np.float32))
    np.testing.assert_allclose(weights, [[np.exp(-1), np.exp(-4)], [1, 1]])


def test_a_graph_is_symmetric_and_has_no_loops():
    Z = np.random.default_rng(0).normal(size=(200, 3))
    Z[:30] = Z[0]  # copies
    W = neighbour_graph(*nearest_neighbours(Z, 5))
    assert abs(W - W.T).max() == 0
    assert not W.diagonal().any()
    assert (W.data > 0).all()


def test_a_solver_that_does_not_settle_says_so(monkeypatch):
    monkeypatch.setattr(poisson, "_MOST_STEPS", 2)
    with pytest.raises(FailedError, match="did not settle in 2 steps"):
        poisson_learning(
            csr_array(random_graph(30, 0)), np.array([0, 9]), np.array([0, 1]), 2, tolerance=1e-10
        )
