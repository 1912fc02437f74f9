"""The piece of chapter 05 holds the chapter's own means and intervals."""

import json

import numpy as np
import pandas as pd

from gmvae.chapters.play_supervision import SHOWN, supervision
from gmvae.pages.play import as_json


def summary():
    rows = [
        ("soft", 10, 0.51234, 0.4, 0.6),
        ("soft", 40, 0.8, np.nan, np.nan),
        ("<b>|new$", 40, 0.9, 0.8, 1.0),
    ]
    return pd.DataFrame(rows, columns=["method", "n_labels", "mean", "low", "high"])


def test_a_method_has_its_values_and_none_where_it_was_not_run():
    data = supervision(summary()).data
    soft, new = data["methods"]
    assert data["budgets"] == [10, 40]
    assert soft == {
        "name": "soft decoding",
        "mean": [0.51234, 0.8],
        "low": [0.4, None],
        "high": [0.6, None],
    }
    assert new["mean"] == [None, 0.9]
    assert data["on"] == [0]
    json.loads(as_json(data))


def test_names_in_the_still_table_are_text():
    still = supervision(summary()).still
    assert "<b>" not in still
    assert "51.2%" in still
    assert "–" in still


def test_at_first_some_lines_are_on():
    other = summary().assign(method=["a", "a", "b"])
    assert supervision(other).data["on"] == [0, 1]
    assert len(SHOWN) == 6
