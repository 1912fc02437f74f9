"""One image on which soft decoding is right and hard decoding wrong (Figure 2 of the article)."""

from dataclasses import dataclass

import numpy as np

from gmvae.decoding.clusters import label_counts


@dataclass(frozen=True)
class Example:
    """An image and how both rules vote on it.

    Attributes
    ----------
    index : int
        The image.
    components : int array (M,)
        Components in decreasing order of responsibility.
    names : int array (M,)
        For each, the majority label of its labelled images; -1 for a component without any.
    labels : int array (V,)
        The labels that get the largest shares of either vote.
    hard, soft : arrays (V,)
        The share of each rule's vote that those labels get.
    """

    index: int
    components: np.ndarray
    names: np.ndarray
    labels: np.ndarray
    hard: np.ndarray
    soft: np.ndarray


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
        The share of each rule's vote that each label gets for each image.
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
    confidence = soft[rows, labels]  # (N,)
    index = int(np.where(candidate, confidence, -1).argmax())
    components = np.argsort(-responsibilities[index], kind="stable")[:n_components]  # (M,)
    names = np.where(covered, counts.argmax(axis=1), -1)[components]  # (M,)
    votes = np.maximum(hard[index], soft[index])  # (L,)
    listed = np.argsort(-votes, kind="stable")[:n_labels]  # (V,)
    return Example(index, components, names, listed, hard[index, listed], soft[index, listed])
