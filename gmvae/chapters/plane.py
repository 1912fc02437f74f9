"""Latent means made ready for a map, whatever their number of dimensions."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def two_wide(Z: Array) -> Array:
    """Return `Z (N, D)` with a second column of zeros where D = 1, so that a plane can show it."""
    return np.pad(Z, ((0, 0), (0, max(0, 2 - Z.shape[1]))))  # (N, max(2, D))
