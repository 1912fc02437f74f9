"""Figures of the way in: a plane of two latent numbers, and what lies in it."""

from typing import Protocol

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from gmvae.figures.style import DARK, GREY, TEXT_WIDTH, montage, scatter_classes, styled


class Plane(Protocol):
    """What is drawn of :class:`gmvae.chapters.way_in.Plane`."""

    points: np.ndarray
    labels: np.ndarray
    names: tuple[str, ...]
    means: np.ndarray
    scales: np.ndarray
    decoded: np.ndarray
    extent: tuple[float, float, float, float]
    image: np.ndarray
    rebuilt: np.ndarray
    at: int


@styled
def way_of_an_image(plane: Plane) -> Figure:
    """Show an image, its place in the plane, and what the decoder makes of that place."""
    layout = {"width_ratios": [1, 1.8, 1]}
    figure, axes = plt.subplots(1, 3, figsize=(TEXT_WIDTH, 2.9), gridspec_kw=layout)
    for axis, picture, title in (
        (axes[0], plane.image, "image x"),
        (axes[2], plane.rebuilt, "image drawn from z"),
    ):
        axis.imshow(picture, cmap="gray_r", vmin=0, vmax=1)
        axis.set(title=title, xticks=[], yticks=[])
    x, y = plane.points[plane.at]
    axes[1].plot(*plane.points.T, ".", color=GREY, markersize=1.5)
    axes[1].plot(x, y, "o", color=DARK, markersize=8)
    axes[1].annotate("z", (x, y), xytext=(7, 5), textcoords="offset points", fontsize=12)
    axes[1].set(title="the plane of z", xticks=[], yticks=[])
    axes[0].set_xlabel("encoder →", fontsize=12)
    axes[2].set_xlabel("→ decoder", fontsize=12)
    return figure


@styled
def one_or_several(one: Plane, several: Plane) -> Figure:
    """Show the planes of a model with one Gaussian and of one with several."""
    figure, axes = plt.subplots(1, 2, figsize=(TEXT_WIDTH, 3.6))
    for axis, plane, title in (
        (axes[0], one, "one Gaussian: a plain VAE"),
        (axes[1], several, f"{len(several.means)} Gaussians: a mixture"),
    ):
        scatter_classes(axis, plane.points, plane.labels, plane.names)
        _draw_gaussians(axis, plane)
        axis.set(title=title, xticks=[], yticks=[])
    return figure


def _draw_gaussians(axis: Axes, plane: Plane) -> None:
    """Draw each Gaussian as the ellipse of two standard deviations around its mean."""
    for mean, scale in zip(plane.means, plane.scales, strict=True):
        around = Ellipse(mean, 4 * scale[0], 4 * scale[1], fill=False, edgecolor="black")
        axis.add_patch(around)
        axis.plot(*mean, "+", color="black", markersize=9)


@styled
def drawn_from_the_plane(plane: Plane) -> Figure:
    """Show what the decoder draws from even steps in the plane."""
    figure, axis = plt.subplots(figsize=(4.8, 4.8))
    axis.imshow(montage(plane.decoded), cmap="gray_r", vmin=0, vmax=1)
    axis.set(xticks=[], yticks=[], xlabel="first number of z", ylabel="second number of z")
    return figure
