"""What the graph decoder would say of each labelled image if that one had no label.

The solution u of Poisson learning is linear in its sources, so that all n decoders that lack one
label each come out of one solve with n right-hand sides. With every labelled node j a class of its
own, :func:`gmvae.decoding.poisson.poisson_learning` gives H_j, and without node i::

    u = sum over labelled j other than i of (e(y_j) - ybar) H_j

with ybar, the class shares of the piece of the graph in which i lies, also taken without i.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from gmvae.decoding.neighbours import nearest_neighbours
from gmvae.decoding.poisson import DECAY, poisson_learning

Array = NDArray[Any]
_COLUMNS = 64  # right-hand sides at a time: 57 MB for each array of the solver at 111,638 images


def margins(scores: Array) -> Array:
    """Return the best score minus the second of each row of `scores (N, L)`, L at least 2."""
    best = np.partition(scores, -2, axis=1)  # (N, L)
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(best[:, -1] - best[:, -2])  # (N,)


def leave_one_out(
    W: Any, Z: Array, labelled: Array, label: Array, n_classes: int, decay: float = DECAY
) -> tuple[Array, Array]:
    """Say of each labelled node whether its label would be found without it.

    Parameters
    ----------
    W, labelled, label, n_classes, decay
        As in :func:`leave_one_out_scores`.
    Z : ndarray of shape (N, D)
        The points; the nearest labelled one decides where the graph does not.

    Returns
    -------
    right : ndarray of shape (n,), bool
    margin : ndarray of shape (n,), float64
    """
    scores = leave_one_out_scores(W, labelled, label, n_classes, decay)  # (n, L)
    found = scores.argmax(axis=1)  # (n,)
    undecided = ~(np.isfinite(scores) & (scores != 0)).any(axis=1)  # (n,)
    nearest = nearest_neighbours(Z[labelled], 1)[0][:, 0]  # (n,) positions in `labelled`
    found[undecided] = label[nearest[undecided]]
    return found == label, margins(scores)


def leave_one_out_scores(
    W: Any, labelled: Array, label: Array, n_classes: int, decay: float = DECAY
) -> Array:
    """Score every class for each labelled node as if its own label were not known.

    Parameters
    ----------
    W : sparse array of shape (N, N)
        Symmetric weights, none negative.
    labelled : ndarray of shape (n,), int
        Labelled nodes, n at least 2.
    label : ndarray of shape (n,), int
        Their classes, 0 .. L-1.
    n_classes : int
        L.
    decay : float
        Of the scores along the graph, as in :mod:`gmvae.decoding.poisson`.

    Returns
    -------
    ndarray of shape (n, L), float64
        As :func:`gmvae.decoding.poisson.poisson_learning` without the node's label; a class that
        then has no label left has the score -inf. All 0 but for these in a piece of the graph
        without another label.
    """
    H = _responses(W, labelled, decay)  # (n, n) of node i to source j
    piece = connected_components(W, directed=False)[1][labelled]  # (n,)
    Y = np.eye(n_classes)[label]  # (n, L)
    left = Y.sum(axis=0) - Y  # (n, L) labels of each class without that of i
    near = piece[:, None] == piece  # (n, n)
    np.fill_diagonal(near, False)
    given = near @ Y  # (n, L) those in the same piece
    own_shares = given / np.maximum(given.sum(axis=1, keepdims=True), 1)  # (n, L) ybar
    H = np.where(near, H, 0)
    u = H @ Y - own_shares * H.sum(axis=1, keepdims=True)  # (n, L)
    pure = (given > 0).sum(axis=1) == 1  # (n,)
    u[pure] = given[pure] > 0
    shares = left / (len(label) - 1)  # (n, L)
    return np.divide(u, shares, out=np.full_like(u, -np.inf), where=left > 0)


def _responses(W: Any, labelled: Array, decay: float) -> Array:
    """Return the solution at each labelled node for a source at each, up to what a piece shares."""
    n = len(labelled)
    columns = []
    for start in range(0, n, _COLUMNS):
        width = min(_COLUMNS, n - start)
        # these nodes are a class each; all others together are one more, which is not asked for
        own = np.full(n, width)  # (n,)
        own[start : start + width] = np.arange(width)
        scores = poisson_learning(
            W, labelled, own, width + (width < n), decay=decay
        )  # (N, width + 1)
        columns.append(scores[labelled, :width] / n)  # their class share is 1 / n
    return np.hstack(columns)
