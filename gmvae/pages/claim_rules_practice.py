"""Rules for the article's claims about accuracy, and what it concludes from them.

A rule takes the evidence and returns a finding; its docstring is the rule.
"""

from collections.abc import Mapping
from typing import Any

from gmvae.pages.evidence import (
    FAILS,
    FEW,
    HOLDS,
    MORE,
    REMARK,
    UNTESTED,
    Evidence,
    Finding,
    NotMeasured,
    end,
    percent,
)
from gmvae.pages.method_names import beginning, in_words
from gmvae.pages.points import points
from gmvae.pages.results import RULES, counted, mean_purity, on_shared_draws

_MOST = 0.9  # of another accuracy: nearly as much
_SMALL = 0.05  # a gain of more is not small
_GAP, _GOAL, _FACTOR = 0.18, 0.8, 35  # the article's points, accuracy and times as many labels
_CLUSTERS = ("kmeans-majority", "gmm-majority")


def classical_baseline(e: Evidence) -> Finding:
    """Hold if soft decoding is ahead of all named clusters on shared draws, at every budget.

    A remark if it is not.
    """
    n = e.budget_near(MORE)
    by_budget = {m: _named_clusters(e, m) for m in e.figure("05_supervision", "accuracy", "soft")}
    rows = by_budget[n]
    if rows.empty:
        raise NotMeasured("clusters of pixels")
    level = [int(m) for m, t in by_budget.items() if (t["theirs"] >= t["soft"]).any()]
    listed = ", ".join(
        f"{in_words(str(name))} {row['theirs']:.1%}" for name, row in rows.iterrows()
    )
    text = f"With {int(n):,} labels {listed}; soft decoding {rows['soft'].iloc[0]:.1%} on the same"
    text += " draws."
    if not level:
        return Finding(HOLDS, text)
    listed = ", ".join(f"{m:,}" for m in sorted(level))
    return Finding(REMARK, f"{text} Clusters are ahead or level with {listed} labels.")


def _named_clusters(e: Evidence, n_labels: str) -> Any:
    """Return the rows of named clusters of pixels beside soft decoding, on shared draws."""
    table = on_shared_draws(e.results.all_draws, int(n_labels))
    return table[table.index.isin(_CLUSTERS)]


def example_of_soft(e: Evidence) -> Finding:
    """Hold if there is such an image and soft wins more than it loses; else a remark."""
    n = e.figure("06_hard_or_soft", "n_labels")
    wins = e.figure("06_hard_or_soft", "wins")
    text = (
        f"With {int(n):,} labels only soft is right on {wins['wins']:,.0f} images, only"
        f" hard-covered on {wins['losses']:,.0f}, on average."
    )
    if e.results.chapters.get("04_decoding", {}).get("example") is None or not wins["wins"]:
        return Finding(FAILS, f"No such image. {text}")
    return Finding(HOLDS if wins["wins"] > wins["losses"] else REMARK, text)


def seeds_and_intervals(e: Evidence) -> Finding:
    """Hold with five draws or more and several models; a remark where it is one model's."""
    draws, models = (
        len(e.figure("05_supervision", name)) for name in ("label_seeds", "model_seeds")
    )
    confidence = e.figure("05_supervision", "confidence")
    seeds = f"{counted(draws, 'draw')}, {counted(models, 'model')}"
    text = f"{seeds}, intervals of {confidence:.0%}."
    if draws < 5:
        return Finding(FAILS, text)
    return Finding(HOLDS if models > 1 else REMARK, text)


def surprisingly_good(e: Evidence) -> Finding:
    """Hold if soft has three quarters of what the labels' own classes allow, and no rival more.

    A remark if a competitor has more on the same draws. The ceiling is the share of images of
    whose class a label was drawn, see chapter 06.
    """
    n = e.budget_near(FEW)
    soft, ceiling = e.accuracy("soft", n), e.figure("06_hard_or_soft", "seen_class_share", n)
    table = on_shared_draws(e.results.all_draws, int(n))
    text = f"With {int(n):,} labels {percent(soft)}, where unseen classes allow {ceiling:.1%}."
    if soft["mean"] < 0.75 * ceiling:
        return Finding(FAILS, text)
    return _beside_the_strongest(table, text)


def _beside_the_strongest(table: Any, text: str) -> Finding:
    """Return a finding that holds, with a remark where a competitor is ahead on shared draws."""
    if table.empty:
        return Finding(HOLDS, text)
    best = table.iloc[0]
    ahead = f"{beginning(str(best.name))} has {best['theirs']:.1%}"
    text += f" {ahead}, soft {best['soft']:.1%} on the same draws."
    return Finding(REMARK if best["theirs"] >= best["soft"] else HOLDS, text)


def gap_with_few_labels(e: Evidence) -> Finding:
    """Hold if soft is 18 points ahead of the fair hard rule; a remark if of the published one."""
    n = e.budget_near(FEW)
    published, fair = e.soft_minus("hard", n), e.soft_minus("hard-covered", n)
    text = (
        f"With {int(n):,} labels {points(published)} ahead of the published rule, {points(fair)}"
        " of the fair one; the rest is the rule for components without a label."
    )
    if end(fair, "high") >= _GAP:
        return Finding(HOLDS, text)
    return Finding(REMARK if end(published, "high") >= _GAP else FAILS, text)


def eighty_percent(e: Evidence) -> Finding:
    """Hold if the interval lies above 80 % on the article's data; a remark on other data."""
    n = e.budget_near(MORE)
    soft = e.accuracy("soft", n)
    text = f"With {int(n):,} labels {percent(soft)}."
    if end(soft, "high") < _GOAL:
        return Finding(FAILS, text)
    sure = end(soft, "low") >= _GOAL and e.results.is_the_articles_data
    other = "" if e.results.is_the_articles_data else " Other data and another model."
    return Finding(HOLDS if sure else REMARK, text + other)


def times_as_many(e: Evidence) -> Finding:
    """Hold if XGBoost needs 35 times the labels and no competitor less; else a remark.

    Does not hold if XGBoost reaches soft decoding's accuracy with fewer. Not tested if it was not
    given as many labels.
    """
    n = int(e.budget_near(MORE))
    soft = e.accuracy("soft", str(n))["mean"]
    accuracies = e.figure("05_supervision", "accuracy", "xgboost")
    tried = {int(m): row["mean"] for m, row in accuracies.items()}
    if "many_labels" in e.results.other_settings:
        rows = e.results.other_settings["many_labels"].query("method == 'xgboost'")
        tried |= rows.groupby("n_labels")["accuracy"].mean().to_dict()
    reached = [m for m, accuracy in sorted(tried.items()) if accuracy >= soft]
    most = max(tried)
    if reached:
        text = f"XGBoost has soft decoding's {soft:.1%} with {reached[0]:,} labels or fewer,"
        text += f" {reached[0] / n:.0f} times as many as {n}."
        if reached[0] < _FACTOR * n:
            return Finding(FAILS, text)
    else:
        times = f"{most / n:.2g} times {n}" if most != n else "as many as soft decoding"
        text = f"XGBoost has {tried[most]:.1%} with {most:,} labels, {times}, and does not reach"
        text += f" soft decoding's {soft:.1%}."
        if most < _FACTOR * n * 0.99:
            return Finding(UNTESTED, text)
    return _least_ratio(e, text)


def _least_ratio(e: Evidence, text: str) -> Finding:
    """Return a finding that holds, with a remark where some competitor needs fewer labels."""
    rows = [row for row in e.figure("05_supervision", "label_ratio") if row["ratio"] is not None]
    fewest = min(rows, key=lambda row: row["ratio"], default=None)
    if fewest is None or fewest["ratio"] >= _FACTOR:
        return Finding(HOLDS, text)
    most = "at most " if fewest.get("bound") == "at most" else ""
    times = f"{most}{fewest['ratio']:.2g} times as many"
    return Finding(REMARK, f"{text} {beginning(fewest['method'])} needs {times}.")


def structure_without_labels(e: Evidence) -> Finding:
    """Hold if purity is nine tenths of every competitor's accuracy; fail if it is less.

    A remark if named clusters of pixels, without this model, have nine tenths of the purity.
    """
    supervision = e.results.supervision
    budgets = sorted({int(n) for n in supervision["n_labels"]})
    best = [(n, on_shared_draws(supervision, n)) for n in budgets]
    strongest = max(
        ((table["theirs"].iloc[0], table.index[0], n) for n, table in best if len(table)),
        default=None,
    )
    if strongest is None:
        raise NotMeasured("a competitor")
    accuracy, method, n = strongest
    purity, _ = mean_purity(e.results)
    best_one = f"the best competitor, {in_words(method)}, has {accuracy:.1%} with {n:,} labels"
    text = f"Purity {purity:.1%}; {best_one}."
    if purity < _MOST * accuracy:
        return Finding(FAILS, text)
    by_pixels = [(t.loc[m, "theirs"], n) for n, t in best for m in _CLUSTERS if m in t.index]
    if not by_pixels:
        return Finding(HOLDS, text)
    reached, n = max(by_pixels)
    text += f" Named clusters of pixels, without this model, reach {reached:.1%} with {n:,} labels."
    return Finding(REMARK if reached >= _MOST * purity else HOLDS, text)


def small_yet_consistent(e: Evidence) -> Finding:
    """Hold if every fair gain lies above zero and below 5 points; a remark if most do."""
    gains: Mapping[str, Any] = e.figure("06_hard_or_soft", "fair_gain")
    ahead = [n for n, row in gains.items() if end(row, "low") > 0]
    small = all(row["mean"] < _SMALL for row in gains.values())
    means = [100 * row["mean"] for row in gains.values()]
    text = (
        f"Soft minus hard-covered {min(means):+.1f} to {max(means):+.1f} points; above zero at"
        f" {len(ahead)} of {len(gains)} budgets."
    )
    if small and len(ahead) == len(gains):
        return Finding(HOLDS, text)
    return Finding(REMARK if len(ahead) > len(gains) / 2 else FAILS, text)


def when_uncertain(e: Evidence) -> Finding:
    """Hold if the gain on the least certain tenth is surely larger than on the most certain one.

    By entropy. A remark if it is larger and the intervals overlap.
    """
    tenths = next(iter(e.figure("06_hard_or_soft", "gain_by_certainty").values()))
    sure, unsure = tenths[0], tenths[-1]
    text = (
        f"Gain on the tenth with the smallest entropy {points(sure)}, with the largest"
        f" {points(unsure)}, with {e.figure('06_hard_or_soft', 'n_labels'):,} labels."
    )
    if unsure["mean"] <= sure["mean"]:
        return Finding(FAILS, text)
    return Finding(HOLDS if end(unsure, "low") > end(sure, "high") else REMARK, text)


def hard_does_well(e: Evidence) -> Finding:
    """Hold if the published rule has nine tenths of soft's accuracy with few labels and more.

    A remark if it does so only with 2.91 labels for each component.
    """
    budgets = [e.budget_near(FEW), e.budget_near(MORE)]
    pairs = [(e.accuracy("hard", n)["mean"], e.accuracy("soft", n)["mean"]) for n in budgets]
    text = "; ".join(
        f"with {n} labels {hard:.1%}, soft {soft:.1%}"
        for n, (hard, soft) in zip(budgets, pairs, strict=True)
    )
    few, more = (hard >= _MOST * soft for hard, soft in pairs)
    if not more:
        return Finding(FAILS, f"Published rule: {text}.")
    return Finding(HOLDS if few else REMARK, f"Published rule: {text}.")


def runs_on_mnist(e: Evidence) -> Finding:
    """Hold if the run's data are MNIST and every rule was scored; else not tested."""
    if e.results.summary["data"]["name"] != "mnist":
        return Finding(UNTESTED, "Other data.")
    n = e.budget_near(MORE)
    listed = ", ".join(f"{rule} {e.accuracy(rule, n)['mean']:.1%}" for rule in RULES)
    return Finding(HOLDS, f"With {int(n):,} labels {listed}.")


def only_to_name(e: Evidence) -> Finding:
    """Hold if the interval of soft decoding, at its largest budget, is not all above purity.

    A remark if it is, or if a competitor is above purity there. Does not hold if soft has less than
    nine tenths of a competitor's accuracy there.
    """
    budgets = e.figure("05_supervision", "accuracy", "soft")
    n = max(budgets, key=int)
    soft, (purity, _) = budgets[n], mean_purity(e.results)
    text = f"Purity {purity:.1%}, soft decoding with {int(n):,} labels {percent(soft)}."
    table = on_shared_draws(e.results.all_draws, int(n))
    if len(table) and table["theirs"].iloc[0] > purity:
        best = table.iloc[0]
        text += f" {beginning(str(best.name))} has {best['theirs']:.1%}."
        return Finding(FAILS if best["soft"] < _MOST * best["theirs"] else REMARK, text)
    return Finding(REMARK if end(soft, "low") > purity else HOLDS, text)
