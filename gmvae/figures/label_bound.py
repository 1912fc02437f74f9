"""Figures of the label bound: arrays in, a matplotlib figure out."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, PercentFormatter, StrMethodFormatter

_INK = ("black", "#5b8fc0", "#1b3a5c", "#888888", "#b36b00", "#4d7a4d")
_LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)))
_MARKERS = ("o", "s", "^", "D", "v", "P")


def coverage_curves(
    n: np.ndarray,
    curves: Mapping[str, np.ndarray],
    simulated: tuple[np.ndarray, np.ndarray],
    confidence: float,
    log: bool = False,
) -> Figure:
    """Show the probability that all clusters are covered against the number of labels.

    Parameters
    ----------
    n : array (T,)
        Numbers of labels.
    curves : mapping of str to array (T,)
        One probability a method.
    simulated : pair of arrays (S,)
        Numbers of labels and the share of simulated runs that had covered all clusters by then.
    confidence : float
        Marked by a horizontal line.
    log : bool
        Whether the axis of labels is logarithmic.
    """
    figure, axis = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    _lines(axis, n, curves, markers=False)
    axis.plot(*simulated, "o", color="black", markerfacecolor="white", label="simulated")
    axis.axhline(confidence, color="black", linewidth=0.7)
    axis.annotate(f"{confidence:g}", (n[0], confidence), xytext=(2, 3), textcoords="offset points")
    axis.set(
        xlabel="labels drawn at random", ylabel="P(every component covered)", ylim=(-0.02, 1.02)
    )
    if log:
        _log_labels(axis)
    _finish(axis)
    return figure


def cluster_sizes_and_purity(sizes: np.ndarray, purity: np.ndarray) -> Figure:
    """Show clusters from large to small: images in each, and the share of its main label.

    Parameters
    ----------
    sizes : array (K,)
        Images in each cluster, descending.
    purity : array (K,), in [0, 1]
        In the same order; NaN where a cluster is empty.
    """
    figure, (top, bottom) = plt.subplots(
        2, 1, figsize=(6.4, 3.8), sharex=True, height_ratios=(2, 1), layout="constrained"
    )
    rank = np.arange(1, len(sizes) + 1)
    top.bar(rank, sizes, width=0.85, color="#c8d9ea", edgecolor="black", linewidth=0.4)
    top.axhline(np.mean(sizes), color="black", linestyle="--", label="equal sizes")
    top.set(ylabel="images")
    bottom.plot(rank, purity, "o", color="black", markersize=3)
    bottom.set(
        xlabel="component, from the largest to the smallest", ylabel="purity", ylim=(0, 1.05)
    )
    top.legend(frameon=False)
    for axis in (top, bottom):
        axis.spines[["top", "right"]].set_visible(False)
    return figure


def covered_share_curves(
    n: np.ndarray, curves: Mapping[str, np.ndarray], marks: Sequence[int]
) -> Figure:
    """Show shares of the images ``(T,)`` against labels, with vertical marks at some counts."""
    figure, axis = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    _lines(axis, n, curves)
    for mark in marks:
        axis.axvline(mark, color="black", linewidth=0.7)
        axis.annotate(
            f"{mark}", (mark, 0.02), xytext=(3, 0), textcoords="offset points", fontsize="small"
        )
    _log_labels(axis)
    axis.set(xlabel="labels drawn at random", ylabel="share of the images", ylim=(0, 1.02))
    axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    _finish(axis)
    return figure


def covered_counts(distributions: Mapping[str, np.ndarray]) -> Figure:
    """Show how many clusters are covered: one distribution ``(K + 1,)`` for each name."""
    figure, axis = plt.subplots(figsize=(6.4, 2.6), layout="constrained")
    for i, (name, probability) in enumerate(distributions.items()):
        count = np.arange(len(probability))
        shown = probability > 1e-4
        axis.plot(
            count[shown], probability[shown], color=_INK[i], linestyle=_LINES[i],
            marker=_MARKERS[i], markersize=3, markerfacecolor="white", label=name,
        )  # fmt: skip
    axis.set(xlabel="components covered", ylabel="probability")
    _finish(axis)
    return figure


def _lines(
    axis: Axes, n: np.ndarray, curves: Mapping[str, np.ndarray], markers: bool = True
) -> None:
    """Draw curves that differ in line, shade and, if asked for, in sparse markers."""
    for i, (name, values) in enumerate(curves.items()):
        axis.plot(
            n, values, color=_INK[i], linestyle=_LINES[i], label=name,
            marker=_MARKERS[i] if markers else None, markevery=(3 * i, max(1, len(n) // 8)),
            markersize=4, markerfacecolor="white",
        )  # fmt: skip


def _log_labels(axis: Axes) -> None:
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axis.xaxis.set_minor_formatter(NullFormatter())


def _finish(axis: Axes) -> None:
    axis.legend(frameon=False, fontsize="small")
    axis.spines[["top", "right"]].set_visible(False)
