"""How the numbers of chapter 06 are told, whichever way they fall."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from gmvae.chapters.hard_or_soft import Array, Comparison
from gmvae.pages.escape import escape
from gmvae.pages.points import interval, tenth


def describe_reasons(compared: Comparison) -> str:
    """Tell what each reason adds to soft's gain over the published rule at the smallest budget."""
    budget = min(compared.budgets)
    table = compared.gain_by_reason["hard"][list(compared.budgets).index(budget)]
    uncovered, misnamed, named = table["mean"]
    covered_share = compared.covered_share[budget]
    return (
        f"With {budget} labels, {covered_share:.1%} of the images lie in a component with a"
        f" labelled image. Of soft's difference to the published rule,"
        f" {tenth(uncovered + misnamed + named)} points in all, {tenth(uncovered)} come from"
        f" images whose component has no label, {tenth(misnamed)} from misnamed components and"
        f" {tenth(named)} from components named rightly. The first of these counts all that"
        " soft wins on such images, also what *hard-covered* would not."
    )


def describe_fair_gain(gains: Mapping[int, Array], tables: Mapping[int, pd.Series]) -> str:
    """Tell whether soft is ahead of the fair hard rule, at which budgets and how often.

    Parameters
    ----------
    gains : mapping from budget to array (M, S)
        Mean gain in each model and draw.
    tables : mapping from budget to Series
        Its ``mean, low, high``.
    """
    sizes = [
        f"{tenth(row['mean'])} points at {n} labels{interval(row)}" for n, row in tables.items()
    ]
    cells = np.concatenate([gain.ravel() for gain in gains.values()])
    ahead = [n for n, row in tables.items() if row["low"] > 0]
    everywhere = "at every budget" if len(ahead) == len(tables) else f"at {len(ahead)}"
    if len(ahead) < len(tables):
        everywhere += f" of {len(tables)} budgets"
    sure = (
        "and one model and one draw have no interval"
        if all(np.isnan(row["low"]) for row in tables.values())
        else f"and its interval lies above zero {everywhere}"
    )
    return (
        f"Soft minus *hard-covered*: {', '.join(sizes)}. It is above zero in "
        f"{(cells > 0).mean():.0%} of all {len(cells)} combinations of a budget, a model and a "
        f"draw, {sure}."
    )


def describe_classes(gain: pd.DataFrame, class_names: Sequence[str], n_labels: int) -> str:
    """Tell in which classes soft's gain lies above zero, and in which below."""
    winners = [escape(name) for name, low in zip(class_names, gain["low"], strict=True) if low > 0]
    losers = [
        escape(name) for name, high in zip(class_names, gain["high"], strict=True) if high < 0
    ]
    return (
        f"With {n_labels} labels, the interval lies above zero for {len(winners)} of {len(gain)}"
        f" classes ({', '.join(winners) or 'none'}) and below zero for {len(losers)}"
        f" ({', '.join(losers) or 'none'})."
    )


def describe_certainty(by_entropy: pd.DataFrame, by_margin: pd.DataFrame) -> str:
    """Tell the gain on the most and the least certain tenth of the images."""
    sure, unsure = by_entropy.iloc[0], by_entropy.iloc[-1]
    narrow, wide = by_margin.iloc[0], by_margin.iloc[-1]
    told = [f"{tenth(row['mean'])}{interval(row)}" for row in (sure, unsure, narrow, wide)]
    more = {
        "entropy": unsure["mean"] > sure["mean"],
        "the margin": narrow["mean"] > wide["mean"],
    }
    pays = "soft decoding pays more where the model hesitates"
    verdict = {
        (True, True): f"By both measures {pays}",
        (False, False): f"By neither measure {pays}",
        (True, False): f"By entropy {pays}, by the margin it does not",
        (False, True): f"By the margin {pays}, by entropy it does not",
    }[bool(more["entropy"]), bool(more["the margin"])]
    overlap = {"entropy": _overlap(sure, unsure), "the margin": _overlap(wide, narrow)}
    doubtful = " and ".join(name for name in more if more[name] and overlap[name])
    doubt = f"; by {doubtful} the intervals overlap" if doubtful else ""
    return (
        "The gain is soft minus *hard-covered*. On the tenth of the images with the smallest"
        f" entropy it is {told[0]} points, on the tenth with the largest {told[1]}; from the"
        f" smallest margin to the largest it goes from {told[2]} to {told[3]}. {verdict}{doubt}."
    )


def _overlap(lower: pd.Series, higher: pd.Series) -> bool:
    """Whether two intervals overlap; False where there are none."""
    return bool(higher.get("low", np.nan) <= lower.get("high", np.nan))


def describe_calibration(errors: Mapping[str, float], n_labels: int) -> str:
    """Tell the expected calibration errors, and what the temperature does to soft decoding's."""
    listed = "; ".join(f"{error:.3f} for *{name}*" for name, error in errors.items())
    return (
        f"The expected calibration error at {n_labels} labels is {listed}."
        f" {describe_tempering(errors)}"
    )


def describe_tempering(errors: Mapping[str, float]) -> str:
    """Tell what the temperature does to the error of soft decoding's shares of the vote."""
    before, after = errors["soft, shares of the vote"], errors["soft, tempered"]
    if round(before, 3) == round(after, 3):
        return "The temperature hardly changes it."
    return f"The temperature {'lowers' if after < before else 'raises'} it here."


def describe_groups(
    tables: Mapping[str, Mapping[str, pd.DataFrame]], names: Mapping[str, Sequence[str]]
) -> str:
    """Tell in which groups of images soft decoding is ahead of the fair hard rule.

    Parameters
    ----------
    tables : mapping from grouping to mapping from method to DataFrame
        Its ``mean`` is the accuracy in each group.
    names : mapping from grouping to sequence of str
        The groups' names.
    """
    sentences = []
    for grouping, rows in tables.items():
        gain = (rows["soft"]["mean"] - rows["hard-covered"]["mean"]).tolist()
        ahead = [escape(name) for name, g in zip(names[grouping], gain, strict=True) if g > 0]
        behind = [escape(name) for name, g in zip(names[grouping], gain, strict=True) if g < 0]
        parts = [f"ahead in {', '.join(ahead)}"] if ahead else []
        parts += [f"behind in {', '.join(behind)}"] if behind else []
        where = " and ".join(parts) or "level in all groups"
        sentences.append(
            f"By {escape(grouping)}, against *hard-covered*, soft decoding is {where}."
        )
    return " ".join(sentences)
