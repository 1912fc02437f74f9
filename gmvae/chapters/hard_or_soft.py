"""What chapter 06 measures in a run, and how its numbers are told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
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
    REASONS,
    contributions,
    correctness,
    equal_groups,
    group_means,
    margin,
    reasons,
    with_interval,
)
from gmvae.experiments.sweep import Sweep, check_sweep
from gmvae.files import finite

Array = NDArray[Any]
COMPARED = ("hard", "hard-covered", "soft", "soft-cosine", "bayes")
_UNKNOWN = 255  # as in the data sets' own files
_NAMES = {("case", 0): "upper case", ("case", 1): "lower case"}


@dataclass(frozen=True)
class Comparison:
    """Decoders compared image by image: the same M models and S draws for all.

    Attributes
    ----------
    dataset : Dataset
    posteriors : sequence of M arrays (N, K)
    budgets : sequence of int
    n_labels : int
        The budget that is looked at closely.
    label_seeds : sequence of S ints
    confidence : float
        Of every interval.

    Raises
    ------
    InputError
        If the comparison cannot be made with these budgets and seeds.
    """

    dataset: Dataset
    posteriors: Sequence[Array]
    budgets: Sequence[int]
    n_labels: int
    label_seeds: Sequence[int]
    confidence: float

    def __post_init__(self) -> None:
        sweep = Sweep([*self.budgets, self.n_labels], self.label_seeds, COMPARED)
        check_sweep(sweep, self.dataset.labels, self.dataset.split)

    def correctness(self, n_labels: int, methods: Iterable[str]) -> dict[str, Array]:
        """Return by method who decodes which image rightly, ``(M, S, N)``."""
        labels, n_classes = self.dataset.labels, len(self.dataset.class_names)
        arguments = (self.posteriors, labels, n_classes, n_labels, self.label_seeds)
        return {method: correctness(*arguments, method) for method in methods}

    def reasons(self, n_labels: int) -> Array:
        """Return which of the three reasons holds for which image, ``(M, S, N)``."""
        return reasons(self.posteriors, self.dataset.labels, n_labels, self.label_seeds)

    @cached_property
    def covered_share(self) -> dict[int, float]:
        """Mean share of the images whose component holds a labelled one, by budget."""
        return {n: float((self.reasons(n) > 0).mean()) for n in self.budgets}

    @cached_property
    def splits(self) -> dict[str, dict[int, Array]]:
        """Soft's mean gain by reason, (3, M, S), by hard rule and budget."""
        found: dict[str, dict[int, Array]] = {"hard": {}, "hard-covered": {}}
        for n in self.budgets:
            right, kind = self.correctness(n, ["soft", *found]), self.reasons(n)
            for rule, by_budget in found.items():
                by_budget[n] = contributions(right["soft"] - right[rule], kind)
        return found

    @cached_property
    def gain_by_reason(self) -> dict[str, list[pd.DataFrame]]:
        """What each reason adds to soft's gain: by hard rule, a table for each budget."""
        return {
            rule: [with_interval(split, self.confidence) for split in by_budget.values()]
            for rule, by_budget in self.splits.items()
        }

    @cached_property
    def fair_gains(self) -> dict[int, Array]:
        """Mean gain of soft over the fair hard rule in each model and draw, (M, S) by budget."""
        return {n: split.sum(axis=0) for n, split in self.splits["hard-covered"].items()}

    @cached_property
    def fair_gain(self) -> dict[int, pd.Series]:
        """The ``mean, low, high`` of :attr:`fair_gains`, by budget."""
        gains = self.fair_gains.items()
        return {n: with_interval(gain[None], self.confidence).iloc[0] for n, gain in gains}

    @cached_property
    def right(self) -> dict[str, Array]:
        """Who decodes which image rightly with `n_labels`, (M, S, N) by method."""
        return self.correctness(self.n_labels, COMPARED)

    @cached_property
    def gain(self) -> Array:
        """Soft's gain over the fair hard rule with `n_labels`, (M, S, N)."""
        return self.right["soft"] - self.right["hard-covered"]

    @cached_property
    def gain_by_class(self) -> pd.DataFrame:
        """The gain of each class with its interval."""
        return self.by_group(self.gain, self.dataset.labels, len(self.dataset.class_names))

    @cached_property
    def gain_by_certainty(self) -> dict[str, pd.DataFrame]:
        """The gain by tenths of the entropy and the margin of q(c|x), means over the models."""
        measures = {"entropy of q(c|x), nats": entropy, "margin of q(c|x)": margin}
        tables = {}
        for name, measure in measures.items():
            values = np.mean([measure(R) for R in self.posteriors], axis=0)  # (N,)
            groups, centres = equal_groups(values)
            table = self.by_group(self.gain, groups, len(centres))
            tables[name] = table.assign(centre=centres)
        return tables

    @cached_property
    def accuracy_by_group(self) -> dict[str, dict[str, pd.DataFrame]]:
        """Each method's accuracy in the groups that the data set's file tells apart."""
        return {
            grouping: {
                method: self.by_group(right, groups, len(names))
                for method, right in self.right.items()
            }
            for grouping, (groups, names) in image_groups(self.dataset).items()
        }

    def by_group(self, values: Array, groups: Array, n_groups: int) -> pd.DataFrame:
        """Return means of `values (M, S, N)` over groups of images, with their intervals."""
        return with_interval(group_means(values, groups, n_groups), self.confidence)

    @cached_property
    def calibration(self) -> dict[str, pd.DataFrame]:
        """Reliability tables of probabilities, over all models and draws together."""
        decoders = {
            "soft, shares of the vote": SoftDecoder(),
            "soft, tempered": CalibratedSoftDecoder(),
            "Bayes": BayesDecoder(),
        }
        return {name: self._reliability(decoder) for name, decoder in decoders.items()}

    def _reliability(self, decoder: Any) -> pd.DataFrame:
        """Return the reliability table of one decoder."""
        y = self.dataset.labels  # (N,)
        confidence, right = [], []
        for R in self.posteriors:
            for seed in self.label_seeds:
                order = draw_order(y, seed)
                labelled, scored = order[: self.n_labels], order[self.n_labels :]
                P = decoder.fit(R[labelled], y[labelled]).predict_proba(R[scored])  # (N - n, L)
                confidence.append(P.max(axis=1))
                right.append(decoder.classes_[P.argmax(axis=1)] == y[scored])
        return reliability(np.concatenate(confidence), np.concatenate(right))

    def numbers(self) -> dict[str, Any]:
        """Return the numbers on record; an interval that is none is None."""
        names = self.dataset.class_names
        by_reason = {
            rule: {
                str(n): dict(zip(REASONS, table.to_dict("records"), strict=True))
                for n, table in zip(self.budgets, tables, strict=True)
            }
            for rule, tables in self.gain_by_reason.items()
        }
        by_class = self.gain_by_class["mean"].fillna(0).tolist()
        groups = image_groups(self.dataset)
        found = {
            "n_labels": self.n_labels,
            "covered_share": {str(n): share for n, share in self.covered_share.items()},
            "gain_by_reason": by_reason,
            "fair_gain": {str(n): row.to_dict() for n, row in self.fair_gain.items()},
            "fair_gain_ahead": {str(n): float((g > 0).mean()) for n, g in self.fair_gains.items()},
            "gain_by_class": dict(zip(names, by_class, strict=True)),
            "gain_by_certainty": {
                name: table.to_dict("records") for name, table in self.gain_by_certainty.items()
            },
            "calibration_error": calibration_errors(self.calibration),
            "by_group": {
                grouping: {
                    method: dict(zip(groups[grouping][1], rows["mean"].tolist(), strict=True))
                    for method, rows in tables.items()
                }
                for grouping, tables in self.accuracy_by_group.items()
            },
        }
        return finite(found)


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
            groups = np.full(len(values), -1)  # (N,)
            for g, value in enumerate(known):
                groups[values == value] = g
            found[name] = (groups, [_NAMES.get((name, v), f"{name} {v}") for v in known])
    return found


def calibration_errors(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Return the expected calibration error of each reliability table."""
    return {name: expected_calibration_error(table) for name, table in tables.items()}
