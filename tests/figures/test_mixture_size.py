"""The figure of chapter 08 shows each budget and each decoder."""

import pandas as pd

from gmvae.figures.mixture_size import accuracy_by_size


def test_each_budget_has_a_panel_and_each_decoder_a_line():
    rows = [
        {"method": method, "n_labels": n, "n_components": k, "accuracy": k / 100}
        for method in ("soft", "graph")
        for n in (20, 10)
        for k in (50, 5)
    ]
    figure = accuracy_by_size(pd.DataFrame(rows))
    assert [axis.get_title() for axis in figure.axes] == ["10 labels", "20 labels"]
    for axis in figure.axes:
        lines = [line.get_xydata().tolist() for line in axis.lines]
        assert lines == [[[5, 0.05], [50, 0.5]]] * 2
