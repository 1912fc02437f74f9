"""Whether a run gives the results on record."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gmvae.errors import InputError
from gmvae.experiments.statistics import summarise
from gmvae.pages.results import Results, read_results, records
from gmvae.paper.record import RECORD, check_whole
from gmvae.runs.directory import Run

CONFIDENCE = 0.95  # of the interval of each difference
PURITY_TOLERANCE = 0.02
COMPONENTS_TOLERANCE = 0.05  # of K
_ROUNDING = 1e-12  # of means of the same accuracies


def verify(run_dir: Path, record: Path = RECORD) -> tuple[int, list[str]]:
    """Compare the results of a run with those on record of the same data.

    A mean accuracy is compared at every budget that a method has on both sides. Both means are
    random, over draws and models, so it is their difference that must be near 0: 0 must lie in its
    interval (:func:`difference_interval`). A run of the same seeds differs by less than two of
    other seeds, for which one difference in twenty is expected outside. Purity and components in
    use are of one model on either side, so they have no interval but a tolerance, above.

    Parameters
    ----------
    run_dir : Path
    record : Path
        The folder of the results on record.

    Returns
    -------
    compared : int
        How many figures.
    outside : list of str
        A sentence for each that does not hold.

    Raises
    ------
    InputError
        If there is no such run, no record of its data, or nothing that both have.
    """
    Run(run_dir, labelled=True)  # refuses what is none
    run = read_results(Path(run_dir) / "results")
    check_whole(run_dir, run)
    recorded = _record_of(run, record)
    figures = [*_accuracies(run, recorded), *_model(run.summary, recorded.summary)]
    if not figures:
        raise InputError(f"{run_dir} and the record have no method, budget or figure in common.")
    return len(figures), [sentence for sentence in figures if sentence]


def difference_interval(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Return the intervals of differences of means from the intervals of the means.

    With l, u the interval of a mean a, and l', u' that of an independent a', the interval of
    a - a' is from a - a' - sqrt((a - l)^2 + (u' - a')^2) to
    a - a' + sqrt((u - a)^2 + (a' - l')^2). Where both are Student's t intervals, this is Welch's
    up to the degrees of freedom. A mean without an interval, NaN, counts as exact.

    Parameters
    ----------
    first, second : DataFrame
        Columns ``mean, low, high``, row by row.

    Returns
    -------
    DataFrame
        Columns ``mean, low, high`` of `first` minus `second`.

    References
    ----------
    Zou and Donner (2008), Construction of confidence limits about effect measures: a general
    approach, Statistics in Medicine 27(10).
    """
    below = [(frame["mean"] - frame["low"]).fillna(0) for frame in (first, second)]
    above = [(frame["high"] - frame["mean"]).fillna(0) for frame in (first, second)]
    difference = first["mean"] - second["mean"]
    return pd.DataFrame(
        {
            "mean": difference,
            "low": difference - np.hypot(below[0], above[1]),
            "high": difference + np.hypot(above[0], below[1]),
        }
    )


def _record_of(run: Results, record: Path) -> Results:
    """Return the results on record of the data that a run was made from."""
    data = run.summary["data"]
    for results in records(record):
        if results.summary["data"]["fingerprint"] == data["fingerprint"]:
            return results
    known = ", ".join(results.summary["data"]["name"] for results in records(record)) or "no data"
    raise InputError(
        f"nothing is on record of the data of this run, {data.get('name')}; on record are {known}."
    )


def _accuracies(run: Results, recorded: Results) -> list[str]:
    """Return a sentence for each mean accuracy that both have, empty where it holds."""
    tables = [summarise(results.supervision, CONFIDENCE) for results in (run, recorded)]
    keys = ["method", "n_labels"]
    ours, theirs = (table.set_index(keys)[["mean", "low", "high"]] for table in tables)
    shared = ours.index.intersection(theirs.index)
    ours, theirs = ours.loc[shared], theirs.loc[shared]
    difference = difference_interval(ours, theirs)
    return [
        ""
        if row.low <= _ROUNDING and row.high >= -_ROUNDING
        else f"{method} at {n_labels:,} labels: {ours['mean'][method, n_labels]:.3f}, on record"
        f" {theirs['mean'][method, n_labels]:.3f}; the difference is"
        f" {100 * row.mean_:+.1f} points ({100 * row.low:+.1f} to {100 * row.high:+.1f})"
        for (method, n_labels), row in zip(
            shared, difference.rename(columns={"mean": "mean_"}).itertuples(), strict=True
        )
    ]


def _model(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each figure of the model that both have, empty where it holds."""
    n_components = theirs["configuration"].get("n_components", 0)
    tolerances = {
        "purity": PURITY_TOLERANCE,
        "components_in_use": COMPONENTS_TOLERANCE * n_components,
    }
    return [
        ""
        if abs(ours[name] - theirs[name]) <= tolerance
        else f"{name.replace('_', ' ')}: {ours[name]:.4g}, on record {theirs[name]:.4g}; they may"
        f" differ by {tolerance:g}"
        for name, tolerance in tolerances.items()
        if name in ours and name in theirs
    ]
