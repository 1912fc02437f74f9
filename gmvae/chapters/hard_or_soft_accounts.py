"""What chapter 06 sets beside the accuracies: ceilings, wins and losses, and three switches."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gmvae.chapters.hard_or_soft import Comparison
from gmvae.experiments.accounts import (
    balanced_accuracy,
    profile_distance,
    seen_class_share,
    wins_and_losses,
    with_every_label,
)
from gmvae.experiments.correctness import with_interval
from gmvae.experiments.switches import shares_of_gain, switched_accuracies
from gmvae.files import finite
from gmvae.pages.points import interval, tenth

RULES = ("hard-covered", "soft")
_SWITCH_NAMES = {
    "fit": "adding up responsibilities in place of counting images",
    "class": "dividing by the number of each label's images",
    "read": "reading all components in place of the most likely one",
}


def accounts(compared: Comparison) -> dict[str, Any]:
    """Return the numbers on record; intervals are over models and draws.

    Returns
    -------
    dict
        ``seen_class_share`` and ``profile_distance`` by budget, ``balanced_accuracy`` by rule,
        ``wins`` of soft decoding against the fair hard rule, ``switches`` with what each adds to
        its gain, and ``every_label``; see :mod:`gmvae.experiments.accounts` and
        :mod:`gmvae.experiments.switches`.
    """
    y, R, seeds = compared.dataset.labels, compared.posteriors, compared.label_seeds
    n_classes, n = len(compared.dataset.class_names), compared.n_labels
    right = compared.right
    balanced = {rule: balanced_accuracy(right[rule], y, n_classes) for rule in RULES}
    shares = shares_of_gain(switched_accuracies(R, y, n, seeds))
    return finite(
        {
            "seen_class_share": {str(b): seen_class_share(y, b, seeds) for b in compared.budgets},
            "profile_distance": {
                str(b): profile_distance(R, y, b, seeds) for b in compared.budgets
            },
            "balanced_accuracy": {rule: _row(A, compared) for rule, A in balanced.items()},
            "wins": wins_and_losses(right["soft"], right["hard-covered"]),
            "switches": {name: _row(share, compared) for name, share in shares.items()},
            "every_label": with_every_label(R, y),
        }
    )


def _row(values: Any, compared: Comparison) -> dict[str, float]:
    """Return the ``mean, low, high`` of values ``(M, S)``."""
    row: pd.Series = with_interval(values[None], compared.confidence).iloc[0]
    return {str(name): float(value) for name, value in row.items()}


def describe_switches(switches: Mapping[str, Mapping[str, Any]], n_labels: int) -> str:
    """Tell what each of the three differences between the rules adds to soft's gain."""
    parts = [f"{_share(switches[name])} come from {text}" for name, text in _SWITCH_NAMES.items()]
    whole = sum(row["mean"] for row in switches.values())
    return (
        f"With {n_labels} labels soft minus *hard-covered* is {tenth(whole)} points:"
        f" {', '.join(parts[:-1])} and {parts[-1]}."
    )


def describe_wins(wins: Mapping[str, float], n_labels: int) -> str:
    """Tell how many images only one of the two rules gets right."""
    p = wins["p_value"]
    sure = (
        "The difference is more than chance in each model and draw"
        if p < 0.05
        else "In some model and draw the difference can be chance"
    )
    return (
        f"With {n_labels} labels only soft decoding is right on {wins['wins']:,.0f} images, and"
        f" only *hard-covered* on {wins['losses']:,.0f}, on average. {sure} (McNemar's test,"
        f" largest p-value {p:.2g})."
    )


def describe_ceilings(found: Mapping[str, Any], n_components: int) -> str:
    """Tell the ceilings: of unseen classes, of one name per component, of soft decoding."""
    smallest = min(found["seen_class_share"], key=int)
    every = found["every_label"]
    above = (
        f"Soft decoding is not bound by it, because it gives none of the {n_components} components"
        " one name"
        if every["soft"] > every["purity"]
        else "Soft decoding does not reach it here: it knows how responsibilities are spread over"
        " components, not which label is most frequent in one"
    )
    return (
        f"With {smallest} labels a label was drawn of the class of"
        f" {found['seen_class_share'][smallest]:.1%} of the images, on average, and a rule that"
        " gives no other labels cannot be right on the rest. With every label known, one name per"
        f" component is right on {every['purity']:.1%}, the purity, and soft decoding on"
        f" {every['soft']:.1%}. {above}."
    )


def describe_profiles(distances: Mapping[str, float]) -> str:
    """Tell how near m(l) from few labels comes to m(l) from all of them."""
    listed = ", ".join(f"{distance:.2f} with {n}" for n, distance in distances.items())
    return (
        "The total variation distance, between 0 and 1, of m(l) from n labels to m(l) from all"
        f" labels is on average {listed} labels."
    )


def describe_balanced(balanced: Mapping[str, Mapping[str, Any]], n_labels: int) -> str:
    """Tell the accuracy that counts every class alike."""
    listed = " and ".join(f"{row['mean']:.1%} for *{rule}*" for rule, row in balanced.items())
    return f"With {n_labels} labels the mean over classes of the accuracy in each is {listed}."


def _share(row: Mapping[str, Any]) -> str:
    """Return a share of the gain with its interval, or with its unit where it has none."""
    return f"{tenth(row['mean'])}{interval(row) or ' points'}"
