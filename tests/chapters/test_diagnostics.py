"""Chapter 07: descriptions of a model agree with counts by hand."""

import numpy as np
import pytest

from gmvae.chapters.diagnostics import by_certainty, confusion, largest_confusions, maps
from gmvae.figures.diagnostics import (
    component_sheet,
    confusion_matrix,
    latent_maps,
    picture_rows,
    weights_and_purities,
)


def test_confusion_rows_are_shares():
    shares = confusion(np.array([0, 0, 0, 1]), np.array([0, 0, 2, 0]), 3)
    np.testing.assert_allclose(shares, [[2 / 3, 0, 1 / 3], [1, 0, 0], [0, 0, 0]])
    assert largest_confusions(shares, 2) == [(1, 0, 1.0), (0, 2, pytest.approx(1 / 3))]


def test_certain_images_have_small_entropy():
    R = np.array([[0.5, 0.5], [1, 0], [0.9, 0.1]])
    sure, unsure = by_certainty(R, 1)
    assert (sure.tolist(), unsure.tolist()) == ([1], [0])


def test_maps_and_figures():
    rng = np.random.default_rng(0)
    rows, points = maps(rng.normal(size=(60, 5)))
    assert set(points) == {"PCA", "t-SNE"}
    assert all(at.shape == (len(rows), 2) for at in points.values())
    labels = rng.integers(0, 3, 60)
    assert len(latent_maps(points, labels[rows], list("abc")).axes) == 2
    assert confusion_matrix(np.eye(3), list("abc")).axes
    assert picture_rows({"a": rng.random((4, 28, 28)), "b": rng.random((4, 28, 28))}).axes
    sheet = component_sheet(rng.random((5, 2, 28, 28)), list("abcde"), columns=3)
    assert [axis.get_title() for axis in sheet.axes] == [*"abcde", ""]
    figure = weights_and_purities(np.array([0.7, 0, 0.3]), np.array([1, np.nan, 0.5]), list("abc"))
    assert [text.get_text() for text in figure.axes[0].texts] == ["a", "c"]
