"""What chapter 05 measures in a run, and how its numbers are told."""

import math
from collections.abc import Mapping, Sequence
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


def table_of_labels_needed(table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return the labels that each method needs for 60, 70, 80 and 90 %, as text.

    One row a method, one column an accuracy: ``174 (160 to 195)``, ``at most 73`` where the
    smallest budget is enough, ``not by 1456`` where the largest is not.
    """
    needed = labels_to_reach(table, TARGETS, confidence)
    text = needed.assign(
        text=[_needed(row) for row in needed.to_dict("records")],
        target=[f"{target:.0%}" for target in needed["target"]],
    )
    order = list(dict.fromkeys(needed["method"]))
    return text.pivot(index="method", columns="target", values="text").loc[order]


def _needed(row: Mapping[Any, Any]) -> str:
    """Return one row of labels_to_reach as text."""
    if row["bound"] == "at most":
        return f"at most {row['n_labels']:.0f}"
    if math.isinf(row["n_labels"]):
        return f"not by {row['largest']}"
    high = f"over {row['largest']}" if math.isinf(row["high"]) else f"{row['high']:.0f}"
    return f"{row['n_labels']:.0f} ({row['low']:.0f} to {high})"


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


def describe_soft_minus_hard(rule: str, difference: pd.DataFrame) -> str:
    """Tell in a sentence where soft decoding is ahead of a hard rule, and by how much."""
    first, last = difference.iloc[0], difference.iloc[-1]
    sentence = (
        f"Soft minus *{rule}* is {_points(first)} at {first.n_labels:.0f} labels and "
        f"{_points(last)} at {last.n_labels:.0f}"
    )
    above = difference["n_labels"][difference["low"] > 0].tolist()
    below = difference["n_labels"][difference["high"] < 0].tolist()
    undecided = sorted(set(difference["n_labels"]) - set(above) - set(below))
    if len(above) == len(difference):
        return f"{sentence}; its interval lies above zero at every budget."
    parts = []
    if above:
        parts.append(f"above zero at {_listed(above)} labels")
    if below:
        parts.append(f"below zero at {_listed(below)} labels")
    if undecided:
        parts.append(f"on both sides of zero at {_listed(undecided)}")
    return f"{sentence}; its interval lies {', '.join(parts)}."


def _points(row: Any) -> str:
    """Return a difference and its interval, in points."""
    # adding 0.0 turns a rounded -0.0 into 0.0
    mean, low, high = (round(100 * row[name], 1) + 0.0 for name in ("mean", "low", "high"))
    return f"{mean:+.1f} points ({low:+.1f} to {high:+.1f})"


def _listed(numbers: Sequence[Any]) -> str:
    """Return `numbers` as a text, "and" before the last."""
    texts = [str(number) for number in numbers]
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def ratios(table: pd.DataFrame, n_components: int, confidence: float) -> pd.DataFrame:
    """Return how many times soft decoding's labels the pixel methods need for its accuracy.

    Measured at the reference budget, see :func:`reference_budget`; empty without soft decoding.
    A method that does not reach it and was not run with more labels is left out: it tells nothing.
    """
    soft = table[table["method"] == "soft"]
    pixel = table[table["model_seed"].isna()]
    if soft.empty or pixel.empty:
        return pd.DataFrame(columns=["method", "n_labels", "ratio"])
    n = reference_budget(sorted(set(soft["n_labels"])), n_components)
    found = label_ratio(pd.concat([soft, pixel]), "soft", n, confidence).assign(reference=n)
    return found[np.isfinite(found["ratio"]) | (found["largest"] > n)].reset_index(drop=True)


def describe_ratio(row: Mapping[Any, Any]) -> str:
    """Tell in a sentence how many times soft decoding's labels a method needs."""
    target = f"the {row['accuracy']:.1%} that soft decoding has with {row['reference']:.0f} labels"
    if math.isinf(row["ratio"]):
        factor = row["largest"] / row["reference"]
        return (
            f"**{row['method']}** does not reach {target} within {row['largest']:.0f} labels: it "
            f"needs more than {factor:.2g} times as many."
        )
    high = "more than was tried" if math.isinf(row["high"]) else f"{row['high']:.2g}"
    return (
        f"**{row['method']}** reaches {target} with {row['n_labels']:.0f}: "
        f"{row['ratio']:.2g} times as many ({row['low']:.2g} to {high})."
    )


def describe_experiment(numbers: Mapping[str, Any], dataset: Dataset, table: pd.DataFrame) -> str:
    """Tell what was decoded, with how many models and draws."""
    return (
        f"Here {len(dataset):,} images of {dataset.name} were decoded with"
        f" K = {numbers['n_components']} components, {len(numbers['model_seeds'])} model(s) and"
        f" {len(numbers['label_seeds'])} draws of labels ({numbers['competitor_draws']} for methods"
        f" that need no model): {len(table):,} accuracies in all."
    )


def describe_inductive(summary: pd.DataFrame, unseen: pd.DataFrame) -> str:
    """Tell the accuracies on images of the training and on new ones, at the largest budget."""
    n_labels = summary["n_labels"].max()
    before, after = (
        rows[rows["n_labels"] == n_labels].set_index("method")["mean"] for rows in (summary, unseen)
    )
    listed = ", ".join(
        f"{before[method]:.1%} and {after[method]:.1%} for *{method}*"
        for method in before.index.intersection(after.index)
    )
    return (
        f"With {n_labels} labels, accuracy on images of the training and on new ones is {listed}."
    )


def numbers(
    table: pd.DataFrame,
    seconds: pd.Series,
    summary: pd.DataFrame,
    n_components: int,
    confidence: float,
) -> dict[str, Any]:
    """Return the numbers on record; what is not reached is None.

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
            str(row.n_labels): {"mean": row.mean_, "low": row.low, "high": row.high}
            for row in rows.rename(columns={"mean": "mean_"}).itertuples()
        }
        for method, rows in summary.groupby("method", sort=False)
    }
    return {
        "n_components": n_components,
        "confidence": confidence,
        "label_seeds": sorted({int(seed) for seed in table["label_seed"]}),
        "model_seeds": sorted({int(seed) for seed in table["model_seed"].dropna()}),
        "competitor_draws": int(table.loc[table["model_seed"].isna(), "label_seed"].nunique()),
        "accuracy": accuracy,
        "labels_needed": _plain(labels_to_reach(table, TARGETS, confidence)),
        "label_ratio": _plain(ratios(table, n_components, confidence)),
        "soft_minus": {
            rule: _plain(rows) for rule, rows in soft_minus_hard(table, confidence).items()
        },
        "dearest_cells": dearest_cells(table, seconds),
    }


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as dictionaries; JSON has no infinity, so what is infinite becomes None."""
    return [
        {
            str(name): None if isinstance(value, float) and math.isinf(value) else value
            for name, value in row.items()
        }
        for row in table.to_dict("records")
    ]
