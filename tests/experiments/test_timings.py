"""The dearest cells of a sweep: summed over draws and models, the dearest first."""

import json

import pandas as pd

from gmvae.experiments.timings import dearest_cells


def table(*cells):
    return pd.DataFrame(cells, columns=["method", "n_labels"])


def test_cells_are_summed_over_their_draws_and_the_dearest_come_first():
    cells = table(("soft", 10), ("mlp", 10), ("mlp", 20), ("mlp", 20), ("soft", 10))
    found = dearest_cells(cells, pd.Series([0.1, 5.0, 2.0, 4.0, 0.2]), n=3)
    assert found == [
        {"method": "mlp", "n_labels": 20, "n_cells": 2, "seconds": 6.0},
        {"method": "mlp", "n_labels": 10, "n_cells": 1, "seconds": 5.0},
        {"method": "soft", "n_labels": 10, "n_cells": 2, "seconds": 0.3},
    ]
    json.dumps(found)


def test_there_are_no_more_than_asked_for():
    cells = table(*[("soft", n) for n in range(9)])
    seconds = pd.Series(range(9), dtype=float)
    assert [cell["n_labels"] for cell in dearest_cells(cells, seconds)] == [8, 7, 6, 5, 4]
    assert len(dearest_cells(cells[:2], seconds[:2])) == 2
