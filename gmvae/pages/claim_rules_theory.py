"""Rules for the article's claims about its data, its model and the labels that theory asks for.

A rule takes the evidence and returns a finding; its docstring is the rule.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from gmvae.pages.evidence import FAILS, HOLDS, MORE, REMARK, UNTESTED, Evidence, Finding, end
from gmvae.pages.points import points
from gmvae.pages.results import which_model

_SWITCHES = {
    "fit": "adding up responsibilities",
    "class": "dividing by class sizes",
    "read": "reading all components",
}
_PURE = 0.95  # a component that is purer counts as pure
_UNEQUAL = 1.5  # times as large


def size_and_balance(e: Evidence) -> Finding:
    """Hold on the article's data if it has so many images in equal classes; else not tested."""
    data = {name: e.figure("01_data", name) for name in ("n_images", "n_classes")}
    small, large = (e.figure("01_data", f"{end}_class") for end in ("smallest", "largest"))
    text = (
        f"{data['n_images']:,} images, {data['n_classes']} classes of {small:,} to {large:,} images"
    )
    if not e.results.is_the_articles_data:
        return Finding(UNTESTED, f"Other data: {text}.")
    same = data["n_images"] == e.figure("03_label_bound", "article", "n_images")
    return Finding(HOLDS if same and small == large else FAILS, f"{text}.")


def more_ambiguous_than_mnist(e: Evidence) -> Finding:
    """Hold if letters are less pure than MNIST and soft gains more; a remark if only the first.

    More in points, surely, and as a share of the images that the fair hard rule has wrong.
    """
    mnist = [other for other in e.beside if other.summary["data"]["name"] == "mnist"]
    if not mnist or e.results.summary["data"]["n_classes"] != 26:
        return Finding(UNTESTED, "It takes a run on letters and one on MNIST.")
    other = Evidence(mnist[0])
    purities = [x.results.summary["purity"] for x in (e, other)]
    (n, gain, share), (n_other, gain_other, share_other) = _fair_gain(e), _fair_gain(other)
    text = (
        f"Purity {purities[0]:.1%}{which_model(e.results)}, on MNIST"
        f" {purities[1]:.1%}{which_model(other.results)}; soft minus hard-covered {points(gain)}"
        f" with {n} labels, on MNIST {points(gain_other)} with {n_other}; of what hard-covered has"
        f" wrong {share:.0%}, on MNIST {share_other:.0%}."
    )
    if purities[0] >= purities[1]:
        return Finding(FAILS, text)
    apart = end(gain, "low") > end(gain_other, "high") and share > share_other
    return Finding(HOLDS if apart else REMARK, text)


def _fair_gain(e: Evidence) -> tuple[str, Mapping[str, Any], float]:
    """Return a budget, soft minus hard-covered there, and as a share of the latter's errors."""
    n = e.budget_near(MORE)
    gain, errors = e.soft_minus("hard-covered", n), 1 - e.accuracy("hard-covered", n)["mean"]
    return n, gain, gain["mean"] / errors if errors else 0.0


def styles_in_components(e: Evidence) -> Finding:
    """Hold if components are nearer to pure in case than to chance, and not all are pure."""
    case = e.figure("07_diagnostics", "case_purity")
    pure = e.figure("07_diagnostics", "share_of_components_over_95_percent_pure")
    text = (
        f"Of the images whose case is known {case['label_and_case']:.1%} have their component's"
        f" majority letter and case, {case['label']:.1%} its letter, {case['by_chance']:.1%} by"
        " chance;"
        f" {1 - pure:.0%} of the components are no more than 95% pure."
    )
    middle = (case["label"] + case["by_chance"]) / 2
    return Finding(HOLDS if case["label_and_case"] > middle and pure < 1 else FAILS, text)


def soft_generalises_hard(e: Evidence) -> Finding:
    """Hold if three switches lead from one rule to the other and add up to the difference.

    A remark if dividing by class sizes surely matters: soft decoding of certain responsibilities is
    the majority vote with each label's votes divided by its number, which then is another rule.
    """
    switches = e.figure("06_hard_or_soft", "switches")
    n = str(e.figure("06_hard_or_soft", "n_labels"))
    whole = sum(row["mean"] for row in switches.values())
    listed = ", ".join(
        f"{_SWITCHES.get(name, name)} {100 * row['mean']:+.1f}" for name, row in switches.items()
    )
    text = f"With {int(n):,} labels {listed} points, {100 * whole:+.1f} in all."
    rows = e.figure("05_supervision", "soft_minus", "hard-covered")
    measured = [row["mean"] for row in rows if str(row["n_labels"]) == n]
    agree = not measured or abs(whole - measured[0]) < 0.001
    if not agree:
        return Finding(FAILS, text)
    divided = switches["class"]
    matters = end(divided, "low") > 0 or end(divided, "high") < 0
    return Finding(REMARK if matters else HOLDS, text)


def pure_means_equal(e: Evidence) -> Finding:
    """Fail if pure components differ in size by half; not tested if none is pure."""
    purest = e.figure("03_label_bound", "purest")
    at_least = "" if purest["purity"] == 1 else "at least "
    text = (
        f"The {purest['components']} purest components are {at_least}{purest['purity']:.1%} pure"
        f" and hold {purest['smallest']:,} to {purest['largest']:,} images."
    )
    if purest["purity"] < _PURE or purest["components"] < 2:
        return Finding(UNTESTED, text)
    unequal = purest["largest"] > _UNEQUAL * purest["smallest"]
    return Finding(FAILS if unequal else HOLDS, text)


def chosen_labels(e: Evidence) -> Finding:
    """Hold if K of the article's images are its 0.07 %."""
    article = e.figure("03_label_bound", "article")
    share = article["n_components"] / article["n_images"]
    text = f"{article['n_components']} of {article['n_images']:,} images are {share:.3%}."
    return Finding(HOLDS if round(share, 4) == 0.0007 else FAILS, text)


def share_to_cover(e: Evidence) -> Finding:
    """Hold if the exact number of labels is the article's share of its images, as rounded."""
    article = e.figure("03_label_bound", "article")
    exact, union, N = article["exact"], article["union"], article["n_images"]
    text = (
        f"Exactly {exact} labels, {exact / N:.3%} of {N:,} images; the union bound's {union} are"
        f" {union / article['n_training']:.3%} of the {article['n_training']:,} for training."
        f" {article['share']:.1%} are {article['claimed']} and cover all with"
        f" {article['claimed_probability']:.1%}."
    )
    return Finding(HOLDS if round(exact / N, 3) == article["share"] else FAILS, text)


def unequal_clusters(e: Evidence) -> Finding:
    """Hold if the inequality's number is enough, and unequal components need more than equal."""
    unequal = e.figure("03_label_bound", "unequal")
    equal = e.figure("03_label_bound", "equal_same_number")
    text = (
        f"This run's components need {unequal['exact']:,} labels, by the inequality"
        f" {unequal['union']:,}; as many of equal size {equal:,}."
    )
    holds = unequal["union"] >= unequal["exact"] >= equal
    return Finding(HOLDS if holds else FAILS, text)


def optimistic(e: Evidence) -> Finding:
    """Hold if naming all components rightly takes more labels than covering them."""
    named, exact = (
        e.figure("03_label_bound", "named_correctly"),
        e.figure("03_label_bound", "unequal", "exact"),
    )
    text = f"{exact:,} labels cover all components, {named:,} name all of them rightly."
    return Finding(HOLDS if named > exact else FAILS, text)


def hard_is_limited(e: Evidence) -> Finding:
    """Hold if soft decoding with every label is above purity; a remark if purity alone is low."""
    every = e.figure("06_hard_or_soft", "every_label")
    text = (
        f"With every label known, one name per component is right on {every['purity']:.1%}, soft"
        f" decoding on {every['soft']:.1%}."
    )
    if every["purity"] == 1:
        return Finding(FAILS, text)
    return Finding(HOLDS if every["soft"] > every["purity"] else REMARK, text)


def profiles_are_estimated(e: Evidence) -> Finding:
    """Hold if m(l) comes nearer with every budget; a remark if it is still far at 2.91 K labels.

    Far is a total variation distance above a quarter.
    """
    distances = e.figure("06_hard_or_soft", "profile_distance")
    values = [distances[n] for n in sorted(distances, key=int)]
    n = e.budget_near(MORE)
    text = f"Distance to m(l) from all labels: {', '.join(f'{v:.2f}' for v in values)}; at {n}"
    text += f" labels {distances[n]:.2f}." if n in distances else " labels not known."
    if any(b >= a for a, b in pairwise(values)):
        return Finding(FAILS, text)
    return Finding(HOLDS if distances.get(n, 1) <= 0.25 else REMARK, text)


def labels_per_component(e: Evidence) -> Finding:
    """Hold if 291 labels leave at most one of 100 equal components; a remark if more."""
    article = e.figure("03_label_bound", "article")
    missed = e.figure("03_label_bound", "article", "uncovered", "291")
    per_component = 291 / article["n_components"]
    text = f"{per_component:.2f} on average, and {missed:.1f} equal components still have none."
    if round(per_component) != 3:
        return Finding(FAILS, text)
    return Finding(HOLDS if missed <= 1 else REMARK, text)


def several_without_a_label(e: Evidence) -> Finding:
    """Hold if 2 to 25 of 100 equal components have no label; a remark if more."""
    article = e.figure("03_label_bound", "article")
    missed = e.figure("03_label_bound", "article", "uncovered", "73")
    text = f"{missed:.0f} of {article['n_components']} equal components have none, on average."
    if missed < 2:
        return Finding(FAILS, text)
    return Finding(HOLDS if missed <= article["n_components"] / 4 else REMARK, text)
