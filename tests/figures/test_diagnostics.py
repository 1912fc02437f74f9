"""The figures of chapter 07 draw what they are given."""

import numpy as np
import pandas as pd

from gmvae.figures.diagnostics import (
    component_sheet,
    confusion_matrix,
    latent_maps,
    picture_rows,
    weights_and_purities,
)

rng = np.random.default_rng(0)


def test_every_projection_has_a_panel():
    points = {"PCA": rng.random((60, 2)), "t-SNE": rng.random((60, 2))}
    figure = latent_maps(points, rng.integers(0, 3, 60), list("abc"))
    assert [axis.get_title() for axis in figure.axes] == ["PCA", "t-SNE"]


def test_the_confusion_matrix_has_a_row_for_each_class():
    shares = np.array([[0.9, 0.1, 0], [0, 1, 0], [0.5, 0.2, 0.3]])
    axis = confusion_matrix(shares, list("abc")).axes[0]
    np.testing.assert_array_equal(axis.collections[0].get_array(), shares)
    assert [tick.get_text() for tick in axis.get_yticklabels()] == ["a", "b", "c"]
    assert axis.yaxis_inverted()  # the first class is on top


def test_rows_of_pictures_are_named():
    (axis,) = picture_rows({"a": rng.random((4, 28, 28)), "b": np.ones((4, 28, 28))}).axes
    assert [tick.get_text() for tick in axis.get_yticklabels()] == ["a", "b"]
    picture = axis.images[0].get_array()
    assert (picture[-28:, :28] == 255).all()
    assert (picture[28:30] == 0).all()  # between the rows


def test_the_sheet_has_a_title_for_every_component():
    sheet = component_sheet(rng.random((5, 2, 28, 28)), list("abcde"), columns=3)
    assert [axis.get_title() for axis in sheet.axes] == [*"abcde", ""]


def test_components_without_images_are_not_named():
    table = pd.DataFrame(
        {"weight": [0.7, 0, 0.3], "purity": [1, np.nan, 0.5], "label": list("abc")}
    )
    figure = weights_and_purities(table)
    assert [text.get_text() for text in figure.axes[0].texts] == ["a", "c"]
