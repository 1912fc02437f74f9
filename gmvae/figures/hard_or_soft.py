"""Figures of chapter 06: tables and arrays in, a matplotlib figure out."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from gmvae.figures.style import DARK, GREY, LINES, MARKERS, line_style
from gmvae.figures.supervision import error_bars, label_axis

# The ways to probabilities are drawn as the decoders they come from.
_DECODERS = {
    "soft, shares of the vote": "soft",
    "soft, tempered": "soft-tempered",
    "Bayes": "bayes",
}


def gain_by_reason(
    budgets: Sequence[int], parts: Mapping[str, Sequence[pd.DataFrame]], reasons: Sequence[str]
) -> Figure:
    """Show what each kind of image adds to soft minus a hard rule, one panel a rule.

    Parameters
    ----------
    budgets : sequence of B ints
    parts : mapping from rule to B tables
        Each with one row a reason and the columns ``mean, low, high``.
    reasons : sequence of str
    """
    figure, axes = plt.subplots(
        1, len(parts), figsize=(4.3 * len(parts), 3.2), layout="constrained", sharey=True,
        squeeze=False,
    )  # fmt: skip
    for axis, (rule, tables) in zip(axes[0], parts.items(), strict=True):
        for r, (reason, line, marker) in enumerate(zip(reasons, LINES, MARKERS, strict=False)):
            rows = pd.DataFrame([table.iloc[r] for table in tables])
            at = np.array(budgets) * 1.03**r  # side by side where they coincide
            axis.errorbar(
                at, 100 * rows["mean"], 100 * error_bars(rows), label=reason, capsize=2,
                linestyle=line, marker=marker, color=DARK, markersize=4.5,
            )  # fmt: skip
        axis.axhline(0, color="black", linewidth=0.8)
        label_axis(axis, list(budgets))
        axis.set_title(f"soft minus {rule}", fontsize=10)
    axes[0, 0].set_ylabel("points of accuracy")
    axes[0, -1].legend(frameon=False, fontsize=8)
    return figure


def gain_by_class(table: pd.DataFrame, class_names: Sequence[str]) -> Figure:
    """Show the gain of each class with its interval, the largest first.

    Parameters
    ----------
    table : DataFrame
        One row a class: ``mean, low, high``.
    class_names : sequence of str
    """
    order = np.argsort(-table["mean"].to_numpy(), kind="stable")
    rows = table.iloc[order]
    figure, axis = plt.subplots(figsize=(8, 2.6), layout="constrained")
    axis.errorbar(
        range(len(rows)), 100 * rows["mean"], 100 * error_bars(rows), linestyle="none",
        marker="o", color=DARK, capsize=2, markersize=4,
    )  # fmt: skip
    axis.axhline(0, color="black", linewidth=0.8)
    axis.set_xticks(range(len(rows)), [class_names[c] for c in order])
    axis.set(xlabel="class", ylabel="gain in points")
    axis.spines[["top", "right"]].set_visible(False)
    return figure


def gain_by_certainty(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Show the gain against measures of how certain the model is, one panel each.

    Parameters
    ----------
    tables : mapping from axis label to DataFrame
        One row a tenth of the images: ``centre, mean, low, high``.
    """
    figure, axes = plt.subplots(
        1, len(tables), figsize=(4 * len(tables), 2.8), layout="constrained", sharey=True,
        squeeze=False,
    )  # fmt: skip
    for axis, (name, rows) in zip(axes[0], tables.items(), strict=True):
        axis.errorbar(
            rows["centre"], 100 * rows["mean"], 100 * error_bars(rows), marker="o", color=DARK,
            capsize=2, markersize=4,
        )  # fmt: skip
        axis.axhline(0, color="black", linewidth=0.8)
        axis.set_xlabel(name)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0, 0].set_ylabel("gain in points")
    return figure


def accuracy_by_group(
    tables: Mapping[str, Mapping[str, pd.DataFrame]], groups: Mapping[str, Sequence[str]]
) -> Figure:
    """Show the accuracy of each method in each group of images, one panel a way to group them.

    Parameters
    ----------
    tables : mapping from way to mapping from method to DataFrame
        One row a group: ``mean, low, high``.
    groups : mapping from way to sequence of str
        The groups' names.
    """
    widths = [len(groups[way]) + 0.5 for way in tables]
    figure, axes = plt.subplots(
        1, len(tables), figsize=(1.8 + 1.1 * sum(widths), 3.2), layout="constrained",
        width_ratios=widths, sharey=True, squeeze=False,
    )  # fmt: skip
    for axis, (way, methods) in zip(axes[0], tables.items(), strict=True):
        for place, (method, rows) in enumerate(methods.items()):
            style = line_style(method) | {"linestyle": "none"}
            at = np.arange(len(rows)) + 0.14 * (place - (len(methods) - 1) / 2)
            axis.errorbar(
                at, rows["mean"], error_bars(rows), label=method, capsize=2, elinewidth=0.8, **style
            )
        axis.set_xticks(range(len(groups[way])), groups[way])
        axis.spines[["top", "right"]].set_visible(False)
    axes[0, 0].yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes[0, 0].set_ylabel("accuracy")
    handles, names = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, frameon=False, fontsize=8, loc="outside right upper")
    return figure


def reliability_curves(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Show accuracy against the probability of the predicted label.

    Parameters
    ----------
    tables : mapping from name to DataFrame
        One row a bin: ``confidence, accuracy, share``; the larger the share, the larger the dot.
    """
    figure, axis = plt.subplots(figsize=(4.6, 4), layout="constrained")
    axis.plot([0, 1], [0, 1], color=GREY, linewidth=0.8)
    for name, rows in tables.items():
        style = line_style(_DECODERS.get(name, name))
        at = (rows["confidence"], rows["accuracy"])
        axis.plot(*at, linestyle=style["linestyle"], color=DARK, linewidth=1, zorder=2)
        axis.scatter(
            *at, s=8 + 200 * rows["share"], marker=style["marker"], facecolor="white",
            edgecolor=DARK, label=name, zorder=3,
        )  # fmt: skip
    axis.set(
        xlabel="probability of the predicted label", ylabel="share of right predictions",
        xlim=(0, 1), ylim=(0, 1),
    )  # fmt: skip
    axis.legend(frameon=False, fontsize=8, loc="upper left")
    axis.spines[["top", "right"]].set_visible(False)
    return figure
