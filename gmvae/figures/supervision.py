"""Figures of chapter 05: arrays and tables in, a matplotlib figure out."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, PercentFormatter

from gmvae.figures.style import line_style


def label_axis(axis: Axes, budgets: list[int]) -> None:
    """Make the x axis logarithmic, with the budgets themselves as ticks."""
    axis.set_xscale("log")
    axis.set_xticks(budgets, [f"{n:,}" for n in budgets])
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.tick_params(axis="x", which="minor", length=0)
    axis.set_xlabel("labelled images")
    axis.spines[["top", "right"]].set_visible(False)


def error_bars(rows: pd.DataFrame) -> np.ndarray:
    """Return lengths ``(2, n)`` below and above the means; rounding never makes one negative."""
    below, above = rows["mean"] - rows["low"], rows["high"] - rows["mean"]
    return np.maximum([below, above], 0)


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
    figure, axis = plt.subplots(figsize=(8.6, 4.6), layout="constrained")
    for method, rows in summary.groupby("method", sort=False):
        style = line_style(str(method))
        axis.errorbar(
            rows["n_labels"],
            rows["mean"],
            error_bars(rows),
            label=method,
            capsize=2,
            elinewidth=0.8,
            **style,
        )
    budgets = sorted(set(summary["n_labels"]))
    label_axis(axis, budgets)
    axis.axvline(n_components, color="black", linewidth=0.8, linestyle=(0, (1, 3)), zorder=1)
    axis.axhline(mark, color="black", linewidth=0.8, linestyle=(0, (1, 3)), zorder=1)
    axis.annotate(
        f"K = {n_components}", (n_components, 0.01), xycoords=("data", "axes fraction"),
        xytext=(3, 0), textcoords="offset points", fontsize=8,
    )  # fmt: skip
    axis.annotate(
        f"{mark:.0%}", (1, mark), xycoords=("axes fraction", "data"),
        xytext=(3, 0), textcoords="offset points", fontsize=8, va="center",
    )  # fmt: skip
    axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axis.set(ylabel=ylabel, ylim=(None, 1))

    def to_percent(n: Any) -> Any:
        return 100 * n / n_images

    def to_labels(percent: Any) -> Any:
        return percent * n_images / 100

    top = axis.secondary_xaxis("top", functions=(to_percent, to_labels))
    top.set_xticks([to_percent(n) for n in budgets], [f"{to_percent(n):.2g}" for n in budgets])
    top.xaxis.set_minor_formatter(NullFormatter())
    top.tick_params(axis="x", which="minor", length=0)
    top.set_xlabel("labelled, %")
    figure.legend(loc="outside right upper", frameon=False, fontsize=8, handlelength=3.2)
    return figure


def gap_by_labels(gaps: Mapping[str, pd.DataFrame]) -> Figure:
    """Show soft minus hard in points against the number of labels, with intervals.

    Parameters
    ----------
    gaps : mapping from str to DataFrame
        By hard rule: columns ``n_labels, mean, low, high``.
    """
    figure, axis = plt.subplots(figsize=(6.4, 2.9), layout="constrained")
    budgets: set[int] = set()
    for place, (rule, gap) in enumerate(gaps.items()):
        beside = 1 + 0.03 * place  # equal differences would hide each other
        mean, errors = 100 * gap["mean"], 100 * error_bars(gap)
        style = line_style(rule)
        at, name = beside * gap["n_labels"], f"soft minus {rule}"
        axis.errorbar(at, mean, errors, label=name, capsize=3, **style)
        budgets |= set(gap["n_labels"])
    axis.axhline(0, color="black", linewidth=0.8)
    label_axis(axis, sorted(budgets))
    axis.set_ylabel("points of accuracy")
    axis.legend(frameon=False, fontsize=8, handlelength=3.2)
    return figure
