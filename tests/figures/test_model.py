"""The figures of chapter 02 draw what they are given."""

import numpy as np

from gmvae.figures.model import component_samples, latent_map, training_history


def test_every_term_of_the_loss_has_a_panel():
    figure = training_history(np.arange(3), {"a": np.arange(3), "b": np.arange(3)})
    assert [axis.get_title() for axis in figure.axes] == ["a", "b"]


def test_samples_of_a_component_stand_in_a_square():
    figure = component_samples(np.ones((5, 9, 28, 28)), list("abcde"))
    assert [axis.get_title() for axis in figure.axes] == [*"abcde", "", "", ""]
    assert figure.axes[0].images[0].get_array().shape == (88, 88)


def test_the_map_shows_components_beside_images():
    points, labels = np.random.default_rng(0).random((20, 2)), np.arange(20) % 2
    (axis,) = latent_map(points, labels, np.eye(2), ["a", "bc"]).axes
    assert [len(dots.get_offsets()) for dots in axis.collections] == [10, 10]
    np.testing.assert_array_equal(axis.lines[0].get_xydata(), np.eye(2))
