"""Figures of chapter 05: tables in, a matplotlib figure out."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from gmvae.figures.style import (
    ZERO,
    error_bars,
    in_points,
    line_style,
    log_axis,
    percent_axis,
    styled,
)

_DOTTED: Any = {"color": "black", "linewidth": 0.8, "linestyle": (0, (1, 3)), "zorder": 1}
_BESIDE: Any = {"xytext": (3, 0), "textcoords": "offset points", "fontsize": 8}


@styled
def accuracy_by_labels(
    summary: pd.DataFrame,
    n_components: int,
    n_images: int,
    mark: float = 0.8,
    ylabel: str = "accuracy on the images without a label",
) -> Figure:
    """Show accuracy against the number of labels (Figure 3).

    Parameters
    ----------
    summary : DataFrame
        Columns ``method, n_labels, mean, low, high``.
    n_components : int
        K, marked as the fewest labels that could name every component.
    n_images : int
        Images that may be labelled, for the upper axis in percent.
    mark : float
        Accuracy that is marked.
    ylabel : str
    """
    figure, axis = plt.subplots(figsize=(8.6, 4.6))
    for method, rows in summary.groupby("method", sort=False):
        look = line_style(str(method))
        bars = error_bars(rows)
        axis.errorbar(rows["n_labels"], rows["mean"], bars, label=method, elinewidth=0.8, **look)
    budgets = sorted(set(summary["n_labels"]))
    log_axis(axis, budgets)
    axis.axvline(n_components, **_DOTTED)
    axis.axhline(mark, **_DOTTED)
    at = (n_components, 0.01)
    axis.annotate(f"K = {n_components}", at, xycoords=("data", "axes fraction"), **_BESIDE)
    at = (1, mark)
    axis.annotate(f"{mark:.0%}", at, xycoords=("axes fraction", "data"), va="center", **_BESIDE)
    percent_axis(axis.yaxis)
    axis.set(xlabel="labelled images", ylabel=ylabel, ylim=(None, 1))
    _percent_above(axis, budgets, n_images)
    figure.legend(loc="outside right upper", handlelength=3.2)
    return figure


@styled
def predicted_accuracy(compared: pd.DataFrame, curve: pd.DataFrame) -> Figure:
    """Show measured accuracies with intervals, and the lines that were predicted for them.

    Parameters
    ----------
    compared : DataFrame
        Columns ``method, n_labels, predicted, mean, low, high``.
    curve : DataFrame
        Of the method ``hard``, between its budgets: columns ``n_labels, predicted``.
    """
    figure, axis = plt.subplots(figsize=(6.4, 3.4))
    for method, rows in compared.groupby("method", sort=False):
        look = {**line_style(str(method)), "markersize": 4}
        path = curve if method == "hard" else rows
        line = {name: look[name] for name in ("color", "linestyle")}
        axis.plot(
            path["n_labels"], path["predicted"], linewidth=1, label=f"{method}, predicted", **line
        )
        points = look | {"linestyle": "none", "label": f"{method}, measured"}
        axis.errorbar(rows["n_labels"], rows["mean"], error_bars(rows), elinewidth=0.8, **points)
    log_axis(axis, sorted(set(compared["n_labels"])))
    percent_axis(axis.yaxis)
    axis.set(xlabel="labelled images", ylabel="accuracy", ylim=(None, 1))
    axis.legend(loc="lower right")
    return figure


def _percent_above(axis: Axes, budgets: list[int], n_images: int) -> None:
    """Repeat the numbers of labels on an upper axis, in percent of the images."""

    def to_percent(n: Any) -> Any:
        return 100 * n / n_images

    def to_labels(percent: Any) -> Any:
        return percent * n_images / 100

    top: Any = axis.secondary_xaxis("top", functions=(to_percent, to_labels))
    percents = [to_percent(n) for n in budgets]
    top.set_xticks(percents, [f"{percent:.2g}" for percent in percents])
    top.xaxis.set_minor_formatter(NullFormatter())
    top.tick_params(axis="x", which="minor", length=0)
    top.spines["top"].set_visible(True)
    top.set_xlabel("labelled, %")


@styled
def difference_by_labels(differences: Mapping[str, pd.DataFrame]) -> Figure:
    """Show soft minus hard in points against the number of labels, with intervals.

    Parameters
    ----------
    differences : mapping from hard rule to DataFrame
        Columns ``n_labels, mean, low, high``.
    """
    figure, axis = plt.subplots(figsize=(6.4, 2.9))
    for place, (rule, rows) in enumerate(differences.items()):
        beside = 1 + 0.03 * place  # equal differences would hide each other
        in_points(
            axis, beside * rows["n_labels"], rows, label=f"soft minus {rule}", **line_style(rule)
        )
    axis.axhline(**ZERO)
    log_axis(axis, sorted({n for rows in differences.values() for n in rows["n_labels"]}))
    axis.set(xlabel="labelled images", ylabel="points of accuracy")
    axis.legend(handlelength=3.2)
    return figure
