"""Figures of chapter 01: arrays in, a matplotlib figure out."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from gmvae.figures.style import MIDDLE, montage


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
