"""How things look in every figure, so that each can be read in black and white.

Shades differ in lightness, lines in their style. A method has one line and one marker, the same
wherever it is drawn: decoders of the model are thick and filled, competitors thin and open.
Colours only help: they are of like darkness, and no line is told by its colour alone.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, PercentFormatter, StrMethodFormatter

from gmvae.figures.names import as_text, class_marker

DARK, MIDDLE, LIGHT, GREY = "#1b3a5c", "#5b8fc0", "#c8d9ea", "#7a7a7a"
COLOURS = (DARK, "#b4500f", "#12705a", "#7a3b92", "#8a6d00", "#a8324e")  # apart to all eyes
SHADES = ("black", MIDDLE, DARK, GREY)
ZERO: Any = {"y": 0, "color": "black", "linewidth": 0.8}  # a horizontal line at no difference
LINES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P")

_STYLE = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 10,
    "font.size": 10,
    "errorbar.capsize": 2,
    "figure.constrained_layout.use": True,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "lines.markersize": 4.5,
}
TEXT_WIDTH = 7.1  # inches; a wider figure is shown smaller, and so are its letters
Arguments = ParamSpec("Arguments")

# No two decoders have markers that look alike when they are small, such as a disc and a hexagon.
DECODER_LINES: dict[str, dict[str, Any]] = {
    "soft": {"linestyle": "-", "marker": "o"},
    "hard": {"linestyle": ":", "marker": "v"},
    "hard-covered": {"linestyle": "--", "marker": "^"},
    "soft-cosine": {"linestyle": "-.", "marker": "s"},
    "bayes": {"linestyle": (0, (6, 1, 1, 1, 1, 1)), "marker": "D"},
    "soft-tempered": {"linestyle": "--", "marker": "P"},
    "soft-diffused": {"linestyle": (0, (3, 1)), "marker": "h"},
    "graph": {"linestyle": "-", "marker": "*"},
    "graph-student": {"linestyle": "--", "marker": "*"},
    "soft-chosen": {"linestyle": (0, (3, 1, 1, 1)), "marker": "P"},
    "graph-chosen": {"linestyle": (0, (3, 1, 1, 1)), "marker": "X"},
    "graph-student-chosen": {"linestyle": (0, (1, 1)), "marker": "P"},
    "graph-clusters": {"linestyle": (0, (1, 1)), "marker": "X"},
    "graph-typiclust": {"linestyle": (0, (4, 2)), "marker": "<"},
    "graph-herding": {"linestyle": (0, (4, 2)), "marker": ">"},
    "graph-components": {"linestyle": (0, (4, 2)), "marker": "d"},
}
COMPETITOR_LINES: dict[str, dict[str, Any]] = {
    "logistic-regression": {"linestyle": "-", "marker": "s"},
    "mlp": {"linestyle": "--", "marker": "D"},
    "xgboost": {"linestyle": "-.", "marker": "P"},
    "logistic-regression-tuned": {"linestyle": ":", "marker": "s"},
    "mlp-tuned": {"linestyle": ":", "marker": "D"},
    "xgboost-tuned": {"linestyle": ":", "marker": "P"},
    "same-encoder": {"linestyle": (0, (1, 1)), "marker": "X"},
    "kmeans-majority": {"linestyle": (0, (4, 1, 1, 1)), "marker": "<"},
    "gmm-majority": {"linestyle": (0, (4, 1, 1, 1)), "marker": ">"},
    "label-spreading": {"linestyle": (0, (6, 2)), "marker": "d"},
    "label-spreading-published": {"linestyle": ":", "marker": "d"},
    "graph-pixels": {"linestyle": "-", "marker": "*"},
    "graph-pixels-student": {"linestyle": "--", "marker": "*"},
    "graph-pixels-chosen": {"linestyle": (0, (3, 1, 1, 1)), "marker": "X"},
    "graph-pixels-student-chosen": {"linestyle": (0, (1, 1)), "marker": "P"},
    "svm": {"linestyle": "-", "marker": "v"},
    "logistic-regression-normalised": {"linestyle": (0, (3, 1, 1, 1)), "marker": "s"},
    "mlp-normalised": {"linestyle": (0, (3, 1, 1, 1)), "marker": "D"},
    "xgboost-normalised": {"linestyle": (0, (3, 1, 1, 1)), "marker": "P"},
}
_OTHER = {"linestyle": "-", "marker": "."}
_OF_DECODERS = {  # colours of decoders, by the beginning of their names; the others are dark
    "bayes": GREY,
    "graph-student": COLOURS[5],
    "graph": COLOURS[2],
    "hard-covered": COLOURS[1],
    "hard": COLOURS[4],
    "soft-diffused": COLOURS[3],
}
_FAMILIES = {  # the same of competitors, of which the others are grey
    "graph": COLOURS[2],
    "label-spreading": COLOURS[2],
    "logistic-regression": COLOURS[1],
    "mlp": COLOURS[3],
    "svm": "black",
    "xgboost": COLOURS[5],
}


def styled(draw: Callable[Arguments, Figure]) -> Callable[Arguments, Figure]:
    """Decorate a function that draws, so that it does so in the one style of all figures."""

    @functools.wraps(draw)
    def drawn(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Figure:
        with plt.rc_context(_STYLE):
            return draw(*args, **kwargs)

    return drawn


def panels(n: int, columns: int, height: float, **options: Any) -> tuple[Figure, list[Axes]]:
    """Return a figure as wide as the text and its `n` panels, of `height` inches, in rows."""
    columns = min(n, columns)
    n_rows = -(-n // columns)
    size = (TEXT_WIDTH, n_rows * height)
    figure, axes = plt.subplots(n_rows, columns, figsize=size, squeeze=False, **options)
    for unused in axes.flat[n:]:
        unused.set_axis_off()
    return figure, list(axes.flat[:n])


def line_style(method: str) -> dict[str, Any]:
    """Return how a method is drawn, by its name: keyword arguments of matplotlib's lines."""
    if method in DECODER_LINES:
        color = _colour(method, _OF_DECODERS, DARK)
        look = {"color": color, "linewidth": 1.9, "markersize": 5.5, "markerfacecolor": color}
        return {**look, "zorder": 3, **DECODER_LINES[method]}
    color = _colour(method, _FAMILIES, GREY)
    look = {"color": color, "linewidth": 1.1, "markersize": 4.5, "markerfacecolor": "white"}
    return {**look, "zorder": 2, **COMPETITOR_LINES.get(method, _OTHER)}


def _colour(method: str, colours: Mapping[str, str], other: str) -> str:
    """Return the colour of the first beginning of a method's name that is known."""
    return next((c for start, c in colours.items() if method.startswith(start)), other)


def percent_axis(axis: Any, decimals: int | None = 0) -> None:
    """Write the numbers of an x or y axis, shares in [0, 1], as percentages."""
    axis.set_major_formatter(PercentFormatter(1, decimals=decimals))


def log_axis(axis: Axes, ticks: Sequence[int] | None = None) -> None:
    """Make the x axis logarithmic, with labels at `ticks` or at 1, 2, 5, 10, ..."""
    axis.set_xscale("log")
    if ticks is None:
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    else:
        axis.set_xticks(ticks, [f"{n:,}" for n in ticks])
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.tick_params(axis="x", which="minor", length=0)


def error_bars(rows: pd.DataFrame) -> np.ndarray:
    """Return lengths ``(2, n)`` below and above the means; rounding never makes one negative."""
    below, above = rows["mean"] - rows["low"], rows["high"] - rows["mean"]  # (n,) each
    return np.maximum([below, above], 0)


def in_points(axis: Axes, x: Any, rows: pd.DataFrame, **look: Any) -> None:
    """Draw differences with their intervals, ``mean, low, high``, in points of accuracy."""
    axis.errorbar(x, 100 * rows["mean"], 100 * error_bars(rows), **look)


def show_montage(axis: Axes, images: np.ndarray, row_names: Sequence[str] = ()) -> None:
    """Show ``(rows, columns, 28, 28)`` images, grey levels 0 to 255 with 255 full ink, by row."""
    axis.imshow(montage(images), cmap="gray_r", vmin=0, vmax=255)
    height = images.shape[2]
    at = [height // 2 + (height + 2) * row for row in range(len(row_names))]
    axis.set_yticks(at, list(map(as_text, row_names)))
    axis.set_xticks([])
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)


def scatter_classes(
    axis: Axes, points: np.ndarray, labels: np.ndarray, names: Sequence[str]
) -> None:
    """Draw ``points (n, 2)`` with the character of their class's name, so that colour is spare."""
    shades = plt.get_cmap("viridis")(np.linspace(0, 0.85, len(names)))  # (L, 4)
    for label, name in enumerate(names):
        mine = points[labels == label]  # (n_l, 2)
        axis.scatter(
            mine[:, 0],
            mine[:, 1],
            marker=class_marker(name),
            s=21,
            color=shades[label],
            linewidths=0.2,
        )


def picture_sheet(
    pictures: np.ndarray, titles: Sequence[str], columns: int, fontsize: float, **layout: Any
) -> Figure:
    """Show C montages of images in [0, 1] with 1 full ink, ``(C, rows, columns, 28, 28)``.

    `columns` of them stand side by side, each below its title; `layout` goes to ``subplots``.
    """
    n_rows = -(-len(pictures) // columns)
    figure, axes = plt.subplots(n_rows, columns, squeeze=False, **layout)
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, images, title in zip(axes.flat, pictures, titles, strict=False):
        show_montage(axis, 255 * images)
        axis.set_title(as_text(title, 60), fontsize=fontsize, pad=fontsize / 3)
    return figure


def montage(images: np.ndarray, pad: int = 2) -> np.ndarray:
    """Lay out ``(rows, columns, 28, 28)`` images as one picture, 0 between them."""
    padded = np.pad(images, ((0, 0), (0, 0), (0, pad), (0, pad)))
    rows, columns, height, width = padded.shape
    return padded.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)[:-pad, :-pad]
