"""What chapter 06 measures in a run, and how its numbers are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gmvae.data.dataset import Dataset
from gmvae.data.draws import draw_order
from gmvae.decoding.calibration import (
    CalibratedSoftDecoder,
    expected_calibration_error,
    reliability,
)
from gmvae.decoding.clusters import entropy
from gmvae.decoding.decoders import BayesDecoder, SoftDecoder
from gmvae.experiments.correctness import (
    contributions,
    correctness,
    equal_groups,
    group_means,
    margin,
    reasons,
    with_interval,
)
from gmvae.experiments.sweep import Sweep, check_sweep

Array = NDArray[Any]
COMPARED = ("hard", "hard-covered", "soft", "soft-cosine", "bayes")
_UNKNOWN = 255  # as in the data sets' own files
_NAMES = {("case", 0): "upper case", ("case", 1): "lower case"}


@dataclass(frozen=True)
class Comparison:
    """Decoders compared image by image: the same models and draws for all.

    Attributes
    ----------
    posteriors : list of M arrays of shape (N, K)
    y : ndarray of shape (N,)
    n_classes : int
        L; labels are 0..L-1.
    label_seeds : list of S ints
    confidence : float
    """

    posteriors: Sequence[Array]
    y: Array
    n_classes: int
    label_seeds: Sequence[int]
    confidence: float

    def right(self, n_labels: int, methods: Sequence[str] = COMPARED) -> dict[str, Array]:
        """Return by method who decodes which image rightly, ``(M, S, N)``."""
        arguments = (self.posteriors, self.y, self.n_classes, n_labels, self.label_seeds)
        return {method: correctness(*arguments, method) for method in methods}

    def gain_by_reason(self, budgets: Sequence[int]) -> dict[str, list[pd.DataFrame]]:
        """Return, by hard rule, what each reason adds to soft's gain at each budget."""
        parts: dict[str, list[pd.DataFrame]] = {"hard": [], "hard-covered": []}
        for n in budgets:
            right = self.right(n, ["soft", *parts])
            kind = reasons(self.posteriors, self.y, n, self.label_seeds)
            for rule, tables in parts.items():
                split = contributions(right["soft"] - right[rule], kind)  # (3, M, S)
                tables.append(with_interval(split, self.confidence))
        return parts

    def covered_share(self, n_labels: int) -> float:
        """Return the mean share of images whose component holds a labelled image."""
        kind = reasons(self.posteriors, self.y, n_labels, self.label_seeds)
        return float((kind > 0).mean())

    def by_class(self, gain: Array) -> pd.DataFrame:
        """Return the gain ``(M, S, N)`` of each class with its interval."""
        return with_interval(group_means(gain, self.y, self.n_classes), self.confidence)

    def by_certainty(self, gain: Array) -> dict[str, pd.DataFrame]:
        """Return the gain by tenths of the entropy and of the margin of q(c|x).

        An image's entropy and margin are means over the models.
        """
        measures = {"entropy of q(c|x), nats": entropy, "margin of q(c|x)": margin}
        tables = {}
        for name, measure in measures.items():
            values = np.mean([measure(R) for R in self.posteriors], axis=0)  # (N,)
            groups, centres = equal_groups(values)
            means = group_means(gain, groups, len(centres))
            tables[name] = with_interval(means, self.confidence).assign(centre=centres)
        return tables

    def by_group(
        self, right: Mapping[str, Array], groups: Array, n_groups: int
    ) -> dict[str, pd.DataFrame]:
        """Return each method's accuracy in each group of images."""
        return {
            method: with_interval(group_means(values, groups, n_groups), self.confidence)
            for method, values in right.items()
        }

    def calibration(self, n_labels: int) -> dict[str, pd.DataFrame]:
        """Return reliability tables of probabilities, over all models and draws together."""
        decoders = {
            "soft, shares of the vote": SoftDecoder(),
            "soft, tempered": CalibratedSoftDecoder(),
            "Bayes": BayesDecoder(),
        }
        tables = {}
        for name, decoder in decoders.items():
            confidence, right = [], []
            for R in self.posteriors:
                for seed in self.label_seeds:
                    order = draw_order(self.y, seed)
                    labelled, scored = order[:n_labels], order[n_labels:]
                    P = decoder.fit(R[labelled], self.y[labelled]).predict_proba(R[scored])
                    confidence.append(P.max(axis=1))
                    right.append(decoder.classes_[P.argmax(axis=1)] == self.y[scored])
            tables[name] = reliability(np.concatenate(confidence), np.concatenate(right))
        return tables


def comparison(
    dataset: Dataset,
    posteriors: Sequence[Array],
    budgets: Sequence[int],
    label_seeds: Sequence[int],
    confidence: float,
) -> Comparison:
    """Return the comparison of decoders on a data set; raise InputError if it cannot be made."""
    check_sweep(Sweep(budgets, label_seeds, COMPARED), dataset.labels, dataset.split)
    n_classes = len(dataset.class_names)
    return Comparison(posteriors, dataset.labels, n_classes, list(label_seeds), confidence)


def image_groups(dataset: Dataset) -> dict[str, tuple[Array, list[str]]]:
    """Return groups of images that a data set's file tells of, such as source or case.

    Returns
    -------
    dict
        By name: positions ``(N,)``, -1 where unknown, and the groups' names.
    """
    found = {}
    for name, values in dataset.extra.items():
        known = sorted(set(np.unique(values).tolist()) - {_UNKNOWN})
        if np.issubdtype(np.asarray(values).dtype, np.integer) and 1 < len(known) <= 12:
            groups = np.full(len(values), -1)
            for g, value in enumerate(known):
                groups[values == value] = g
            found[name] = (groups, [_NAMES.get((name, v), f"{name} {v}") for v in known])
    return found


def describe_fair_gain(gains: Mapping[int, Array], tables: Mapping[int, pd.Series]) -> str:
    """Tell whether soft is ahead of the fair hard rule, at which budgets and how often.

    Parameters
    ----------
    gains : mapping from budget to ndarray of shape (M, S)
        Mean gain in each model and draw.
    tables : mapping from budget to Series
        Its ``mean, low, high``.
    """
    sizes = [
        f"{100 * table['mean']:+.1f} points at {n} labels ({100 * table['low']:+.1f} to "
        f"{100 * table['high']:+.1f})"
        for n, table in tables.items()
    ]
    cells = np.concatenate([gain.ravel() for gain in gains.values()])
    ahead = [n for n, table in tables.items() if table["low"] > 0]
    everywhere = "at every budget" if len(ahead) == len(tables) else f"at {len(ahead)}"
    if len(ahead) < len(tables):
        everywhere += f" of {len(tables)} budgets"
    return (
        f"Soft minus *hard-covered*: {', '.join(sizes)}. It is above zero in "
        f"{(cells > 0).mean():.0%} of all {len(cells)} combinations of a budget, a model and a "
        f"draw, and its interval lies above zero {everywhere}."
    )


def describe_groups(
    tables: Mapping[str, Mapping[str, pd.DataFrame]], names: Mapping[str, Sequence[str]]
) -> str:
    """Tell in which groups of images soft decoding is ahead of the fair hard rule.

    Parameters
    ----------
    tables : mapping from grouping to mapping from method to DataFrame
        Its ``mean`` is the accuracy in each group.
    names : mapping from grouping to sequence of str
        The groups' names.
    """
    sentences = []
    for grouping, rows in tables.items():
        gain = (rows["soft"]["mean"] - rows["hard-covered"]["mean"]).tolist()
        ahead = [name for name, g in zip(names[grouping], gain, strict=True) if g > 0]
        behind = [name for name, g in zip(names[grouping], gain, strict=True) if g < 0]
        parts = [f"ahead in {', '.join(ahead)}"] if ahead else []
        parts += [f"behind in {', '.join(behind)}"] if behind else []
        told = " and ".join(parts) or "level in all groups"
        sentences.append(f"By {grouping}, against *hard-covered*, soft decoding is {told}.")
    return " ".join(sentences)


def calibration_errors(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Return the expected calibration error of each reliability table."""
    return {name: expected_calibration_error(table) for name, table in tables.items()}


def describe_tempering(errors: Mapping[str, float]) -> str:
    """Tell what the temperature does to the error of soft decoding's shares of the vote."""
    before, after = errors["soft, shares of the vote"], errors["soft, tempered"]
    if round(before, 3) == round(after, 3):
        return "The temperature hardly changes it."
    return f"The temperature {'lowers' if after < before else 'raises'} it here."
