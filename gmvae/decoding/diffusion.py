"""Soft decoding with votes that spread over neighbouring components.

It still reads q(c|x) only. Two components are neighbours if images hesitate between them: of the
responsibilities R ``(N, K)`` of all images, labelled or not, S = R'R without its diagonal says how
much, and P = D^(-1) S, rows summing to 1, walks from a component to its neighbours. A component
votes for label l with m(l)_c, see :class:`gmvae.decoding.decoders.SoftDecoder`; the votes V
``(K, L)`` become ``(I - alpha P)^(-1) V``, each component's own vote and those met on a walk that
goes on with probability alpha. A component without a labelled image no longer abstains.

References
----------
Zhou, Bousquet, Lal, Weston and Schoelkopf (2004), Learning with local and global consistency, NIPS:
the same spreading, there over images.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_non_negative

from gmvae.checks import one_of, real
from gmvae.decoding.decoders import SoftDecoder
from gmvae.decoding.partial_labels import partly_labelled

Array = NDArray[Any]


def component_walk(R: Array) -> Array:
    """Return P ``(K, K)`` of responsibilities `R (N, K)`: where a walk over components goes next.

    Rows sum to 1, or to 0 for a component that shares no image with another.
    """
    S = (R.T @ R).astype(np.float64)  # (K, K)
    np.fill_diagonal(S, 0)
    degree = S.sum(axis=1, keepdims=True)  # (K, 1)
    return np.divide(S, degree, out=np.zeros_like(S), where=degree > 0)


class DiffusedSoftDecoder(SoftDecoder):
    """Soft decoding whose votes spread over the graph of components.

    Parameters
    ----------
    alpha : float, at least 0 and below 1
        Weight of the neighbours' votes. 0 is :class:`SoftDecoder`. The default was taken from
        labelled images of two data sets.
    similarity : {"dot", "cosine"}
        As in :class:`SoftDecoder`; "cosine" divides m(l) by its length before it spreads.

    Attributes
    ----------
    classes_ : ndarray of shape (L,)
    mean_responsibilities_ : ndarray of shape (L, K), float64
        m(l), from the labelled images.
    walk_ : ndarray of shape (K, K), float64
        P, from all images.
    """

    def __init__(self, alpha: float = 0.3, similarity: Any = "dot"):
        super().__init__(similarity)
        self.alpha = alpha

    def fit(self, R: Any, y: Any, walk: Any = None) -> Self:
        """Learn the graph from all images and the votes from the labelled ones.

        Parameters
        ----------
        R : array-like of shape (N, K), float32 or float64
            Responsibilities q(c|x) of all images, none negative.
        y : array-like of shape (N,)
            Their labels, -1 where unknown; at least two different ones.
        walk : array-like of shape (K, K), optional
            From :func:`component_walk` of other images; None: of `R`.

        Raises
        ------
        InputError
            If `R` and `y` differ in length, or `y` holds a single class.
        """
        real("alpha", self.alpha, least=0, below=1)
        one_of("similarity", self.similarity, ("dot", "cosine"))
        R, y, labelled = partly_labelled(self, R, y)  # (N, K), (N,), (n,)
        check_non_negative(R, type(self).__name__)
        self.walk_ = component_walk(R) if walk is None else np.asarray(walk)
        return super().fit(R[labelled], y[labelled])

    def _votes(self) -> Array:
        """Return the votes after they have spread, (L, K)."""
        stay = np.eye(len(self.walk_)) - self.alpha * self.walk_  # (K, K)
        return np.linalg.solve(stay, super()._votes().T).T

    def _scores(self, R: Array) -> Array:
        return np.maximum(super()._scores(R), 0)  # (N, L); rounding may leave -1e-20
