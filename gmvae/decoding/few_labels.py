"""All images labelled from a few, and how likely each label is right."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmvae.decoding.estimated_accuracy import AccuracyEstimator, Estimate
from gmvae.decoding.graph import GraphDecoder, graph_of
from gmvae.decoding.learning_curve import error_ratio
from gmvae.decoding.leave_one_out import margins, respond

Array = NDArray[Any]
_LEAST = 10  # labels from which what more would bring is told


@dataclass(frozen=True)
class Decoded:
    """All images with the labels that a few have led to.

    Attributes
    ----------
    label : array (N,)
    probability : float64 array (N,)
        That the label is right; 1 for a given one, NaN where that cannot be estimated.
    margin : float64 array (N,)
        Best score minus the second.
    given : bool array (N,)
    estimator : AccuracyEstimator or None
        None where no class has two labels.
    error_ratio : float or None
        By what twice as many labels would multiply the error; None where there is no estimator, or
        fewer than 10 labels.
    """

    label: Array
    probability: Array
    margin: Array
    given: Array
    estimator: AccuracyEstimator | None
    error_ratio: float | None

    def estimate_with_twice_the_labels(self) -> float | None:
        """Estimate the accuracy of all images that twice as many labels would give."""
        if self.error_ratio is None:
            return None
        now = self.estimate(~self.given)
        return None if now is None else 1 - (1 - now.accuracy) * self.error_ratio

    def estimate(self, asked: Array) -> Estimate | None:
        """Estimate the accuracy of the images in the mask `asked (N,)`, if anything tells it."""
        return self.estimator.estimate(self.margin[asked]) if self.estimator else None


def decode_labelled(Z: Array, index: Array, label: Array, W: Any = None) -> Decoded:
    """Label all images from a few, and say of each how likely that is right.

    The scores are those of the graph decoder, see :class:`gmvae.decoding.graph.GraphDecoder`.

    Parameters
    ----------
    Z : ndarray of shape (N, D)
        Latent means.
    index : int array (n,)
        The labelled images, none of them twice.
    label : array (n,)
        Their labels, of two classes at least.
    W : sparse array (N, N), optional
        The nearest-neighbour graph of `Z`, where it is known.
    """
    classes, code = np.unique(label, return_inverse=True)  # (L,), (n,)
    y = np.full(len(Z), -1)  # (N,)
    y[index] = code
    if W is None:
        W = graph_of(Z)  # (N, N)
    decoder = GraphDecoder().fit(Z, y, graph=W)
    margin = margins(decoder.scores_)  # (N,)
    given = y >= 0  # (N,)
    responses = respond(W, Z, index, code, len(classes))
    right, left_out_margin = responses.leave_one_out()  # (n,), (n,)
    class_count = np.bincount(code)[code]  # (n,)
    probability = np.full(len(Z), np.nan)  # (N,)
    estimator = None
    if (class_count > 1).any() and not given.all():
        estimator = AccuracyEstimator(margin[~given], left_out_margin, right, class_count)
        probability = estimator.probability(margin)
    probability[given] = 1
    ratio = error_ratio(responses) if estimator and len(index) >= _LEAST else None
    return Decoded(classes[decoder.transduction_], probability, margin, given, estimator, ratio)


def answered(decoded: Decoded, abstain: float) -> Array:
    """Return the mask ``(N,)`` of images that keep their label.

    Parameters
    ----------
    decoded : Decoded
    abstain : float
        Share of all images, from 0 to below 1, that are left out: those of the smallest margin,
        never one whose label is given.
    """
    kept = np.ones(len(decoded.label), dtype=bool)  # (N,)
    unknown = np.flatnonzero(~decoded.given)  # (M,)
    n_open = min(int(abstain * len(kept)), len(unknown))
    kept[unknown[np.argsort(decoded.margin[unknown], kind="stable")[:n_open]]] = False
    return kept
