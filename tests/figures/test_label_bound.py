"""The figures of the label bound draw what they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from gmvae.figures.label_bound import (
    cluster_sizes_and_purity,
    coverage_curves,
    covered_counts,
    covered_share_curves,
)

n = np.arange(1, 40)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.parametrize("log", [True, False])
def test_coverage_curves_tell_methods_and_simulation_apart(log):
    curves = {"exact": n / 40, "union bound": n / 50}
    figure = coverage_curves(n, curves, (n[::5], n[::5] / 40), 0.9, log)
    (axis,) = figure.axes
    drawn = {line.get_label(): line for line in axis.lines}
    assert np.array_equal(drawn["exact"].get_ydata(), n / 40)
    assert drawn["exact"].get_linestyle() != drawn["union bound"].get_linestyle()
    assert drawn["simulated"].get_marker() == "o"
    assert axis.get_xscale() == ("log" if log else "linear")


def test_covered_share_has_its_marks():
    figure = covered_share_curves(n, {"a": n / 40, "b": n / 80}, [10, 20])
    (axis,) = figure.axes
    assert {text.get_text() for text in axis.texts} == {"10", "20"}
    assert len(axis.lines) == 4


def test_cluster_sizes_may_have_an_empty_cluster():
    figure = cluster_sizes_and_purity(np.array([5, 3, 0]), np.array([1.0, 0.6, np.nan]))
    top, bottom = figure.axes
    assert [bar.get_height() for bar in top.patches] == [5, 3, 0]
    assert len(bottom.lines[0].get_xdata()) == 3
    figure.canvas.draw()


def test_covered_counts_show_what_is_not_negligible():
    figure = covered_counts({"few": np.array([0.0, 0.5, 0.5]), "more": np.array([0.0, 0.0, 1.0])})
    (axis,) = figure.axes
    assert axis.lines[0].get_xdata().tolist() == [1, 2]
    assert axis.lines[1].get_xdata().tolist() == [2]
