"""What the graph decoder would say of a labelled image if that one, or more, had no label.

The solution u of Poisson learning is linear in its sources, so that all n decoders that lack one
label each come out of one solve with n right-hand sides. With every labelled node j a class of its
own, :func:`gmvae.decoding.poisson.poisson_learning` gives H_j, and from the labels in a set S::

    u = sum over labelled j in S of (e(y_j) - ybar) H_j

with ybar, the class shares of the piece of the graph in which the node lies, also taken over S.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import cdist

from gmvae.decoding.poisson import DECAY, poisson_learning

Array = NDArray[Any]
_COLUMNS = 64  # right-hand sides at a time: 57 MB for each array of the solver at 111,638 images


def margins(scores: Array) -> Array:
    """Return the best score minus the second of each row of `scores (N, L)`, L at least 2."""
    best = np.partition(scores, -2, axis=1)  # (N, L)
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(best[:, -1] - best[:, -2])  # (N,)


@dataclass(frozen=True)
class Responses:
    """What each labelled node says at each other one.

    Attributes
    ----------
    H : float64 array (n, n)
        Of row i to source j, up to what a piece of the graph shares.
    piece : int array (n,)
        The piece of the graph in which a node lies.
    label : int array (n,)
        0 .. L-1.
    Z : ndarray of shape (n, D)
        The points.
    n_classes : int
        L.
    """

    H: Array
    piece: Array
    label: Array
    Z: Array
    n_classes: int

    def scores(self, kept: Array) -> Array:
        """Score every class for each labelled node from some of the labels.

        Parameters
        ----------
        kept : ndarray of shape (n, n), bool
            Row i has the labels S that node i may use; its own counts as unknown all the same.

        Returns
        -------
        ndarray of shape (n, L), float64
            As :func:`gmvae.decoding.poisson.poisson_learning` with these labels; a class of which
            none is kept has the score -inf. All 0 but for these in a piece of the graph where none
            is kept.
        """
        Y = np.eye(self.n_classes)[self.label]  # (n, L)
        kept = kept & ~np.eye(len(self.label), dtype=bool)  # (n, n)
        left = kept @ Y  # (n, L) labels of each class in S
        near = kept & (self.piece[:, None] == self.piece)  # (n, n)
        given = near @ Y  # (n, L) those in the same piece
        own_shares = given / np.maximum(given.sum(axis=1, keepdims=True), 1)  # (n, L) ybar
        H = np.where(near, self.H, 0)
        u = H @ Y - own_shares * H.sum(axis=1, keepdims=True)  # (n, L)
        pure = (given > 0).sum(axis=1) == 1  # (n,)
        u[pure] = given[pure] > 0
        shares = left / np.maximum(left.sum(axis=1, keepdims=True), 1)  # (n, L)
        return np.divide(u, shares, out=np.full_like(u, -np.inf), where=left > 0)

    def found(self, kept: Array) -> tuple[Array, Array]:
        """Return the label ``(n,)`` of each node and its margin ``(n,)``, see :meth:`scores`.

        The nearest label that is kept decides where the graph does not.
        """
        scores = self.scores(kept)  # (n, L)
        found = scores.argmax(axis=1)  # (n,)
        undecided = np.flatnonzero(~(np.isfinite(scores) & (scores != 0)).any(axis=1))
        distance = np.where(kept[undecided], cdist(self.Z[undecided], self.Z), np.inf)  # (m, n)
        distance[np.arange(len(undecided)), undecided] = np.inf
        found[undecided] = self.label[distance.argmin(axis=1)]
        return found, margins(scores)

    def leave_one_out(self) -> tuple[Array, Array]:
        """Return, from all labels but the own: whether it is found ``(n,)``, and the margin."""
        found, margin = self.found(np.ones_like(self.H, dtype=bool))
        return found == self.label, margin


def respond(
    W: Any, Z: Array, labelled: Array, label: Array, n_classes: int, decay: float = DECAY
) -> Responses:
    """Solve for what each label says at the other labelled nodes.

    Parameters
    ----------
    W : sparse array of shape (N, N)
        Symmetric weights, none negative.
    Z : ndarray of shape (N, D)
        The points.
    labelled : ndarray of shape (n,), int
        Labelled nodes, n at least 2.
    label : ndarray of shape (n,), int
        Their classes, 0 .. L-1.
    n_classes : int
        L.
    decay : float
        Of the scores along the graph, as in :mod:`gmvae.decoding.poisson`.
    """
    n = len(labelled)
    piece = connected_components(W, directed=False)[1][labelled]  # (n,)
    columns = []
    for start in range(0, n, _COLUMNS):
        width = min(_COLUMNS, n - start)
        # these nodes are a class each; all others together are one more, which is not asked for
        own = np.full(n, width)  # (n,)
        own[start : start + width] = np.arange(width)
        scores = poisson_learning(W, labelled, own, width + (width < n), decay=decay)
        columns.append(scores[labelled, :width] / n)  # their class share is 1 / n
    return Responses(np.hstack(columns), piece, label, Z[labelled], n_classes)
