"""Runs side by side: what each has with about three labels for each component."""

from collections.abc import Sequence

import pandas as pd

from gmvae.pages.escape import escape
from gmvae.pages.method_names import in_words
from gmvae.pages.results import (
    RULES,
    Results,
    mean_accuracies,
    mean_purity,
    means_near,
    on_shared_draws,
)

LABELS_A_COMPONENT = 3  # the article's 291 for K = 100
_SHOWN = (*RULES, "soft-diffused", "graph", "graph-student", "graph-pixels", "graph-pixels-student")


def side_by_side(named: Sequence[tuple[str, Results]]) -> pd.DataFrame:
    """Return a table of text with a column for each run.

    Parameters
    ----------
    named : sequence of (str, Results)
        A word about each run, such as "on record", and its results; those without one of the
        decoding rules are left out.

    Returns
    -------
    DataFrame
        Rows from the data to the strongest rival; "" where a run has no such figure.
    """
    columns = [
        _column(word, results)
        for word, results in named
        if set(RULES) <= set(results.supervision["method"])
    ]
    return pd.concat(columns, axis=1).fillna("") if columns else pd.DataFrame()


def _column(word: str, results: Results) -> pd.Series:
    summary = results.summary
    data, k = summary["data"], summary["configuration"]["n_components"]
    n, _ = means_near(results, LABELS_A_COMPONENT * k)
    means = mean_accuracies(results.all_draws).loc[n].dropna()
    compared = on_shared_draws(results.all_draws, n)
    purity, of_which = mean_purity(results) if "purity" in summary else (None, "")
    rows = {
        "images": f"{data['n_images']:,}",
        "classes": f"{data['n_classes']}",
        "components K": f"{k}",
        "purity": "" if purity is None else f"{purity:.1%}{of_which}",
        "labels": f"{n:,} ({n / data['n_images']:.2%})",
        **{in_words(method): f"{means[method]:.1%}" for method in _SHOWN if method in means},
    }
    if len(compared):
        best = compared.iloc[0]
        rows["strongest rival"] = f"{in_words(str(best.name))} {best['theirs']:.1%}"
        rows["soft on the rival's draws"] = f"{best['soft']:.1%}"
    return pd.Series(rows, name=f"{escape(data['name'])}, {word}")
