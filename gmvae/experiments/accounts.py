"""What an accuracy is to be read beside: ceilings, wins and losses, and how far m(l) is known."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from gmvae.decoding.clusters import purity
from gmvae.decoding.decoders import SoftDecoder
from gmvae.experiments.correctness import group_means
from gmvae.experiments.scoring import draw_labels

Array = NDArray[Any]


def seen_class_share(y: Array, n_labels: int, label_seeds: Sequence[int]) -> float:
    """Return the mean share of scored images of whose class a label was drawn, in [0, 1].

    No rule that has heard of a class from the labels alone can be right more often.

    Parameters
    ----------
    y : ndarray of shape (N,)
        Labels in 0..L-1.
    n_labels : int
    label_seeds : sequence of int

    Raises
    ------
    InputError
        If `n_labels` is out of range.
    """
    draws = [draw_labels(y, n_labels, seed) for seed in label_seeds]
    return float(np.mean([np.isin(y[d.scored], y[d.labelled]).mean() for d in draws]))


def balanced_accuracy(right: Array, y: Array, n_classes: int) -> Array:
    """Return the mean over classes of the accuracy in each, ``(M, S)``.

    Parameters
    ----------
    right : ndarray of shape (M, S, N)
        From :func:`gmvae.experiments.correctness.correctness`.
    y : ndarray of shape (N,)
    n_classes : int
        L. A class without a scored image in a draw is left out there.
    """
    return np.nanmean(group_means(right, y, n_classes), axis=0)  # (M, S)


def wins_and_losses(first: Array, second: Array) -> dict[str, float]:
    """Count images that only one of two rules gets right.

    Parameters
    ----------
    first, second : ndarrays of shape (M, S, N)
        From :func:`gmvae.experiments.correctness.correctness`.

    Returns
    -------
    dict
        Means over models and draws: ``wins`` of `first` alone, ``losses`` to `second` alone, and
        ``p_value``, the largest over models and draws of the exact test of McNemar (1947) that
        both are equally likely.
    """
    wins = ((first == 1) & (second == 0)).sum(axis=2)  # (M, S)
    losses = ((first == 0) & (second == 1)).sum(axis=2)  # (M, S)
    pairs = zip(wins.ravel().tolist(), losses.ravel().tolist(), strict=True)
    largest = max(binomtest(a, a + b).pvalue if a + b else 1.0 for a, b in pairs)
    return {
        "wins": float(wins.mean()),
        "losses": float(losses.mean()),
        "p_value": float(largest),
    }


def profile_distance(
    posteriors: Sequence[Array], y: Array, n_labels: int, label_seeds: Sequence[int]
) -> float:
    """Return how far m(l) from n labels is from m(l) from all labels, in [0, 1].

    Half of sum_c |m_n(l)_c - m(l)_c|, the total variation distance, as a mean over the labels
    that were drawn, models and draws.

    Parameters
    ----------
    posteriors : sequence of M arrays of shape (N, K)
        Responsibilities.
    y : ndarray of shape (N,)
    n_labels : int
    label_seeds : sequence of S ints

    Raises
    ------
    InputError
        If `n_labels` is out of range or a draw holds a single class.
    """
    distances = []
    for R in posteriors:
        every = SoftDecoder().fit(R, y)
        for seed in label_seeds:
            labelled = draw_labels(y, n_labels, seed).labelled
            few = SoftDecoder().fit(R[labelled], y[labelled])
            known = np.isin(every.classes_, few.classes_)  # (L,)
            apart = few.mean_responsibilities_ - every.mean_responsibilities_[known]  # (L', K)
            distances.append(np.abs(apart).sum(axis=1).mean() / 2)
    return float(np.mean(distances))


def with_every_label(posteriors: Sequence[Array], y: Array) -> dict[str, float]:
    """Return what one name per component and soft decoding reach with every label known.

    Returns
    -------
    dict
        ``purity``, the most that one name per component can reach, and ``soft``, the accuracy of
        soft decoding fitted and scored on all images; means over models.
    """
    return {
        "purity": float(np.mean([purity(R.argmax(axis=1), y) for R in posteriors])),
        "soft": float(np.mean([SoftDecoder().fit(R, y).score(R, y) for R in posteriors])),
    }
