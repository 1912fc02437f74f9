"""What chapter 08 says of its numbers; every sentence follows from them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gmvae.pages.escape import escape
from gmvae.pages.method_names import in_words
from gmvae.pages.results import counted


def describe_sizes(numbers: Mapping[str, Any] | None) -> str:
    """Tell which models were trained, or that none were."""
    if numbers is None:
        return (
            "This run trains no other models than its own: `--set 'sweep_components=[25, 50, 200]'`"
            " does, and this chapter then has its figures. What it gives on EMNIST letters, 111,638"
            " images, is on the page [Results on record](../book/record.html)."
        )
    listed = ", ".join(str(row["n_components"]) for row in numbers["sizes"])
    return (
        f"K is {listed}; each size has {counted(len(numbers['model_seeds']), 'model')}, and each"
        f" budget {counted(len(numbers['label_seeds']), 'draw')} of labels."
    )


def describe_study(numbers: Mapping[str, Any]) -> str:
    """Tell what the models were trained on, which they are, and how they were scored."""
    data = numbers["data"]
    return f"On {escape(data['name'])}, {data['n_images']:,} images. {describe_sizes(numbers)}"


def describe_compromise(numbers: Mapping[str, Any]) -> str:
    """Tell which K is best at each budget, and what the run's own K loses against it."""
    k = numbers["n_components"]
    lost = pd.DataFrame(numbers["regret"])
    own = lost[lost["choice"] == f"K = {k}"]
    told = []
    for method, rows in own.groupby("method", sort=False):
        each = [f"{r.best} at {r.n_labels:,} labels ({r.regret:.1f})" for r in rows.itertuples()]
        told.append(f"for {in_words(str(method))} the best K is {', '.join(each)}")
    worst = own["regret"].max()
    verdict = f"at most {worst:.1f} points below the best" if worst > 0 else "the best everywhere"
    listed = "; ".join(told)
    return f"In brackets are the points that K = {k} loses: {listed}. So K = {k} is {verdict}."


def describe_theory(numbers: Mapping[str, Any]) -> str:
    """Tell which K the formula of chapter 05 holds for best at each budget, and what was measured.

    Nothing where hard decoding by the published rule was not measured.
    """
    rows = numbers["theory"]
    if not rows:
        return ""
    best = ", ".join(f"{row['predicted_best']} at {row['n_labels']:,}" for row in rows)
    same = sum(row["predicted_best"] == row["measured_best"] for row in rows)
    apart = max(row["apart"] for row in rows)
    return (
        "For the published hard rule, the formula of chapter 05 finds the best K without drawing a"
        f" label: {best} labels. The draws agree at {same} of {len(rows)}"
        f" budgets; predicted and measured accuracy are at most {apart:.1f} points apart."
    )


def describe_choices(numbers: Mapping[str, Any]) -> str:
    """Tell which K each criterion without labels would have chosen, and its worst regret."""
    lost = pd.DataFrame(numbers["regret"])
    lost = lost[lost["method"] != "graph"]
    told = [
        f"the {name} would have chosen K = {k} (up to"
        f" {lost.loc[lost['choice'] == name, 'regret'].max():.1f} points lost)"
        for name, k in numbers["choices"].items()
    ]
    return f"Without a label, and counting methods that read q(c|x) alone, {'; '.join(told)}."


def describe_plain(numbers: Mapping[str, Any]) -> str:
    """Tell whether k-means on a plain model's z does as well as on the mixture's."""
    sizes = {row["n_components"]: row for row in numbers["sizes"]}
    k = numbers["n_components"]
    plain, mixture = sizes[1]["purity_kmeans"], sizes[k]["purity_kmeans"]
    rows = [row for row in numbers["plain"] if row["method"] == "soft"]
    each = ", ".join(f"{100 * r['difference']:+.1f} at {r['n_labels']:,}" for r in rows)
    on = [r for r in numbers["plain"] if r["method"] == "graph"]
    graph = ", ".join(f"{100 * r['difference']:+.1f} at {r['n_labels']:,}" for r in on)
    always = all(r["lowest"] > 0 for r in rows)
    never = all(r["lowest"] <= 0 for r in rows)
    matter = (
        "With soft decoding it is ahead in every draw"
        if always
        else "That it is ahead in every draw cannot be said of any budget with soft decoding"
        if never
        else "With soft decoding it is ahead in every draw at some budgets and not at others"
    )
    models = counted(len(numbers["model_seeds"]), "model")
    return (
        f"{k} clusters of k-means on the z of a plain model, K = 1, have a purity of {plain:.1%};"
        f" on the z of the mixture {mixture:.1%}, and the mixture's own components"
        f" {sizes[k]['purity']:.1%}. With soft decoding of those clusters the mixture's z is ahead"
        f" by {each} labels, in points; with a graph on z by {graph}. {matter}."
        f" All this is of {models} of each kind."
    )


def describe_preparation(numbers: Mapping[str, Any], n_labels: int) -> str:
    """Tell what normalised images are worth to each way, and what is left to the model."""
    budgets = {row["n_labels"] for row in numbers["preparation"]}
    n_labels = min(budgets, key=lambda n: abs(n - n_labels))  # the nearest that was measured
    rows = {r["method"]: r for r in numbers["preparation"] if r["n_labels"] == n_labels}
    gains = ", ".join(f"{100 * row['gain']:+.1f} for {name}" for name, row in rows.items())
    worth = f"With {n_labels:,} labels, normalisation is worth {gains}, in points."
    if not {"graph", "graph-pixels"} <= set(rows):
        return f"{worth} A graph of some of these images could not be solved in any draw."
    model = 100 * (rows["graph"]["normalised"] - rows["graph-pixels"]["normalised"])
    raw = 100 * (rows["graph"]["raw"] - rows["graph-pixels"]["raw"])
    return (
        f"{worth} A graph on the model's z is {_apart(raw)} a graph of the pixels if images are"
        f" raw, and {_apart(model)} it if they are normalised."
    )


def _apart(points: float) -> str:
    """Return a difference in points as words."""
    return f"{abs(points):.1f} points {'above' if points >= 0 else 'below'}"
