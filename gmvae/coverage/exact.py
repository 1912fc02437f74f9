"""The exact probability of covering every cluster, for equal and unequal clusters alike.

Let A be the event that all K clusters are covered. With a random total (see
:mod:`gmvae.coverage.clusters`) the clusters are independent and P(A) is a product. Bayes' rule
takes us back to the n labels that were really drawn:

    P(A | total = n) = P(A and total = n) / P(total = n)

The numerator is a Fourier coefficient of the joint transform

    E[z^total; A] = exp(A (l(theta) - l(0))) prod_i (1 - exp(-a_i l(theta))),  z = exp(i theta),

which is the Cauchy integral n! [z^n] prod_i (exp(p_i z) - 1) in other clothes. M equally spaced
angles give it up to the probability that the total is n +- M, n +- 2M, ... instead of n, which is
below 1e-20 for M = 12 sqrt(n) + 64. Any tilt r or q gives the same answer; the saddle point,
where the total is n on average given A, keeps all terms near the largest one and with them the
digits. Where A is likely the same is done for its complement, so that both a probability near 0
and a probability near 1 have small relative errors. The alternating sum over subsets, by contrast,
loses all digits for K = 100.

References
----------
Feller (1968), An Introduction to Probability Theory and Its Applications, vol. 1, chapter IV.
Flajolet, Gardy & Thimonier (1992), Birthday paradox, coupon collectors, caching algorithms and
self-organizing search, Discrete Applied Mathematics 39.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln

from gmvae.coverage.clusters import Clusters, Complexes, Floats
from gmvae.coverage.pmf import log_binomial_pmf
from gmvae.errors import FailedError

_NEGLIGIBLE = -50.0  # log of what a term may be, relative to the largest, to be left out
_CHUNK = 1 << 18  # complex numbers held at a time
_FEW = 4096  # below this many, all terms are summed rather than looking for those that matter


def cover_and_miss(n: int, clusters: Clusters) -> tuple[float, float]:
    """Return P(all covered) and P(some missed) after n labels, both to small relative error."""
    n_clusters = clusters.n_clusters
    if n < n_clusters:
        return 0.0, 1.0
    log_missed = clusters.log_missed(n)  # (U,)
    union = float(clusters.multiplicity @ np.exp(log_missed))
    if union < 1e-17:  # two clusters are both missed with at most its square: it is exact
        return 1.0, union
    if n_clusters == 1:
        missed = float(np.exp(log_missed[0]))
        return -float(np.expm1(log_missed[0])), missed
    if n == n_clusters:
        cover = float(np.exp(_log_one_each(clusters)))
        return cover, 1 - cover
    independent = _log_all_covered(clusters, clusters.level(clusters.tilt(n)))
    if independent < np.log(0.5):
        cover = _cover(n, clusters)
        return cover, 1 - cover
    missed = _miss(n, clusters)
    return 1 - missed, missed


def _log_one_each(clusters: Clusters) -> float:
    """Return log P(n = K labels fall into K different clusters)."""
    n = clusters.n_clusters
    log_product = float(clusters.multiplicity @ np.log(clusters.rates))
    if clusters.population is None:
        return log_product + float(gammaln(n + 1))
    total = clusters.population
    if n == total:
        return log_product
    q = n / total  # log C(N, K) by way of a binomial probability, see gmvae.coverage.pmf
    log_subsets = log_binomial_pmf(n, total, q) - n * np.log(q) - (total - n) * np.log1p(-q)
    return log_product - float(log_subsets)


def _log_all_covered(clusters: Clusters, level: float) -> float:
    """Return log prod_i (1 - exp(-a_i l)), the probability of A under a random total."""
    return float(clusters.multiplicity @ _log1mexp(clusters.rates * level))


def _cover(n: int, clusters: Clusters) -> float:
    """Return P(A | total = n) where A is unlikely."""
    tilt = _tilt_given_covered(n, clusters)
    log_peak = _log_all_covered(clusters, clusters.level(tilt))

    def term(theta: Floats) -> Complexes:
        x = np.multiply.outer(clusters.levels(tilt, theta), clusters.rates)  # (T, U)
        log_covered = _log1mexp(x) @ clusters.multiplicity  # (T,)
        return np.exp(clusters.log_total_transform(n, tilt, theta) + log_covered - log_peak)

    def log_bound(theta: float) -> float:
        log_size = _log_size(clusters, tilt, theta)
        size = clusters.rates * log_size  # (U,) log |E[z^(labels in cluster i)]|
        absent = -clusters.rates * clusters.level(tilt)
        covered = np.logaddexp(size, absent) - _log1mexp(-absent)
        rest = clusters.total - float(clusters.rates @ clusters.multiplicity)
        return float(np.minimum(covered, 0.0) @ clusters.multiplicity) + min(rest * log_size, 0.0)

    mean = _fourier_mean(n, clusters, term, log_bound)
    return _given_total(mean, log_peak, clusters.log_total_pmf(n, tilt))


def _miss(n: int, clusters: Clusters) -> float:
    """Return P(not A | total = n) where A is likely."""
    tilt, log_peak = _tilt_given_missed(n, clusters)

    def term(theta: Floats) -> Complexes:
        x = np.multiply.outer(clusters.levels(tilt, theta), clusters.rates)  # (T, U)
        log_covered = _log1mexp(x) @ clusters.multiplicity  # (T,)
        log_transform = clusters.log_total_transform(n, tilt, theta) - log_peak
        # exp(log_covered) overflows far from theta = 0, where log_transform makes up for it
        moderate = np.where(log_covered.real < 1, log_covered, 0.0)
        difference = np.exp(log_transform) - np.exp(log_transform + log_covered)
        return np.where(
            log_covered.real < 1, -np.exp(log_transform) * np.expm1(moderate), difference
        )

    def log_bound(theta: float) -> float:
        absent = -clusters.rates * clusters.level(tilt)
        log_size = _log_size(clusters, tilt, theta)
        ratio = np.exp(np.minimum(absent - clusters.rates * log_size, 600.0))
        some_missed = float(clusters.multiplicity @ np.log1p(ratio))
        log_missed = some_missed + np.log(-np.expm1(-some_missed)) if some_missed else -np.inf
        return clusters.total * log_size + log_missed - log_peak

    mean = _fourier_mean(n, clusters, term, log_bound)
    return _given_total(mean, log_peak, clusters.log_total_pmf(n, tilt))


def _given_total(mean: float, log_peak: float, log_total: float) -> float:
    """Return mean exp(log_peak) / P(total = n), a probability in spite of rounding."""
    return float(np.exp(min(np.log(mean) + log_peak - log_total, 0.0))) if mean > 0 else 0.0


def _tilt_given_covered(n: int, clusters: Clusters) -> float:
    """Return the tilt under which the total is n on average given that all are covered."""
    # The mean lies between A t and K + (A - K) t (convex in q, with slope at most 1 in r), which
    # brackets the root.
    a, multiplicity = clusters.rates, clusters.multiplicity
    free = clusters.total - float(a @ multiplicity)

    def excess(tilt: float) -> float:
        level = clusters.level(tilt)
        covered = a * tilt / -np.expm1(-a * level)  # (U,)
        return float(covered @ multiplicity) + free * tilt - n

    n_clusters = clusters.n_clusters
    high = clusters.tilt(n)
    if clusters.population is None:
        low = float(n - n_clusters)
    else:
        low = (n - n_clusters) / max(clusters.population - n_clusters, 1)
    if excess(low) >= 0:  # equal up to rounding
        return low
    if excess(high) <= 0:
        return high
    return float(brentq(excess, low, high, xtol=1e-9 * low, rtol=1e-9))


def _tilt_given_missed(n: int, clusters: Clusters) -> tuple[float, float]:
    """Return the tilt for a total of n on average, given a missed cluster, and its log P(not A)."""
    # A missed cluster takes no labels: the others, of rate A - (mean rate missed), take all n.
    a, multiplicity = clusters.rates, clusters.multiplicity
    highest = np.inf
    if clusters.population is not None:
        highest = (n + 0.5) / (clusters.total - a[0] + 1)
    tilt = min(clusters.tilt(n), highest)
    for _ in range(100):
        level = clusters.level(tilt)
        log_covered = _log_all_covered(clusters, level)
        missed = -np.expm1(log_covered)
        if missed <= 0:
            break
        odds = 1 / np.expm1(np.minimum(a * level, 700.0))  # (U,)
        mean_rate = float((a * odds) @ multiplicity) * np.exp(log_covered) / missed
        previous, tilt = tilt, min(n / max(clusters.total - mean_rate, 1e-300), highest)
        if abs(tilt - previous) <= 1e-3 * tilt / np.sqrt(n):
            break
    log_covered = _log_all_covered(clusters, clusters.level(tilt))
    return tilt, float(np.log(max(-np.expm1(log_covered), np.finfo(float).tiny)))


def _fourier_mean(
    n: int,
    clusters: Clusters,
    term: Callable[[Floats], Complexes],
    log_bound: Callable[[float], float],
) -> float:
    """Average `term` over the circle, without what the decreasing `log_bound` shows negligible."""
    # Terms at theta and -theta are conjugate, so half the circle is enough.
    half = int(6 * np.sqrt(n)) + 32
    n_angles = 2 * half + 1
    last = half
    step = 2 * np.pi / n_angles
    if half * len(clusters.rates) > _FEW and log_bound(np.pi) < _NEGLIGIBLE:
        kept, dropped = 0, half
        while dropped - kept > 1 + kept // 8:
            middle = (kept + dropped) // 2
            if log_bound(middle * step) < _NEGLIGIBLE:
                dropped = middle
            else:
                kept = middle
        last = dropped
    size = max(1, _CHUNK // len(clusters.rates))
    total = 0.0
    for start in range(0, last + 1, size):
        indices = np.arange(start, min(start + size, last + 1))
        values = term(step * indices.astype(np.float64)).real
        total += float(2 * values.sum()) - (float(values[0]) if start == 0 else 0.0)
    if not np.isfinite(total):
        raise FailedError(f"the probability of covering all clusters with {n} labels was not found")
    return total / n_angles


def _log_size(clusters: Clusters, tilt: float, theta: float) -> float:
    """Return Re(l(theta)) - l(0) <= 0."""
    half = np.sin(theta / 2) ** 2
    if clusters.population is None:
        return float(-2 * tilt * half)
    lost = min(4 * tilt * (1 - tilt) * half, 1 - 1e-16)  # 1 at tilt 1/2 and theta pi
    return float(0.5 * np.log1p(-lost))


def _log1mexp(x: Any) -> Any:
    """Return log(1 - exp(-x)) of real x >= 0 or complex x, its angle up to multiples of 2 pi."""
    mirrored = x.real < 0  # 1 - exp(-x) = -exp(-x) (1 - exp(x)) keeps exp from overflowing
    x = np.where(mirrored, -x, x)
    small = np.abs(x) < 0.7
    with np.errstate(divide="ignore"):
        near_zero = np.log(-np.expm1(-np.where(small, x, 1.0)))
    w = np.exp(-np.where(small, 1.0, x))
    if not np.iscomplexobj(x):
        return np.where(small, near_zero, np.log1p(-w))
    far = 0.5 * _log_square(w) + 1j * np.arctan2(-w.imag, 1 - w.real)
    value = np.where(small, near_zero, far)
    return np.where(mirrored, value + x + 1j * np.pi, value)


def _log_square(w: Complexes) -> Floats:
    """Return log |1 - w|^2, finite also where w is 1, as it is at every multiple of 2 pi i."""
    excess = w.real**2 + w.imag**2 - 2 * w.real
    near_one = excess < -0.99  # where the sum above cancels
    square = (1 - w.real) ** 2 + w.imag**2
    least = np.finfo(float).tiny  # a logarithm of 0 would be lost in the sum over clusters
    log_near = np.log(np.maximum(square, least))
    return np.where(near_one, log_near, np.log1p(np.where(near_one, 0.0, excess)))
