"""What other settings are worth: their table beside a run's own, on equal draws and models."""

from collections.abc import Mapping, Sequence

import pandas as pd

from gmvae.experiments.statistics import paired_difference

_OTHER = "other settings: "  # before the names of their methods, where both stand in one table
_COMPARED = (
    ("soft", "soft"),
    ("graph", "graph"),
    ("graph", "graph-pixels"),
    ("graph-student", "graph-student"),
    ("graph-student", "graph-pixels-student"),
    ("graph-chosen", "graph-chosen"),
    ("graph-student-chosen", "graph-student-chosen"),
    ("graph-student-chosen", "graph-pixels-student-chosen"),
)
WITHIN = {
    "students": (
        ("graph-student", "graph"),
        ("graph-pixels-student", "graph-pixels"),
        ("graph-student", "graph-pixels-student"),
    ),
    "students_chosen": (
        ("graph-student-chosen", "graph-chosen"),
        ("graph-pixels-student-chosen", "graph-pixels-chosen"),
        ("graph-student-chosen", "graph-pixels-student-chosen"),
    ),
}
"""Settings whose methods are compared with one another, and not with the run's own: what students
gain over the graphs that they learn from, and one over the other."""
BESIDE = {"students_large": "students", "students_chosen_large": "students_chosen"}
"""Settings that are compared with another setting on record, and which."""


def gains_of(
    setting: str,
    others: Mapping[str, pd.DataFrame],
    own: pd.DataFrame,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return what is told of a setting on record: :func:`gains` over the run's own, or within it.

    Parameters
    ----------
    setting : str
    others : mapping of DataFrames
        The tables of all settings on record beside the run.
    own : DataFrame
        The run's own.
    confidence : float
        Of the intervals, above 0 and below 1.
    """
    if setting in WITHIN:
        return gains(others[setting], others[setting], confidence, WITHIN[setting])
    return gains(others[setting], others.get(BESIDE.get(setting, ""), own), confidence)


def gains(
    other: pd.DataFrame,
    table: pd.DataFrame,
    confidence: float = 0.95,
    compared: Sequence[tuple[str, str]] = _COMPARED,
) -> pd.DataFrame:
    """Return how far methods under other settings are ahead of those of a run.

    Only draws and models that both saw count, cell by cell, see
    :func:`gmvae.experiments.statistics.paired_difference`.

    Parameters
    ----------
    other, table : DataFrame
        From :func:`gmvae.experiments.engine.run_sweep`: under other settings, and the run's own.
    confidence : float
        Of the intervals, above 0 and below 1.
    compared : sequence of (str, str)
        A method of `other`, and the method of `table` that it is compared with. Pairs of which
        one was not run, or that share no draw or no model, are left out.

    Returns
    -------
    DataFrame
        Columns ``method, reference, n_labels, mean, low, high``, shares of all images.
    """
    there, here = set(other["method"]), set(table["method"])
    both = pd.concat([other.assign(method=_OTHER + other["method"]), table], ignore_index=True)
    found = [
        paired_difference(both, _OTHER + method, reference, confidence).assign(
            method=method, reference=reference
        )
        for method, reference in compared
        if method in there and reference in here and _meet(other, method, table, reference)
    ]
    columns = ["method", "reference", "n_labels", "mean", "low", "high"]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


def _meet(other: pd.DataFrame, method: str, table: pd.DataFrame, reference: str) -> bool:
    """Tell whether two methods share a draw at a budget and, where both read one, a model."""
    first, second = other[other["method"] == method], table[table["method"] == reference]
    keys = ["n_labels", "label_seed"]
    if first["model_seed"].notna().all() and second["model_seed"].notna().all():
        keys.append("model_seed")
    return not first[keys].merge(second[keys]).empty
