"""The numbers that the prose of chapter 03 names, each by the name it has there."""

from collections.abc import Mapping
from math import comb
from typing import Any

import numpy as np

from gmvae.chapters.label_bound import (
    ARTICLE_CONFIDENCE,
    ARTICLE_K,
    ARTICLE_LABELS,
    ARTICLE_N,
    ARTICLE_TRAINING_N,
    MOST,
    LabelBound,
    article_distributions,
)
from gmvae.coverage.distribution import good_turing_share
from gmvae.coverage.inputs import checked_labels
from gmvae.coverage.probability import (
    coverage_probability,
    covered_share,
    labels_for_share,
)
from gmvae.coverage.purity import labels_for_named_share
from gmvae.data.draws import draw_order

_NAMED_GOAL = 0.9  # share of the images in correctly named components


def describe_alternating_sum() -> str:
    """Tell what inclusion and exclusion gives in double precision for fewer labels than K."""
    n = ARTICLE_LABELS[0]
    terms = (
        (-1.0) ** j * comb(ARTICLE_K, j) * (1 - j / ARTICLE_K) ** n for j in range(ARTICLE_K + 1)
    )
    return (
        f"With K = {ARTICLE_K} and n = {n} labels the alternating sum in double precision is"
        f" **{float(sum(terms)):.3g}**. The probability is exactly"
        f" {coverage_probability(n, ARTICLE_K):g}."
    )


def describe_commands(bound: LabelBound) -> str:
    """Show the commands that give the same numbers."""
    equal = f"--clusters {bound.K} --population {bound.N}"
    unequal = f"--weights RUN/posterior.npz --population {bound.n_images}"
    return f"""```
$ gmvae bound {equal} --confidence {bound.confidence:g}
labels: {bound.equal_table["labels"].iloc[0]}
$ gmvae bound {unequal} --confidence {bound.confidence:g}
labels: {bound.naming_table["labels to cover"].iloc[0]}
```
`RUN` is the folder of this run."""


def facts(bound: LabelBound, n_labels: int) -> dict[str, Any]:
    """Return all of them: the numbers on record, and what follows from them.

    `n_labels` make the sample that the covered share is estimated from.

    Raises
    ------
    InputError
        If there are fewer images than `n_labels`.
    """
    numbers = bound.numbers()
    drawn = bound.equal_drawn  # (S,)
    return {
        **_flat(numbers),
        **_article(numbers["article"]),
        "confidence-percent": 100 * bound.confidence,
        "chosen-share": bound.K / bound.N,
        "equal-exact-share": numbers["equal"]["exact"] / bound.N,
        "simulated-mean": float(drawn.mean()),
        "simulated-error": float(drawn.std() / np.sqrt(len(drawn))),
        **_components(bound, numbers),
        **_sample(bound, n_labels),
    }


def _flat(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested numbers with their names joined by hyphens."""
    flat: dict[str, Any] = {}
    for name, value in numbers.items():
        parts = _flat(value) if isinstance(value, Mapping) else {"": value}
        flat |= {f"{name}-{part}".strip("-").replace("_", "-"): v for part, v in parts.items()}
    return flat


def _article(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the article's setting as shares, and what its numbers of labels reach."""
    named: dict[str, Any] = {
        "article-chosen-share": ARTICLE_K / ARTICLE_N,
        "article-confidence": ARTICLE_CONFIDENCE,
        "article-exact-share": numbers["exact"] / ARTICLE_N,
        "article-union-share": numbers["union"] / ARTICLE_N,
        "article-union-share-of-training": numbers["union"] / ARTICLE_TRAINING_N,
    }
    for name, n in zip(("few", "more"), ARTICLE_LABELS, strict=True):
        at_most = np.cumsum(article_distributions()[n])  # (K + 1,), probabilities
        low, high = np.searchsorted(at_most, (0.025, 0.975)).tolist()
        named |= {
            f"{name}-labels": n,
            f"{name}-missed": numbers["uncovered"][str(n)],
            f"{name}-missed-low": ARTICLE_K - high,
            f"{name}-missed-high": ARTICLE_K - low,
            f"{name}-covered-share": covered_share(n, ARTICLE_K, ARTICLE_N),
        }
    return named


def _components(bound: LabelBound, numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Return how large and pure the run's components are, and what they ask for."""
    sizes, exact = bound.sizes, numbers["unequal"]["exact"]
    used = np.flatnonzero(sizes)
    return {
        "smallest": int(sizes[used].min()),
        "largest": int(sizes.max()),
        "unequal-exact-share": exact / bound.N,
        "unequal-factor": exact / numbers["equal_same_number"],
        "most-share": MOST,
        "most-share-labels": labels_for_share(MOST, sizes, bound.n_images),
        "named-share": numbers["named_correctly"] / bound.n_images,
        "named-goal": _NAMED_GOAL,
        "named-goal-labels": labels_for_named_share(_NAMED_GOAL, bound.counts, bound.n_images),
    }


def _sample(bound: LabelBound, n_labels: int) -> dict[str, Any]:
    """Return what one draw of labels reaches, and what it lets one estimate."""
    sizes, n_images = bound.sizes, bound.n_images
    order = draw_order(bound.components, bound.label_seed)  # (N,)
    labelled = order[: checked_labels(n_labels, n_images)]  # (n,)
    sample = np.bincount(bound.components[labelled], minlength=len(sizes))  # (K,)
    estimate = good_turing_share(sample)
    return {
        "sample-labels": n_labels,
        "sample-estimate": estimate.share,
        "sample-error": estimate.standard_error,
        "sample-truth": float(sizes[sample > 0].sum() / sizes.sum()),
        "sample-expected": covered_share(n_labels, sizes, n_images),
    }
