"""Draw labels, fit, score: the one way in which a method meets its labels.

All methods share the nested random draws of :mod:`gmvae.data.draws`, labelled images are never
scored, and no method sees the label of an image that it is scored on.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gmvae.baselines.method import Method, Sample
from gmvae.checks import whole
from gmvae.data.draws import draw_order
from gmvae.errors import FailedError

Array = NDArray[Any]


class Draw(NamedTuple):
    """The images whose labels are drawn, and those that are scored.

    Attributes
    ----------
    labelled : ndarray of shape (n,)
        Rows in the order in which they were drawn.
    scored : ndarray of shape (M,)
        Rows in rising order, none of them labelled.
    label_seed : int
    """

    labelled: Array
    scored: Array
    label_seed: int


def draw_labels(y: Array, n_labels: int, label_seed: int) -> Draw:
    """Draw `n_labels` of all N images uniformly, and score all others.

    Parameters
    ----------
    y : ndarray of shape (N,)
    n_labels : int
        From 2 to N-1.
    label_seed : int
        Not negative.

    Raises
    ------
    InputError
        If `n_labels` leaves nothing to draw or nothing to score.
    """
    whole("n_labels", n_labels, 2, len(y) - 1)
    return as_draw(draw_order(y, label_seed)[:n_labels], len(y), label_seed)


def as_draw(labelled: Array, n_images: int, label_seed: int, test: Array | None = None) -> Draw:
    """Return the draw of the rows `labelled`; scored are the rows `test`, or all that are left."""
    if test is None:
        rest = np.ones(n_images, dtype=bool)  # (N,)
        rest[labelled] = False
        test = np.flatnonzero(rest)
    return Draw(labelled, test, label_seed)


def predict(method: Method, X: Any, y: Array, n_classes: int, draw: Draw) -> Array:
    """Return the labels that `method` gives the scored rows of a draw, shape (M,).

    Parameters
    ----------
    method : Method
    X : ndarray of shape (N, p), or arrays by name
        What the method reads, see :class:`gmvae.baselines.method.Sample`.
    y : ndarray of shape (N,)
        Labels in 0..L-1, of which the method is given those of the labelled rows.
    n_classes : int
        L, which a method may know.
    draw : Draw
    """
    labels = y[draw.labelled]  # (n,)
    classes = np.arange(n_classes)  # (L,)
    sample = Sample(X, draw.labelled, labels, draw.scored, draw.label_seed, classes)
    return method.predict(sample, **method.settings)


def score(method: Method, X: Any, y: Array, n_classes: int, draw: Draw) -> float:
    """Return a method's accuracy on the scored rows of a draw; see :func:`predict`.

    Labels of one class alone, which chosen images may have, name all images by it.
    """
    known = np.unique(y[draw.labelled])  # (C,)
    found = known if len(known) == 1 else predict(method, X, y, n_classes, draw)  # (1,) or (M,)
    return float(np.mean(found == y[draw.scored]))


def score_if_solved(method: Method, X: Any, y: Array, n_classes: int, draw: Draw) -> float:
    """Return :func:`score`, NaN where a graph in parts that hardly touch is not solved."""
    try:
        return score(method, X, y, n_classes, draw)
    except FailedError:
        return float("nan")
