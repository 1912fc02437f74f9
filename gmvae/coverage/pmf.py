"""Poisson and binomial probabilities that keep their digits for large numbers.

Log-gamma functions of large arguments lose digits when they are subtracted. The saddle-point
form of C. Loader, "Fast and accurate computation of binomial probabilities" (2000), splits off
the large parts by hand, so that only small numbers are subtracted.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]

_SERIES_FROM = 16  # the Stirling series below has full precision from here on


def stirling_error(n: ArrayLike) -> Floats:
    """Return log n! - log(sqrt(2 pi n) (n / e)^n) for whole n >= 1, any shape."""
    n = np.asarray(n, dtype=np.float64)
    large = np.maximum(n, _SERIES_FROM)
    square = large * large
    series = (
        1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square
    ) / large
    small = np.minimum(np.maximum(n, 1), _SERIES_FROM)
    direct = gammaln(small + 1) - (0.5 * np.log(2 * np.pi * small) + small * np.log(small) - small)
    return np.where(n >= _SERIES_FROM, series, direct)


def deviance(x: ArrayLike, mean: ArrayLike) -> Floats:
    """Return x log(x / mean) + mean - x >= 0 for x >= 0 and mean > 0, any shape."""
    x, mean = np.asarray(x, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    excess = (x - mean) / mean
    with np.errstate(divide="ignore", invalid="ignore"):
        value = x * np.log1p(excess) - (x - mean)
    return np.where(x == 0, mean, np.maximum(value, 0.0))


def log_poisson_pmf(n: ArrayLike, mean: ArrayLike) -> Floats:
    """Return the log-probability of n under Poisson(mean), mean > 0, any shape."""
    n, mean = np.asarray(n, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    safe = np.maximum(n, 1)
    body = -stirling_error(safe) - deviance(safe, mean) - 0.5 * np.log(2 * np.pi * safe)
    return np.where(n == 0, -mean, body)


def log_binomial_pmf(n: ArrayLike, trials: ArrayLike, q: float) -> Floats:
    """Return the log-probability of n under Binomial(trials, q), 0 < q < 1, any shape."""
    n, trials = np.asarray(n, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    rest = trials - n
    inside = (n > 0) & (rest > 0)
    x, y = np.where(inside, n, 1.0), np.where(inside, rest, 1.0)
    both = x + y
    body = (
        stirling_error(both) - stirling_error(x) - stirling_error(y)
        - deviance(x, both * q) - deviance(y, both * (1 - q))
        + 0.5 * (np.log(both / x) - np.log(2 * np.pi * y))
    )  # fmt: skip
    ends = np.where(n == 0, trials * np.log1p(-q), trials * np.log(q))
    return np.where(inside, body, np.where((n < 0) | (rest < 0), -np.inf, ends))
