"""Rules for the article's claims about K and about a model without a mixture.

A rule takes the evidence and returns a finding; its docstring is the rule.
"""

from collections.abc import Mapping
from typing import Any

from gmvae.pages.evidence import FAILS, HOLDS, REMARK, Evidence, Finding, NotMeasured

_CLOSE, _NEAR = 1.0, 3.0  # points of accuracy
_AS_PURE, _LESS_PURE = 0.02, 0.10  # shares of the images
_STUDY = "08_mixture_size"


def _worst(e: Evidence, choice: str) -> float:
    """Return the largest regret of a choice of K in points, over budgets and rules for components.

    Raises
    ------
    NotMeasured
        If no run compared several K.
    """
    rows = [
        row["regret"]
        for row in e.figure(_STUDY, "regret")
        if row["choice"] == choice and row["method"] != "graph"
    ]
    if not rows:
        raise NotMeasured(choice)
    return float(max(rows))


def compromise(e: Evidence) -> Finding:
    """Hold if K is at most a point below the best of several K; a remark if at most three."""
    k = e.figure(_STUDY, "n_components")
    lost = _worst(e, f"K = {k}")
    mixtures = [row["n_components"] for row in e.figure(_STUDY, "sizes") if row["n_components"] > 1]
    listed = ", ".join(map(str, mixtures))
    text = (
        f"Of K = {listed}, K = {k} is at no budget more than {lost:.1f} points below the best, with"
        " soft and hard-covered decoding."
    )
    return Finding(HOLDS if lost <= _CLOSE else REMARK if lost <= _NEAR else FAILS, text)


def found_by_search(e: Evidence) -> Finding:
    """Hold if every criterion without labels loses a point at most; else a remark.

    Which one does so is seen only with labels.
    """
    lost = {name: _worst(e, name) for name in e.figure(_STUDY, "choices")}
    text = "Without labels, points below the best K at worst: " + ", ".join(
        f"{name} {points:.1f}" for name, points in lost.items()
    )
    return Finding(HOLDS if max(lost.values()) <= _CLOSE else REMARK, f"{text}.")


def merging_and_fragmenting(e: Evidence) -> Finding:
    """Hold if purity rises with K and both hard rules with the fewest labels are best in between.

    A remark if one of the two is, the published rule or hard-covered.
    """
    sizes = [row for row in e.figure(_STUDY, "sizes") if row["n_components"] > 1]
    rows = [
        row
        for row in e.figure(_STUDY, "accuracy")
        if row["method"] == "hard-covered" and row["n_components"] > 1
    ]
    n = min(row["n_labels"] for row in rows)
    by_size = {row["n_components"]: row["accuracy"] for row in rows if row["n_labels"] == n}
    best = {"hard-covered": max(by_size, key=lambda k: by_size[k]), **_best_of_published(e, n)}
    first, last = sizes[0], sizes[-1]
    told = " and ".join(f"{rule} is best at K = {k}" for rule, k in best.items())
    text = (
        f"From K = {first['n_components']} to {last['n_components']} purity goes from"
        f" {first['purity']:.1%} to {last['purity']:.1%}; with {n} labels {told}."
    )
    between = [first["n_components"] < k < last["n_components"] for k in best.values()]
    if first["purity"] >= last["purity"] or not any(between):
        return Finding(FAILS, text)
    return Finding(HOLDS if all(between) else REMARK, text)


def _best_of_published(e: Evidence, n_labels: int) -> dict[str, int]:
    """Return the K that is best for the published hard rule, by its name; nothing if unknown."""
    rows = _rows(e, "theory")
    best = [row["measured_best"] for row in rows if row["n_labels"] == n_labels]
    return {"hard": best[0]} if best else {}


def plain_vae(e: Evidence) -> Finding:
    """Fail if k-means on a plain z is within 2 points of the components' purity; remark to 10.

    A remark, too, if soft decoding on clusters of the mixture's z is nonetheless ahead of the plain
    one's in every draw. K-means cuts any cloud into parts, and purity judges the parts: it does not
    say whether there are gaps between them.
    """
    sizes: dict[int, Mapping[str, Any]] = {
        row["n_components"]: row for row in e.figure(_STUDY, "sizes")
    }
    k = e.figure(_STUDY, "n_components")
    plain, own = sizes[1]["purity_kmeans"], sizes[k]["purity"]
    text = (
        f"{k} clusters of k-means on a plain model's z have a purity of {plain:.1%}, the mixture's"
        f" components {own:.1%}."
    )
    apart = own - plain
    if apart > _LESS_PURE:
        return Finding(HOLDS, text)
    ahead = [row["lowest"] for row in _rows(e, "plain") if row["method"] == "soft"]
    if ahead and min(ahead) > 0:
        text += " Soft decoding on clusters of the mixture's z is ahead in every draw."
        return Finding(REMARK, text)
    return Finding(FAILS if apart <= _AS_PURE else REMARK, text)


def _rows(e: Evidence, name: str) -> list[Mapping[str, Any]]:
    """Return the rows of the study that have a name; nothing if they are not known."""
    try:
        found: list[Mapping[str, Any]] = e.figure(_STUDY, name)
    except NotMeasured:
        return []
    return found
