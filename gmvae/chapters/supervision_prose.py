"""How the numbers of chapter 05 are told, whichever way they fall."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gmvae.chapters.supervision import TARGETS
from gmvae.data.dataset import Dataset
from gmvae.experiments.intervals import describe_seeds
from gmvae.experiments.statistics import labels_to_reach
from gmvae.pages.escape import escape
from gmvae.pages.method_names import beginning, in_words
from gmvae.pages.points import points
from gmvae.pages.results import competitors, counted


def table_of_labels_needed(table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return the labels that each method needs for 60, 70, 80 and 90 %, as text.

    One row a method, one column an accuracy: ``174 (160 to 195)``, ``at most 73`` where the
    smallest budget is enough, ``not by 1,456`` where the largest is not.
    """
    needed = labels_to_reach(table, TARGETS, confidence)
    text = needed.assign(
        text=[_needed(row) for row in needed.to_dict("records")],
        target=[f"{target:.0%}" for target in needed["target"]],
    )
    order = list(dict.fromkeys(needed["method"]))
    wide = text.pivot(index="method", columns="target", values="text").loc[order]
    return wide.rename_axis(columns=None)


def _needed(row: Mapping[Any, Any]) -> str:
    """Return one row of labels_to_reach as text, without an interval where there is none."""
    if row["bound"] == "at most":
        return f"at most {row['n_labels']:,.0f}"
    if row["bound"] == "more than":
        return f"not by {row['largest']:,}"
    if math.isnan(row["low"]):
        return f"{row['n_labels']:,.0f}"
    high = f"over {row['largest']:,}" if math.isinf(row["high"]) else f"{row['high']:,.0f}"
    return f"{row['n_labels']:,.0f} ({row['low']:,.0f} to {high})"


def describe_soft_minus_hard(rule: str, difference: pd.DataFrame) -> str:
    """Tell in a sentence where soft decoding is ahead of a hard rule, and by how much."""
    first, last = difference.iloc[0], difference.iloc[-1]
    sentence = (
        f"Soft minus *{rule}* is {points(first)} at {first.n_labels:.0f} labels and "
        f"{points(last)} at {last.n_labels:.0f}"
    )
    if difference["low"].isna().all():
        return f"{sentence}; one model and one draw have no interval."
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


def _listed(numbers: Sequence[Any]) -> str:
    """Return `numbers` as a text, "and" before the last."""
    texts = [str(number) for number in numbers]
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def describe_ratio(row: Mapping[Any, Any]) -> str:
    """Tell in a sentence how many times soft decoding's labels a method needs."""
    method = f"**{beginning(row['method'])}**"
    target = f"the {row['accuracy']:.1%} of soft decoding with {row['reference']:.0f}"
    if row["bound"] == "more than":
        factor = row["largest"] / row["reference"]
        return (
            f"{method} needs more than {row['largest']:.0f} labels for {target}: more than"
            f" {factor:.2g} times as many."
        )
    if row["bound"] == "at most":
        return (
            f"{method} needs at most {row['n_labels']:.0f} labels, the fewest it was given, for"
            f" {target}: at most {row['ratio']:.2g} times as many."
        )
    return (
        f"{method} needs {row['n_labels']:.0f} labels for {target}:"
        f" {row['ratio']:.2g} times as many{_ratio_interval(row)}."
    )


def describe_ratios(rows: Sequence[Mapping[Any, Any]], table: pd.DataFrame) -> str:
    """Tell in a list what each competitor needs, and of which nothing can be told."""
    told = [describe_ratio(row) for row in rows]
    names = {row["method"] for row in rows}
    if rows:
        most = table.groupby("method")["n_labels"].max()
        left = [method for method in competitors(table) if method not in names]
        listed = [f"{in_words(method)} with up to {most[method]:,} labels" for method in left]
        if listed:
            told.append(
                f"No factor can be told of {_listed(listed)}: that is not enough for the accuracy"
                " of soft decoding."
            )
    nothing = "It needs soft decoding and a competitor with more labels; one of them was left out."
    return "\n".join(f"- {sentence}" for sentence in told) or nothing


def _ratio_interval(row: Mapping[Any, Any]) -> str:
    """Return the interval of a ratio in brackets, empty where there is none."""
    if math.isnan(row["low"]):
        return ""
    high = "more than was tried" if math.isinf(row["high"]) else f"{row['high']:.2g}"
    return f" ({row['low']:.2g} to {high})"


def describe_experiment(numbers: Mapping[str, Any], dataset: Dataset, table: pd.DataFrame) -> str:
    """Tell what was decoded, with how many models and draws."""
    models, draws = len(numbers["model_seeds"]), len(numbers["label_seeds"])
    fewer = numbers["competitor_draws"]
    others = f" ({fewer} for methods that need no model)" if fewer else ""
    return (
        f"Here {len(dataset):,} images of {escape(dataset.name)} were decoded with"
        f" K = {numbers['n_components']} components, {counted(models, 'model')} and"
        f" {counted(draws, 'draw')} of labels{others}: {len(table):,} accuracies in all."
    )


def describe_sureness(numbers: Mapping[str, Any]) -> str:
    """Tell what the intervals are over, and what they do not tell."""
    over = describe_seeds(len(numbers["model_seeds"]), len(numbers["label_seeds"]))
    alone = " Of another training run they say nothing." if len(numbers["model_seeds"]) == 1 else ""
    return f"Means and intervals of the decoders are {over}.{alone}"


def describe_inductive(summary: pd.DataFrame, unseen: pd.DataFrame) -> str:
    """Tell the accuracies on images left without a label and on new ones, at the largest budget.

    Only methods with a model have seen the former, without their labels.
    """
    n_labels = summary["n_labels"].max()
    return (
        f"With {n_labels} labels, accuracy on the images left without a label, and on the test"
        f" split by a model that has never seen it, is {_both(summary, unseen, n_labels)}."
    )


def describe_stratified(summary: pd.DataFrame, shared: pd.DataFrame) -> str:
    """Tell the accuracies of random and of stratified labels, at the smallest budget."""
    n_labels = summary["n_labels"].min()
    return (
        f"With {n_labels} labels drawn at random, and as many that keep every class's share, mean"
        f" accuracy is {_both(summary, shared, n_labels)}."
    )


def _both(summary: pd.DataFrame, other: pd.DataFrame, n_labels: int) -> str:
    """Return the accuracies of each method in two tables, at one budget."""
    before, after = (
        rows[rows["n_labels"] == n_labels].set_index("method")["mean"] for rows in (summary, other)
    )
    return ", ".join(
        f"{before[method]:.1%} and {after[method]:.1%} for {in_words(method)}"
        for method in before.index.intersection(after.index)
    )
