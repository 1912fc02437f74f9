"""The figures of chapter 02 draw what they are given."""

import numpy as np
import pandas as pd

from gmvae.figures.model import component_samples, latent_map, tradeoff, training_history


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


def test_the_tradeoff_has_a_line_for_each_measure():
    table = pd.DataFrame(
        {"n_clusters": [5, 50], "purity": [0.5, 0.9], "covered": [1, 0.8], "accuracy": [0.4, 0.7]}
    )
    (axis,) = tradeoff(table, 20).axes
    assert [line.get_ydata().tolist() for line in axis.lines[:3]] == [
        [0.5, 0.9],
        [1, 0.8],
        [0.4, 0.7],
    ]
    assert [text.get_text() for text in axis.texts] == [" K = 20"]
    texts = [text.get_text() for text in axis.get_legend().get_texts()]
    assert texts[1] == "images in covered clusters"
