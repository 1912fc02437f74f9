"""How many clusters are covered, how much of the images they hold, and the same by simulation."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gmvae.coverage.clusters import Clusters, Complexes, Floats, as_clusters
from gmvae.coverage.inputs import checked_labels, checked_weights, positive_whole
from gmvae.errors import InputError

_CHUNK = 1 << 21  # numbers drawn at a time
_NEGLIGIBLE = -80.0  # log of the size of a term that is left out


class ShareEstimate(NamedTuple):
    """An estimated share of the images and its standard error, both in [0, 1]."""

    share: float
    standard_error: float


def covered_distribution(
    n: int, clusters: int | ArrayLike, population: int | None = None
) -> Floats:
    """Return the probabilities that n random labels cover exactly 0, 1, ..., K clusters.

    With a random total (see :mod:`gmvae.coverage.clusters`) the clusters are independent, and

        E[y^covered z^total] = prod_i (w_i + y (g_i - w_i)),
        w_i = exp(-a_i l(0)),  g_i = exp(a_i (l(theta) - l(0))),

    is a polynomial in y. Its coefficients are averaged over the angles theta to pick out the total
    n, as in :mod:`gmvae.coverage.exact`. The cost grows with K^2.

    Parameters
    ----------
    n : int
        Number of labels.
    clusters, population
        As in :func:`gmvae.coverage.probability.coverage_probability`.

    Returns
    -------
    ndarray of shape (K + 1,)
        Sums to 1; absolute error about 1e-14 for few images and 1e-12 for many.
        K counts clusters that are not empty.
    """
    to_cover = as_clusters(clusters, population)
    n = int(checked_labels(n, to_cover.population))
    n_clusters = to_cover.n_clusters
    if n in (0, to_cover.population):
        return np.eye(n_clusters + 1)[0 if n == 0 else n_clusters]
    n_angles = 2 * (int(6 * np.sqrt(n)) + 32) + 1
    theta = 2 * np.pi / n_angles * np.arange(n_angles // 2 + 1.0)  # (T,), half of the circle
    absent, present = _factors(n, to_cover, theta)  # (T, U) each
    with np.errstate(divide="ignore"):  # of what is too small to be held
        log_bound = np.log(np.abs(absent) + np.abs(present)) @ to_cover.multiplicity  # (T,)
    kept = log_bound > _NEGLIGIBLE
    absent, present = absent[kept], present[kept]
    polynomial = np.zeros((len(absent), n_clusters + 1), dtype=complex)  # (T, K + 1)
    polynomial[:, 0] = np.where(theta[kept] == 0, 1, 2)  # theta and -theta together
    for i in np.repeat(np.arange(len(to_cover.rates)), to_cover.multiplicity.astype(int)):
        covered = polynomial[:, :-1] * present[:, i, None]
        polynomial *= absent[:, i, None]
        polynomial[:, 1:] += covered
    probabilities = np.maximum(polynomial.real.sum(axis=0), 0.0)  # (K + 1,)
    probabilities[min(n, n_clusters) + 1 :] = 0.0
    return probabilities / probabilities.sum()


def _factors(n: int, clusters: Clusters, theta: Floats) -> tuple[Complexes, Complexes]:
    """Return w_i and g_i - w_i, (T, U) each, with z^(-n) shared out among the clusters."""
    tilt = clusters.tilt(n)
    shares = clusters.rates / clusters.total  # (U,)
    log_present = np.multiply.outer(clusters.log_total_transform(n, tilt, theta), shares)  # (T, U)
    log_absent = -clusters.level(tilt) * clusters.rates - 1j * np.multiply.outer(n * theta, shares)
    absent = np.exp(log_absent)  # (T, U)
    return absent, np.exp(log_present) - absent


def good_turing_share(labels_per_cluster: ArrayLike) -> ShareEstimate:
    """Estimate the covered share of the images from the labelled sample alone.

    One minus the share of labels that are alone in their cluster, 1 - f_1 / n (Good, 1953, after
    Turing), with the standard error sqrt(f_1 (1 - f_1 / n) + 2 f_2) / n (Esty, 1983); f_j is how
    many clusters hold exactly j labels. Neither the sizes of the clusters nor K are needed.

    Parameters
    ----------
    labels_per_cluster : array of shape (K,)
        How many labelled images lie in each cluster; zeros do not matter.

    Raises
    ------
    InputError
        If the counts are not whole numbers or there is no label.
    """
    counts = checked_weights(labels_per_cluster, "number of labels in a cluster")
    if np.any(counts != np.floor(counts)):
        raise InputError("a number of labels in a cluster is not whole; give counts of labels")
    n = counts.sum()
    f1, f2 = np.sum(counts == 1), np.sum(counts == 2)
    error = np.sqrt(f1 * (1 - f1 / n) + 2 * f2) / n
    return ShareEstimate(float(1 - f1 / n), float(error))


def simulate_labels_to_cover(
    clusters: int | ArrayLike,
    runs: int,
    rng: np.random.Generator,
    population: int | None = None,
) -> NDArray[np.int64]:
    """Draw until every cluster is covered, `runs` times; return the numbers of labels drawn.

    Labels arrive at random times, so that the clusters' first labels do so independently: at an
    exponential time of rate p_i, or at the smallest of N_i uniform times without replacement. The
    last of them ends the run. What else arrived by then is a Poisson or binomial number in each
    cluster. The number drawn has exactly the distribution of the draws one by one.

    Returns
    -------
    ndarray of shape (runs,), int
    """
    to_cover = as_clusters(clusters, population)
    runs = positive_whole(runs, "the number of runs")
    rates = np.repeat(to_cover.rates, to_cover.multiplicity.astype(int))  # (K,)
    size = max(1, _CHUNK // len(rates))
    parts = [
        _simulate(to_cover, rates, min(size, runs - start), rng) for start in range(0, runs, size)
    ]
    return np.concatenate(parts)


def _simulate(
    to_cover: Clusters, rates: Floats, runs: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    exponential = rng.standard_exponential((runs, len(rates))) / rates  # (runs, K)
    if to_cover.population is None:
        since = exponential.max(axis=1, keepdims=True) - exponential  # (runs, K)
        return len(rates) + rng.poisson(since @ rates)
    # first of N_i uniform times: 1 - U^(1 / N_i) with U = exp(-exponential)
    last = exponential.max(axis=1, keepdims=True)
    arrived = -np.expm1(exponential - last)  # (runs, K) chance of another image by the last time
    others = rng.binomial((rates - 1).astype(np.int64), np.maximum(arrived, 0.0))
    return len(rates) + others.sum(axis=1)
