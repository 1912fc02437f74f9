"""How accurate a labelled data set is, told by the given labels alone.

Each labelled image is decoded as if its own label were not known. That says how often a label is
right, but of images that are easier or harder than the others: they may have been chosen. So it is
learnt how being right depends on the margin, the distance between the two best scores. With r in
(0, 1) the rank of a margin among those of all images that have no label::

    logit P(right) = alpha + beta logit(r) + delta

Alpha and beta have a posterior on a grid, of which a labelled image counts 0.7, as neighbours are
wrong together. Delta, N(0, 0.5^2), is what other images differ by from labelled ones of the same
margin, of which the labels tell nothing. Two things are seen from both sides, each side an end of
the interval, and the estimate is the mean of the two.

* A class with few labels suffers most where one is left out. The higher end counts a miss by
  (n - 1) / n, with n the labels of its class.
* A class with one label cannot be right then. It says how many images may be of a class that
  nobody has labelled yet (Good 1953). The lower end takes those off, the higher one none.

Images that were chosen are typical ones and easy, so the lower end has 0.3 less for delta. The
higher end is 1 where no label with such a margin was missed.

The numbers were settled on 240 draws of 10 to 291 labels, random and chosen, from four data sets
(parts of MNIST, nist_letters and EMNIST letters, and the embedded digits), with all their labels.
Chapter 10 counts how many of such intervals hold the accuracy on the data of a run.

References
----------
Good (1953), The population frequencies of species and the estimation of population parameters.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit, logit

from gmvae.errors import InputError

Array = NDArray[Any]
_COUNT = 0.7  # what one labelled image counts
_DIFFERENT = 0.5  # standard deviation of delta
_EASIER = 0.3  # what the lower end takes off delta
_ALPHA, _BETA = np.meshgrid(np.linspace(-6, 10, 81), np.linspace(0, 4, 41), indexing="ij")
_LOG_PRIOR = -0.5 * (((_ALPHA - 2.5) / 2.5) ** 2 + ((_BETA - 1.5) / 0.7) ** 2)  # (A, B)
_BINS = 200  # of the rank
_X = logit((np.arange(_BINS) + 0.5) / _BINS)  # (bins,)
_DRAWS = 5_000


@dataclass(frozen=True)
class Estimate:
    """An estimated accuracy with its 95 % interval, each in [0, 1]."""

    accuracy: float
    low: float
    high: float


class AccuracyEstimator:
    """What margins say of being right, learnt from labels left out one by one.

    Parameters
    ----------
    margin : ndarray of shape (M,)
        Margins of all images without a label, which give the ranks.
    left_out_margin : ndarray of shape (n,)
        Margins of the labelled images, each decoded without its label.
    right : ndarray of shape (n,), bool
        Whether that gave their label.
    class_count : ndarray of shape (n,), int
        How many labels their class has, itself among them.

    Raises
    ------
    InputError
        If every labelled image is alone in its class, which says nothing.
    """

    def __init__(self, margin: Array, left_out_margin: Array, right: Array, class_count: Array):
        told = class_count > 1  # (n,)
        if not told.any():
            raise InputError(
                "The accuracy cannot be estimated: no class has two labels, so that none can be"
                " left out."
            )
        self._sorted = np.sort(margin)  # (M,)
        self._missed = left_out_margin[told & ~right]
        self._alone, self._known = int((~told).sum()), int(told.sum())
        x = _X[self._bin(left_out_margin[told])]  # (n',)
        full = np.full(len(x), _COUNT)  # (n',)
        spared = np.where(right[told], 1, 1 - 1 / class_count[told]) * _COUNT  # (n',)
        self._low, self._high = (_posterior(x, right[told], c) for c in (full, spared))  # (A, B)

    def estimate(self, margin: Array, seed: int = 0) -> Estimate:
        """Estimate the accuracy of the images with these margins, ndarray of shape (M',)."""
        rng = np.random.default_rng(seed)
        weight = np.bincount(self._bin(margin), minlength=_BINS) / len(margin)  # (bins,)
        delta = rng.normal(0, _DIFFERENT, _DRAWS)  # (draws,)
        place, high_place = (
            rng.choice(_ALPHA.size, _DRAWS, p=p.ravel()) for p in (self._low, self._high)
        )  # (draws,) each
        low, easy, high = (
            _right_given(*drawn) @ weight
            for drawn in ((place, delta - _EASIER), (place, delta), (high_place, delta))
        )  # (draws,) each
        if self._alone:
            of_known_class = rng.beta(self._known + 1, self._alone, _DRAWS)  # (draws,)
            low, easy = low * of_known_class, easy * of_known_class
        none_missed = not (self._missed >= margin.min()).any()  # then all may be right
        upper = 1.0 if none_missed else float(np.quantile(high, 0.975))
        accuracy = float((easy.mean() + high.mean()) / 2)
        return Estimate(accuracy, float(np.quantile(low, 0.025)), upper)

    def probability(self, margin: Array) -> Array:
        """Return the probability that a label with this margin is right, float64 (M',).

        It grows with the margin.
        """
        of_known_class = (self._known + 1) / (self._known + 1 + self._alone)
        each = expit(_ALPHA[..., None] + _BETA[..., None] * _X)  # (A, B, bins)
        low, high = (np.einsum("ab,abr->r", p, each) for p in (self._low, self._high))
        return ((low * of_known_class + high) / 2)[self._bin(margin)]

    def _bin(self, margin: Array) -> Array:
        """Return in which of the bins of the rank each margin lies."""
        rank = np.searchsorted(self._sorted, margin, side="right") / len(self._sorted)
        return np.minimum((rank * _BINS).astype(int), _BINS - 1)


def _posterior(x: Array, right: Array, count: Array) -> Array:
    """Return the posterior of alpha and beta on their grid, from n' labels that count `count`."""
    signed = np.where(right, 1, -1)  # (n',)
    log_p = _LOG_PRIOR.copy()  # (A, B)
    for x_i, sign, weight in zip(x, signed, count, strict=True):
        log_p += weight * log_expit(sign * (_ALPHA + _BETA * x_i))
    p = np.exp(log_p - log_p.max())
    return p / p.sum()


def _right_given(place: Array, delta: Array) -> Array:
    """Return P(right) in each bin of the rank ``(draws, bins)``, for drawn places of the grid."""
    level = _ALPHA.ravel()[place] + delta  # (draws,)
    return expit(level[:, None] + _BETA.ravel()[place, None] * _X)
