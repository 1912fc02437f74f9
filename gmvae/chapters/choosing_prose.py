"""Sentences of chapter 09, which follow from its numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from gmvae.chapters.choosing import WORDS, choices_of, needed_at_random
from gmvae.experiments.choosing import RANDOM
from gmvae.pages.escape import escape
from gmvae.pages.method_names import in_words
from gmvae.pages.results import counted, default_choice

_LEVEL = 0.01  # shares that are no further apart are taken as level


def describe_study(numbers: Mapping[str, Any]) -> str:
    """Tell what a study was measured on."""
    data = numbers["data"]
    models = counted(len(numbers["model_seeds"]), "model")
    draws = counted(len(numbers["label_seeds"]), "draw")
    return (
        f"Measured on {escape(data['name'])}, {data['n_images']:,} images, with {models}. Random"
        f" labels are means over {draws} as well."
    )


def describe_left_out(budgets: Sequence[int], kept: Sequence[int], n_images: int) -> str:
    """Tell which budgets do not fit, or nothing if all do."""
    dropped = sorted(set(budgets) - set(kept))
    if not dropped:
        return ""
    listed = ", ".join(f"{n:,}" for n in dropped)
    return f"Left out: {listed} labels, more than half of the {n_images:,} images."


def describe_savings(numbers: Mapping[str, Any], method: str = "graph") -> str:
    """Tell, budget by budget, how many random labels do as much as the chosen ones."""
    choices = choices_of(numbers)
    default = default_choice(numbers["choices"])
    chosen = choices[(choices["strategy"] == default) & (choices["method"] == method)]
    drawn = choices[(choices["strategy"] == RANDOM) & (choices["method"] == method)]
    at_random = drawn.set_index("n_labels")["accuracy"]
    most, best = int(drawn["n_labels"].max()), at_random.max()
    level = at_random.index[at_random > best - _LEVEL]  # where more labels hardly help
    lines = []
    for row in chosen.dropna(subset=["accuracy"]).itertuples():
        n, accuracy = int(row.n_labels), float(row.accuracy)
        needed = needed_at_random(choices, method, accuracy)
        if abs(accuracy - best) < _LEVEL and len(level) > 1:
            equal = f"about as much as {level.min():,} to {level.max():,} random labels"
        elif needed is None:
            equal = f"more than the {most:,} random labels tried here"
        elif needed <= n:
            equal = f"no more than {needed:,} random labels"
        else:
            fewer = max(int(tried) for tried in at_random.index if tried < needed)
            equal = f"at most {needed:,} random labels, and more than {fewer:,}"
        lines.append(
            f"- {n:,} chosen labels reach {row.classes:.1f} of {numbers['n_classes']} classes and"
            f" {accuracy:.1%}; as many random ones {at_random[n]:.1%}. They are worth {equal}."
        )
    rule = WORDS[default]
    return f"Chosen as the {rule}, decoded by the {in_words(method)}:\n\n" + "\n".join(lines)


def describe_pixels(numbers: Mapping[str, Any]) -> str:
    """Tell what choosing gives without a model, beside the model's own choice."""
    choices = choices_of(numbers)
    default = default_choice(numbers["choices"])
    own = choices[choices["strategy"] == default].pivot_table("accuracy", "n_labels", "method")
    if not {"graph", "graph-pixels"} <= set(own):
        return ""
    difference = 100 * (own["graph"] - own["graph-pixels"]).dropna()
    if difference.empty:
        return ""
    listed = ", ".join(f"{value:+.1f} at {n:,}" for n, value in difference.items())
    ahead = int((difference > 0).sum())
    return (
        "The rival without a model chooses in its own space, the principal components of normalised"
        f" pixels. The model's choice minus the rival's, in points: {listed}. The model is ahead at"
        f" {ahead} of {len(difference)} budgets."
    )
