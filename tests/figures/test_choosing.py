"""The figure of chapter 09 shows each method and each way to labels."""

import pandas as pd

from gmvae.figures.choosing import accuracy_by_choice


def test_each_method_has_a_panel_and_each_way_a_line():
    rows = [
        {"method": method, "strategy": way, "n_labels": n, "accuracy": n / 100}
        for method, ways in (("soft", "ab"), ("graph-pixels", "a"))
        for way in ways
        for n in (40, 10)
    ]
    figure = accuracy_by_choice(pd.DataFrame(rows), {"a": "first way", "b": "second way"})
    assert [axis.get_title() for axis in figure.axes] == ["soft", "graph-pixels"]
    lines = [[line.get_xydata().tolist() for line in axis.lines] for axis in figure.axes]
    assert lines == [[[[10, 0.1], [40, 0.4]]] * 2, [[[10, 0.1], [40, 0.4]]]]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["first way", "second way"]
