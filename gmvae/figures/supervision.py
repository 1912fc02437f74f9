"""Figures of chapter 05: tables in, a matplotlib figure out."""

from collections.abc import Mapping
from textwrap import fill
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from gmvae.figures.style import (
    DECODER_LINES,
    ZERO,
    error_bars,
    in_points,
    line_style,
    log_axis,
    panels,
    percent_axis,
    styled,
)

_DOTTED: Any = {"color": "black", "linewidth": 0.8, "linestyle": (0, (1, 3)), "zorder": 1}
_WIDTH = 32  # letters of a method's name that fit below a panel
_BESIDE: Any = {"xytext": (3, 0), "textcoords": "offset points", "fontsize": 10}


@styled
def accuracy_by_labels(
    summary: pd.DataFrame,
    n_components: int,
    n_images: int,
    mark: float = 0.8,
    ylabel: str = "accuracy on the images without a label",
    words: Mapping[str, str] | None = None,
) -> Figure:
    """Show accuracy against the number of labels (Figure 3): of decoders, and of their rivals.

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
    words : mapping from a method's name to what it is called, optional
    """
    by_method = dict(list(summary.groupby("method", sort=False)))
    with_fewest = {name: rows.nsmallest(1, "n_labels")["mean"] for name, rows in by_method.items()}
    methods = sorted(by_method, key=lambda name: -with_fewest[name].item())  # as lines begin
    names = {method: fill((words or {}).get(method, method), _WIDTH) for method in methods}
    sides = {
        "by the model": [method for method in methods if method in DECODER_LINES],
        "without the model": [method for method in methods if method not in DECODER_LINES],
    }
    sides = {title: shown for title, shown in sides.items() if shown}
    n_lines = [sum(1 + names[method].count("\n") for method in shown) for shown in sides.values()]
    height = 4.0 + 0.18 * max(n_lines)  # a line of a legend takes 0.18 inches
    figure, axes = panels(len(sides), 2, height, sharey=True)
    for axis, (title, shown) in zip(axes, sides.items(), strict=True):
        for method in shown:
            _draw_method(axis, method, by_method[method], names[method])
        _mark_labels(axis, sorted(set(summary["n_labels"])), n_components, n_images, mark)
        axis.set(xlabel="labelled images", title=title)
        _name_lines_below(axis)
    axes[0].set(ylabel=ylabel, ylim=(None, 1))
    percent_axis(axes[0].yaxis)
    return figure


def _name_lines_below(axis: Axes) -> None:
    """Put the legend below a panel, lines without the bars of their intervals."""
    found: Any = axis.get_legend_handles_labels()  # containers of a line and its bars
    lines = [container[0] for container in found[0]]
    below: Any = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16)}
    axis.legend(lines, found[1], handlelength=3.2, **below)


def _draw_method(axis: Axes, method: str, rows: pd.DataFrame, name: str) -> None:
    """Draw the line of a method, with its intervals."""
    bars = error_bars(rows)
    look = line_style(method)
    axis.errorbar(rows["n_labels"], rows["mean"], bars, label=name, elinewidth=0.8, **look)


def _mark_labels(axis: Axes, budgets: list[int], k: int, n_images: int, mark: float) -> None:
    """Write the budgets below and, in percent of the images, above; mark K and an accuracy."""
    log_axis(axis, budgets)
    axis.axvline(k, **_DOTTED)
    axis.axhline(mark, **_DOTTED)
    axis.annotate(f"K = {k}", (k, 0.01), xycoords=("data", "axes fraction"), **_BESIDE)
    axis.annotate(
        f"{mark:.0%}", (1, mark), xycoords=("axes fraction", "data"), va="center", **_BESIDE
    )
    _percent_above(axis, budgets, n_images)


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
