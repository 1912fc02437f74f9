"""What makes soft decoding differ from the fair hard rule: three switches, turned one by one.

Both rules multiply a table T (K, L) of what the labelled images say of each component with what
an image says of its components. They differ in three places:

``fit``
    T counts labelled images by their most likely component, or adds up their responsibilities.
``class``
    T holds totals, or means over the images of each label: T[:, l] / n_l, which takes out how
    frequent a label is.
``read``
    An image reads the row of its most likely component that holds a labelled image, or all rows,
    each weighted by its responsibility.

All three off are ``hard-covered``, all three on ``soft``. What a switch adds depends on the
others, so its share of the gain is the mean over all orders in which the three can be turned
(Shapley, 1953, A value for n-person games): the shares add up to the whole gain.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmvae.decoding.clusters import label_counts
from gmvae.experiments.scoring import draw_labels

Array = NDArray[Any]

SWITCHES = ("fit", "class", "read")
_WEIGHTS = (1 / 3, 1 / 6, 1 / 3)  # of what a switch adds after 0, 1 or 2 others


def switched_accuracies(
    posteriors: Sequence[Array], y: Array, n_labels: int, label_seeds: Sequence[int]
) -> Array:
    """Return the accuracy with every setting of the switches, ``(2, 2, 2, M, S)``.

    Parameters
    ----------
    posteriors : sequence of M arrays of shape (N, K)
        Responsibilities.
    y : ndarray of shape (N,)
        Labels in 0..L-1.
    n_labels : int
    label_seeds : sequence of S ints

    Returns
    -------
    ndarray
        The first three axes are those of :data:`SWITCHES`, 0 off and 1 on.

    Raises
    ------
    InputError
        If `n_labels` is out of range.
    """
    found = np.empty((2, 2, 2, len(posteriors), len(label_seeds)))
    for s, seed in enumerate(label_seeds):
        draw = draw_labels(y, n_labels, seed)
        for m, R in enumerate(posteriors):
            found[..., m, s] = _one_draw(R, y, draw.labelled, draw.scored)
    return found


def shares_of_gain(accuracies: Array) -> dict[str, Array]:
    """Return what each switch adds to soft minus hard-covered, ``(M, S)`` by switch.

    `accuracies` are those of :func:`switched_accuracies`.
    """
    shares = {}
    for axis, name in enumerate(SWITCHES):
        off, on = np.take(accuracies, 0, axis), np.take(accuracies, 1, axis)  # (2, 2, M, S) each
        added = on - off
        shares[name] = sum(_WEIGHTS[a + b] * added[a, b] for a, b in product((0, 1), repeat=2))
    return shares


def _one_draw(R: Array, y: Array, labelled: Array, scored: Array) -> Array:
    """Return accuracies ``(2, 2, 2)`` of one model and one draw."""
    n_components, n_classes = R.shape[1], int(y.max()) + 1
    component = R[labelled].argmax(axis=1)  # (n,)
    counts = np.zeros((n_components, n_classes), R.dtype)  # (K, L)
    seen = label_counts(component, y[labelled], n_components)  # (K, L')
    counts[:, : seen.shape[1]] = seen
    sums = R[labelled].T @ np.eye(n_classes, dtype=R.dtype)[y[labelled]]  # (K, L)
    sizes = np.maximum(counts.sum(axis=0), 1)  # (L,), labelled images of each label
    covered = counts.sum(axis=1) > 0  # (K,)
    Q = R[scored]  # (M, K)
    nearest = np.where(covered, Q, -1).argmax(axis=1)  # (M,)
    accuracies = np.empty((2, 2, 2))
    for fit, table in enumerate((counts, sums)):
        for read, scores in enumerate((table[nearest], Q @ table)):  # (M, L)
            for by_class, scale in enumerate((1, sizes)):
                predicted = (scores / scale).argmax(axis=1)  # (M,)
                accuracies[fit, by_class, read] = (predicted == y[scored]).mean()
    return accuracies
