"""The small models of the way in: a plane, its Gaussians, and what is drawn from it."""

from dataclasses import replace

import numpy as np
import pytest

from gmvae.chapters.way_in import SMALL, learn_plane
from gmvae.figures import way_in as figures


@pytest.fixture(scope="module")
def plane():
    return learn_plane(replace(SMALL, epochs=1, n_components=3), shown=5)


def test_a_plane_has_a_point_for_each_image(plane):
    n = len(plane.labels)
    assert plane.points.shape == (n, 2)
    assert plane.responsibilities.shape == (n, 3)
    assert plane.means.shape == plane.scales.shape == (3, 2)
    assert (plane.scales > 0).all()
    assert 1 / 10 <= plane.purity <= 1
    assert 1 / 3 <= plane.surest <= 1


def test_a_plane_that_is_learned_again_is_the_same(plane):
    again = learn_plane(replace(SMALL, epochs=1, n_components=3), shown=5)
    np.testing.assert_array_equal(again.points, plane.points)


def test_a_plane_may_have_one_gaussian():
    plain = learn_plane(replace(SMALL, epochs=1, n_components=1))
    assert plain.responsibilities.shape == (len(plain.points), 1)
    assert (plain.responsibilities == 1).all()


def test_pictures_are_drawn_from_places(plane):
    assert plane.decoded.min() >= 0
    assert plane.decoded.max() <= 1
    assert plane.image.shape == plane.rebuilt.shape == (28, 28)
    left, right, bottom, top = plane.extent
    assert left < right
    assert bottom < top
    assert not np.array_equal(plane.decoded[0, 0], plane.decoded[-1, -1])


def test_the_figures(plane):
    titles = [axis.get_title() for axis in figures.way_of_an_image(plane).axes]
    assert titles == ["image x", "the plane of z", "image drawn from z"]
    one, several = figures.one_or_several(plane, plane).axes
    assert "3 Gaussians" in several.get_title()
    assert len(one.patches) == 3
    (axis,) = figures.drawn_from_the_plane(plane).axes
    side = 30 * len(plane.decoded) - 2
    assert axis.images[0].get_array().shape == (side, side)
