"""How things look in every figure, so that each can be read in black and white.

Shades differ in lightness, lines in their style. A method has one line and one marker, the same
wherever it is drawn: decoders of the model are dark, thick and filled, competitors grey, thin and
open.
"""

from typing import Any

import numpy as np

DARK, MIDDLE, LIGHT, GREY = "#1b3a5c", "#5b8fc0", "#c8d9ea", "#7a7a7a"
LINES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P")

# No two decoders have markers that look alike when they are small, such as a disc and a hexagon.
DECODER_LINES: dict[str, dict[str, Any]] = {
    "soft": {"linestyle": "-", "marker": "o"},
    "hard": {"linestyle": ":", "marker": "v"},
    "hard-covered": {"linestyle": "--", "marker": "^"},
    "soft-cosine": {"linestyle": "-.", "marker": "s"},
    "bayes": {"linestyle": (0, (6, 1, 1, 1, 1, 1)), "marker": "D"},
    "soft-tempered": {"linestyle": "--", "marker": "P"},
    "graph": {"linestyle": "-", "marker": "*"},
    "soft-chosen": {"linestyle": (0, (3, 1, 1, 1)), "marker": "P"},
    "graph-chosen": {"linestyle": (0, (3, 1, 1, 1)), "marker": "X"},
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
}
_OTHER = {"linestyle": "-", "marker": "."}


def line_style(method: str) -> dict[str, Any]:
    """Return how a method is drawn, by its name: keyword arguments of matplotlib's lines."""
    if method in DECODER_LINES or method.endswith("-chosen"):
        look = {"color": DARK, "linewidth": 1.9, "markersize": 5.5, "markerfacecolor": DARK}
        return {**look, "zorder": 3, **DECODER_LINES.get(method, _OTHER)}
    look = {"color": GREY, "linewidth": 1.1, "markersize": 4.5, "markerfacecolor": "white"}
    return {**look, "zorder": 2, **COMPETITOR_LINES.get(method, _OTHER)}


def montage(images: np.ndarray, pad: int = 2) -> np.ndarray:
    """Lay out ``(rows, columns, 28, 28)`` images as one grey picture, 255 between them."""
    padded = np.pad(images, ((0, 0), (0, 0), (0, pad), (0, pad)), constant_values=255)
    rows, columns, height, width = padded.shape
    return padded.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)[:-pad, :-pad]
