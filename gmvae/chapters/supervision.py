"""What chapter 05 measures in a run."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gmvae.data.dataset import Dataset
from gmvae.errors import InputError
from gmvae.experiments.engine import timed_sweep
from gmvae.experiments.execution import Execution
from gmvae.experiments.statistics import label_ratio, labels_to_reach, paired_difference
from gmvae.experiments.sweep import Sweep, check_sweep
from gmvae.experiments.timings import dearest_cells
from gmvae.files import finite
from gmvae.pages.results import competitors
from gmvae.runs.directory import Run

TARGETS = (0.6, 0.7, 0.8, 0.9)
LABELS_PER_COMPONENT = 2.91  # the article's 291 labels for 100 components


def measure_accuracy(
    run: Run,
    execution: Execution,
    *,
    model_seeds: Sequence[int] | None = None,
    inductive_dir: Path | None = None,
    **sweep: Any,
) -> tuple[Dataset, pd.DataFrame, pd.Series]:
    """Measure a run's models against the competitors.

    Return the data set, the table, and the seconds that each of its rows took.

    What is None is taken from the run's configuration, and so are caps of methods that
    `max_labels` does not name.

    Parameters
    ----------
    run, execution
    model_seeds : sequence of int, optional
    inductive_dir : Path, optional
        Where models of the training split alone are trained (or found), to be scored on the
        test split.
    **sweep
        Attributes of :class:`gmvae.experiments.sweep.Sweep`.

    Raises
    ------
    InputError
        If a model has not been trained or the sweep cannot be run; see
        :func:`gmvae.experiments.engine.timed_sweep`.
    """
    configured = run.configuration
    chosen = {name: configured[name] for name in ("budgets", "label_seeds", "methods")}
    chosen["competitor_label_seeds"] = configured.get("competitor_label_seeds")
    chosen |= {name: value for name, value in sweep.items() if value is not None}
    chosen["max_labels"] = {**configured["max_labels"], **(sweep.get("max_labels") or {})}
    asked = Sweep(**chosen, inductive=inductive_dir is not None)
    seeds = run.model_seeds if model_seeds is None else model_seeds
    dataset = run.dataset()
    check_sweep(asked, dataset.labels, dataset.split)  # before anything is trained
    if inductive_dir is None:
        posteriors = {seed: run.posterior(seed) for seed in seeds}
    else:
        from gmvae.experiments.inductive import inductive_posteriors  # torch is needed only here

        posteriors = inductive_posteriors(dataset, configured, seeds, inductive_dir)
    return dataset, *timed_sweep(dataset, posteriors, asked, execution)


def reference_budget(budgets: Sequence[int], n_components: int) -> int:
    """Return the budget nearest to the article's 2.91 labels a component, on a log axis."""
    wanted = math.log(LABELS_PER_COMPONENT * n_components)
    return min(budgets, key=lambda n: abs(math.log(n) - wanted))


def soft_minus_hard(table: pd.DataFrame, confidence: float) -> dict[str, pd.DataFrame]:
    """Return soft minus each hard rule in the table, by the rule's name; see paired_difference."""
    methods = set(table["method"])
    if "soft" not in methods:
        return {}
    return {
        rule: paired_difference(table, "soft", rule, confidence)
        for rule in ("hard", "hard-covered")
        if rule in methods
    }


def ratios(table: pd.DataFrame, n_components: int, confidence: float) -> pd.DataFrame:
    """Return how many times soft decoding's labels the pixel methods need for its accuracy.

    Measured at the reference budget, see :func:`reference_budget`, on the draws that both saw;
    empty without soft decoding. A method that does not reach it and was not run with more labels
    is left out: it tells nothing. The rows are those of
    :func:`gmvae.experiments.statistics.label_ratio`, with the budget as `reference`.
    """
    soft = table[table["method"] == "soft"]
    rivals = _meeting(table, soft).intersection(competitors(table))
    pixel = table[table["method"].isin(rivals)]
    if soft.empty or pixel.empty:
        return pd.DataFrame(columns=["method", "n_labels", "ratio"])
    n = reference_budget(sorted(set(soft["n_labels"])), n_components)
    found = label_ratio(pd.concat([soft, pixel]), "soft", n, confidence).assign(reference=n)
    return found[np.isfinite(found["ratio"]) | (found["largest"] > n)].reset_index(drop=True)


def _meeting(table: pd.DataFrame, soft: pd.DataFrame) -> set[str]:
    """Return the methods that share a draw of labels with soft decoding."""
    return set(table.loc[table["label_seed"].isin(soft["label_seed"]), "method"])


def numbers(
    table: pd.DataFrame,
    seconds: pd.Series,
    summary: pd.DataFrame,
    n_components: int,
    confidence: float,
) -> dict[str, Any]:
    """Return the numbers on record; None is what is not reached, and an interval that is none.

    Parameters
    ----------
    table, seconds
        From :func:`measure_accuracy`.
    summary
        From :func:`gmvae.experiments.statistics.summarise`.
    n_components, confidence

    Raises
    ------
    InputError
        If the table is empty.
    """
    if table.empty:
        raise InputError("The table is empty: every cell lies above its method's cap.")
    accuracy = {
        method: {
            str(row["n_labels"]): {name: row[name] for name in ("mean", "low", "high")}
            for row in rows.to_dict("records")
        }
        for method, rows in summary.groupby("method", sort=False)
    }
    found = {
        "n_components": n_components,
        "confidence": confidence,
        "label_seeds": sorted({int(seed) for seed in table["label_seed"]}),
        "model_seeds": sorted({int(seed) for seed in table["model_seed"].dropna()}),
        "competitor_draws": int(
            table.loc[table["method"].isin(competitors(table)), "label_seed"].nunique()
        ),
        "accuracy": accuracy,
        "labels_needed": labels_to_reach(table, TARGETS, confidence).to_dict("records"),
        "label_ratio": ratios(table, n_components, confidence).to_dict("records"),
        "soft_minus": {
            rule: rows.to_dict("records")
            for rule, rows in soft_minus_hard(table, confidence).items()
        },
        "dearest_cells": dearest_cells(table, seconds),
    }
    return finite(found)
