"""Checks of what callers of :mod:`gmvae.coverage.probability` give; each says what is allowed."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gmvae.checks import whole
from gmvae.coverage.pmf import Floats
from gmvae.errors import InputError

LARGEST = 2**53  # whole numbers above this have gaps in float64


def checked_weights(weights: ArrayLike, name: str = "cluster weight") -> Floats:
    """Return cluster weights as floats of shape (K,), finite, not negative, not all zero."""
    try:
        array = np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"a {name} is not a number; give one number a cluster") from None
    if array.ndim != 1 or array.size == 0:
        raise InputError(f"the shape is {array.shape}; give one {name} for each of K clusters")
    bad = array[~(np.isfinite(array) & (array >= 0))]
    if bad.size:
        raise InputError(f"a {name} is {bad[0]:g}; it must be finite and not negative")
    if not array.any():
        raise InputError(f"every {name} is zero; at least one must be positive")
    return array


def positive_whole(value: object, name: str) -> int:
    """Return `value` as an int from 1 to 2^53, or raise InputError; 3.0 is a whole number too."""
    return whole(name, value, 1, LARGEST, integral=True)


def checked_labels(n: ArrayLike, population: int | None) -> NDArray[np.int64]:
    """Return numbers of labels as whole numbers of any shape.

    Raises
    ------
    InputError
        If one is negative, not whole, or larger than the population.
    """
    try:
        numbers = np.asarray(n, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"the number of labels is {n!r}; it must be a whole number") from None
    bad = numbers[~((numbers >= 0) & (numbers <= LARGEST) & (numbers == np.floor(numbers)))]
    if bad.size:
        raise InputError(
            f"the number of labels is {bad.flat[0]:g}; it must be a whole number from 0 to 2^53"
        )
    if population is not None and numbers.size and numbers.max() > population:
        raise InputError(
            f"{numbers.max():.0f} labels are more than the population of {population}; without "
            "replacement each image is labelled at most once"
        )
    return numbers.astype(np.int64)
