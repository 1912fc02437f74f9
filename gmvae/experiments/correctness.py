"""Where the gap between hard and soft decoding comes from, image by image.

Everything starts from who decodes which image rightly: arrays ``(M, S, N)`` over M models, S
draws of labels and N images, NaN where the image was labelled in that draw. Means over groups of
images keep the two seeds apart, so that :mod:`gmvae.experiments.intervals` can give intervals.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gmvae.baselines.registry import find_method
from gmvae.data.draws import draw_order
from gmvae.decoding.clusters import label_counts
from gmvae.experiments.intervals import mean_interval
from gmvae.experiments.scoring import draw_labels, predict, score

Array = NDArray[Any]

REASONS = ("no label in the component", "component misnamed", "component named rightly")


def correctness(
    posteriors: Sequence[Array],
    y: Array,
    n_classes: int,
    n_labels: int,
    label_seeds: Sequence[int],
    method: str,
) -> Array:
    """Return which images a decoder gets right, for each model and draw.

    Parameters
    ----------
    posteriors : sequence of M arrays of shape (N, K)
        Responsibilities.
    y : ndarray of shape (N,)
        Labels in 0..L-1.
    n_classes : int
        L.
    n_labels : int
    label_seeds : sequence of S ints
        The same draws as in :mod:`gmvae.experiments.engine`.
    method : str
        A decoder of :data:`gmvae.baselines.registry.METHODS`.

    Returns
    -------
    ndarray of shape (M, S, N), float32
        1 right, 0 wrong, NaN labelled, hence not scored.
    """
    decoder = find_method(method)
    right = np.full((len(posteriors), len(label_seeds), len(y)), np.nan, np.float32)
    for s, seed in enumerate(label_seeds):
        draw = draw_labels(y, n_labels, seed)
        for m, R in enumerate(posteriors):
            predicted = predict(decoder, R, y, n_classes, draw)  # (N - n,)
            right[m, s, draw.scored] = predicted == y[draw.scored]
    return right


def accuracies(
    R: Array,
    y: Array,
    n_classes: int,
    n_labels: int,
    label_seeds: Sequence[int],
    methods: Sequence[str] = ("hard", "hard-covered", "soft"),
) -> pd.DataFrame:
    """Score decoders of one posterior on the images whose label was not drawn.

    Parameters
    ----------
    R : ndarray of shape (N, K)
        Responsibilities.
    y, n_classes, n_labels, label_seeds
        As in :func:`correctness`.
    methods : sequence of str
        Decoders of :data:`gmvae.baselines.registry.METHODS`.

    Returns
    -------
    DataFrame
        Columns ``method, label_seed, accuracy``.

    Raises
    ------
    InputError
        If `n_labels` is out of range or a draw holds a single class.
    """
    rows = []
    for seed in label_seeds:
        draw = draw_labels(y, n_labels, seed)
        for name in methods:
            rows.append((name, seed, score(find_method(name), R, y, n_classes, draw)))
    return pd.DataFrame(rows, columns=["method", "label_seed", "accuracy"])


def group_means(values: Array, groups: Array, n_groups: int) -> Array:
    """Return means of `values (M, S, N)` over the scored images of each group, ``(G, M, S)``.

    Parameters
    ----------
    values : ndarray of shape (M, S, N)
        NaN where not scored.
    groups : ndarray of shape (N,)
        0..G-1, or -1 for images of no group.
    n_groups : int
        G.
    """
    scored = ~np.isnan(values)
    filled = np.where(scored, values, 0)
    member = groups == np.arange(n_groups)[:, None]  # (G, N)
    total = np.einsum("msn,gn->gms", filled, member.astype(np.float64))
    count = np.einsum("msn,gn->gms", scored.astype(np.float64), member.astype(np.float64))
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def with_interval(means: Array, confidence: float) -> pd.DataFrame:
    """Return mean and interval over seeds of each row of `means (G, M, S)`.

    A group without a scored image in some draw has neither: its row is NaN. One model and one
    draw have a mean without an interval.
    """
    low, high = mean_interval(means, confidence)
    return pd.DataFrame({"mean": means.mean(axis=(1, 2)), "low": low, "high": high})


def reasons(
    posteriors: Sequence[Array], y: Array, n_labels: int, label_seeds: Sequence[int]
) -> Array:
    """Return why an image may be decoded wrongly by the hard rule, ``(M, S, N)``, int.

    0: its component holds no labelled image. 1: the labelled images name the component other
    than the majority of all its images, by the luck of the draw. 2: the name is the majority's,
    and only the component's impurity is left. Positions are those of :data:`REASONS`.
    """
    kind = np.empty((len(posteriors), len(label_seeds), len(y)), np.int8)
    for m, R in enumerate(posteriors):
        component = R.argmax(axis=1)  # (N,)
        true_counts = label_counts(component, y, R.shape[1])  # (K, L)
        for s, seed in enumerate(label_seeds):
            labelled = draw_order(y, seed)[:n_labels]  # (n,)
            counts = label_counts(component[labelled], y[labelled], R.shape[1])  # (K, L' <= L)
            name = counts.argmax(axis=1)  # (K,)
            best = true_counts.max(axis=1)  # (K,)
            rightly = true_counts[np.arange(len(name)), name] == best  # (K,)
            of_component = np.where(counts.sum(axis=1) == 0, 0, np.where(rightly, 2, 1))
            kind[m, s] = of_component[component]
    return kind


def contributions(gain: Array, kind: Array) -> Array:
    """Split a mean gain into what each kind of image adds to it, ``(3, M, S)``.

    Parameters
    ----------
    gain : ndarray of shape (M, S, N)
        Difference of two correctness arrays.
    kind : ndarray of shape (M, S, N)
        From :func:`reasons`. The three parts add up to the mean gain over all scored images.
    """
    n_scored = (~np.isnan(gain)).sum(axis=2)  # (M, S)
    return np.stack(
        [np.where(kind == r, np.nan_to_num(gain), 0).sum(axis=2) / n_scored for r in range(3)]
    )


def margin(R: Array) -> Array:
    """Return the largest minus the second largest responsibility, ``(N,)``; 1 of a single one."""
    if R.shape[1] == 1:
        return np.ones(len(R))
    top = np.partition(R, -2, axis=1)[:, -2:]  # (N, 2)
    return (top[:, 1] - top[:, 0]).astype(np.float64)


def equal_groups(values: Array, n_groups: int = 10) -> tuple[Array, Array]:
    """Cut images into groups of nearly equal size by `values (N,)`.

    Returns
    -------
    groups : ndarray of shape (N,)
        0..G-1 from small to large values.
    centres : ndarray of shape (G,)
        The mean value of each.
    """
    groups = np.empty(len(values), int)
    groups[np.argsort(values, kind="stable")] = np.arange(len(values)) * n_groups // len(values)
    centres = np.array([values[groups == g].mean() for g in range(n_groups)])
    return groups, centres


def spread(right: Mapping[str, Array]) -> pd.DataFrame:
    """Return how much each method's accuracy varies with the draw and with the model, in points.

    Parameters
    ----------
    right : mapping from method to ndarray of shape (M, S, N)

    Returns
    -------
    DataFrame
        By method: ``accuracy``, ``draws`` and ``models``, standard deviations over the means of
        the other seed; NaN where there is one seed only.
    """
    rows = []
    for method, values in right.items():
        A = 100 * np.nanmean(values, axis=2)  # (M, S)
        rows.append((method, A.mean(), _deviation(A.mean(axis=0)), _deviation(A.mean(axis=1))))
    return pd.DataFrame(rows, columns=["method", "accuracy", "draws", "models"]).set_index("method")


def _deviation(values: Array) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else float("nan")
