"""The figures of chapter 01 draw what they are given."""

import numpy as np

from gmvae.figures.data import class_sizes, examples_by_class


def test_examples_have_a_row_for_each_class():
    (axis,) = examples_by_class(np.zeros((3, 4, 28, 28), np.uint8), list("abc")).axes
    assert [tick.get_text() for tick in axis.get_yticklabels()] == ["a", "b", "c"]
    assert axis.images[0].get_array().shape == (88, 118)
    halves = examples_by_class(np.zeros((26, 2, 28, 28), np.uint8), [*"abcdefghijklmnopqrstuvwxyz"])
    last = [tick.get_text() for tick in halves.axes[1].get_yticklabels()]
    assert (last[0], last[-1]) == ("n", "z")


def test_every_class_has_its_bar_whatever_it_is_called():
    figure = class_sizes(np.array([5, 0, 3]), ["a", "a", "b"])
    assert [bar.get_height() for bar in figure.axes[0].patches] == [5, 0, 3]
    assert figure.axes[0].lines[0].get_ydata()[0] == 8 / 3
