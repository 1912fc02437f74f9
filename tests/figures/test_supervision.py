"""The figures of chapter 05 draw what they are given."""

import numpy as np
import pandas as pd

from gmvae.figures.supervision import (
    accuracy_by_labels,
    difference_by_labels,
    predicted_accuracy,
)


def rows(*means):
    mean = np.array(means)
    bounds = {"mean": mean, "low": mean - 0.1, "high": mean + 0.1}
    return pd.DataFrame({"n_labels": [10, 100, 1000][: len(mean)], **bounds})


def test_figure_shows_every_method_once_decoders_beside_rivals():
    methods = ["hard", "mlp", "soft", "xgboost"]
    summary = pd.concat([rows(0.5, 0.6, 0.7).assign(method=method) for method in methods])
    figure = accuracy_by_labels(summary, 34, 5000, words={"mlp": "a network"})
    texts = [[text.get_text() for text in axis.get_legend().get_texts()] for axis in figure.axes]
    assert texts == [["hard", "soft"], ["a network", "xgboost"]]
    low, high = figure.axes[0].get_ylim()
    assert low < 0.4
    assert high == 1
    for axis in figure.axes:
        assert axis.get_xscale() == "log"
        assert [tick.get_text() for tick in axis.get_xticklabels()] == ["10", "100", "1,000"]
        (above,) = axis.child_axes
        assert [tick.get_text() for tick in above.get_xticklabels()] == ["0.2", "2", "20"]
        assert above.spines["top"].get_visible()
        assert axis.get_ylim() == figure.axes[0].get_ylim()


def test_names_stand_in_the_order_in_which_lines_begin():
    summary = pd.concat(
        [
            rows(0.5, 0.9).assign(method="hard"),
            rows(0.7, 0.8).assign(method="soft"),
            rows(0.2, 0.3).assign(method="mlp"),
        ]
    )
    axis = accuracy_by_labels(summary, 34, 5000).axes[0]
    texts = [text.get_text() for text in axis.get_legend().get_texts()]
    assert texts == ["soft", "hard"]


def test_without_a_rival_there_is_one_panel():
    figure = accuracy_by_labels(rows(0.5, 0.6).assign(method="soft"), 34, 5000)
    assert len(figure.axes) == 1


def test_differences_are_in_points():
    figure = difference_by_labels({"hard": rows(0.2, 0.1), "hard-covered": rows(0.1, 0.0, -0.1)})
    (axis,) = figure.axes
    assert axis.get_ylabel() == "points of accuracy"
    np.testing.assert_allclose(axis.lines[0].get_ydata().astype(float), [20, 10])
    assert len([line for line in axis.lines if not any(line.get_ydata())]) == 1  # zero
    texts = [text.get_text() for text in axis.get_legend().get_texts()]
    assert texts == ["soft minus hard", "soft minus hard-covered"]


def test_predictions_are_lines_and_measurements_points():
    tables = [rows(0.5, 0.6, 0.7).assign(method=method) for method in ("hard", "hard-covered")]
    compared = pd.concat(tables).assign(predicted=0.6)
    curve = pd.DataFrame({"n_labels": [10, 30, 1000], "predicted": [0.5, 0.55, 0.65]})
    (axis,) = predicted_accuracy(compared, curve).axes
    texts = [text.get_text() for text in axis.get_legend().get_texts()]
    assert sorted(texts) == [
        f"{method}, {kind}"
        for method in ("hard", "hard-covered")
        for kind in ("measured", "predicted")
    ]
    drawn = {line.get_label(): line for line in axis.lines}
    np.testing.assert_allclose(drawn["hard, predicted"].get_xdata().astype(float), [10, 30, 1000])
    np.testing.assert_allclose(drawn["hard-covered, predicted"].get_ydata().astype(float), 0.6)
