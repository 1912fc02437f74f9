"""Spectral clusters follow a graph, and their eigenvectors are those of the dense matrix."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from gmvae.decoding import spectral
from gmvae.decoding.graph import graph_of
from gmvae.decoding.spectral import leading_eigenvectors, spectral_clusters


def two_rings(n=300, seed=0):
    """Points of a ring within a ring, and which ring each lies on."""
    rng = np.random.default_rng(seed)
    ring = np.repeat([0, 1], n)
    angle = rng.uniform(0, 2 * np.pi, 2 * n)
    radius = np.array([1.0, 3.0])[ring] + rng.normal(0, 0.05, 2 * n)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), ring


def test_a_ring_within_a_ring_is_found():
    Z, ring = two_rings()
    found = spectral_clusters(leading_eigenvectors(graph_of(Z), 2), 2, seed=0)
    assert np.array_equal(found, ring) or np.array_equal(found, 1 - ring)


@pytest.mark.parametrize("m", [1, 3, 8])
def test_the_eigenvectors_of_many_nodes_are_those_of_the_dense_matrix(m, monkeypatch):
    Z = np.random.default_rng(1).normal(size=(200, 2))
    W = graph_of(Z)
    dense = leading_eigenvectors(W, m)  # (N, m)
    monkeypatch.setattr(spectral, "_DENSE", 0)
    monkeypatch.setattr(spectral, "_TOLERANCE", 1e-6)
    sparse = leading_eigenvectors(W, m)  # (N, m)
    assert sparse.shape == dense.shape == (200, m)
    np.testing.assert_allclose(np.abs((dense * sparse).sum(axis=0)), 1, atol=1e-3)  # up to signs
    np.testing.assert_array_equal(leading_eigenvectors(W, m), sparse)  # the same every time
    root = np.sqrt(W.sum(axis=1))  # belongs to the largest eigenvalue, 1
    np.testing.assert_allclose(np.abs(sparse[:, 0]), root / np.linalg.norm(root), atol=1e-3)


def test_a_node_without_edges_does_no_harm():
    W = np.zeros((6, 6))
    W[0, 1] = W[1, 0] = W[2, 3] = W[3, 2] = W[3, 4] = W[4, 3] = 1  # 5 is alone
    vectors = leading_eigenvectors(csr_array(W), 3)
    assert np.isfinite(vectors).all()
    found = spectral_clusters(vectors, 2, seed=0)
    assert len(found) == 6
    assert found[0] == found[1] != found[2] == found[3] == found[4]
