"""How many labels until the majority label of a cluster is right, when clusters are not pure.

Covering a cluster names it correctly only if the cluster is pure. Otherwise the most frequent
label *among the labelled images of the cluster* has to be the one that is most frequent among
*all* its images. Let m_cl be the share of the images in cluster c with label l. Counted labels are
taken as independent: Poisson(n m_cl) with replacement, Binomial(N_cl, n / N) without. This is the
``poisson`` method of :mod:`gmvae.coverage.probability`, with the same small error; for pure
clusters it reduces to it.

A tie in the sample counts as wrong, since nothing in the labels breaks it. Labels that are tied
for the most images in the cluster all count as right: no sample can tell them apart.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, betaincc, pdtr

from gmvae.checks import real
from gmvae.coverage.inputs import checked_labels, positive_whole
from gmvae.coverage.pmf import Floats, log_binomial_pmf, log_poisson_pmf
from gmvae.coverage.probability import first_true
from gmvae.errors import InputError

_FEW = 5000  # images up to which `bdtr`, the faster, is good to 1e-11; `betaincc` always is
_PER_SIGMA = 32  # counts evaluated in one standard deviation, where there are as many
_SIGMAS = 9.0  # beyond so many standard deviations (and 40 counts) a tail is below 1e-17


def majority_probability(n: int, label_weights: ArrayLike, population: int | None = None) -> Floats:
    """Return, for each cluster, the probability that n random labels show its majority label.

    Parameters
    ----------
    n : int
        Number of labels.
    label_weights : array of shape (K, L)
        How much of the images lies in cluster c and has label l, in any unit.
    population : int, optional
        N, to draw without replacement; the weights are then whole numbers of images summing to N.

    Returns
    -------
    ndarray of shape (K,)
        In [0, 1]; NaN for a cluster without images. The product over clusters is the probability
        that all are named correctly, the mean weighted by size the expected share of images in
        correctly named clusters.

    Raises
    ------
    InputError
        If n or the population is out of range, or the weights are not as described.
    """
    shares, population = _checked(label_weights, population)  # (K, L)
    n = int(checked_labels(n, population))
    return np.array([_named_correctly(n, row, population) for row in shares])  # (K,)


def labels_for_majority(
    label_weights: ArrayLike,
    confidence: float = 0.95,
    population: int | None = None,
    share: float = 1.0,
) -> int:
    """Return the smallest n that names clusters by their majority label with `confidence`.

    Parameters
    ----------
    label_weights, population
        As in :func:`majority_probability`.
    confidence : float
        Probability that all of the clusters asked for are named correctly, in (0, 1).
    share : float
        Only the fewest, largest clusters that together hold at least this share of the images have
        to be, in (0, 1].
    """
    confidence = real("the confidence", confidence, above=0, below=1)
    shares, population = _checked(label_weights, population)  # (K, L)
    shares = _hardest_first(_largest(shares, share))

    def enough(n: int) -> bool:
        probability = 1.0
        for row in shares:
            probability *= _named_correctly(n, row, population)
            if probability < confidence:
                return False
        return True

    return first_true(enough, 1, population)


def named_share(n: int, label_weights: ArrayLike, population: int | None = None) -> float:
    """Return the expected share of images in clusters that n random labels name correctly.

    It is at most :func:`gmvae.coverage.probability.covered_share`; parameters as in
    :func:`majority_probability`.
    """
    shares, population = _checked(label_weights, population)  # (K, L)
    n = int(checked_labels(n, population))
    return _named_share(n, shares, population)


def labels_for_named_share(
    share: float, label_weights: ArrayLike, population: int | None = None
) -> int:
    """Return the smallest n for which :func:`named_share` reaches `share`, in (0, 1)."""
    real("the share", share, above=0, below=1)
    shares, population = _checked(label_weights, population)  # (K, L)
    return first_true(lambda n: _named_share(n, shares, population) >= share, 1, population)


def _named_share(n: int, weights: Floats, population: int | None) -> float:
    used = weights[weights.sum(axis=1) > 0]  # (K', L)
    probability = [_named_correctly(n, row, population) for row in used]
    return float(used.sum(axis=1) @ probability / used.sum())


class _Count(NamedTuple):
    """The law of how many labelled images show one label: Poisson, or binomial of N images."""

    rate: float
    population: int | None

    def at_most(self, a: Floats, weight: float) -> Floats:
        """Return P(count <= a), (A,)."""
        if self.population is None:
            return pdtr(a, weight * self.rate)
        a = np.minimum(a, weight)
        if weight <= _FEW:
            return bdtr(a, int(weight), self.rate)
        return np.where(a < weight, betaincc(a + 1, np.maximum(weight - a, 1), self.rate), 1.0)

    def exactly(self, a: Floats, weight: float) -> Floats:
        """Return P(count = a), (A,)."""
        if self.population is None:
            return np.exp(log_poisson_pmf(a, weight * self.rate))
        return np.exp(log_binomial_pmf(a, weight, self.rate))


def _named_correctly(n: int, weights: Floats, population: int | None) -> float:
    """Return P(most frequent label in the sample = most frequent label of the cluster)."""
    if not weights.any():
        return np.nan
    if n == population:
        return 1.0
    count = _Count(n / (population or 1), population)
    mean = weights * n / (population or 1)  # (L,) expected counts
    most = weights.max()
    # the window of counts a that the largest label can have at all
    spread = _reach(mean.max())
    lowest = max(0.0, np.floor(mean.max() - spread) - 1)
    variance = mean.max() * (1 if population is None else 1 - count.rate)
    step = max(1, int(np.sqrt(variance) / _PER_SIGMA))
    a = np.arange(lowest + 1, mean.max() + spread, step)  # (A,)
    others = np.ones(len(a))  # (A,) P(every other label has at most a - 1)
    for label in np.flatnonzero(weights < most):
        if mean[label] + _reach(mean[label]) > lowest:
            others *= count.at_most(a - 1, weights[label])
    top = _most_frequent(count, a, most, int((weights == most).sum()), step)  # (A,)
    return min(1.0, float(top @ others))


def _most_frequent(count: _Count, a: Floats, weight: float, ties: int, step: int) -> Floats:
    """Return P(the most frequent of `ties` labels has a) times the step between the a, (A,)."""
    up_to, below = count.at_most(a, weight), count.at_most(a - 1, weight)  # (A,) each
    if step == 1:
        return np.prod([up_to] * ties, axis=0) - np.prod([below] * ties, axis=0)
    # The same difference without cancellation. A sum over every step-th number is a trapezoidal
    # rule, whose error for these bell-shaped terms is far below rounding.
    ways = sum(up_to**j * below ** (ties - 1 - j) for j in range(ties))  # (A,)
    return step * count.exactly(a, weight) * ways


def _reach(mean: float) -> float:
    """Return how far from its mean a count may lie."""
    return _SIGMAS * float(np.sqrt(mean)) + 40


def _largest(shares: Floats, share: float) -> Floats:
    """Keep the fewest, largest clusters (rows) that hold at least `share` of the images."""
    real("the share to cover", share, above=0, most=1)
    sizes = shares.sum(axis=1)  # (K,)
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] > 0]
    held = np.cumsum(sizes[order]) / sizes.sum()
    last = int(np.argmax(held >= share * (1 - 1e-12)))
    return shares[order[: last + 1]]


def _hardest_first(shares: Floats) -> Floats:
    """Order clusters by how close their two main labels are, so that a search stops early."""
    ordered = np.sort(np.pad(shares, ((0, 0), (1, 0))), axis=1)  # (K, L + 1)
    gap = (ordered[:, -1] - ordered[:, -2]) / np.sqrt(ordered[:, -1])
    return shares[np.argsort(gap, kind="stable")]


def _checked(label_weights: ArrayLike, population: int | None) -> tuple[Floats, int | None]:
    try:
        weights = np.asarray(label_weights, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("the label weights are not numbers; give an array (K, L)") from None
    if weights.ndim != 2 or weights.size == 0:
        raise InputError(f"the label weights have shape {weights.shape}; it must be (K, L)")
    if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.any()):
        raise InputError("the label weights must be finite, not negative and not all zero")
    if population is None:
        scaled = weights / weights.max()
        return scaled / scaled.sum(), None
    population = positive_whole(population, "the population")
    if np.any(weights != np.floor(weights)) or weights.sum() != population:
        raise InputError(
            f"the label weights sum to {weights.sum():g}; with a population of {population} they "
            "must be whole numbers of images that sum to it"
        )
    return weights, population
