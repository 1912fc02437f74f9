"""The figure of chapter 04 draws what it is given."""

import numpy as np

from gmvae.figures.decoding import decoding_example


def test_the_example_shows_image_responsibilities_and_votes():
    votes = {"hard": np.array([1.0, 0.0]), "soft": np.array([0.4, 0.6])}
    figure = decoding_example(
        np.zeros((28, 28)), "b", {"c = 1 (a)": 0.6, "c = 0 (b)": 0.4}, ["a", "b"], votes
    )
    picture, responsibilities, shares = figure.axes
    assert picture.get_title() == "an image of “b”"
    assert [bar.get_width() for bar in responsibilities.patches] == [0.6, 0.4]
    assert [bar.get_width() for bar in shares.patches] == [1, 0, 0.4, 0.6]
    assert [text.get_text() for text in shares.get_legend().get_texts()] == ["hard", "soft"]
