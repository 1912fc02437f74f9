"""Figures as vector graphics."""

import matplotlib.pyplot as plt

from gmvae.figures.vector import vector


def test_the_same_figure_is_the_same_closed_picture():
    pictures = []
    for _ in range(2):
        figure, axes = plt.subplots()
        axes.plot([0, 1])
        pictures.append(vector(figure).data)
        assert not plt.fignum_exists(figure.number)
    assert pictures[0] == pictures[1]
    assert pictures[0].startswith("<svg")
