"""What a run found, in a few sentences for readers who will not read on."""

import pandas as pd

from gmvae.pages.escape import escape
from gmvae.pages.method_names import in_words
from gmvae.pages.results import (
    RULES,
    Results,
    counted,
    default_choice,
    means_by_draw,
    means_near,
    on_shared_draws,
)

_LEVEL = 0.005  # shares that are no further apart are called level


def finding(results: Results, n_labels: int) -> str:
    """Return the finding of a run in Markdown: the method, and in a list its rivals and more.

    Parameters
    ----------
    results : Results
    n_labels : int
        The nearest budget at which all decoding rules were run is told.
    """
    if not set(RULES) <= set(results.supervision["method"]):
        return "This run leaves out one of the decoding rules, so it has no finding to tell."
    data = results.summary["data"]
    n, accuracy = means_near(results, n_labels)
    compared = [*_added(results, n), *_students(results, n)]
    head = (
        f"**On {escape(data['name'])}, {data['n_images']:,} images, a model that saw no label is"
        f" right on {accuracy['soft']:.1%} of the images once {n:,} of them, drawn at random, are"
        f" labelled** ({n / data['n_images']:.2%}; soft decoding)."
        f" Majority vote reaches {accuracy['hard']:.1%}."
    )
    if compared:
        compared.append("Differences are taken before rounding.")
    told = (_rivals(results, n), compared, _chosen(results, n, accuracy["soft"]))
    points = "\n".join(f"- {' '.join(sentences)}" for sentences in told if sentences)
    return f"{head}\n\n{points}" if points else head


def _rivals(results: Results, n: int) -> list[str]:
    """Tell the strongest rival, and the graph that knows no model if that is another one."""
    compared = on_shared_draws(results.all_draws, n)
    if compared.empty:
        return []
    told = [_against(compared.index[0], compared.iloc[0], "The strongest rival")]
    if "graph-pixels" in compared.index[1:]:
        learned = compared.index[0] == "graph-pixels-student"
        opening = "The graph that it learns from" if learned else "A method without a model"
        told.append(_against("graph-pixels", compared.loc["graph-pixels"], opening))
    return told


def _against(method: str, row: pd.Series, opening: str) -> str:
    """Tell what a rival has, and whether it is ahead of soft decoding on the same draws."""
    theirs, soft, draws = row["theirs"], row["soft"], int(row["draws"])
    if abs(theirs - soft) <= _LEVEL:
        verdict = "level with soft decoding"
    elif theirs > soft:
        verdict = f"**ahead** of soft decoding by {100 * (theirs - soft):.1f} points"
    else:
        verdict = f"behind soft decoding by {100 * (soft - theirs):.1f} points"
    return (
        f"{opening}, {in_words(escape(method))}, has {theirs:.1%}: {verdict} on the same"
        f" {counted(draws, 'draw')}."
    )


def _added(results: Results, n: int) -> list[str]:
    """Tell what the model adds to a graph, on the draws that both graphs have."""
    both = _on_draws_of_both(results.all_draws, n, "graph", "graph-pixels")
    if both is None:
        return []
    latent, pixels, draws = both
    difference = 100 * (latent - pixels)
    more, adds = "more", "that is what the model adds"
    if difference < 0:
        more, adds = "less", "to a graph, the model adds nothing here"
    if abs(difference) <= 100 * _LEVEL:
        adds = "as good as level"
    return [
        f"The same graph on what the model learned has {latent:.1%}, {abs(difference):.1f} points"
        f" {more} than on pixels on the same {counted(draws, 'draw')}: {adds}."
    ]


def _students(results: Results, n: int) -> list[str]:
    """Tell what networks have that learn the labels of either graph, on the draws of both."""
    both = _on_draws_of_both(results.all_draws, n, "graph-student", "graph-pixels-student")
    if both is None:
        return []
    latent, pixels, draws = both
    difference = 100 * (latent - pixels)
    return [
        f"Over {counted(draws, 'draw')}, a network that learns the labels such a graph has given to"
        f" all images, and corrects them, has {latent:.1%} from the graph of what the model learned"
        f" and {pixels:.1%} from that of pixels: {abs(difference):.1f} points"
        f" {'more' if difference >= 0 else 'less'}."
    ]


def _on_draws_of_both(
    table: pd.DataFrame, n: int, method: str, other: str
) -> tuple[float, float, int] | None:
    """Return mean accuracies of two methods over the draws of `n` labels of both, and how many."""
    by_draw = means_by_draw(table[table["n_labels"] == n])  # (S, methods)
    if not {method, other} <= set(by_draw):
        return None
    both = by_draw[[method, other]].dropna()
    means = both.mean()
    return None if both.empty else (float(means[method]), float(means[other]), len(both))


def _chosen(results: Results, n: int, drawn: float) -> list[str]:
    """Tell how few labels do as much where the model chooses them, if that is fewer."""
    choices = results.chapters.get("09_choosing", {}).get("choices", [])
    strategy = default_choice(choices)
    enough = [
        (row["n_labels"], row["accuracy"])
        for row in choices
        if (row["method"], row["strategy"]) == ("soft", strategy)
        and row["n_labels"] < n
        and (row["accuracy"] or 0) >= drawn
    ]
    if not enough:
        return []
    few, reached = min(enough)
    told = (
        f"Where the model chooses which images to label, {few:,} labels do as much: soft decoding"
        f" reaches {reached:.1%}."
    )
    rivals = [
        row["accuracy"]
        for row in choices
        if (row["method"], row["strategy"], row["n_labels"]) == ("graph-pixels", strategy, few)
    ]
    if rivals and rivals[0] is not None:
        told += f" The graph of pixels, which chooses for itself, has {rivals[0]:.1%} with as many."
    return [told, *_students_of_chosen(results, few)]


def _students_of_chosen(results: Results, few: int) -> list[str]:
    """Tell what students make of as `few` labels that are chosen, where that is on record."""
    table = results.other_settings.get("students_chosen")
    if table is None:
        return []
    means = table[table["n_labels"] == few].groupby("method")["accuracy"].mean()
    names = ("graph-student-chosen", "graph-pixels-student-chosen")
    if not set(names) <= set(means.index):
        return []
    latent, pixels = means[list(names)]
    told = (
        f"Networks that learn what the graphs make of such labels have {latent:.1%}, and"
        f" {pixels:.1%} from the graph of pixels."
    )
    graphs = ("graph-chosen", "graph-pixels-chosen")
    if set(graphs) <= set(means.index):  # chapter 09's graphs chose anew, and are not these
        latent, pixels = means[list(graphs)]
        told += f" The graphs themselves had {latent:.1%} and {pixels:.1%} in that run."
    return [told]
