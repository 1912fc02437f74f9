"""Chapter 04, to play with: labels are drawn one by one, and components get their names.

Every number is measured on all images of the run that have no label yet, exactly as the chapters
measure it; the draws are those of the run's label seeds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmvae.chapters.play_pictures import mean_pictures, sheet_of, side_for
from gmvae.data.dataset import Dataset
from gmvae.data.draws import draw_order
from gmvae.decoding.clusters import label_counts
from gmvae.decoding.posterior import Posterior
from gmvae.pages.escape import escape
from gmvae.pages.play import Piece, short

Array = NDArray[Any]
RULES = {
    "hard": "hard, as published",
    "hard-covered": "hard, covered components",
    "soft": "soft",
}
DRAWS = 3
_PER_COMPONENT = 8  # labels drawn at most
_LONGEST = 1000  # labels drawn at most, however many components there are
_PIXELS = 40_000  # of all pictures of components together
_UNKNOWN = -1  # right answers while all labels drawn are of one class


class _Hard:
    """Hard decoding that learns one label at a time; no label in a component: the first class."""

    def __init__(self, R: Array, n_classes: int):
        self.component = R.argmax(axis=1)  # (N,)
        self.asked = self.component  # (N,), the component whose name an image takes
        self.counts = np.zeros((R.shape[1], n_classes), np.int64)  # (K, L)

    def learn(self, row: int, label: int) -> None:
        self.counts[self.component[row], label] += 1

    def predict(self) -> Array:
        return self.counts.argmax(axis=1)[self.asked]  # (N,)


class _Covered(_Hard):
    """The same, where an image asks the most likely component that has a label."""

    def __init__(self, R: Array, n_classes: int):
        super().__init__(R, n_classes)
        self.R, self.best = R, np.full(len(R), -1.0)  # (N, K), (N,)
        self.asked = np.zeros(len(R), np.int64)  # (N,)

    def learn(self, row: int, label: int) -> None:
        c = self.component[row]
        if not self.counts[c].any():  # images that c is likelier for than all covered so far
            q = self.R[:, c]  # (N,)
            nearer = (q > self.best) | ((q == self.best) & (c < self.asked))
            self.asked[nearer], self.best[nearer] = c, q[nearer]
        super().learn(row, label)


class _Soft:
    """Soft decoding that learns one label at a time."""

    def __init__(self, R: Array, n_classes: int):
        self.R = np.asarray(R, np.float64)  # (N, K)
        self.sums = np.zeros((n_classes, R.shape[1]))  # (L, K)
        self.counts = np.zeros(n_classes, np.int64)  # (L,)
        self.scores = np.full((n_classes, len(R)), -1.0)  # (L, N), below 0: no label yet

    def learn(self, row: int, label: int) -> None:
        self.sums[label] += self.R[row]
        self.counts[label] += 1
        self.scores[label] = self.R @ (self.sums[label] / self.counts[label])  # (N,)

    def predict(self) -> Array:
        best = self.scores.max(axis=0)  # (N,)
        rounding = 4 * self.R.shape[1] * np.finfo(np.float64).eps  # as the decoders break ties
        return (self.scores >= best * (1 - rounding)).argmax(axis=0)  # (N,)


@dataclass(frozen=True)
class Course:
    """What happens while labels are drawn one by one.

    Attributes
    ----------
    component, label : int arrays (T,)
        Of the image that is labelled at each step.
    right : dict of int arrays (T,)
        By rule: how many of the images without a label it gets right after each step; -1 while
        all labels drawn are of one class, from which nothing can be decoded.
    """

    component: Array
    label: Array
    right: dict[str, Array]


def follow(R: Array, y: Array, labelled: Array, n_classes: int) -> Course:
    """Draw labels one by one and decode all other images after each.

    Parameters
    ----------
    R : ndarray of shape (N, K)
        Responsibilities.
    y : ndarray of shape (N,)
        Labels in 0..L-1.
    labelled : ndarray of shape (T,)
        The images in the order in which they are labelled, fewer than N.
    n_classes : int
        L.
    """
    makers = {"hard": _Hard, "hard-covered": _Covered, "soft": _Soft}
    rules: dict[str, Any] = {name: maker(R, n_classes) for name, maker in makers.items()}
    right = {name: np.full(len(labelled), _UNKNOWN) for name in rules}  # (T,)
    unlabelled, several = np.ones(len(y), dtype=bool), False  # (N,)
    for step, row in enumerate(labelled.tolist()):
        unlabelled[row] = False
        several |= bool(y[row] != y[labelled[0]])
        for name, rule in rules.items():
            rule.learn(row, int(y[row]))
            if several:
                right[name][step] = ((rule.predict() == y) & unlabelled).sum()
    return Course(R.argmax(axis=1)[labelled], y[labelled], right)


def naming(posterior: Posterior, dataset: Dataset, seeds: Sequence[int], n_labels: int) -> Piece:
    """Return the piece of a run.

    Parameters
    ----------
    posterior : Posterior
    dataset : Dataset
    seeds : sequence of int
        Label seeds, of which the first three are shown.
    n_labels : int
        Labels in the still picture.
    """
    R, y = posterior.responsibilities, posterior.labels  # (N, K), (N,)
    n_images, n_components = R.shape
    n_classes = len(dataset.class_names)
    n_steps = max(2, min(_PER_COMPONENT * n_components, _LONGEST, n_images // 2))
    clusters = R.argmax(axis=1)  # (N,)
    counts = label_counts(clusters, y, n_components)  # (K, L)
    sizes = counts.sum(axis=1)  # (K,)
    shown = np.argsort(-sizes, kind="stable")[: (sizes > 0).sum()]  # (C,), the largest first
    place = np.full(n_components, -1)  # (K,)
    place[shown] = np.arange(len(shown))
    side = side_for(len(shown), _PIXELS, 20)
    courses = {
        int(seed): follow(R, y, draw_order(y, seed)[:n_steps], n_classes) for seed in seeds[:DRAWS]
    }
    data = {
        "images": n_images,
        "names": [short(name) for name in dataset.class_names],
        "majority": counts.argmax(axis=1)[shown].tolist(),
        "pictures": sheet_of(mean_pictures(dataset.images, clusters, n_components)[shown], side),
        "rules": list(RULES.values()),
        "draws": [
            {
                "seed": seed,
                "component": place[course.component].tolist(),
                "label": course.label.tolist(),
                "right": [course.right[rule].tolist() for rule in RULES],
            }
            for seed, course in courses.items()
        ],
    }
    title = "Draw labels one by one, and watch the components get their names"
    return Piece("naming", title, _still(data, min(n_labels, n_steps)), data)


def _still(data: dict[str, Any], n: int) -> str:
    """Return the components with their names after `n` labels of the first draw, in HTML."""
    draw, n_shown = data["draws"][0], len(data["majority"])
    counts = np.zeros((n_shown, len(data["names"])), np.int64)  # (C, L)
    np.add.at(counts, (draw["component"][:n], draw["label"][:n]), 1)
    named = counts.any(axis=1)  # (C,)
    tiles = "".join(
        f"<b>{escape(data['names'][row.argmax()]) if row.any() else '?'}</b> " for row in counts
    )
    accuracy = ", ".join(
        f"{escape(rule)} {right[n - 1] / (data['images'] - n):.1%}"
        for rule, right in zip(data["rules"], draw["right"], strict=True)
        if right[n - 1] >= 0
    )
    return (
        f'<p class="play-names">{tiles}</p><p>After {n:,} random labels {named.sum()} of the'
        f" {n_shown} components that hold images have a name, the largest first. Accuracy:"
        f" {accuracy or 'not known'}.</p>"
    )
