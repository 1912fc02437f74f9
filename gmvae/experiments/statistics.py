"""Means, paired differences and labels needed, each with an interval over seeds.

A method's accuracies at one budget form a matrix ``A (M, S)``: M model seeds, S label seeds,
crossed (every draw is decoded by every model). Both are random, so both are resampled: rows and
columns independently, the bootstrap for crossed random effects.

References
----------
Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13: percentile interval.
Owen (2007), The pigeonhole bootstrap, Annals of Applied Statistics 1(2): rows and columns.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gmvae.checks import real
from gmvae.errors import InputError

Array = NDArray[Any]

RESAMPLES = 2000
_SEED = 0  # of the bootstrap: the same table gives the same intervals


def curve(table: pd.DataFrame, method: str) -> tuple[Array, Array]:
    """Return a method's budgets and accuracies.

    Parameters
    ----------
    table : DataFrame
        From :func:`gmvae.experiments.engine.run_sweep`.
    method : str

    Returns
    -------
    budgets : ndarray of shape (B,)
        In ascending order; those the method was run at.
    A : ndarray of shape (B, M, S)
        Accuracy by budget, model seed and label seed. M = 1 for methods without a model.

    Raises
    ------
    InputError
        If the table has no row of the method, or a combination of seeds is missing.
    """
    rows = table[table["method"] == method]
    if rows.empty:
        raise InputError(f"The table has no row of method {method!r}.")
    model = rows["model_seed"].astype("Int64").fillna(-1)
    budgets, b = np.unique(rows["n_labels"], return_inverse=True)
    models, m = np.unique(model, return_inverse=True)
    labels, s = np.unique(rows["label_seed"], return_inverse=True)
    A = np.full((len(budgets), len(models), len(labels)), np.nan)
    A[b, m, s] = rows["accuracy"]
    if np.isnan(A).any():
        raise InputError(f"Method {method!r} lacks some combinations of budget and seeds.")
    return budgets, A


def resampled_means(A: Array, resamples: int = RESAMPLES) -> Array:
    """Return bootstrap means ``(resamples, B)`` of accuracies `A (B, M, S)`.

    All budgets share the resampled seeds, as they share the seeds themselves; so do all methods
    with as many seeds, which keeps comparisons between their resamples paired.
    """
    _, M, S = A.shape
    # how often each seed is taken, as a share: the mean over a resample is a weighted mean
    u = np.random.default_rng([_SEED, 0]).multinomial(M, np.full(M, 1 / M), resamples) / M
    v = np.random.default_rng([_SEED, 1]).multinomial(S, np.full(S, 1 / S), resamples) / S
    # u (resamples, M), v (resamples, S)
    return np.einsum("rm,bms,rs->rb", u, A, v, optimize=True)  # (resamples, B)


def interval(values: Array, confidence: float) -> tuple[Array, Array]:
    """Return the percentile interval over the first axis of bootstrap `values`."""
    tail = (1 - confidence) / 2
    # "lower" and "higher" return values that occur, so that an infinite one stays infinite
    low = np.quantile(values, tail, axis=0, method="lower")
    high = np.quantile(values, 1 - tail, axis=0, method="higher")
    return low, high


def summarise(table: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Return mean accuracy and interval of each method at each budget.

    Percentile intervals of few seeds are too narrow: with 5 label seeds and one model their
    real coverage is nearer 85 than 95 %, and they say nothing of models not trained.

    Returns
    -------
    DataFrame
        Columns ``method, n_labels, fraction, mean, low, high, seeds``, in the table's order of
        methods; `seeds` counts accuracies.
    """
    real("confidence", confidence, above=0, below=1)
    fraction = dict(zip(table["n_labels"], table["fraction"], strict=True))
    rows = []
    for method in dict.fromkeys(table["method"]):
        budgets, A = curve(table, method)
        low, high = interval(resampled_means(A), confidence)
        for b, n in enumerate(budgets):
            mean = float(A[b].mean())
            rows.append((method, int(n), fraction[n], mean, low[b], high[b], A[b].size))
    columns = ["method", "n_labels", "fraction", "mean", "low", "high", "seeds"]
    return pd.DataFrame(rows, columns=columns)


def paired_difference(
    table: pd.DataFrame, method: str, reference: str, confidence: float = 0.95
) -> pd.DataFrame:
    """Return mean accuracy of `method` minus `reference` at each shared budget, with interval.

    Both methods saw the same draws (and models), so the difference is taken per cell before
    anything is averaged: what a lucky draw gives to both cancels. A draw that only one of them saw
    is left out.

    Returns
    -------
    DataFrame
        Columns ``n_labels, mean, low, high, wins``; `wins` is the share of cells in which
        `method` is strictly ahead.
    """
    real("confidence", confidence, above=0, below=1)
    both = [set(table.loc[table["method"] == name, "label_seed"]) for name in (method, reference)]
    shared = table[table["label_seed"].isin(both[0] & both[1])]
    first, A = curve(shared, method)
    second, B = curve(shared, reference)
    budgets, i, j = np.intersect1d(first, second, return_indices=True)
    D = A[i] - B[j]  # (B, M, S); M = 1 on one side is repeated
    low, high = interval(resampled_means(D), confidence)
    return pd.DataFrame(
        {
            "n_labels": budgets,
            "mean": D.mean(axis=(1, 2)),
            "low": low,
            "high": high,
            "wins": (D > 0).mean(axis=(1, 2)),
        }
    )


def crossing(budgets: Array, accuracies: Array, target: float | Array) -> Array:
    """Return the number of labels at which each curve first reaches `target`.

    Between two budgets accuracy is taken to be linear in log n. A curve that starts above the
    target is given its smallest budget, an upper bound; one that never reaches it, infinity.

    Parameters
    ----------
    budgets : ndarray of shape (B,)
        Ascending.
    accuracies : ndarray of shape (..., B)
    target : float or ndarray of shape (...)
        One for all curves, or one each.

    Returns
    -------
    ndarray of shape (...)
    """
    reached = accuracies >= np.asarray(target)[..., None]  # (..., B)
    first = reached.argmax(axis=-1)  # (...)
    before = np.maximum(first - 1, 0)
    a = np.take_along_axis(accuracies, before[..., None], -1)[..., 0]
    b = np.take_along_axis(accuracies, first[..., None], -1)[..., 0]
    share = np.divide(target - a, b - a, out=np.ones_like(a), where=first > before)
    n = budgets[before] * (budgets[first] / budgets[before]) ** share
    return np.where(reached.any(axis=-1), n, np.inf)


def labels_to_reach(
    table: pd.DataFrame, targets: Sequence[float], confidence: float = 0.95
) -> pd.DataFrame:
    """Return how many labels each method needs to reach each accuracy, on average.

    Returns
    -------
    DataFrame
        Columns ``method, target, n_labels, low, high, largest, bound``: the crossing of the
        mean curve and its interval over seeds, infinite where not reached within `largest`, the
        method's largest budget; `bound` tells that the smallest budget was enough already.
    """
    real("confidence", confidence, above=0, below=1)
    rows = []
    for method in dict.fromkeys(table["method"]):
        budgets, A = curve(table, method)
        mean, means = A.mean(axis=(1, 2)), resampled_means(A)  # (B,), (resamples, B)
        for target in targets:
            n = float(crossing(budgets, mean, target))
            low, high = interval(crossing(budgets, means, target), confidence)
            bound = bool(mean[0] >= target)
            rows.append((method, target, n, float(low), float(high), int(budgets[-1]), bound))
    columns = ["method", "target", "n_labels", "low", "high", "largest", "bound"]
    return pd.DataFrame(rows, columns=columns)


def label_ratio(
    table: pd.DataFrame, reference: str, n_reference: int, confidence: float = 0.95
) -> pd.DataFrame:
    """Return how many times the labels of `reference` other methods need for its accuracy.

    Parameters
    ----------
    table : DataFrame
    reference : str
        The method to be matched, at `n_reference` labels, one of its budgets.
    n_reference : int
    confidence : float

    Returns
    -------
    DataFrame
        Columns ``method, accuracy, n_labels, ratio, low, high, largest``: the reference's mean
        accuracy, the labels at which `method` has it and their ratio with its interval.
        Infinite where it is not reached within `largest`, the method's largest budget.
    """
    real("confidence", confidence, above=0, below=1)
    budgets, A = curve(table, reference)
    at = budgets.tolist().index(n_reference)
    accuracy, accuracies = A[at].mean(), resampled_means(A)[:, at]  # (), (resamples,)
    rows = []
    for method in dict.fromkeys(table["method"]):
        if method == reference:
            continue
        own, B = curve(table, method)
        n = float(crossing(own, B.mean(axis=(1, 2)), accuracy))
        resampled = crossing(own, resampled_means(B), accuracies)  # (resamples,)
        low, high = interval(resampled / n_reference, confidence)
        ratio = n / n_reference
        rows.append((method, float(accuracy), n, ratio, float(low), float(high), int(own[-1])))
    columns = ["method", "accuracy", "n_labels", "ratio", "low", "high", "largest"]
    return pd.DataFrame(rows, columns=columns)
