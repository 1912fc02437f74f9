"""What is to be covered and how labels are drawn: the two laws of :mod:`gmvae.coverage`.

Both ways of drawing n labels become n independent clusters once the *total* is made random
(Poissonisation; Feller, 1968, vol. 1, ch. VI). With z = exp(i theta):

- with replacement, cluster i of share p_i receives Poisson(r p_i) labels;
- without replacement, each of the N images is labelled with probability q on its own, so
  cluster i of size N_i receives Binomial(N_i, q) labels.

Both are written with rates a_i (p_i or N_i), their sum A (1 or N) and one function l(theta):

    P(cluster i receives none)  = exp(-a_i l(0))
    E[z^total]                  = exp(A (l(theta) - l(0)))

with l(theta) = r z in the first case and l(theta) = log(1 + z q / (1 - q)) in the second.
:mod:`gmvae.coverage.exact` conditions on the total being n, which gives the exact answer back.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gmvae.checks import real
from gmvae.coverage.inputs import checked_weights, positive_whole
from gmvae.coverage.pmf import Floats, log_binomial_pmf, log_poisson_pmf
from gmvae.errors import InputError

Complexes = NDArray[np.complex128]


@dataclass(frozen=True)
class Clusters:
    """The clusters that must be covered, those of equal rate held together.

    Attributes
    ----------
    rates : ndarray of shape (U,), float
        Distinct rates a_i > 0, ascending: shares of the images in (0, 1] with replacement,
        numbers of images without.
    multiplicity : ndarray of shape (U,), float
        How many clusters have each rate; their sum is K.
    total : float
        A, the sum of the rates of all clusters, also of those that need not be covered:
        1 with replacement, N without.
    population : int or None
        N when labels are drawn without replacement, None with replacement.
    n_empty : int
        Clusters of weight zero, which hold no image and were left out.
    """

    rates: Floats
    multiplicity: Floats
    total: float
    population: int | None
    n_empty: int = 0

    @property
    def n_clusters(self) -> int:
        """K, the number of clusters to cover."""
        return int(self.multiplicity.sum())

    def tilt(self, n: float) -> float:
        """Return the r or q under which n labels are expected."""
        return n / self.total

    def level(self, tilt: float) -> float:
        """Return l(0), so that exp(-a_i l(0)) is the probability that cluster i gets none."""
        return tilt if self.population is None else float(-np.log1p(-tilt))

    def levels(self, tilt: float, theta: Floats) -> Complexes:
        """Return l(theta) at each angle, shape (T,)."""
        z = np.exp(1j * theta)  # (T,)
        if self.population is None:
            return tilt * z
        return np.log(1 + tilt * (z - 1)) - np.log1p(-tilt)

    def log_total_transform(self, n: int, tilt: float, theta: Floats) -> Complexes:
        """Return log E[exp(i theta (total - n))], shape (T,), sparing the digits of n theta."""
        half = np.sin(theta / 2) ** 2  # (T,)
        if self.population is None:
            return -2 * tilt * half + 1j * ((tilt - n) * theta + tilt * _sine_minus_angle(theta))
        size = 0.5 * np.log1p(-4 * tilt * (1 - tilt) * half)
        angle = np.arctan2(tilt * np.sin(theta), 1 - 2 * tilt * half)
        return self.population * size + 1j * (self.population * angle - n * theta)

    def log_total_pmf(self, n: int, tilt: float) -> float:
        """Return the log-probability that exactly n labels are drawn in all."""
        if self.population is None:
            return float(log_poisson_pmf(n, tilt))
        return float(log_binomial_pmf(n, self.population, tilt))

    def log_missed(self, n: int) -> Floats:
        """Return the exact log-probability that n labels miss a cluster, per rate, shape (U,)."""
        with np.errstate(divide="ignore"):
            if self.population is None:
                return n * np.log1p(-self.rates) if n else np.zeros_like(self.rates)
            return self._log_missed_without_replacement(n)

    def _log_missed_without_replacement(self, n: int) -> Floats:
        # C(N - N_i, n) / C(N, n), as a ratio of binomial probabilities (Loader, 2000): log-gamma
        # functions would lose ten digits to cancellation.
        total = self.population
        assert total is not None
        missed = np.full_like(self.rates, -np.inf)  # (U,)
        possible = self.rates <= total - n
        if n == 0 or not possible.any():
            return np.where(possible, 0.0, missed)
        q = n / total
        rest = total - self.rates[possible]
        missed[possible] = (
            self.rates[possible] * np.log1p(-q)
            + log_binomial_pmf(n, rest, q)
            - log_binomial_pmf(n, total, q)
        )
        return np.minimum(missed, 0.0)

    def largest(self, share: float) -> "Clusters":
        """Keep the fewest, largest clusters that together hold at least `share` of the images."""
        real("the share to cover", share, above=0, most=1)
        if share == 1:
            return self
        order = slice(None, None, -1)
        rates, multiplicity = self.rates[order], self.multiplicity[order]
        held = np.cumsum(rates * multiplicity)
        last = int(np.argmax(held >= share * self.total * (1 - 1e-12)))
        before = held[last - 1] if last else 0.0
        needed = np.ceil((share * self.total - before) / rates[last] * (1 - 1e-12))
        multiplicity = np.append(multiplicity[:last], min(needed, multiplicity[last]))
        return Clusters(
            rates[: last + 1][order], multiplicity[order], self.total, self.population, self.n_empty
        )


def _sine_minus_angle(theta: Floats) -> Floats:
    """Return sin(theta) - theta; its Taylor series where the subtraction would cancel."""
    square = theta * theta
    series = (
        -theta
        * square
        / 6
        * (1 - square / 20 * (1 - square / 42 * (1 - square / 72 * (1 - square / 110))))
    )
    return np.where(np.abs(theta) < 0.3, series, np.sin(theta) - theta)


def as_clusters(clusters: int | ArrayLike, population: int | None = None) -> Clusters:
    """Check what a caller gave and bring it into one form.

    Parameters
    ----------
    clusters : int or array of shape (K,)
        K clusters of equal size, or one weight a cluster in any unit. A weight of zero is a
        cluster without images: there is nothing in it to cover and it is left out.
    population : int, optional
        N, when labels are drawn without replacement. Equal clusters then hold floor(N / K) or
        ceil(N / K) images; weights must be whole numbers of images that sum to N.

    Raises
    ------
    InputError
        If K or N is not a positive whole number, a weight is negative or not finite, the weights
        are empty or sum to zero, N is smaller than K or unequal to the sum of the weights.
    """
    if population is not None:
        population = positive_whole(population, "the population")
    if np.ndim(clusters) == 0:
        return _equal(positive_whole(clusters, "the number of clusters"), population)
    return _unequal(checked_weights(clusters), population)


def _equal(n_clusters: int, population: int | None) -> Clusters:
    if population is None:
        return Clusters(np.array([1 / n_clusters]), np.array([float(n_clusters)]), 1.0, None)
    if population < n_clusters:
        raise InputError(
            f"the population of {population} is smaller than the number of clusters, {n_clusters}; "
            "every cluster must hold at least one image"
        )
    size, larger = divmod(population, n_clusters)
    rates = np.array([size, size + 1.0]) if larger else np.array([float(size)])
    multiplicity = [n_clusters - larger, larger] if larger else [n_clusters]
    return Clusters(rates, np.array(multiplicity, float), float(population), population)


def _unequal(weights: Floats, population: int | None) -> Clusters:
    positive = weights[weights > 0]
    n_empty = len(weights) - len(positive)
    if population is None:
        scaled = positive / positive.max()  # first, so that the sum cannot overflow
        shares = scaled / scaled.sum()
        shares = shares[shares > 0]  # what underflows against the largest weight holds nothing
        rates, multiplicity = np.unique(shares, return_counts=True)
        n_empty = len(weights) - len(shares)
        return Clusters(rates, multiplicity.astype(float), 1.0, None, n_empty)
    if np.any(positive != np.floor(positive)):
        part = positive[positive != np.floor(positive)][0]
        raise InputError(
            f"the weight {part:g} is not a whole number; with a population the weights are the "
            "clusters' numbers of images"
        )
    if positive.sum() != population:
        raise InputError(
            f"the weights sum to {positive.sum():.0f}, not to the population of {population}; with "
            "a population they are the clusters' numbers of images"
        )
    rates, multiplicity = np.unique(positive, return_counts=True)
    return Clusters(rates, multiplicity.astype(float), float(population), population, n_empty)


def population_if_counts(weights: ArrayLike, population: int) -> int | None:
    """Return `population` if `weights` are whole numbers that sum to it, else None.

    Shares alone do not say how many images a cluster holds; labels are then drawn with
    replacement.
    """
    checked = checked_weights(weights)
    whole = bool(np.all(checked == np.floor(checked)))
    return population if whole and checked.sum() == population else None
