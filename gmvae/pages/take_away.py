"""What to remember of each chapter, in two sentences that follow from its numbers."""

from collections.abc import Callable, Mapping
from typing import Any

from gmvae.pages.escape import escape
from gmvae.pages.method_names import beginning, in_words
from gmvae.pages.results import counted, default_choice

Numbers = Mapping[str, Any]


def take_away(chapter: str, numbers: Numbers | None) -> str:
    """Return the box that ends a chapter, in Markdown, or nothing where it has no numbers.

    Parameters
    ----------
    chapter : str
        Such as ``04_decoding``.
    numbers : mapping or None
        What it has on record, as it is read back from its file.
    """
    told = _CHAPTERS[chapter](numbers) if numbers else ""
    return f"> **Take away.** {told}" if told else ""


def _data(d: Numbers) -> str:
    if not d.get("n_classes"):
        return f"{d['n_images']:,} images, and no label is known."
    return (
        f"The model sees {d['n_images']:,} images and not one of their labels. The labels of"
        f" {d['n_classes']} classes come in only when the components get their names."
    )


def _model(d: Numbers) -> str:
    k = d["training"]["n_components"]
    used = f"{d['components_in_use']} of {k} components are in use"
    if d.get("purity") is None:
        return f"Without a label, {used}."
    return (
        f"Without a label, {used}, and {d['purity']:.1%} of the images lie in a component whose"
        " most frequent class is theirs. What labels still have to do is to name the components."
    )


def _bound(d: Numbers) -> str:
    equal, confidence = d["equal"]["exact"], d["confidence"]
    text = (
        f"To reach {d['n_clusters']} equal components with a probability of {confidence:.0%} takes"
        f" {equal:,} random labels."
    )
    unequal = (d.get("unequal") or {}).get("exact")
    if unequal is None:
        return text
    more = "more" if unequal > equal else "no more"
    return f"{text} The model's own are not equal: they take {unequal:,}, {more} than that."


def _decoding(d: Numbers) -> str:
    hard, fair, soft = (d["accuracy"].get(m) for m in ("hard", "hard-covered", "soft"))
    if None in (hard, fair, soft):
        return ""
    rule, votes = 100 * (fair - hard), 100 * (soft - fair)
    return (
        f"With {d['n_labels']:,} labels the majority vote as published has {hard:.1%}, soft"
        f" decoding {soft:.1%}. Of that difference, {rule:+.1f} points come from the rule for"
        f" components without a label and {votes:+.1f} from soft votes."
    )


def _supervision(d: Numbers) -> str:
    rows = [row for row in d["label_ratio"] if row.get("ratio") is not None]
    if not rows:
        return "No competitor was measured that reaches what soft decoding has, or none at all."
    best = min(rows, key=lambda row: row["ratio"])
    at_most = "at most " if best["bound"] == "at most" else ""
    verdict = "fewer labels" if best["ratio"] < 1 else "no fewer labels"
    text = (
        f"Soft decoding has {best['accuracy']:.1%} with {best['reference']:,.0f} labels. The rival"
        f" that needs the fewest for as much, {in_words(best['method'])}, needs {at_most}"
        f"{best['n_labels']:,.0f}: {verdict}."
    )
    short = [row for row in d["label_ratio"] if row["bound"] == "more than"]
    if not any(row["method"] == "xgboost" for row in short):
        return text
    largest = max(row["largest"] for row in short if row["method"] == "xgboost")
    return f"{text} {beginning('xgboost')} does not get there with {largest:,.0f}."


def _hard_or_soft(d: Numbers) -> str:
    gains = [100 * row["mean"] for row in d["fair_gain"].values()]
    wins = d["wins"]
    return (
        f"Against the fair hard rule, soft votes change accuracy by {min(gains):+.1f} to"
        f" {max(gains):+.1f} points. With {d['n_labels']:,} labels they alone are right on"
        f" {wins['wins']:,.0f} images and the hard rule alone on {wins['losses']:,.0f}."
    )


def _diagnostics(d: Numbers) -> str:
    pure = d["share_of_components_over_95_percent_pure"]
    text = f"{pure:.0%} of the components have more than 95 % of their images in one class."
    if not d["confusions"]:
        return text
    first = d["confusions"][0]
    return (
        f"{text} What is confused most is {escape(str(first['class']))}, read as"
        f" {escape(str(first['decoded_as']))} in {first['share']:.1%} of its images."
    )


def _factorisations(d: Numbers) -> str:
    shared, full = d["models"].get("shared"), d["models"].get("per-component")
    if not shared or not full:
        return ""
    ratio = full["operations_per_image"] / shared["operations_per_image"]
    k = d["training"]["n_components"]
    return (
        f"A posterior for each of {k} components costs {ratio:.0f} times the arithmetic of a shared"
        " one. These are short trainings of equal settings: they show the price, not which of the"
        " two is the better model."
    )


def _mixture_size(d: Numbers) -> str:
    k = d["n_components"]
    lost = [r["regret"] for r in d["regret"] if r["choice"] == f"K = {k}"]
    graph = [100 * r["difference"] for r in d["plain"] if r["method"] == "graph"]
    if not lost or not graph:
        return ""
    return (
        f"K = {k} is at most {max(max(lost), 0):.1f} points below the best K that was tried. A"
        f" graph of the mixture's latent means is {min(graph):+.1f} to {max(graph):+.1f} points"
        f" ahead of one of a plain VAE's, K = 1, with {counted(len(d['model_seeds']), 'model')} of"
        " each."
    )


def _choosing(d: Numbers) -> str:
    rows = [r for r in d["choices"] if r["method"] == "graph" and r.get("accuracy") is not None]
    strategy = default_choice(d["choices"])
    chosen = {r["n_labels"]: r["accuracy"] for r in rows if r["strategy"] == strategy}
    drawn = {r["n_labels"]: r["accuracy"] for r in rows if r["strategy"] == "random"}
    shared = sorted(set(chosen) & set(drawn))
    if not shared:
        return ""
    n = max(shared, key=lambda size: chosen[size] - drawn[size])
    if chosen[n] <= drawn[n]:
        return "Choosing which images to label gained nothing here."
    most = shared[-1]
    last = f" With {most:,} it gains {100 * (chosen[most] - drawn[most]):+.1f} points."
    return (
        f"Choosing which images to label gains most with {n:,} labels: the graph has"
        f" {chosen[n]:.1%} with chosen ones and {drawn[n]:.1%} with drawn ones."
        f"{'' if most == n else last}"
    )


def _sureness(d: Numbers) -> str:
    rows = [row for row in d["told"] if row["abstain"] == 0]
    if not rows:
        return ""
    draws = sum(row["draws"] for row in rows)
    inside = sum(row["inside"] * row["draws"] for row in rows) / draws
    return (
        f"A few labels tell how good the result is, within an interval that is wide while they are"
        f" few: it held the accuracy in {inside:.0%} of {draws:,} cases, where 95 % were promised,"
        " without one label set aside for testing."
    )


def _ensembles(d: Numbers) -> str:
    rows = [row for row in d["accuracy"] if row["models"] == len(d["model_seeds"])]
    if not rows:
        return ""
    by_method = {
        method: [row["more"] for row in rows if row["method"] == method]
        for method in ("soft", "soft-diffused", "graph")
    }
    told = "; ".join(
        f"{in_words(method)} by {min(more):+.1f} to {max(more):+.1f} points"
        for method, more in by_method.items()
        if more
    )
    return (
        f"{len(d['model_seeds'])} models together change what one has with as many labels: {told}."
    )


_CHAPTERS: dict[str, Callable[[Numbers], str]] = {
    "01_data": _data,
    "02_model": _model,
    "03_label_bound": _bound,
    "04_decoding": _decoding,
    "05_supervision": _supervision,
    "06_hard_or_soft": _hard_or_soft,
    "07_diagnostics": _diagnostics,
    "08_mixture_size": _mixture_size,
    "09_choosing": _choosing,
    "10_sureness": _sureness,
    "11_ensembles": _ensembles,
    "12_factorisations": _factorisations,
}
