"""Figures of chapter 02: arrays and tables in, a matplotlib figure out."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from gmvae.figures.style import (
    DARK,
    TEXT_WIDTH,
    panels,
    picture_sheet,
    scatter_classes,
    styled,
)


@styled
def training_history(epochs: np.ndarray, terms: Mapping[str, np.ndarray]) -> Figure:
    """Show named terms of the loss, in nats per image, over the epochs, one panel each."""
    figure, axes = panels(len(terms), 3, 2.3)
    for axis, (name, values) in zip(axes, terms.items(), strict=True):
        axis.plot(epochs, values, color=DARK)
        axis.set(title=name, xlabel="epoch")
    axes[0].set_ylabel("nats per image")
    return figure


@styled
def component_samples(samples: np.ndarray, captions: Sequence[str]) -> Figure:
    """Show samples of several components with what each component holds (Figure 1).

    Parameters
    ----------
    samples : array (C, n, 28, 28), grey levels in [0, 1]
        n samples from each of C components, of which the largest square number is shown.
    captions : sequence of C texts
    """
    n_components, n = samples.shape[:2]
    columns = min(4, n_components)
    size = (TEXT_WIDTH / 4 * columns, 1.55 * -(-n_components // columns))
    side = int(np.sqrt(n))
    squares = samples[:, : side**2].reshape(n_components, side, side, *samples.shape[2:])
    return picture_sheet(squares, captions, columns, 10, figsize=size)


@styled
def latent_map(
    points: np.ndarray, labels: np.ndarray, centres: np.ndarray, names: Sequence[str]
) -> Figure:
    """Show latent means ``(n, 2)`` by their class, and component means ``(K, 2)``."""
    figure, axis = plt.subplots(figsize=(6.4, 5.2))
    scatter_classes(axis, points, labels, names)
    axis.plot(centres[:, 0], centres[:, 1], "x", color="black", label="component means")
    axis.set(xlabel="first principal axis", ylabel="second principal axis")
    axis.legend(frameon=True, loc="upper right")
    return figure
