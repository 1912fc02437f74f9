"""Figures of chapter 07: arrays in, a matplotlib figure out."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from gmvae.figures.style import DARK, montage


def latent_maps(
    points: Mapping[str, np.ndarray], labels: np.ndarray, names: Sequence[str]
) -> Figure:
    """Show planar maps of images, each drawn with the character of its class.

    Parameters
    ----------
    points : mapping from projection to array (n, 2)
    labels : int array (n,)
    names : sequence of L class names
    """
    figure, axes = plt.subplots(
        1, len(points), figsize=(4.6 * len(points), 4.4), layout="constrained", squeeze=False
    )
    shades = plt.get_cmap("viridis")(np.linspace(0, 0.85, len(names)))
    for axis, (projection, at) in zip(axes[0], points.items(), strict=True):
        for label, name in enumerate(names):
            mine = at[labels == label]  # (n_l, 2)
            marker = f"${name}$" if len(name) == 1 else "o"
            axis.scatter(*mine.T, marker=marker, s=20, color=shades[label], linewidths=0.2)
        axis.set(title=projection, xticks=[], yticks=[])
    return figure


def weights_and_purities(weights: np.ndarray, purities: np.ndarray, texts: Sequence[str]) -> Figure:
    """Show each component by its weight and purity, ``(K,)`` each, as its majority label."""
    figure, axis = plt.subplots(figsize=(6.6, 3.8), layout="constrained")
    axis.axvline(1 / len(weights), color="grey", linewidth=0.8, linestyle=":")
    axis.scatter(weights, purities, s=6, color="lightgrey")
    for weight, purity, text in zip(weights, purities, texts, strict=True):
        if weight > 0:
            axis.text(weight, purity, text, color=DARK, fontsize=8, ha="center", va="center")
    axis.xaxis.set_major_formatter(PercentFormatter(1))
    axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axis.set(xlabel="share of the images (dotted: 1/K)", ylabel="purity", ylim=(0, 1.05))
    axis.spines[["top", "right"]].set_visible(False)
    return figure


def confusion_matrix(shares: np.ndarray, names: Sequence[str]) -> Figure:
    """Show ``shares (L, L)`` of each class (row) that go to each label (column), dark for many."""
    side = 2 + 0.24 * len(names)
    figure, axis = plt.subplots(figsize=(side + 0.6, side), layout="constrained")
    drawn = axis.imshow(shares, cmap="Greys", vmin=0, vmax=1)
    axis.set_xticks(range(len(names)), names)
    axis.set_yticks(range(len(names)), names)
    axis.set(xlabel="decoded as", ylabel="class")
    figure.colorbar(drawn, ax=axis, shrink=0.8, format=PercentFormatter(1, decimals=0))
    return figure


def picture_rows(rows: Mapping[str, np.ndarray]) -> Figure:
    """Show rows of images, grey levels in [0, 1] with 1 full ink, each row with its name.

    Parameters
    ----------
    rows : mapping from name to array (n, 28, 28)
        The same n in every row.
    """
    pictures = np.stack(list(rows.values()))  # (R, n, 28, 28)
    n_rows, n = pictures.shape[:2]
    figure, axis = plt.subplots(figsize=(0.5 * n + 1.6, 0.56 * n_rows), layout="constrained")
    axis.imshow(montage(255 * (1 - pictures)), cmap="gray", vmin=0, vmax=255)
    axis.set_yticks([14 + 30 * row for row in range(n_rows)], list(rows))
    axis.set_xticks([])
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    return figure


def component_sheet(samples: np.ndarray, texts: Sequence[str], columns: int = 10) -> Figure:
    """Show one sample row of every component, grey levels in [0, 1].

    Parameters
    ----------
    samples : array (K, n, 28, 28)
    texts : sequence of K
        What each component is called.
    columns : int
        Components side by side.
    """
    n_rows = -(-len(samples) // columns)
    figure, axes = plt.subplots(
        n_rows, columns, figsize=(0.95 * columns, 0.72 * n_rows), layout="constrained",
        squeeze=False,
    )  # fmt: skip
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, pictures, text in zip(axes.flat, samples, texts, strict=False):
        axis.imshow(montage(255 * (1 - pictures[None])), cmap="gray", vmin=0, vmax=255)
        axis.set_title(text, fontsize=6, pad=1)
    return figure
