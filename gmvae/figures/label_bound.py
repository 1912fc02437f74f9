"""Figures of chapter 03: arrays in, a matplotlib figure out."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gmvae.figures.style import (
    LIGHT,
    LINES,
    MARKERS,
    SHADES,
    log_axis,
    percent_axis,
    styled,
)


@styled
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
    curves : mapping from name to array (T,)
        Probabilities.
    simulated : pair of arrays (S,)
        Numbers of labels and the share of simulated runs that had covered all clusters by then.
    confidence : float
        Marked by a horizontal line.
    log : bool
        Whether the axis of labels is logarithmic.
    """
    figure, axis = plt.subplots(figsize=(6.4, 3.6))
    _draw(axis, n, curves, markers=False)
    axis.plot(*simulated, "o", color="black", markerfacecolor="white", label="simulated")
    axis.axhline(confidence, color="black", linewidth=0.7)
    axis.annotate(f"{confidence:g}", (n[0], confidence), xytext=(2, 3), textcoords="offset points")
    axis.set(xlabel="labels drawn at random", ylabel="P(every component covered)")
    axis.set_ylim(-0.02, 1.02)
    if log:
        log_axis(axis)
    axis.legend()
    return figure


@styled
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
        2, 1, figsize=(6.4, 3.8), sharex=True, height_ratios=(2, 1)
    )
    rank = np.arange(1, len(sizes) + 1)  # (K,)
    top.bar(rank, sizes, width=0.85, color=LIGHT, edgecolor="black", linewidth=0.4)
    top.axhline(np.mean(sizes), color="black", linestyle="--", label="equal sizes")
    top.set(ylabel="images")
    top.legend()
    bottom.plot(rank, purity, "o", color="black", markersize=3)
    bottom.set(xlabel="component, from the largest to the smallest", ylabel="purity")
    bottom.set_ylim(0, 1.05)
    return figure


@styled
def covered_share_curves(
    n: np.ndarray, curves: Mapping[str, np.ndarray], marks: Sequence[int]
) -> Figure:
    """Show shares of the images ``(T,)`` against labels, with vertical marks at some counts."""
    figure, axis = plt.subplots(figsize=(6.4, 3.6))
    _draw(axis, n, curves)
    for mark in [mark for mark in marks if mark <= n[-1]]:
        axis.axvline(mark, color="black", linewidth=0.7)
        axis.annotate(
            f"{mark}", (mark, 0.02), xytext=(3, 0), textcoords="offset points", fontsize=10
        )
    log_axis(axis)
    axis.set(xlabel="labels drawn at random", ylabel="share of the images", ylim=(0, 1.02))
    percent_axis(axis.yaxis)
    axis.legend()
    return figure


@styled
def covered_counts(distributions: Mapping[str, np.ndarray]) -> Figure:
    """Show how many clusters are covered: one distribution ``(K + 1,)`` for each name."""
    figure, axis = plt.subplots(figsize=(6.4, 2.6))
    for i, (name, probability) in enumerate(distributions.items()):
        shown = np.flatnonzero(probability > 1e-4)
        look: Any = {"color": SHADES[i], "linestyle": LINES[i], "marker": MARKERS[i]}
        axis.plot(shown, probability[shown], label=name, markerfacecolor="white", **look)
    axis.set(xlabel="components covered", ylabel="probability")
    axis.legend()
    return figure


def _draw(
    axis: Axes, n: np.ndarray, curves: Mapping[str, np.ndarray], markers: bool = True
) -> None:
    """Draw curves that differ in line, shade and, if asked for, in sparse markers."""
    for i, (name, values) in enumerate(curves.items()):
        axis.plot(
            n, values, color=SHADES[i], linestyle=LINES[i], label=name,
            marker=MARKERS[i] if markers else None, markevery=(3 * i, max(1, len(n) // 8)),
            markerfacecolor="white",
        )  # fmt: skip
