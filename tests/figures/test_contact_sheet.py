"""The contact sheet: every image once, its number below it."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from gmvae.figures.contact_sheet import contact_sheet


@pytest.mark.parametrize("n", [1, 10, 13])
def test_each_image_is_there_with_its_caption(n):
    images = np.stack([np.full((28, 28), 10 + place, np.uint8) for place in range(n)])
    figure = contact_sheet(images, [f"no {place}" for place in range(n)])
    (axis,) = figure.axes
    assert [text.get_text() for text in axis.texts] == [f"no {place}" for place in range(n)]
    sheet = axis.images[0].get_array()
    levels, counts = np.unique(sheet[sheet > 0], return_counts=True)
    assert levels.tolist() == list(range(10, 10 + n))
    assert (counts == 28 * 28).all()
    plt.close(figure)
