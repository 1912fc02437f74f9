"""Figures of chapter 07: arrays and tables in, a matplotlib figure out."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from gmvae.figures.names import as_text
from gmvae.figures.style import (
    DARK,
    GREY,
    TEXT_WIDTH,
    panels,
    percent_axis,
    picture_sheet,
    scatter_classes,
    show_montage,
    styled,
)


@styled
def latent_maps(
    points: Mapping[str, np.ndarray], labels: np.ndarray, names: Sequence[str]
) -> Figure:
    """Show planar maps of images, ``(n, 2)`` by projection, with ``labels (n,)`` by `names`."""
    figure, axes = panels(len(points), 2, 3.5)
    for axis, (projection, at) in zip(axes, points.items(), strict=True):
        scatter_classes(axis, at, labels, names)
        axis.set(title=projection, xticks=[], yticks=[])
    return figure


@styled
def weights_and_purities(components: pd.DataFrame) -> Figure:
    """Show each component by its ``weight`` and ``purity``, as its majority ``label``."""
    figure, axis = plt.subplots(figsize=(6.6, 3.8))
    axis.axvline(1 / len(components), color=GREY, linewidth=0.8, linestyle=":")
    axis.scatter(components["weight"], components["purity"], s=6, color="lightgrey")
    for row in components[components["weight"] > 0].itertuples():
        at = (row.weight, row.purity)
        axis.text(*at, as_text(row.label), color=DARK, fontsize=10, ha="center", va="center")
    percent_axis(axis.xaxis, decimals=None)
    percent_axis(axis.yaxis)
    axis.set(xlabel="share of the images (dotted: 1/K)", ylabel="purity", ylim=(0, 1.05))
    return figure


@styled
def confusion_matrix(shares: np.ndarray, names: Sequence[str]) -> Figure:
    """Show ``shares (L, L)`` of each class (row) that go to each label (column), dark for many."""
    side = min(2 + 0.24 * len(names), TEXT_WIDTH - 0.6)
    shown = list(map(as_text, names))
    figure, axis = plt.subplots(figsize=(side + 0.6, side))
    sns.heatmap(
        shares, cmap="Greys", vmin=0, vmax=1, square=True, ax=axis, xticklabels=shown,
        yticklabels=shown, cbar_kws={"shrink": 0.8, "format": PercentFormatter(1, decimals=0)},
    )  # fmt: skip
    axis.tick_params(axis="both", rotation=0)
    axis.set(xlabel="decoded as", ylabel="class")
    return figure


@styled
def picture_rows(rows: Mapping[str, np.ndarray]) -> Figure:
    """Show rows of as many images each, grey levels in [0, 1] with 1 full ink, by their names."""
    pictures = np.stack(list(rows.values()))  # (R, n, 28, 28)
    n_rows, n = pictures.shape[:2]
    width = min(0.5 * n + 1.6, TEXT_WIDTH)
    figure, axis = plt.subplots(figsize=(width, 0.56 * n_rows))
    show_montage(axis, 255 * pictures, list(rows))
    return figure


@styled
def component_sheet(samples: np.ndarray, texts: Sequence[str], columns: int = 6) -> Figure:
    """Show one row of samples of every component, `columns` components side by side.

    Parameters
    ----------
    samples : array (K, n, 28, 28), grey levels in [0, 1]
    texts : sequence of K
        What each component is called.
    columns : int
    """
    size = (TEXT_WIDTH, 0.72 * -(-len(samples) // columns))
    return picture_sheet(samples[:, None], texts, columns, 10, figsize=size)
