"""The images that were chosen to be labelled, on one sheet with their numbers."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from gmvae.data.dataset import IMAGE_SIZE as _SIDE

_COLUMNS = 10
_PITCH = 40  # pixels from one image to the next, with room for its number


def contact_sheet(images: np.ndarray, captions: Sequence[str]) -> Figure:
    """Show images ``(n, 28, 28)`` in rows of ten, each with its caption below it."""
    columns = min(_COLUMNS, len(images))
    rows = -(-len(images) // columns)
    sheet = np.zeros((rows * _PITCH, columns * _PITCH), dtype=np.uint8)
    figure, axis = plt.subplots(figsize=(0.75 * columns, 0.75 * rows), layout="constrained")
    for place, (image, caption) in enumerate(zip(images, captions, strict=True)):
        top, left = (_PITCH * part for part in divmod(place, columns))
        sheet[top : top + _SIDE, left : left + _SIDE] = image
        middle = left + (_SIDE - 1) / 2
        axis.text(middle, top + _SIDE + 1, caption, fontsize=6, ha="center", va="top")
    axis.imshow(sheet, cmap="gray_r", vmin=0, vmax=255)
    axis.set_axis_off()
    return figure
