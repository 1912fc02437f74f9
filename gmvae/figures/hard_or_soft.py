"""Figures of chapter 06: tables in, a matplotlib figure out."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from gmvae.figures.names import as_text
from gmvae.figures.style import (
    COLOURS,
    DARK,
    GREY,
    LINES,
    MARKERS,
    TEXT_WIDTH,
    ZERO,
    error_bars,
    in_points,
    line_style,
    log_axis,
    panels,
    percent_axis,
    styled,
)

# The ways to probabilities are drawn as the decoders they come from.
_DECODERS = {
    "soft, shares of the vote": "soft",
    "soft, tempered": "soft-tempered",
    "Bayes": "bayes",
}
_GAIN = "soft minus hard-covered, points"


@styled
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
    figure, axes = panels(len(parts), 2, 3.4)  # the rules differ tenfold: no common axis
    for axis, (rule, tables) in zip(axes, parts.items(), strict=True):
        looks = zip(LINES, MARKERS, COLOURS, strict=False)
        for r, (reason, (line, marker, color)) in enumerate(zip(reasons, looks, strict=False)):
            rows = pd.DataFrame([table.iloc[r] for table in tables])
            at = np.array(budgets) * 1.03**r  # (B,), side by side where they coincide
            in_points(axis, at, rows, label=reason, linestyle=line, marker=marker, color=color)
        axis.axhline(**ZERO)
        log_axis(axis, budgets)
        axis.set(title=f"soft minus {rule}", xlabel="labelled images")
    axes[0].set_ylabel("points of accuracy")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


@styled
def gain_by_class(table: pd.DataFrame, class_names: Sequence[str]) -> Figure:
    """Show the gain of each class, a row with ``mean, low, high``, the largest first."""
    order = np.argsort(-table["mean"].to_numpy(), kind="stable")  # (L,)
    figure, axis = plt.subplots(figsize=(TEXT_WIDTH, 2.6))
    look = {"linestyle": "none", "marker": "o", "color": DARK}
    in_points(axis, range(len(table)), table.iloc[order], **look)
    axis.axhline(**ZERO)
    axis.set_xticks(range(len(table)), [as_text(class_names[c]) for c in order])
    axis.set(xlabel="class", ylabel=_GAIN)
    return figure


@styled
def gain_by_certainty(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Show the gain against measures of how certain the model is, one panel each.

    Parameters
    ----------
    tables : mapping from axis label to DataFrame
        One row a tenth of the images: ``centre, mean, low, high``.
    """
    figure, axes = panels(len(tables), 2, 2.8, sharey=True)
    for axis, (name, rows) in zip(axes, tables.items(), strict=True):
        in_points(axis, rows["centre"], rows, marker="o", color=DARK)
        axis.axhline(**ZERO)
        axis.set_xlabel(name)
    axes[0].set_ylabel(_GAIN)
    return figure


@styled
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
    figure, axes = panels(len(tables), 1, 2.4, sharey=True)
    for axis, (way, methods) in zip(axes, tables.items(), strict=True):
        for place, (method, rows) in enumerate(methods.items()):
            look = line_style(method) | {"linestyle": "none", "elinewidth": 0.8}
            at = np.arange(len(rows)) + 0.14 * (place - (len(methods) - 1) / 2)
            axis.errorbar(at, rows["mean"], error_bars(rows), label=method, **look)
        axis.set_xticks(range(len(groups[way])), list(map(as_text, groups[way])))
        percent_axis(axis.yaxis)
        axis.set_ylabel("accuracy")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure


@styled
def reliability_curves(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Show accuracy against the probability of the predicted label.

    Parameters
    ----------
    tables : mapping from name to DataFrame
        One row a bin: ``confidence, accuracy, share``; the larger the share, the larger the dot.
    """
    figure, axis = plt.subplots(figsize=(4.6, 4.6))
    axis.plot([0, 1], [0, 1], color=GREY, linewidth=0.8)
    for name, rows in tables.items():
        look = line_style(_DECODERS.get(name, name))
        at = (rows["confidence"], rows["accuracy"])
        axis.plot(*at, linestyle=look["linestyle"], color=DARK, linewidth=1, zorder=2)
        axis.scatter(
            *at, s=8 + 200 * rows["share"], marker=look["marker"], facecolor="white",
            edgecolor=DARK, label=name, zorder=3,
        )  # fmt: skip
    axis.set(xlabel="probability of the predicted label", ylabel="share of right predictions")
    axis.set(xlim=(-0.04, 1.04), ylim=(-0.04, 1.04))  # so that no mark is cut
    axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)
    return figure
