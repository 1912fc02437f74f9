"""The figures of chapter 06 draw what they are given."""

import numpy as np
import pandas as pd

from gmvae.figures.hard_or_soft import (
    accuracy_by_group,
    gain_by_certainty,
    gain_by_class,
    gain_by_reason,
    reliability_curves,
)

METHODS = ["hard", "hard-covered", "soft", "soft-cosine", "bayes"]


def rows(*means):
    mean = np.array(means)
    return pd.DataFrame({"mean": mean, "low": mean - 0.1, "high": mean + 0.1})


def test_the_gain_by_reason_has_a_panel_for_each_rule():
    tables = [rows(0.1, 0.2, 0.3), rows(0.0, 0.1, 0.2)]
    figure = gain_by_reason([12, 40], {"hard": tables, "hard-covered": tables}, list("xyz"))
    titles = [axis.get_title() for axis in figure.axes]
    assert titles == ["soft minus hard", "soft minus hard-covered"]
    middle = figure.axes[0].lines[3]  # of each reason: its line, and two caps
    np.testing.assert_allclose(middle.get_ydata().astype(float), [20, 10])


def test_classes_are_in_falling_order():
    figure = gain_by_class(rows(0.1, 0.3, np.nan, 0.2), list("abcd"))
    ticks = [tick.get_text() for tick in figure.axes[0].get_xticklabels()]
    assert ticks == ["b", "d", "a", "c"]


def test_the_gain_by_certainty_is_in_points():
    table = rows(0.1, 0.2).assign(centre=[0.5, 1.5])
    left, right = gain_by_certainty({"entropy": table, "margin": table}).axes
    assert (left.get_xlabel(), right.get_xlabel()) == ("entropy", "margin")
    np.testing.assert_allclose(left.lines[0].get_ydata().astype(float), [10, 20])


def test_every_rule_is_named_once_over_all_panels():
    tables = {"parity": dict.fromkeys(METHODS, rows(0.5, 0.6)), "all": {"soft": rows(0.5)}}
    figure = accuracy_by_group(tables, {"parity": ["even", "odd"], "all": ["image"]})
    assert [[t.get_text() for t in a.get_xticklabels()] for a in figure.axes] == [
        ["even", "odd"],
        ["image"],
    ]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == METHODS


def test_reliability_has_a_legend():
    table = pd.DataFrame({"confidence": [0.2, 0.9], "accuracy": [0.3, 0.8], "share": [0.5, 0.5]})
    (axis,) = reliability_curves({"soft, tempered": table, "Bayes": table}).axes
    texts = [text.get_text() for text in axis.get_legend().get_texts()]
    assert texts == ["soft, tempered", "Bayes"]
