"""Chapter 05: the accuracy of both hard rules, predicted from the model's components alone.

The prediction, :func:`gmvae.coverage.naming.expected_accuracy`, draws no label. It is set against
the accuracies measured with the same models, whose only chance is then the draw of labels.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gmvae.chapters.supervision import TARGETS
from gmvae.coverage.naming import expected_accuracy, labels_for_accuracy
from gmvae.decoding.clusters import label_counts, purity
from gmvae.errors import InputError
from gmvae.experiments.intervals import mean_interval
from gmvae.experiments.statistics import curve

Array = NDArray[Any]

RULES = {"hard": "first-class", "hard-covered": "covered-only"}
_NEXT = 16  # components that an image is followed to, from its most likely one on
_POINTS = 24  # of a curve


def table_of(R: Array, y: Array) -> Array:
    """Return how many images of each component carry each label, ``(K, L)``."""
    return label_counts(R.argmax(axis=1), y, R.shape[1])


def predict_rule(rule: str, R: Array, y: Array, n_labels: int) -> float:
    """Return the expected accuracy of a hard rule with `n_labels` uniformly drawn labels.

    Parameters
    ----------
    rule : {"hard", "hard-covered"}
    R : ndarray of shape (N, K)
        Responsibilities.
    y : ndarray of shape (N,)
        Labels in 0..L-1, all of which the prediction needs.
    n_labels : int
        Below N.

    Raises
    ------
    InputError
        If `n_labels` is out of range.
    """
    if rule == "hard":
        return expected_accuracy(n_labels, table_of(R, y), len(y))
    # a row for each image, which follows the order of its own responsibilities
    order = np.argsort(-R, axis=1, kind="stable")[:, :_NEXT]  # (N, J)
    labels = np.eye(int(y.max()) + 1)[y]  # (N, L)
    return expected_accuracy(n_labels, labels, len(y), RULES[rule], order)


def predicted_and_measured(
    posteriors: Sequence[Array], y: Array, table: pd.DataFrame, confidence: float
) -> pd.DataFrame:
    """Set predictions beside measured accuracies.

    Parameters
    ----------
    posteriors : sequence of M arrays (N, K)
        Those of all models in `table`.
    y : ndarray of shape (N,)
    table : DataFrame
        From :func:`gmvae.experiments.engine.run_sweep`, of uniform draws from all images.
    confidence : float
        Of the intervals.

    Returns
    -------
    DataFrame
        Columns ``method, n_labels, predicted, mean, low, high, inside``: means over the models;
        the interval is Student's t over draws, of these models, NaN for one draw; `inside` says
        whether it holds the prediction, which it never does if NaN. Rules that were not run are
        left out.
    """
    rows = []
    for rule in RULES:
        if rule not in set(table["method"]):
            continue
        budgets, A = curve(table, rule)  # (B,), (B, M, S)
        by_draw = A.mean(axis=1, keepdims=True)  # (B, 1, S)
        low, high = mean_interval(by_draw, confidence)  # (B,) each
        for b, n in enumerate(budgets.tolist()):
            predicted = float(np.mean([predict_rule(rule, R, y, n) for R in posteriors]))
            measured = float(A[b].mean())
            # equal accuracies in all draws leave an interval of rounding errors
            inside = low[b] - 1e-9 <= predicted <= high[b] + 1e-9
            rows.append((rule, n, predicted, measured, low[b], high[b], bool(inside)))
    columns = ["method", "n_labels", "predicted", "mean", "low", "high", "inside"]
    return pd.DataFrame(rows, columns=columns)


def predicted_curve(posteriors: Sequence[Array], y: Array, budgets: Sequence[int]) -> pd.DataFrame:
    """Return the predicted accuracy of the published rule, ``n_labels, predicted``, between them.

    A mean over the models, at numbers of labels from the smallest to the largest budget.
    """
    n = np.unique(np.geomspace(min(budgets), max(budgets), _POINTS).round().astype(int))  # (T,)
    tables = [table_of(R, y) for R in posteriors]  # (K, L) each
    means = [np.mean([expected_accuracy(i, t, len(y)) for t in tables]) for i in n.tolist()]
    return pd.DataFrame({"n_labels": n, "predicted": means})


def labels_needed_in_theory(R: Array, y: Array) -> dict[str, int | None]:
    """Return how many labels the published rule needs on average, by accuracy, for one model.

    None where it does not get there with all images but one labelled.
    """
    counts = table_of(R, y)  # (K, L)
    needed: dict[str, int | None] = {}
    for target in TARGETS:
        try:
            needed[f"{target:g}"] = labels_for_accuracy(target, counts, len(y))
        except InputError:
            needed[f"{target:g}"] = None
    return needed


def numbers(compared: pd.DataFrame, needed: Mapping[str, int | None]) -> dict[str, Any]:
    """Return the numbers on record."""
    return {"points": compared.to_dict("records"), "labels_needed": dict(needed)}


def describe_prediction(compared: pd.DataFrame, confidence: float) -> str:
    """Tell how far predictions lie from what was measured, and how many inside its interval."""
    if compared.empty:
        return "Neither hard rule was run, so nothing was predicted."
    apart = 100 * (compared["predicted"] - compared["mean"]).abs()
    worst = compared.loc[apart.idxmax()]
    sentence = (
        f"Predicted and measured accuracy are {apart.mean():.1f} points apart on average, and at"
        f" most {apart.max():.1f} (*{worst['method']}* at {worst['n_labels']:,} labels)"
    )
    known = compared[compared["low"].notna()]
    if known.empty:
        return f"{sentence}. One draw has no interval to lie in."
    return (
        f"{sentence}. {known['inside'].sum()} of {len(known)} predictions lie inside the"
        f" {confidence:.0%} interval over draws of these models."
    )


def describe_needed(needed: Mapping[str, int | None], R: Array, y: Array) -> str:
    """Tell how many labels the published rule asks for, by theory."""
    reached = {float(a): n for a, n in needed.items() if n is not None}
    missed = [float(a) for a, n in needed.items() if n is None]
    parts = [f"{accuracy:.0%} accuracy takes {n:,} labels" for accuracy, n in reached.items()]
    sentence = f"By the formula for the published hard rule, {', '.join(parts)}." if parts else ""
    if missed:
        ceiling = purity(R.argmax(axis=1), y)
        sentence += (
            f" No number of labels gives {' or '.join(f'{a:.0%}' for a in missed)}, as components"
            f" are {ceiling:.1%} pure."
        )
    return sentence.strip()
