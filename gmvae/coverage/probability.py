"""How many randomly drawn labels reach every cluster (the coupon collector's problem).

n labelled images are drawn at random from N images that fall into K clusters; a cluster is
*covered* when at least one of them lies in it. Four methods answer how likely it is that all
clusters are covered, for equal and unequal clusters, with and without replacement:

``exact``
    The probability itself, see :mod:`gmvae.coverage.exact`.
``union``
    Boole's inequality, P >= 1 - sum_i P(cluster i missed): a lower bound, hence never too few
    labels. With replacement it reads sum_i (1 - p_i)^n <= 1 - confidence.
``poisson``
    The clusters taken as independent: prod_i (1 - exp(-n p_i)), or, without replacement,
    prod_i (1 - (1 - n/N)^N_i).
``gumbel``
    The limit law exp(-sum_i exp(-n p_i)) of Erdos & Renyi (1961), whose equal case is
    n = K (log K + G) with G standard Gumbel. Without replacement n p_i becomes
    -N_i log(1 - n/N).

Throughout, ``clusters`` is K, for K equal clusters, or K weights in any unit; a weight of zero is
an empty cluster and is left out. ``population`` is N: with it labels are drawn without
replacement, equal clusters hold floor(N/K) or ceil(N/K) images, and weights are whole numbers of
images that sum to N. Bad input raises :class:`gmvae.errors.InputError`, a ValueError.
"""

from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gmvae.checks import one_of, real
from gmvae.coverage.clusters import Clusters, Floats, as_clusters
from gmvae.coverage.exact import cover_and_miss
from gmvae.coverage.inputs import LARGEST, checked_labels
from gmvae.errors import InputError

BOUND_METHODS = ("exact", "union", "poisson", "gumbel")


class MethodComparison(NamedTuple):
    """One method's answer beside the exact one."""

    method: str
    """One of :data:`BOUND_METHODS`."""
    n_labels: int
    """Labels the method asks for."""
    exact_probability: float
    """Exact probability that so many labels cover all clusters."""
    error: float
    """The method's probability minus the exact one, at the exact number of labels."""


def coverage_probability(
    n: ArrayLike,
    clusters: int | ArrayLike,
    population: int | None = None,
    method: str = "exact",
) -> float | Floats:
    """Return the probability that n random labels cover every cluster.

    Parameters
    ----------
    n : int or array of int
        Numbers of labels, 0 or more.
    clusters : int or array of shape (K,)
        K equal clusters, or K weights.
    population : int, optional
        N, to draw without replacement.
    method : {"exact", "union", "poisson", "gumbel"}
        See the module's docstring. Every method gives exactly 0 for n < K.

    Returns
    -------
    float or ndarray of n's shape
        In [0, 1], not decreasing in n (up to rounding, about 1e-13 of the value).

    Examples
    --------
    >>> round(coverage_probability(754, 100), 7)
    0.950022
    """
    checked_method(method)
    to_cover = as_clusters(clusters, population)
    numbers = checked_labels(n, to_cover.population)
    values = [_cover_and_miss(int(i), to_cover, method)[0] for i in numbers.flat]
    return float(values[0]) if numbers.ndim == 0 else np.array(values).reshape(numbers.shape)


def labels_to_cover(
    clusters: int | ArrayLike,
    confidence: float = 0.95,
    population: int | None = None,
    method: str = "exact",
    share: float = 1.0,
) -> int:
    """Return the smallest number of random labels that covers the clusters with `confidence`.

    Parameters
    ----------
    clusters, population, method
        As in :func:`coverage_probability`.
    confidence : float
        Strictly between 0 and 1.
    share : float
        Partial cover: only the fewest, largest clusters that together hold at least this share
        of the images need a label, in (0, 1].

    Raises
    ------
    InputError
        On bad input, and when more than 2^53 labels would be needed.

    Examples
    --------
    >>> labels_to_cover(100), labels_to_cover(100, population=145_600)
    (754, 752)
    """
    checked_method(method)
    confidence = real("the confidence", confidence, above=0, below=1)
    to_cover = as_clusters(clusters, population).largest(share)

    def enough(by: str) -> Callable[[int], bool]:
        def test(n: int) -> bool:
            cover, miss = _cover_and_miss(n, to_cover, by)
            return miss <= 1 - confidence if confidence > 0.5 else cover >= confidence

        return test

    high = first_true(enough("union"), to_cover.n_clusters, to_cover.population)
    if method == "union":
        return high
    if method == "exact":  # the union bound never asks for too few
        return first_true(enough("exact"), to_cover.n_clusters, high)
    return first_true(enough(method), to_cover.n_clusters, to_cover.population)


def compare_methods(
    clusters: int | ArrayLike, confidence: float = 0.95, population: int | None = None
) -> list[MethodComparison]:
    """Return every method's number of labels and its error against the exact probability."""
    exact = labels_to_cover(clusters, confidence, population)
    probability = coverage_probability(exact, clusters, population)
    rows = []
    for method in BOUND_METHODS:
        n = labels_to_cover(clusters, confidence, population, method)
        reached = coverage_probability(n, clusters, population)
        error = coverage_probability(exact, clusters, population, method) - probability
        rows.append(MethodComparison(method, n, float(reached), float(error)))
    return rows


def expected_covered(
    n: ArrayLike, clusters: int | ArrayLike, population: int | None = None
) -> float | Floats:
    """Return how many clusters n random labels cover on average, sum_i P(i covered).

    Parameters and shapes as in :func:`coverage_probability`; the value lies in [0, K].
    """
    to_cover = as_clusters(clusters, population)
    return _sum_over_covered(n, to_cover, to_cover.multiplicity)


def covered_share(
    n: ArrayLike, clusters: int | ArrayLike, population: int | None = None
) -> float | Floats:
    """Return the expected share of images whose cluster is covered, sum_i p_i P(i covered).

    These are the images whose own cluster holds a label to take. It is no bound on the accuracy
    of hard decoding: both of its rules give the other images a label as well, and it may be right.
    Parameters and shapes as in :func:`coverage_probability`; the value lies in [0, 1].
    """
    to_cover = as_clusters(clusters, population)
    weights = to_cover.multiplicity * to_cover.rates
    return _sum_over_covered(n, to_cover, weights / weights.sum())


def labels_for_share(share: float, clusters: int | ArrayLike, population: int | None = None) -> int:
    """Return the smallest n for which :func:`covered_share` reaches `share`, in (0, 1).

    This is partial cover on average; for partial cover with a given confidence see the `share`
    of :func:`labels_to_cover`.
    """
    real("the share", share, above=0, below=1)
    to_cover = as_clusters(clusters, population)
    held = to_cover.multiplicity * to_cover.rates / to_cover.total

    def enough(n: int) -> bool:
        return float(held @ np.exp(to_cover.log_missed(n))) <= 1 - share

    return first_true(enough, 1, to_cover.population)


def expected_labels(clusters: int | ArrayLike, population: int | None = None) -> float:
    """Return how many labels are drawn on average until every cluster is covered.

    Draws at the ticks of a Poisson process of rate 1 make the clusters' first hits independent
    exponentials, hence E = integral over t > 0 of 1 - prod_i (1 - exp(-p_i t)) (Flajolet, Gardy &
    Thimonier, 1992). Without replacement every image gets a uniform time instead, and
    E = (N + 1) integral over x > 0 of exp(-x) (1 - prod_i (1 - exp(-N_i x))). The trapezoidal
    rule in log t, where the integrand dies off at both ends, is accurate to ten digits. Infinite
    where a cluster's share is below 1e-301.
    """
    to_cover = as_clusters(clusters, population)
    rates, multiplicity = to_cover.rates, to_cover.multiplicity
    step = 0.04  # relative error below 1e-10 up to K = 10^6
    start = -40.0 - np.log(rates[-1])
    stop = np.log(800.0 + np.log(to_cover.n_clusters)) - np.log(rates[0])
    if stop > 700:
        return float("inf")
    total = 0.0
    for u in np.arange(start, stop + step, step):
        x = np.exp(u)
        with np.errstate(divide="ignore"):  # a rate so small that it has surely not come yet
            log_covered = float(multiplicity @ np.log(-np.expm1(-rates * x)))
        decay = x if to_cover.population is not None else 0.0
        total += float(np.exp(u - decay) * -np.expm1(log_covered)) * step
    return total if to_cover.population is None else total * (to_cover.population + 1)


def first_true(test: Callable[[int], bool], low: int, high: int | None = None) -> int:
    """Return the smallest whole number from `low` on for which a monotone `test` holds.

    `high` is a number for which it holds; without one, `low` is doubled until it does.
    """
    if test(low):
        return low
    if high is None:
        high = low
        while not test(high):
            if high >= LARGEST:
                raise InputError(
                    "more than 2^53 labels would be needed: the rarest cluster is too rare to reach"
                )
            low, high = high, min(2 * high, LARGEST)
    between = range(low + 1, high)
    return low + 1 + bisect_left(between, True, key=test)


def checked_method(method: str) -> str:
    """Return `method` if it is one of :data:`BOUND_METHODS`, or raise InputError."""
    return one_of("the method", method, BOUND_METHODS)


def _cover_and_miss(n: int, clusters: Clusters, method: str) -> tuple[float, float]:
    """Return P(all covered) and P(some missed) by `method`, each to its own precision."""
    if method == "exact":
        return cover_and_miss(n, clusters)
    if n < clusters.n_clusters:
        return 0.0, 1.0
    if n == clusters.population:
        return 1.0, 0.0
    if method == "union":
        miss = min(1.0, float(clusters.multiplicity @ np.exp(clusters.log_missed(n))))
        return 1 - miss, miss
    missed = np.exp(-clusters.rates * clusters.level(clusters.tilt(n)))  # (U,)
    if method == "poisson":
        with np.errstate(divide="ignore"):
            log_cover = float(clusters.multiplicity @ np.log1p(-missed))
    else:
        log_cover = -float(clusters.multiplicity @ missed)
    return float(np.exp(log_cover)), float(-np.expm1(log_cover))


def _sum_over_covered(n: ArrayLike, clusters: Clusters, weights: Floats) -> float | Floats:
    numbers = checked_labels(n, clusters.population)
    values = [-float(weights @ np.expm1(clusters.log_missed(int(i)))) for i in numbers.flat]
    return values[0] if numbers.ndim == 0 else np.array(values).reshape(numbers.shape)
