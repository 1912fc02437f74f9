"""Sentences of chapter 10, which follow from its numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from gmvae.chapters.sureness import told_of
from gmvae.pages.escape import escape
from gmvae.pages.results import counted

_ENOUGH = 0.93  # of intervals of 95 % that should hold the accuracy
_MORE = 0.98


def describe_study(numbers: Mapping[str, Any]) -> str:
    """Tell what a study was measured on, or that no draw could tell anything."""
    data = numbers["data"]
    where = f"{escape(data['name'])}, {data['n_images']:,} images"
    if not numbers["told"]:
        return f"On {where}, no draw had two labels of a class, so that none tells its own worth."
    models = counted(len(numbers["model_seeds"]), "model")
    draws = counted(len(numbers["label_seeds"]), "draw")
    return f"Measured on {where}, with {models} and {draws} of labels for each."


def describe_left_out(budgets: Sequence[int], kept: Sequence[int], n_images: int) -> str:
    """Tell which budgets were left out, or nothing if none was."""
    dropped = sorted(set(budgets) - set(kept))
    if not dropped:
        return ""
    listed = ", ".join(f"{n:,}" for n in dropped)
    return (
        f"Left out: {listed} labels of {n_images:,} images: more than half of them, or so many that"
        " leaving each out once takes long."
    )


def describe_told(numbers: Mapping[str, Any], chosen: bool = False) -> str:
    """Tell how often the interval holds the true accuracy, and how far the estimate is off.

    Nothing where no label was `chosen`, as in older results.
    """
    told = told_of(numbers, chosen)
    all_ = told[told["abstain"] == 0]
    if all_.empty:
        return ""
    draws = int(all_["draws"].sum())
    inside = float((all_["inside"] * all_["draws"]).sum() / draws)
    off = 100 * (all_["told"] - all_["accuracy"])
    listed = ", ".join(
        f"{value:+.1f} at {int(n):,}" for n, value in zip(all_["n_labels"], off, strict=True)
    )
    verdict = "no fewer than it promises" if inside >= _ENOUGH else "fewer than it promises"
    if inside > _MORE:
        verdict += ", so it is wider than it had to be"
    few = all_.sort_values("n_labels").iloc[0]
    opening = "With chosen labels the interval" if chosen else "The interval"
    return (
        f"{opening} of 95 % holds the true accuracy in {inside:.0%} of {draws:,} cases,"
        f" {verdict}. The cases share draws, so they are not independent. With"
        f" {few['n_labels']:,.0f} labels the interval goes from {few['low']:.0%} to"
        f" {few['high']:.0%}, on average. Told minus true, in points: {listed} labels."
    )


def describe_more_labels(numbers: Mapping[str, Any]) -> str:
    """Tell how far off the prediction for twice the labels is, or nothing if there is none."""
    told = told_of(numbers)
    all_ = told[told["abstain"] == 0].dropna(subset=["twice"])
    if all_.empty:
        return "No number of labels that was tried is large enough to tell of twice as many."
    off = 100 * (all_["told_twice"] - all_["twice"])
    listed = ", ".join(
        f"{value:+.1f} from {int(n):,}" for n, value in zip(all_["n_labels"], off, strict=True)
    )
    return f"Told minus true for twice the labels, in points: {listed} labels."


def describe_abstaining(numbers: Mapping[str, Any], share: float = 0.1) -> str:
    """Tell what leaving a share of the images out gains, budget by budget."""
    told = told_of(numbers).pivot_table("accuracy", "n_labels", "abstain")
    if share not in told or 0.0 not in told:
        return ""
    gain = (100 * (told[share] - told[0.0])).dropna()
    listed = ", ".join(f"{value:+.1f} at {n:,}" for n, value in gain.items())
    return (
        f"Where {share:.0%} of the images get no answer, the others are right more often by, in"
        f" points: {listed} labels."
    )
