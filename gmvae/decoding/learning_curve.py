"""What more labels would bring, told by the given labels alone.

From random parts of the labels the others are decoded, which says how the error falls with their
number. Between m and 2 m labels it falls by a factor that changes slowly, so that the factor from a
half of the labels to all of them is taken for the step from all to twice as many.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmvae.decoding.leave_one_out import Responses

Array = NDArray[Any]
_REPEATS = 200  # random halves at most; one solve serves all of them
_PRIOR = 1.0  # errors added to both counts, so that few errors tell of a small step


def error_ratio(responses: Responses, seed: int = 0) -> float:
    """Return by which factor, in (0, 1], twice as many labels would multiply the error.

    It is what the step from half of the labels to all of them multiplied it by. It holds for labels
    that are drawn or chosen as these were.

    Parameters
    ----------
    responses : Responses
        Of n labels, at least 4.
    seed : int
        Not negative.
    """
    rng = np.random.default_rng(seed)
    n = len(responses.label)
    repeats = max(10, min(_REPEATS, 20_000 // n))
    wrong = 0.0
    for _ in range(repeats):
        kept = np.zeros(n, dtype=bool)  # (n,)
        kept[rng.permutation(n)[: n // 2]] = True
        found, _ = responses.found(np.broadcast_to(kept, (n, n)))  # (n,)
        wrong += float(np.mean((found != responses.label)[~kept])) / repeats
    right, _ = responses.leave_one_out()  # (n,)
    return min(1.0, (np.sum(~right) + _PRIOR) / (wrong * n + _PRIOR))
