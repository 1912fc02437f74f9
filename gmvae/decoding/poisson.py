"""Poisson learning: labels spread along a graph of nearest neighbours.

Images that lie near one another in the latent space mostly have the same label. Of a graph with
symmetric weights W ``(N, N)``, degrees d_i = sum_j W_ij and Laplacian L = diag(d) - W, n labelled
nodes are sources and sinks::

    L u = sum over labelled j of (e(y_j) - ybar) delta_j,    sum_i d_i u_i = 0

with e(y) the unit vector of a label, ybar the mean of e(y_j), the labelled class shares, and
delta_j the unit vector of node j. The label of i is arg max_l (b_l / ybar_l) u_il: the decision is
divided by the labelled class shares, so that a class is not favoured for having been drawn often,
and multiplied by the shares b_l that the classes are known to have, if they are.

The decay t of a score on its way adds t diag(d) to L, as in label spreading (Zhou et al. 2004)::

    (L + t diag(d)) u = the same sources

Column j of the inverse counts the visits of a random walk that starts at j and stops with the
probability t / (1 + t) at each step. Without decay, t = 0, a source is felt all over the graph, and
many labels disturb one another far from where they lie; with it a label speaks for its region.

In a graph of several pieces the equation has no solution unless each piece has a ybar of its own;
that is what is taken. The shares that divide the decision stay those of all labelled nodes. A piece
whose labels are all of one class is of that class. One without a label is left undecided, all
scores 0; :class:`gmvae.decoding.graph.GraphDecoder` then asks the nearest labelled points.

References
----------
Calder, Cook, Thorpe and Slepcev (2020), Poisson learning: graph based semi-supervised learning at
very low label rates, ICML. The weights are those of their library GraphLearning.
Zhou, Bousquet, Lal, Weston and Schoelkopf (2004), Learning with local and global consistency.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.sparse.csgraph import connected_components

from gmvae.errors import FailedError

Array = NDArray[Any]
DECAY = 0.01
"""What the graph decoder takes: chosen among 0 and 0.001 to 0.03 by labels of nist_letters, on a
graph of their pixels."""
_MOST_STEPS = 2000  # of the conjugate gradients; graphs of images take about 50


def similarities(squared_distances: Array) -> Array:
    """Return exp(-4 d_ij^2 / d_ik^2) ``(N, k)`` of the distances to k neighbours, nearest first.

    The distance to the last one is the scale: a point in a thin region reaches farther.
    """
    d = squared_distances.astype(np.float64)  # (N, k)
    scale = d[:, -1:]  # (N, 1); 0 where all are copies of the point
    return np.exp(-4 * np.divide(d, scale, out=np.zeros_like(d), where=scale > 0))


def neighbour_graph(indices: Array, squared_distances: Array) -> csr_array:
    """Return the symmetric weights of a nearest-neighbour graph.

    Parameters
    ----------
    indices, squared_distances : ndarray of shape (N, k)
        From :func:`gmvae.decoding.neighbours.nearest_neighbours`.

    Returns
    -------
    csr_array of shape (N, N), float32
        Mean of the weights of both directions, see :func:`similarities`; no loops.
    """
    n, k = indices.shape
    starts = np.arange(0, n * k + 1, k)  # (N + 1,)
    weights = similarities(squared_distances).astype(np.float32)  # (N, k)
    W = csr_array((weights.ravel(), indices.ravel(), starts), shape=(n, n))
    return csr_array((W + W.T) / 2)


def poisson_learning(
    W: Any,
    labelled: Array,
    label: Array,
    n_classes: int,
    priors: Array | None = None,
    tolerance: float = 1e-3,
    decay: float = 0.0,
) -> Array:
    """Score every class for every node of a graph.

    Parameters
    ----------
    W : sparse array of shape (N, N)
        Symmetric weights, none negative.
    labelled : ndarray of shape (n,), int
        Labelled nodes.
    label : ndarray of shape (n,), int
        Their classes, 0 .. L-1, each at least once.
    n_classes : int
        L.
    priors : ndarray of shape (L,), optional
        b, what share of all nodes each class has, up to a factor; None: equal ones. Of two
        classes the scores have opposite signs, which no factor changes.
    tolerance : float
        Length of the equation's residual at which the solver stops, relative to its right side.
    decay : float
        t, not negative; 0: Poisson learning as it was published.

    Returns
    -------
    ndarray of shape (N, L), float64
        (b_l / ybar_l) u_il; the largest is the label's. 0 in pieces without a label.

    Raises
    ------
    FailedError
        If the conjugate gradients do not settle.
    """
    W = csr_array(W, copy=True)
    W.eliminate_zeros()  # they would count as edges
    piece = connected_components(W, directed=False)[1]  # (N,)
    given = np.zeros((piece.max() + 1, n_classes))  # (C, L) labels in each piece
    np.add.at(given, (piece[labelled], label), 1)
    own_shares = given / np.maximum(given.sum(axis=1, keepdims=True), 1)  # (C, L) ybar of a piece
    source = np.zeros((W.shape[0], n_classes))  # (N, L)
    np.add.at(source, (labelled, label), 1)
    np.subtract.at(source, labelled, own_shares[piece[labelled]])
    u = _solve_laplacian(W, source, tolerance, decay)  # (N, L)
    pure = (given > 0).sum(axis=1) == 1  # (C,) the equation says nothing there, u = 0
    u[pure[piece]] = (given > 0)[piece[pure[piece]]]
    shares = np.bincount(label, minlength=n_classes) / len(label)  # (L,) ybar
    return u * ((1 if priors is None else np.asarray(priors)) / shares)


def _solve_laplacian(W: csr_array, source: Array, tolerance: float, decay: float) -> Array:
    """Solve (L + t D) u = `source` for all classes at once, sum_i d_i u_i = 0 in each piece.

    The unknown is v = D^(1/2) u: I - D^(-1/2) W D^(-1/2) has its eigenvalues between 0 and 2, and
    starting at 0, conjugate gradients keep v orthogonal to the solutions of L u = 0.
    """
    degree = np.asarray(W.sum(axis=1), dtype=np.float64)  # (N,)
    scale = np.divide(1, np.sqrt(degree), out=np.zeros_like(degree), where=degree > 0)  # (N,)
    # half the bytes are twice the speed, and digits enough for such a tolerance
    dtype: Any = np.float32 if tolerance >= 1e-4 else np.float64
    S = csr_array(diags_array(scale) @ W @ diags_array(scale)).astype(dtype)  # (N, N)
    residual = (scale[:, None] * source).astype(dtype)  # (N, L)
    v = np.zeros_like(residual)
    direction = residual.copy()
    size = np.einsum("il,il->l", residual, residual)  # (L,)
    enough = tolerance**2 * size
    for _ in range(_MOST_STEPS):
        if (size <= enough).all():
            return scale[:, None] * v
        image = (1 + decay) * direction - S @ direction  # (N, L)
        curvature = np.einsum("il,il->l", direction, image)  # (L,)
        step = np.divide(size, curvature, out=np.zeros_like(size), where=curvature > 0)
        v += step * direction
        residual -= step * image
        before, size = size, np.einsum("il,il->l", residual, residual)
        ratio = np.divide(size, before, out=np.zeros_like(size), where=before > 0)
        direction *= ratio
        direction += residual
    raise FailedError(
        f"Poisson learning did not settle in {_MOST_STEPS} steps; the graph falls into parts "
        "with almost no weight between them."
    )
