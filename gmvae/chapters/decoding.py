"""What chapter 04 shows: one image that soft decoding gets right (Figure 2), and how many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from gmvae.decoding.clusters import label_counts
from gmvae.decoding.decoders import HardDecoder, SoftDecoder
from gmvae.pages.escape import escape


def votes(
    responsibilities: np.ndarray, labels: np.ndarray, labelled: np.ndarray, n_classes: int
) -> dict[str, np.ndarray]:
    """Return the share of either rule's vote that each label gets, ``(N, L)`` by rule.

    The rules, hard decoding over covered components and soft decoding, know the labels of the
    images `labelled (n,)`. A label that none of those has gets 0.
    """
    rules = {"hard": HardDecoder(uncovered="covered-only"), "soft": SoftDecoder()}
    shares = {name: np.zeros((len(labels), n_classes)) for name in rules}  # (N, L)
    for name, rule in rules.items():
        rule.fit(responsibilities[labelled], labels[labelled])
        shares[name][:, rule.classes_] = rule.predict_proba(responsibilities)
    return shares


@dataclass(frozen=True)
class Example:
    """An image and how both rules vote on it.

    Attributes
    ----------
    index, label : int
        The image and its label.
    components : int array (M,)
        Components in decreasing order of responsibility.
    responsibilities : array (M,)
    names : int array (M,)
        For each component, the majority label of its labelled images; -1 where it has none.
    labels : int array (V,)
        The labels that get the largest shares of either vote.
    hard, soft : arrays (V,)
        The share of each rule's vote that those labels get.
    vote : float
        Soft decoding's share for the right label.
    """

    index: int
    label: int
    components: np.ndarray
    responsibilities: np.ndarray
    names: np.ndarray
    labels: np.ndarray
    hard: np.ndarray
    soft: np.ndarray
    vote: float

    def named_responsibilities(self, class_names: Sequence[str]) -> dict[str, float]:
        """Return the responsibilities by component, as a figure calls it."""
        called = [class_names[name] if name >= 0 else "no label" for name in self.names]
        rows = zip(self.components, called, self.responsibilities, strict=True)
        return {f"c = {c} ({name})": float(share) for c, name, share in rows}


def choose_example(
    responsibilities: np.ndarray,
    labels: np.ndarray,
    labelled: np.ndarray,
    hard: np.ndarray,
    soft: np.ndarray,
    n_components: int = 6,
    n_labels: int = 4,
) -> Example | None:
    """Pick the image that shows the difference between the rules most clearly.

    The rule: among images without a label, whose most likely cluster holds a labelled image (or
    hard decoding would only have guessed), on which soft decoding is right and hard decoding
    wrong by more than a tie, take the one with the largest soft vote for the right label. The
    first one wins a tie.

    Parameters
    ----------
    responsibilities : array (N, K)
    labels : int array (N,)
        True labels, 0 .. L-1.
    labelled : int array (n,)
        The images whose labels the rules were given.
    hard, soft : arrays (N, L)
        From :func:`votes`.
    n_components, n_labels : int
        How many components and labels the example lists.

    Returns
    -------
    Example or None
        None if there is no such image.
    """
    clusters = responsibilities.argmax(axis=1)  # (N,)
    counts = label_counts(clusters[labelled], labels[labelled], responsibilities.shape[1])  # (K, L)
    covered = counts.sum(axis=1) > 0  # (K,)
    candidate = covered[clusters]  # (N,)
    candidate[labelled] = False
    rows = np.arange(len(labels))  # (N,)
    candidate &= (soft.argmax(axis=1) == labels) & (hard[rows, labels] < hard.max(axis=1))
    if not candidate.any():
        return None
    right = soft[rows, labels]  # (N,)
    index = int(np.where(candidate, right, -1).argmax())
    components = np.argsort(-responsibilities[index], kind="stable")[:n_components]  # (M,)
    listed = np.argsort(-np.maximum(hard[index], soft[index]), kind="stable")[:n_labels]  # (V,)
    return Example(
        index=index,
        label=int(labels[index]),
        components=components,
        responsibilities=responsibilities[index, components],
        names=np.where(covered, counts.argmax(axis=1), -1)[components],
        labels=listed,
        hard=hard[index, listed],
        soft=soft[index, listed],
        vote=float(right[index]),
    )


def describe_example(example: Example | None, class_names: Sequence[str]) -> str:
    """Tell how the rules decode the image, or that there is none."""
    if example is None:
        return (
            "**There is no such image in this run.** Where a component has a label and the soft"
            " rule is right, the hard one is right as well, or would be but for a tie."
        )
    truth, named = (escape(class_names[c]) for c in (example.label, example.names[0]))
    tied = [
        escape(class_names[label])
        for label, share in zip(example.labels, example.hard, strict=True)
        if share == example.hard.max() and label != example.names[0]
    ]
    of_a_tie = f" (the first of a tie with {', '.join(f'“{t}”' for t in tied)})" if tied else ""
    return (
        f"Image {example.index} shows “{truth}”. Its most likely component,"
        f" c = {example.components[0]} with q(c|x) = {example.responsibilities[0]:.2f}, was named"
        f" “{named}”{of_a_tie}, and the hard rule stops there. The soft rule adds up what all"
        f" components say, and gives “{truth}” {example.vote:.0%} of its vote."
    )


def numbers(
    scores: pd.DataFrame,
    responsibilities: np.ndarray,
    labelled: np.ndarray,
    example: Example | None,
) -> dict[str, Any]:
    """Return the numbers on record.

    Parameters
    ----------
    scores : DataFrame
        From :func:`gmvae.experiments.correctness.accuracies`.
    responsibilities : array (N, K)
    labelled : int array (n,)
        The first draw.
    example : Example or None
    """
    clusters = responsibilities.argmax(axis=1)  # (N,)
    return {
        "n_labels": len(labelled),
        "accuracy": scores.groupby("method", sort=False)["accuracy"].mean().to_dict(),
        "covered_share": float(np.isin(clusters, clusters[labelled]).mean()),
        "example": None if example is None else example.index,
    }


def facts(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers that the prose names, by the name they have there."""
    accuracy = numbers["accuracy"]
    return {
        **{f"accuracy-{method}": value for method, value in accuracy.items()},
        "n-labels": numbers["n_labels"],
        "covered-share": numbers["covered_share"],
        "gain-published": 100 * (accuracy["soft"] - accuracy["hard"]),
        "gain-covered": 100 * (accuracy["soft"] - accuracy["hard-covered"]),
    }
