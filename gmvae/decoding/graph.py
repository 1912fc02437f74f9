"""The graph decoder: labels of all points from a few, along their nearest-neighbour graph.

Images that lie near one another in the latent space mostly have the same label, whatever their
component. So this decoder reads the latent means where the others read q(c|x); any other features
will do, such as principal components of pixels.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from gmvae.checks import real, refusal, whole
from gmvae.decoding.neighbours import nearest_neighbours, nearest_points
from gmvae.decoding.partial_labels import partly_labelled
from gmvae.decoding.poisson import DECAY, neighbour_graph, poisson_learning, similarities

Array = NDArray[Any]
N_NEIGHBORS = 10
_validated: Any = validate_data  # arrays out, whatever array-like goes in


def graph_of(Z: Array, n_neighbors: int = N_NEIGHBORS) -> csr_array:
    """Return the nearest-neighbour graph ``(N, N)`` of `Z (N, D)`, along which labels spread."""
    return neighbour_graph(*nearest_neighbours(Z, n_neighbors))


class GraphDecoder(ClassifierMixin, BaseEstimator):
    """Poisson learning on the nearest-neighbour graph of all points, labelled or not.

    Transductive, with the conventions of scikit-learn's ``LabelSpreading``: `fit` is given all
    points and -1 for an unknown label, and labels them.

    Parameters
    ----------
    n_neighbors : int
        Neighbours of a point in the graph, at least 1.
    priors : array-like of shape (L,), optional
        Shares of the classes among all points, in the order of ``classes_``, where they are known;
        none negative. None: all classes alike.
    decay : float
        How fast a label fades along the graph, not negative; 0: Poisson learning as published. See
        :mod:`gmvae.decoding.poisson`.

    Attributes
    ----------
    classes_ : ndarray of shape (L,)
        The labels there are, sorted.
    transduction_ : ndarray of shape (N,)
        The label of each point; a given label stays.
    label_distributions_ : ndarray of shape (N, L), float64
        Shares of the classes for each point. They order the classes as the scores do and are
        not calibrated: exp(score / root mean square of all scores), divided by its sum. A given
        label has the share 1.
    scores_ : ndarray of shape (N, L), float64
        What :func:`gmvae.decoding.poisson.poisson_learning` gives.

    References
    ----------
    Calder, Cook, Thorpe and Slepcev (2020), Poisson learning, ICML.
    """

    def __init__(self, n_neighbors: int = N_NEIGHBORS, priors: Any = None, decay: float = DECAY):
        self.n_neighbors = n_neighbors
        self.priors = priors
        self.decay = decay

    def fit(self, Z: Any, y: Any, graph: Any = None) -> Self:
        """Label all points.

        Parameters
        ----------
        Z : array-like of shape (N, D)
            All points, such as latent means.
        y : array-like of shape (N,)
            Labels, -1 where unknown; at least two different ones.
        graph : sparse array of shape (N, N), optional
            Symmetric weights, so that one graph serves many fits; None: it is made from `Z` by
            :func:`graph_of`.

        Returns
        -------
        self

        Raises
        ------
        InputError
            If `Z`, `y` and `graph` differ in length, or `y` holds fewer than two classes.
        """
        Z, y, labelled = partly_labelled(self, Z, y)  # (N, D), (N,), (n,)
        self.classes_, label = np.unique(y[labelled], return_inverse=True)  # (L,), (n,)
        W = self._graph(Z) if graph is None else _square(graph, len(Z))  # (N, N)
        decay = real("decay", self.decay, least=0)
        scores = poisson_learning(
            W, labelled, label, len(self.classes_), self._priors(), decay=decay
        )  # (N, L)
        self._Z, self.scores_ = Z, scores
        self.label_distributions_ = _distributions(scores, labelled, label, Z)  # (N, L)
        self.transduction_ = self.classes_[self.label_distributions_.argmax(axis=1)]  # (N,)
        return self

    def predict(self, Z: Any) -> Array:
        """Return the labels ``(M,)`` of new points; a tie goes to the first of ``classes_``."""
        shares = self.predict_proba(Z)  # (M, L)
        return self.classes_[shares.argmax(axis=1)]

    def predict_proba(self, Z: Any) -> Array:
        """Return the shares of the classes ``(M, L)`` for new points; rows sum to 1.

        They are the mean shares of the nearest points of `fit`, each weighted as in the graph.
        """
        check_is_fitted(self)
        Z = _validated(self, Z, reset=False, dtype=[np.float64, np.float32])  # (M, D)
        indices, squared = nearest_points(Z, self._Z, self.n_neighbors)  # (M, k)
        weights = similarities(squared)  # (M, k)
        mean = np.einsum("mk,mkl->ml", weights, self.label_distributions_[indices])  # (M, L)
        return mean / mean.sum(axis=1, keepdims=True)

    def _graph(self, Z: Array) -> csr_array:
        """Return the graph of `Z (N, D)`."""
        return graph_of(Z, whole("n_neighbors", self.n_neighbors, least=1))

    def _priors(self) -> Array | None:
        """Return the known shares of the classes, checked."""
        if self.priors is None:
            return None
        priors = np.asarray(self.priors, dtype=np.float64)  # (L,)
        if priors.shape != self.classes_.shape or not (priors >= 0).all() or not priors.any():
            raise refusal("priors", self.priors, f"{len(self.classes_)} shares, none negative")
        return priors


def _square(graph: Any, n: int) -> csr_array:
    """Return a graph of `n` nodes, checked."""
    if not issparse(graph) or graph.shape != (n, n):
        raise refusal("graph", type(graph).__name__, f"a sparse array of shape ({n}, {n})")
    return csr_array(graph)


def _distributions(scores: Array, labelled: Array, label: Array, Z: Array) -> Array:
    """Turn scores ``(N, L)`` into shares; undecided points take those of the nearest labelled."""
    size = np.sqrt(np.mean(scores**2)) or 1.0
    scores = scores / size  # (N, L)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)  # (N, L)
    shares[labelled] = np.eye(scores.shape[1])[label]
    undecided = np.flatnonzero(~scores.any(axis=1))  # in a piece of the graph without a label
    undecided = np.setdiff1d(undecided, labelled)
    if len(undecided):
        nearest = nearest_points(Z[undecided], Z[labelled], 1)[0][:, 0]  # positions in `labelled`
        shares[undecided] = shares[labelled[nearest]]
    return shares
