"""Figures of the data, the model and the decoding rules: arrays in, a matplotlib figure out."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from gmvae.figures_styles import DARK, LIGHT, LINES, MARKERS, MIDDLE


def montage(images: np.ndarray, pad: int = 2) -> np.ndarray:
    """Lay out ``(rows, columns, 28, 28)`` images as one grey picture, 255 between them."""
    padded = np.pad(images, ((0, 0), (0, 0), (0, pad), (0, pad)), constant_values=255)
    rows, columns, height, width = padded.shape
    return padded.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)[:-pad, :-pad]


def examples_by_class(images: np.ndarray, class_names: Sequence[str]) -> Figure:
    """Show ``(L, n, 28, 28)`` examples, one row of n per class."""
    n_classes, n_examples = images.shape[:2]
    halves = 2 if n_classes > 13 else 1  # tall pages are hard to read
    per_half = -(-n_classes // halves)
    size = (4.2 * halves * n_examples / 10, 0.34 * per_half)
    figure, axes = plt.subplots(1, halves, figsize=size, squeeze=False, layout="constrained")
    for half, axis in enumerate(axes[0]):
        chosen = slice(half * per_half, (half + 1) * per_half)
        picture = montage(images[chosen])
        axis.imshow(picture, cmap="gray_r", vmin=0, vmax=255)
        names = class_names[chosen]
        axis.set_yticks([14 + 30 * row for row in range(len(names))], names)
        axis.set_xticks([])
        axis.tick_params(length=0)
        axis.spines[:].set_visible(False)
    return figure


def class_sizes(sizes: np.ndarray, class_names: Sequence[str]) -> Figure:
    """Show the number of images of each class, ``sizes (L,)``."""
    figure, axis = plt.subplots(figsize=(7, 2.2), layout="constrained")
    axis.bar(range(len(sizes)), sizes, color=MIDDLE, edgecolor="black", linewidth=0.5)
    axis.axhline(sizes.mean(), color="black", linestyle="--", linewidth=1, label="equal classes")
    axis.set_xticks(range(len(sizes)), class_names)
    axis.set(xlabel="class", ylabel="images")
    figure.legend(frameon=False, loc="outside upper right", fontsize=8)
    axis.spines[["top", "right"]].set_visible(False)
    return figure


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


def decoding_example(
    image: np.ndarray,
    components: Sequence[str],
    responsibilities: np.ndarray,
    votes: dict[str, np.ndarray],
    names: Sequence[str],
    truth: str,
) -> Figure:
    """Show one image, its largest responsibilities and how each rule votes (Figure 2).

    Parameters
    ----------
    image : array (28, 28)
    components : sequence of M texts
        The components with the largest responsibilities and their majority labels.
    responsibilities : array (M,)
    votes : dict of arrays (V,)
        For each rule, the share of its vote that goes to each label of `names`.
    names : sequence of V label names
    truth : str
        The image's label.
    """
    figure, axes = plt.subplots(
        1, 3, figsize=(9, 2.6), layout="constrained", width_ratios=(1, 1.5, 1.5)
    )
    axes[0].imshow(image, cmap="gray_r", vmin=0, vmax=255)
    axes[0].set_title(f"an image of “{truth}”", fontsize=10)
    axes[0].set_axis_off()
    axes[1].barh(range(len(components)), responsibilities, color=LIGHT, edgecolor="black")
    axes[1].set_yticks(range(len(components)), components, fontsize=8)
    axes[1].invert_yaxis()
    axes[1].set_title("responsibilities q(c|x)", fontsize=10)
    height = 0.8 / len(votes)
    styles = ((DARK, ""), ("white", "///"))
    for place, ((rule, shares), (face, hatch)) in enumerate(
        zip(votes.items(), styles, strict=False)
    ):
        at = np.arange(len(names)) + (place - 0.5) * height
        axes[2].barh(at, shares, height, color=face, hatch=hatch, edgecolor="black", label=rule)
    axes[2].set_yticks(range(len(names)), names)
    axes[2].invert_yaxis()
    axes[2].set_title("share of the vote", fontsize=10)
    axes[2].legend(frameon=False, fontsize=8)
    for axis in axes[1:]:
        axis.spines[["top", "right"]].set_visible(False)
    return figure
