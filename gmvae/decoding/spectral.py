"""Spectral clustering of a graph: groups of nodes that hang together along its edges.

k-means cuts round pieces out of the latent space. A class is often a long piece, along which
neighbours follow one another, and a graph sees that. The rows of the leading eigenvectors of
D^(-1/2) W D^(-1/2), each brought to length 1, are points again, and k-means cuts these.

References
----------
Ng, Jordan and Weiss (2001), On spectral clustering: analysis and an algorithm, NeurIPS.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, eigsh
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from gmvae.errors import FailedError

Array = NDArray[Any]
MOST = 50  # clusters of the graph, and eigenvectors; twice as many take four times as long
_DENSE = 500  # nodes of a part up to which all eigenvectors are as quick
_TOLERANCE = 1e-3
_DIGITS = 4  # of an eigenvalue that the tolerance leaves


def leading_eigenvectors(W: Any, m: int) -> Array:
    """Return the eigenvectors of D^(-1/2) W D^(-1/2) of the largest eigenvalues, in falling order.

    Each connected part of the graph has its own, so the parts are solved one by one: a solver that
    starts from one vector does not find an eigenvalue twice.

    Parameters
    ----------
    W : sparse array (N, N)
        Symmetric weights; D holds the sums of its rows.
    m : int
        At most N.

    Returns
    -------
    ndarray of shape (N, m), float32
        Of equal eigenvalues, that of the larger part comes first.

    Raises
    ------
    FailedError
        If they are not found.
    """
    part = connected_components(W, directed=False)[1]  # (N,)
    by_size = np.argsort(-np.bincount(part), kind="stable")  # (P,)
    all_rows = [np.flatnonzero(part == p) for p in by_size[:m]]
    solved = [_solve(csr_array(W[rows][:, rows]), m) for rows in all_rows]  # (k,), (n, k) each
    values = np.concatenate([found for found, _ in solved])
    place = np.concatenate([np.full(len(found), p) for p, (found, _) in enumerate(solved)])
    column = np.concatenate([np.arange(len(found)) for found, _ in solved])
    vectors = np.zeros((len(part), m), np.float32)
    for j, i in enumerate(np.lexsort((place, -values.round(_DIGITS)))[:m]):
        vectors[all_rows[place[i]], j] = solved[place[i]][1][:, column[i]]
    return vectors


def _solve(W: csr_array, m: int) -> tuple[Array, Array]:
    """Return up to `m` largest eigenvalues ``(k,)`` of a connected part, and vectors ``(n, k)``."""
    degree = np.asarray(W.sum(axis=1), dtype=np.float64)  # (n,)
    scale = diags_array(1 / np.sqrt(np.maximum(degree, np.finfo(np.float32).tiny)))
    S = scale @ W @ scale  # (n, n)
    if len(degree) <= max(_DENSE, m + 1):
        values, vectors = np.linalg.eigh(S.toarray())  # the largest last
        return values[::-1][:m], vectors[:, ::-1][:, :m]
    start = np.random.default_rng(0).normal(size=len(degree)).astype(np.float32)  # (n,)
    try:
        with threadpool_limits(1, "blas"):  # the same sums whatever the number of threads
            values, vectors = eigsh(S.astype(np.float32), m, which="LA", v0=start, tol=_TOLERANCE)
    except ArpackNoConvergence as error:
        raise FailedError("the eigenvectors of the neighbour graph were not found.") from error
    order = np.argsort(-values)
    return values[order], vectors[:, order]


def spectral_clusters(vectors: Array, n: int, seed: int) -> Array:
    """Return the cluster of each node, int (N,), from the first `n` of its `vectors (N, M)`."""
    rows = vectors[:, :n]  # (N, min(n, M))
    length = np.linalg.norm(rows, axis=1, keepdims=True)  # (N, 1)
    rows = rows / np.maximum(length, np.finfo(np.float32).tiny)
    return KMeans(n, n_init=1, random_state=seed).fit_predict(rows)
