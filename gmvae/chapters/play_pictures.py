"""Small pictures for the pieces to play with: many on one sheet, a PNG within the page."""

import base64
import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LEVELS = 16  # grey levels, enough for a picture as small as a tile


def sheet_of(images: NDArray[np.uint8], side: int, columns: int = 10) -> str:
    """Return images in rows of `columns` as one PNG, dark ink on white, as a data URI.

    Parameters
    ----------
    images : uint8 array (n, height, width)
        0 is the background.
    side : int
        Pixels of a picture on the sheet, each way.
    columns : int
    """
    rows = math.ceil(len(images) / columns)
    sheet = np.zeros((rows * side, columns * side), np.uint8)
    for place, image in enumerate(images):
        top, left = (side * part for part in divmod(place, columns))
        small = Image.fromarray(image).resize((side, side), Image.Resampling.BOX)
        sheet[top : top + side, left : left + side] = np.asarray(small)
    step = 256 // LEVELS
    picture = Image.fromarray((LEVELS - 1 - sheet // step) * 17)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def side_for(n: int, pixels: int, largest: int = 28, smallest: int = 8) -> int:
    """Return how many pixels a picture may have each way for `n` of them to have `pixels`."""
    return int(min(largest, max(smallest, math.isqrt(pixels // max(n, 1)))))


def mean_pictures(images: NDArray[np.uint8], clusters: NDArray, n: int) -> NDArray[np.uint8]:
    """Return the mean image of each of `n` clusters, its darkest ink full; uint8 (n, 28, 28).

    Parameters
    ----------
    images : uint8 array (N, 28, 28)
    clusters : int array (N,), 0..n-1
        A cluster without an image has a blank picture.
    """
    pictures = np.zeros((n, *images.shape[1:]), np.uint8)
    for c in np.unique(clusters).tolist():
        mean = images[clusters == c].mean(axis=0)  # (28, 28)
        pictures[c] = (mean * (255 / max(mean.max(), 1e-9))).clip(0, 255).astype(np.uint8)
    return pictures
