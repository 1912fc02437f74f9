"""Figures of chapter 01: arrays in, a matplotlib figure out."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.figure import Figure

from gmvae.figures.names import as_text
from gmvae.figures.style import MIDDLE, TEXT_WIDTH, show_montage, styled


@styled
def examples_by_class(images: np.ndarray, class_names: Sequence[str]) -> Figure:
    """Show ``(L, n, 28, 28)`` examples, one row of n per class."""
    n_classes, n_examples = images.shape[:2]
    halves = 2 if n_classes > 13 else 1  # tall pages are hard to read
    per_half = -(-n_classes // halves)
    size = (TEXT_WIDTH / 2 * halves * n_examples / 10, 0.3 * per_half)
    figure, axes = plt.subplots(1, halves, figsize=size, squeeze=False)
    for half, axis in enumerate(axes[0]):
        chosen = slice(half * per_half, (half + 1) * per_half)
        show_montage(axis, images[chosen], class_names[chosen])
    return figure


@styled
def class_sizes(sizes: np.ndarray, class_names: Sequence[str]) -> Figure:
    """Show the number of images of each class, ``sizes (L,)``."""
    figure, axis = plt.subplots(figsize=(7, 2.2))
    places = np.arange(len(sizes))  # (L,)
    look = {"color": MIDDLE, "edgecolor": "black", "linewidth": 0.5}
    sns.barplot(x=places, y=sizes, errorbar=None, ax=axis, **look)
    axis.axhline(sizes.mean(), color="black", linestyle="--", linewidth=1, label="equal classes")
    axis.set_xticks(places, list(map(as_text, class_names)))
    axis.set(xlabel="class", ylabel="images")
    figure.legend(loc="outside upper right")
    return figure
