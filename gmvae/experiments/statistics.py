"""Means, paired differences and labels needed, each with an interval over seeds.

A method's accuracies at one budget form a matrix ``A (M, S)``: M model seeds, S label seeds,
crossed (every draw is decoded by every model). Intervals are those of
:mod:`gmvae.experiments.intervals`; two methods are compared on the seeds that both saw, cell by
cell, before anything is averaged.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gmvae.checks import one_of, real
from gmvae.errors import InputError
from gmvae.experiments.intervals import mean_interval

Array = NDArray[Any]


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


def summarise(table: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Return mean accuracy and interval of each method at each budget.

    Returns
    -------
    DataFrame
        Columns ``method, n_labels, fraction, mean, low, high, seeds, models, draws``, in the
        table's order of methods. `low` and `high` are in [0, 1], NaN where there is one accuracy
        only; `seeds` counts accuracies, `models` is 0 for a method without a model.
    """
    real("confidence", confidence, above=0, below=1)
    fraction = dict(zip(table["n_labels"], table["fraction"], strict=True))
    parts = []
    for method in dict.fromkeys(table["method"]):
        budgets, A = curve(table, method)
        low, high = mean_interval(A, confidence)
        part = {
            "method": method,
            "n_labels": budgets,
            "fraction": [fraction[n] for n in budgets],
            "mean": A.mean(axis=(1, 2)),
            "low": np.clip(low, 0, 1),
            "high": np.clip(high, 0, 1),
            "seeds": A[0].size,
            "models": _seeds(table, method, "model_seed").size,
            "draws": A.shape[2],
        }
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def paired_difference(
    table: pd.DataFrame, method: str, reference: str, confidence: float = 0.95
) -> pd.DataFrame:
    """Return mean accuracy of `method` minus `reference` at each shared budget, with interval.

    Both methods saw the same draws (and models), so the difference is taken per cell before
    anything is averaged: what a lucky draw gives to both cancels. A draw that only one of them
    saw is left out.

    Returns
    -------
    DataFrame
        Columns ``n_labels, mean, low, high, wins``; `wins` is the share of cells in which
        `method` is strictly ahead.
    """
    real("confidence", confidence, above=0, below=1)
    shared = _shared(table, method, reference)
    first, A = curve(shared, method)
    second, B = curve(shared, reference)
    budgets, i, j = np.intersect1d(first, second, return_indices=True)
    D = A[i] - B[j]  # (B, M, S); M = 1 on one side is repeated
    low, high = mean_interval(D, confidence)
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
    target is given its smallest budget, an upper bound; one that never reaches it, infinity;
    one that holds NaN, NaN.

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
    n = np.where(reached.any(axis=-1), n, np.inf)
    return np.where(np.isnan(accuracies).any(axis=-1), np.nan, n)


def labels_to_reach(
    table: pd.DataFrame, targets: Sequence[float], confidence: float = 0.95
) -> pd.DataFrame:
    """Return how many labels each method needs to reach each accuracy, on average.

    The interval holds the numbers of labels at which the interval of accuracy holds the target:
    it lasts from where the curve of upper ends reaches it to where that of lower ends does, as
    Fieller (1954, JRSS B 16(2)) inverts a test. It covers as often as the interval of accuracy
    does if accuracy grows with labels, and may be open above.

    Returns
    -------
    DataFrame
        Columns ``method, target, n_labels, low, high, largest, bound``: the crossing of the
        mean curve and its interval, infinite where not reached within `largest`, the method's
        largest budget. `bound` is "at most" where the smallest budget is enough already, "more
        than" where the largest is not, else empty. Of one accuracy only the interval is NaN.
    """
    real("confidence", confidence, above=0, below=1)
    rows = []
    for method in dict.fromkeys(table["method"]):
        budgets, A = curve(table, method)
        for target in targets:
            found = _crossing_with_interval(budgets, A - target, confidence)
            rows.append({"method": method, "target": target, **found})
    columns = ["method", "target", "n_labels", "low", "high", "largest", "bound"]
    return pd.DataFrame(rows, columns=columns)


def label_ratio(
    table: pd.DataFrame, reference: str, n_reference: int, confidence: float = 0.95
) -> pd.DataFrame:
    """Return how many times the labels of `reference` other methods need for its accuracy.

    Each method is compared on the draws (and models) that `reference` saw as well, by the
    difference per cell; the interval is that of :func:`labels_to_reach` for a difference of 0.

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
        Columns ``method, accuracy, n_labels, ratio, low, high, largest, bound``: the reference's
        mean accuracy, the labels at which `method` has it and their ratio with its interval;
        `largest` and `bound` as in :func:`labels_to_reach`. With "more than", `n_labels` and
        `ratio` are infinite, and the ratio is more than ``largest / n_reference``.

    Raises
    ------
    InputError
        If the reference has no such budget, or a method shares no draw with it.
    """
    real("confidence", confidence, above=0, below=1)
    rows = []
    for method in dict.fromkeys(table["method"]):
        if method == reference:
            continue
        shared = _shared(table, method, reference)
        budgets, A = curve(shared, reference)
        one_of("n_reference", n_reference, budgets.tolist())
        matched = A[budgets == n_reference]  # (1, M, S)
        own, B = curve(shared, method)
        found = _crossing_with_interval(own, B - matched, confidence)
        found |= {name: found[name] / n_reference for name in ("low", "high")}
        ratio = found["n_labels"] / n_reference
        rows.append({"method": method, "accuracy": matched.mean(), "ratio": ratio, **found})
    columns = ["method", "accuracy", "n_labels", "ratio", "low", "high", "largest", "bound"]
    return pd.DataFrame(rows, columns=columns)


def _crossing_with_interval(budgets: Array, D: Array, confidence: float) -> dict[str, Any]:
    """Return where the mean of differences `D (B, M, S)` reaches 0, its interval and `bound`."""
    mean = D.mean(axis=(1, 2))  # (B,)
    low, high = mean_interval(D, confidence)  # (B,) each
    n = float(crossing(budgets, mean, 0))
    return {
        "n_labels": n,
        "low": float(crossing(budgets, high, 0)),  # the upper ends get there first
        "high": float(crossing(budgets, low, 0)),
        "largest": int(budgets[-1]),
        "bound": "at most" if mean[0] >= 0 else "more than" if np.isinf(n) else "",
    }


def _shared(table: pd.DataFrame, method: str, reference: str) -> pd.DataFrame:
    """Keep the rows of the draws, and models if both have any, that both methods saw."""
    for kind in ("label_seed", "model_seed"):
        first, second = (_seeds(table, name, kind) for name in (method, reference))
        if kind == "label_seed" or (first.size and second.size):
            both = np.intersect1d(first, second)
            table = table[table[kind].isin(both) | table[kind].isna()]
    return table


def _seeds(table: pd.DataFrame, method: str, kind: str) -> Array:
    """Return the different seeds of a kind that a method was run with, none if without."""
    return table.loc[table["method"] == method, kind].dropna().unique().astype(np.int64)
