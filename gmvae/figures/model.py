"""Figures of chapter 02: arrays in, a matplotlib figure out."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from gmvae.figures.style import DARK, LINES, MARKERS, montage


def training_history(epochs: np.ndarray, terms: dict[str, np.ndarray]) -> Figure:
    """Show named terms of the loss, in nats per image, over the epochs, one panel each."""
    figure, axes = plt.subplots(
        1, len(terms), figsize=(2.7 * len(terms), 2.3), layout="constrained"
    )
    for axis, (name, values) in zip(np.atleast_1d(axes), terms.items(), strict=True):
        axis.plot(epochs, values, color=DARK)
        axis.set(title=name, xlabel="epoch")
        axis.spines[["top", "right"]].set_visible(False)
    np.atleast_1d(axes)[0].set_ylabel("nats per image")
    return figure


def component_samples(samples: np.ndarray, captions: Sequence[str]) -> Figure:
    """Show samples of several components with what each component holds (Figure 1).

    Parameters
    ----------
    samples : array (C, n, 28, 28), grey levels in [0, 1]
        n samples from each of C components.
    captions : sequence of C texts
    """
    columns = min(4, len(samples))
    rows = -(-len(samples) // columns)
    size = (2.1 * columns, 1.55 * rows)
    figure, axes = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False)
    side = int(np.sqrt(samples.shape[1]))
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, images, caption in zip(axes.flat, samples, captions, strict=False):
        grid = images[: side * side].reshape(side, side, *images.shape[1:])
        axis.imshow(montage(255 * (1 - grid)), cmap="gray", vmin=0, vmax=255)
        axis.set_title(caption, fontsize=8)
    return figure


def latent_map(points: np.ndarray, labels: np.ndarray, centres: np.ndarray, names: Any) -> Figure:
    """Show latent means ``(n, 2)`` by their class, and component means ``(K, 2)``.

    Each class is drawn with the character of its name, so that no colour is needed.
    """
    figure, axis = plt.subplots(figsize=(6.4, 5.2), layout="constrained")
    shades = plt.get_cmap("viridis")(np.linspace(0, 0.85, len(names)))
    for label, name in enumerate(names):
        mine = points[labels == label]  # (n_l, 2)
        marker = f"${name}$" if len(name) == 1 else "o"
        axis.scatter(
            mine[:, 0], mine[:, 1], marker=marker, s=22, color=shades[label], linewidths=0.2
        )
    axis.scatter(
        centres[:, 0],
        centres[:, 1],
        marker="x",
        s=36,
        color="black",
        linewidths=1.2,
        label="component means",
    )
    axis.set(xlabel="first principal axis", ylabel="second principal axis")
    axis.legend(frameon=True, loc="upper right", fontsize=8)
    axis.spines[["top", "right"]].set_visible(False)
    return figure


def tradeoff(rows: Sequence[dict[str, float]], chosen: int) -> Figure:
    """Show purity, covered share and accuracy against the number of clusters."""
    names = {
        "purity": "purity (all labels known)",
        "covered": "images in covered clusters",
        "accuracy": "accuracy of majority labels",
    }
    figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
    n_clusters = [row["n_clusters"] for row in rows]
    for (key, name), line, marker in zip(names.items(), LINES, MARKERS, strict=False):
        values = [row[key] for row in rows]
        axis.plot(n_clusters, values, line, marker=marker, color=DARK, label=name, markersize=4)
    axis.axvline(chosen, color="grey", linewidth=1)
    axis.text(chosen, 0.02, f" K = {chosen}", color="dimgrey", fontsize=8)
    axis.set(xscale="log", xlabel="number of clusters", ylabel="share of images", ylim=(0, 1.02))
    axis.legend(frameon=False, fontsize=8)
    axis.spines[["top", "right"]].set_visible(False)
    return figure
