"""One style for all figures: lines that differ, and nothing of it left behind."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from gmvae.baselines.registry import METHODS
from gmvae.chapters.hard_or_soft import COMPARED
from gmvae.figures.style import (
    COMPETITOR_LINES,
    DECODER_LINES,
    TEXT_WIDTH,
    error_bars,
    line_style,
    log_axis,
    montage,
    panels,
    styled,
)


@styled
def drawn(ticks=None):
    figure, axis = plt.subplots()
    axis.plot([1, 10, 2000], [0, 1, 2], label="a line")
    log_axis(axis, ticks)
    axis.legend()
    return figure


def test_the_style_holds_while_drawing_and_no_longer():
    before = dict(plt.rcParams)
    (axis,) = drawn().axes
    assert dict(plt.rcParams) == before
    visible = {side for side, spine in axis.spines.items() if spine.get_visible()}
    assert visible == {"left", "bottom"}
    assert not axis.get_legend().get_frame_on()
    assert axis.figure.get_layout_engine() is not None


def test_a_log_axis_has_the_ticks_asked_for():
    (axis,) = drawn([1, 35, 1456]).axes
    assert [tick.get_text() for tick in axis.get_xticklabels()] == ["1", "35", "1,456"]
    (axis,) = drawn().axes
    assert axis.xaxis.get_major_formatter()(2000) == "2,000"
    assert axis.xaxis.get_major_formatter()(0.5) == "0.5"


def test_error_bars_are_never_negative():
    rows = pd.DataFrame({"mean": [0.5, 0.5], "low": [0.4, 0.5 + 1e-12], "high": [0.7, 0.5 - 1e-12]})
    np.testing.assert_allclose(error_bars(rows), [[0.1, 0], [0.2, 0]], atol=1e-15)
    assert (error_bars(rows) >= 0).all()


def test_a_montage_keeps_rows_and_columns():
    images = np.arange(1, 7)[:, None, None] * np.ones((6, 28, 28), int)
    picture = montage(images.reshape(2, 3, 28, 28))
    assert picture.shape == (58, 88)
    assert picture[::30, ::30].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert (picture[28:30] == 0).all()


def test_every_method_has_a_line_of_its_own():
    assert set(METHODS) <= {*DECODER_LINES, *COMPETITOR_LINES}
    for styles in (DECODER_LINES, COMPETITOR_LINES):
        looks = [(str(style["linestyle"]), style["marker"]) for style in styles.values()]
        assert len(set(looks)) == len(looks)


def test_decoders_differ_in_shape_where_no_line_is_drawn():
    markers = [line_style(method)["marker"] for method in COMPARED]
    assert len(set(markers)) == len(markers)
    assert set(markers) <= set("ov^sD*X")  # a hexagon, say, is too like a disc
    filled = {line_style(m)["markerfacecolor"] == line_style(m)["color"] for m in COMPARED}
    assert filled == {True}
    assert line_style("mlp")["markerfacecolor"] == "white"


@pytest.mark.parametrize(("n", "rows", "columns"), [(1, 1, 1), (3, 2, 2), (4, 2, 2)])
def test_panels_fill_the_width_of_the_text(n, rows, columns):
    figure, axes = panels(n, 2, 3.0)
    assert len(axes) == n
    assert figure.get_size_inches().tolist() == [TEXT_WIDTH, 3 * rows]
    assert len(figure.axes) == rows * columns
    assert [axis.axison for axis in figure.axes] == [True] * n + [False] * (rows * columns - n)


def test_decoders_on_one_panel_differ_in_colour():
    shown = ("soft", "hard", "hard-covered", "soft-diffused", "graph", "graph-student")
    assert len({line_style(method)["color"] for method in shown}) == len(shown)
    assert line_style("graph-chosen")["color"] == line_style("graph")["color"]
    assert line_style("soft-cosine")["color"] == line_style("soft")["color"]
