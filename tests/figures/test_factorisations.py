"""The figure of chapter 12 draws what it is given."""

import pandas as pd

from gmvae.figures.factorisations import cost_and_yield


def test_the_figure_has_a_marker_for_every_model_in_both_panels():
    table = pd.DataFrame(
        {
            "seconds_per_epoch": [2.0, 18, 6],
            "accuracy": [0.5, 0.6, 0.7],
            "accuracy_low": [0.4, 0.5, 0.6],
            "accuracy_high": [0.6, 0.7, 0.8],
            "negative_elbo": [3.0, 2, 1],
        },
        index=["a", "b", "c"],
    )
    figure = cost_and_yield(table)
    left, right = figure.axes
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a", "b", "c"]
    shown = [line for line in right.lines if line.get_marker() not in ("None", "_")]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in shown] == [
        (1, 3),
        (9, 2),
        (3, 1),
    ]
    assert len({line.get_marker() for line in shown}) == 3
    assert left.get_xscale() == "log"
