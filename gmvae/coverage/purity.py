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

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, pdtr

from gmvae.checks import real
from gmvae.coverage.inputs import Floats, checked_labels, positive_whole
from gmvae.coverage.probability import first_true
from gmvae.errors import InputError

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


def _named_correctly(n: int, weights: Floats, population: int | None) -> float:
    """Return P(most frequent label in the sample = most frequent label of the cluster)."""
    if not weights.any():
        return np.nan
    if n == population:
        return 1.0
    mean = weights * n / (population or 1)  # (L,) expected counts
    top = weights == weights.max()
    # the window of counts that the largest label can have at all, one below it included
    spread = _reach(mean[top][0])
    lowest = max(0.0, np.floor(mean[top][0] - spread) - 1)
    counts = np.arange(lowest, mean[top][0] + spread)  # (A + 1,)

    def at_most(label: int) -> Floats:  # P(the sample holds at most that many), (A + 1,)
        if population is None:
            return pdtr(counts, mean[label])
        return bdtr(np.minimum(counts, weights[label]), int(weights[label]), n / population)

    tops = np.ones(len(counts))  # (A + 1,) P(every top label has at most a)
    others = np.ones(len(counts))  # (A + 1,) P(every other label has at most a)
    for label in range(len(weights)):
        if top[label]:
            tops *= at_most(label)
        elif mean[label] + _reach(mean[label]) > lowest:
            others *= at_most(label)
    right = float(np.diff(tops) @ others[:-1])  # sum_a P(top = a) P(others <= a - 1)
    return min(1.0, right)


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
