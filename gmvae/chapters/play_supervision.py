"""Chapter 05, to play with: methods to switch on and off, and what each has at a budget."""

from typing import Any

import numpy as np
import pandas as pd

from gmvae.pages.escape import escape
from gmvae.pages.method_names import WORDS
from gmvae.pages.play import Piece

SHOWN = ("hard", "hard-covered", "soft", "graph", "graph-pixels", "svm")  # at first


def supervision(summary: pd.DataFrame) -> Piece:
    """Return the piece of a run.

    Parameters
    ----------
    summary : DataFrame
        Columns ``method, n_labels, mean, low, high``, shares in [0, 1]; ``low`` and ``high`` are
        NaN where there is no interval.
    """
    budgets = sorted(int(n) for n in summary["n_labels"].unique())
    names = list(dict.fromkeys(summary["method"]))
    methods = []
    for name in names:
        rows = summary[summary["method"] == name].set_index("n_labels").reindex(budgets)
        values = {key: _rounded(rows[key]) for key in ("mean", "low", "high")}
        methods.append({"name": WORDS.get(name, name), **values})
    on = [names.index(name) for name in SHOWN if name in names] or list(range(min(3, len(names))))
    data = {"budgets": budgets, "methods": methods, "on": on}
    return Piece("supervision", "What each method makes of the labels", _still(data), data)


def _rounded(values: pd.Series) -> list[float | None]:
    """Return shares with more digits than are shown, None where there is none."""
    return [round(float(value), 6) if np.isfinite(value) else None for value in values]


def _still(data: dict[str, Any]) -> str:
    """Return the means as a table in HTML."""
    head = "".join(f'<th scope="col">{n:,} labels</th>' for n in data["budgets"])
    rows = "".join(
        f'<tr><th scope="row">{escape(method["name"])}</th>'
        + "".join(f"<td>{'–' if mean is None else f'{mean:.1%}'}</td>" for mean in method["mean"])
        + "</tr>"
        for method in data["methods"]
    )
    return (
        f'<table class="table"><thead><tr><th scope="col">method</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )
