"""Random draws of the images to be labelled: nested over budgets, shared by all methods."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def draw_order(y: Array, label_seed: int, stratified: bool = False) -> Array:
    """Return the order in which images are labelled; a budget of n takes the first n.

    Nested draws make budgets comparable: a larger sample contains every smaller one of the
    same seed. All methods share them, so that differences between methods are paired.

    Parameters
    ----------
    y : ndarray of shape (N,)
        Labels of the images that may be drawn; only `stratified` reads them.
    label_seed : int
        Not negative.
    stratified : bool
        False: every order is equally likely. True: within each class too, but classes are
        interleaved, so that every class's share of the first n is its share of all images, to
        within one image or so. It needs labels that nobody has yet: a best case.

    Returns
    -------
    ndarray of shape (N,), int64
        A permutation of 0..N-1.
    """
    rng = np.random.default_rng(label_seed)
    shuffled = rng.permutation(len(y))  # (N,)
    if not stratified:
        return shuffled
    _, label, sizes = np.unique(y[shuffled], return_inverse=True, return_counts=True)
    # the j-th of a class's N_l images belongs at (j + u) / N_l of the way; u shuffles classes
    by_class = np.argsort(label, kind="stable")  # (N,)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])  # (L,)
    rank = np.empty(len(y), dtype=np.int64)
    rank[by_class] = np.arange(len(y)) - np.repeat(starts, sizes)  # j, (N,)
    offset = rng.random(len(sizes))  # u, (L,)
    return shuffled[np.argsort((rank + offset[label]) / sizes[label], kind="stable")]
