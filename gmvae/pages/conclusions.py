"""What the numbers of a run show, in sentences that follow the numbers whichever way they fall."""

from collections.abc import Mapping

import pandas as pd

from gmvae.pages.method_names import in_words
from gmvae.pages.points import interval
from gmvae.pages.results import (
    RULES,
    Results,
    counted,
    mean_accuracies,
    mean_purity,
    on_shared_draws,
)

_SUPERVISED = ("logistic-regression", "mlp", "xgboost")


def conclusions(results: Results) -> list[str]:
    """Say in sentences what the numbers of a run show, whichever way they fall."""
    means = mean_accuracies(results.supervision)
    rules = [set(means[rule].dropna().index) if rule in means else set() for rule in RULES]
    shared = set.intersection(*rules)  # budgets at which all rules were run
    if not shared:
        return ["This run leaves out one of the decoding rules, so it cannot compare them."]
    return [
        *(_gap_sentence(results, means, int(n)) for n in sorted({min(shared), max(shared)})),
        *_overtaking_sentences(results.supervision),
        *_strongest_sentences(results.all_draws),
        _ceiling_sentence(results, means["soft"]),
    ]


def against_the_article(results: Results, many: int = 10_192, article: float = 0.8) -> str:
    """Say whether XGBoost finds the images of a result easier than the article's.

    Parameters
    ----------
    results : Results
    many : int
        The article's labels for XGBoost, about 7 % of 145,600.
    article : float
        The accuracy that the article reports there.
    """
    tables = [results.supervision, *results.other_settings.values()]
    rows = pd.concat([table[table["method"] == "xgboost"] for table in tables])
    near = rows[(rows["n_labels"] > 0.9 * many) & (rows["n_labels"] < 1.1 * many)]
    if near.empty:
        return "XGBoost was not run here with about as many labels as it takes in the article."
    n, accuracy = int(near["n_labels"].iloc[0]), float(near["accuracy"].mean())
    word = "easier" if accuracy > article else "no easier"
    return (
        f"With {n:,} labels XGBoost is right on {accuracy:.1%} of these images; the article reports"
        f" about {article:.0%} at {many:,} on its own. To XGBoost, these images are {word}."
    )


def _gap_sentence(results: Results, means: pd.DataFrame, n_labels: int) -> str:
    """Tell what soft decoding reaches, and how far it is from either hard rule."""
    hard, covered, soft = means.loc[n_labels, list(RULES)]
    if not round(1000 * (soft - hard)) and not round(1000 * (soft - covered)):
        return (
            f"With {n_labels:,} random labels soft decoding reaches {soft:.1%}, the same as both"
            " hard rules."
        )
    return (
        f"With {n_labels:,} random labels soft decoding reaches {soft:.1%}. That is"
        f" {_points(soft - hard)} than the published hard rule, of which {_tenth(covered - hard)}"
        " points are the rule for components without a label, and"
        f" {_points(soft - covered)} than the hard rule over components that have one"
        f"{_fair_interval(results, n_labels)}."
    )


def _fair_interval(results: Results, n_labels: int) -> str:
    """Return the interval of soft minus the fair hard rule in brackets, if one is known."""
    minus = results.chapters.get("05_supervision", {}).get("soft_minus", {})
    rows = [row for row in minus.get("hard-covered", []) if int(row["n_labels"]) == n_labels]
    return interval(rows[0]) if rows else ""


def _points(difference: float) -> str:
    """Tell a difference of shares in points, more or fewer."""
    word = "more" if difference >= 0 else "fewer"
    return f"{abs(100 * difference):.1f} percentage points {word}"


def _tenth(difference: float) -> str:
    """Return a difference in points; adding 0.0 turns a rounded -0.0 into 0.0."""
    return f"{round(100 * difference, 1) + 0.0:.1f}"


def _overtaking_sentences(supervision: pd.DataFrame) -> list[str]:
    """Tell where the article's supervised methods overtake soft decoding, on shared draws.

    The article gives them raw pixels. Where they were given the normalised images too, which soft
    decoding reads, that is told after it.
    """
    compared = _by_budget(supervision)
    sentences = []
    for method in _SUPERVISED:
        rows = {n: table.loc[method] for n, table in compared.items() if method in table.index}
        if not rows:
            continue
        ahead = [n for n, row in rows.items() if row["theirs"] >= row["soft"]]
        sentences.append(
            f"Soft decoding is overtaken by {in_words(method)} on pixels at {min(ahead):,} labels."
            if ahead
            else f"Soft decoding stays ahead of {in_words(method)} on pixels up to"
            f" {max(rows):,} labels, the most tried here."
        )
        sentences[-1] += _given_normalised(method, compared)
    return sentences


def _given_normalised(method: str, compared: Mapping[int, pd.DataFrame]) -> str:
    """Tell where a method overtakes soft decoding if it reads the same normalised images."""
    name = f"{method}-normalised"
    rows = {n: table.loc[name] for n, table in compared.items() if name in table.index}
    if not rows:
        return ""
    ahead = [n for n, row in rows.items() if row["theirs"] >= row["soft"]]
    does = f"it is ahead at {min(ahead):,}" if ahead else f"it stays behind up to {max(rows):,}"
    return (
        f" Those pixels are raw. Given the normalised images that the model reads, {does} labels."
    )


def _strongest_sentences(supervision: pd.DataFrame) -> list[str]:
    """Name the best competitor at the smallest and the largest budget that one shares with soft."""
    compared = _by_budget(supervision)
    sentences = []
    for n in sorted({min(compared), max(compared)} if compared else set()):
        best, n_ahead = compared[n].iloc[0], (compared[n]["theirs"] > compared[n]["soft"]).sum()
        sentences.append(
            f"At {n:,} labels the strongest competitor is {in_words(str(best.name))} with"
            f" {best['theirs']:.1%}, against {best['soft']:.1%} by soft decoding on the same"
            f" {counted(int(best['draws']), 'draw')}. {n_ahead} of the {len(compared[n])}"
            f" competitors {'is' if n_ahead == 1 else 'are'} ahead of it there."
        )
    return sentences


def _by_budget(supervision: pd.DataFrame) -> Mapping[int, pd.DataFrame]:
    """Return the comparisons on shared draws of each budget that has any."""
    budgets = sorted({int(n) for n in supervision["n_labels"]})
    compared = {n: on_shared_draws(supervision, n) for n in budgets}
    return {n: table for n, table in compared.items() if len(table)}


def _ceiling_sentence(results: Results, soft: pd.Series) -> str:
    """Tell the purity, and whether soft decoding, which it does not bound, is above it."""
    (purity, of_which), n = mean_purity(results), int(soft.dropna().index.max())
    sentence = (
        f"If every component had its right name, {purity:.1%} of the images would be"
        f" right{of_which}: a ceiling for rules that give each component one name."
    )
    if soft[n] <= purity:
        return sentence
    means = results.chapters.get("05_supervision", {}).get("accuracy", {}).get("soft", {})
    known = means.get(str(n), {})
    low, high = known.get("low"), known.get("high")
    why = "it gives no component one name, so two images of one component may get different labels."
    if low is None or low > purity:
        return f"{sentence} Soft decoding is above it with {n:,} labels, {soft[n]:.1%}: {why}"
    return (
        f"{sentence} Soft decoding is level with it with {n:,} labels, {soft[n]:.1%} ({low:.1%} to"
        f" {high:.1%}), and not bound by it: {why}"
    )
