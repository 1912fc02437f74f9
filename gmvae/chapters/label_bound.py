"""What chapter 03 counts: labels that reach every component, and labels that name it rightly.

K clusters of equal size come first, then the components of a run, which are not equal and not pure.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from gmvae.coverage.clusters import population_if_counts
from gmvae.coverage.distribution import (
    covered_distribution,
    simulate_labels_to_cover,
)
from gmvae.coverage.probability import (
    compare_methods,
    coverage_probability,
    covered_share,
    expected_covered,
    expected_labels,
    labels_to_cover,
)
from gmvae.coverage.purity import labels_for_majority, named_share
from gmvae.decoding.clusters import cluster_sizes, label_counts
from gmvae.decoding.posterior import Posterior

# The article's setting (EMNIST Letters, its number of components) and its claim
ARTICLE_K, ARTICLE_N, ARTICLE_TRAINING_N = 100, 145_600, 124_800
ARTICLE_SHARE, ARTICLE_CONFIDENCE, ARTICLE_LABELS = 0.006, 0.95, (73, 291)
MOST = 0.95  # share of the images in partial cover
_SIMULATED = 10_000  # runs

Curves = tuple[np.ndarray, dict[str, Any]]  # numbers of labels (T,), values (T,) by name
Simulated = tuple[np.ndarray, np.ndarray]  # numbers of labels (S,), shares of the runs (S,)


def article_readings() -> pd.DataFrame:
    """Return the numbers of labels that the article's percentage may stand for, one a row."""
    union = labels_to_cover(ARTICLE_K, ARTICLE_CONFIDENCE, method="union")
    exact = labels_to_cover(ARTICLE_K, ARTICLE_CONFIDENCE, ARTICLE_N)
    readings = {
        "exact, without replacement": (exact, ARTICLE_N),
        "exact, with replacement": (labels_to_cover(ARTICLE_K, ARTICLE_CONFIDENCE), ARTICLE_N),
        "union bound, all images": (union, ARTICLE_N),
        "union bound, training split": (union, ARTICLE_TRAINING_N),
        "the article's percentage, all images": (round(ARTICLE_SHARE * ARTICLE_N), ARTICLE_N),
    }
    table = pd.DataFrame.from_dict(readings, orient="index", columns=["labels", "of images"])
    table["percent"] = 100 * table["labels"] / table["of images"]
    covered = coverage_probability(table["labels"].to_numpy(), ARTICLE_K, ARTICLE_N)
    return table.assign(**{"probability, without replacement": covered})


def article_distributions() -> dict[int, np.ndarray]:
    """Return how many of the article's components are covered, ``(K + 1,)`` by labels."""
    return {n: covered_distribution(n, ARTICLE_K, ARTICLE_N) for n in ARTICLE_LABELS}


class LabelBound:
    """How many random labels K equal clusters and a run's components ask for.

    Parameters
    ----------
    posterior : Posterior
        The run's; its labels describe its components.
    confidence : float
        With which every cluster is to be reached, in (0, 1).
    n_components, population : int, optional
        K equal clusters of N images together; None: as many as the run has.
    weights : sequence of float, optional
        Sizes of unequal clusters by hand; None: those of the run's components.
    label_seed : int
        Of the simulations.
    """

    def __init__(
        self,
        posterior: Posterior,
        confidence: float,
        n_components: int | None = None,
        population: int | None = None,
        weights: Sequence[float] | None = None,
        label_seed: int = 0,
    ):
        q = posterior.responsibilities  # (N, K)
        self.confidence = confidence
        self.n_images = len(q)
        self.components = q.argmax(axis=1)  # (N,)
        self.sizes = cluster_sizes(q)  # (K,)
        self.counts = label_counts(self.components, posterior.labels, len(self.sizes))  # (K, L)
        self.K = n_components or len(self.sizes)
        self.N = population or self.n_images
        self.by_hand = weights is not None
        self.unequal = self.sizes if weights is None else np.array(weights)  # (K',)
        self.unequal_N = population_if_counts(self.unequal, self.N)  # None: with replacement
        self.n_unequal = int(np.count_nonzero(self.unequal))
        self.label_seed = label_seed

    @cached_property
    def equal_table(self) -> pd.DataFrame:
        """By method: labels for equal clusters, and how far the method is from the exact one."""
        rows = compare_methods(self.K, self.confidence, self.N)
        return pd.DataFrame(
            {
                "labels": [row.n_labels for row in rows],
                "percent of the images": [100 * row.n_labels / self.N for row in rows],
                "exact probability at that number": [row.exact_probability for row in rows],
                "error at the exact number": [row.error for row in rows],
            },
            index=[row.method for row in rows],
        )

    @cached_property
    def equal_drawn(self) -> np.ndarray:
        """Labels until all equal clusters are covered in simulated runs, int (S,), rising."""
        return self._simulate(self.K, self.N)

    def equal_curves(self) -> tuple[*Curves, Simulated]:
        """Return P(all covered) of equal clusters by method, and as simulated."""
        last = min(self.N, 2 * int(self.equal_table.loc["exact", "labels"]))
        n = np.unique(np.linspace(self.K, last, 121).astype(int))  # (T,)
        curves = {
            "exact": coverage_probability(n, self.K, self.N),
            "union bound": coverage_probability(n, self.K, self.N, "union"),
            "Gumbel approximation": coverage_probability(n, self.K, self.N, "gumbel"),
        }
        return n, curves, _share_covered(self.equal_drawn, n[::8])

    @cached_property
    def purity(self) -> np.ndarray:
        """Share of each component's images that carry its majority label, (K,), NaN where empty."""
        with np.errstate(invalid="ignore"):
            return self.counts.max(axis=1) / self.counts.sum(axis=1)

    @cached_property
    def unequal_table(self) -> pd.DataFrame:
        """Labels for unequal clusters: all of them by method, then only the largest, exactly."""
        clusters, N = self.unequal, self.unequal_N
        methods = compare_methods(clusters, self.confidence, N)
        rows: dict[str, tuple[int, Any]] = {
            row.method: (row.n_labels, row.exact_probability) for row in methods
        }
        for share in (0.99, MOST, 0.9):
            n = labels_to_cover(clusters, self.confidence, N, share=share)
            name = f"exact, largest components with {share:.0%} of the images"
            rows[name] = n, coverage_probability(n, clusters, N)
        columns = ["labels", "probability that all are covered"]
        table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
        table.insert(1, "percent of the images", 100 * table["labels"] / self.N)
        return table

    @cached_property
    def equal_same_number(self) -> int:
        """Labels for as many equal clusters as there are unequal ones with an image."""
        return labels_to_cover(self.n_unequal, self.confidence, self.N)

    def unequal_curves(self) -> tuple[*Curves, Simulated]:
        """Return P(all covered) of equal and unequal clusters, and of the latter as simulated."""
        clusters, N = self.unequal, self.unequal_N
        most = max(int(self.unequal_table.loc["exact", "labels"]), self.equal_same_number)
        n = np.geomspace(self.n_unequal, min(self.N, 1.3 * most), 90)  # (T,)
        n = np.unique(n.astype(int))  # (T,)
        name = "components by hand" if self.by_hand else "this run's components"
        curves = {
            f"{self.n_unequal} equal components": coverage_probability(n, self.n_unequal, self.N),
            name: coverage_probability(n, clusters, N),
            "the same, union bound": coverage_probability(n, clusters, N, "union"),
        }
        return n, curves, _share_covered(self._simulate(clusters, N), n[::6])

    def share_curves(self) -> Curves:
        """Return the expected shares of images that are covered, and of those named correctly."""
        n = np.geomspace(max(2, self.K // 10), min(self.N, 2000), 80)  # (T,)
        n = np.unique(n.astype(int))
        n = n[n <= min(self.N, self.n_images - 1)]
        used = int(np.count_nonzero(self.sizes))
        at = np.unique([*n[::4], n[-1]])
        named = [named_share(i, self.counts, self.n_images) for i in at]
        return n, {
            f"covered, {used} equal components": covered_share(n, used, self.n_images),
            "covered, this run's": covered_share(n, self.sizes, self.n_images),
            "named correctly, this run's": np.interp(n, at, named),
        }

    @cached_property
    def naming_table(self) -> pd.DataFrame:
        """Labels to cover and to name correctly all of the run's components, or the largest."""
        parts = {"all components": 1.0}
        parts |= {f"largest with {share:.0%} of the images": share for share in (MOST, 0.8)}
        rows = {
            name: (
                labels_to_cover(self.sizes, self.confidence, self.n_images, share=share),
                labels_for_majority(self.counts, self.confidence, self.n_images, share),
            )
            for name, share in parts.items()
        }
        columns = ["labels to cover", "labels to name correctly"]
        table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
        percent = 100 * table["labels to name correctly"] / self.n_images
        return table.assign(**{"percent of the images": percent})

    def numbers(self) -> dict[str, Any]:
        """Return the numbers on record."""
        exact, exact_with_replacement, union, _, claimed = article_readings()["labels"].tolist()
        return {
            "n_clusters": self.K,
            "n_unequal": self.n_unequal,
            "n_images": self.N,
            "confidence": self.confidence,
            "equal": self.equal_table["labels"].to_dict(),
            "equal_same_number": self.equal_same_number,
            "equal_with_replacement": labels_to_cover(self.K, self.confidence),
            "equal_expected": expected_labels(self.K, self.N),
            "unequal": self.unequal_table["labels"].iloc[: len(self.equal_table)].to_dict(),
            "unequal_most": int(self.unequal_table["labels"].iloc[-2]),
            "unequal_expected": expected_labels(self.unequal, self.unequal_N),
            "n_empty": int((self.sizes == 0).sum()),
            "named_correctly": int(self.naming_table["labels to name correctly"].iloc[0]),
            "covered_share": {
                str(n): covered_share(n, self.sizes, self.n_images)
                for n in ARTICLE_LABELS
                if n <= self.n_images
            },
            "purest": self._purest(),
            "article": {
                "n_components": ARTICLE_K,
                "n_images": ARTICLE_N,
                "n_training": ARTICLE_TRAINING_N,
                "share": ARTICLE_SHARE,
                "exact": exact,
                "exact_with_replacement": exact_with_replacement,
                "union": union,
                "claimed": claimed,
                "claimed_probability": coverage_probability(claimed, ARTICLE_K, ARTICLE_N),
                "uncovered": {
                    str(n): ARTICLE_K - expected_covered(n, ARTICLE_K, ARTICLE_N)
                    for n in ARTICLE_LABELS
                },
            },
        }

    def _purest(self) -> dict[str, Any]:
        """Return the sizes of the purest quarter of the components, and the least purity there."""
        used = np.flatnonzero(self.sizes)
        order = np.argsort(-self.purity[used], kind="stable")
        purest = used[order][: max(1, len(used) // 4)]
        return {
            "components": len(purest),
            "purity": float(self.purity[purest].min()),
            "smallest": int(self.sizes[purest].min()),
            "largest": int(self.sizes[purest].max()),
        }

    def _simulate(self, clusters: int | np.ndarray, population: int | None) -> np.ndarray:
        """Return the labels that simulated runs drew until all were covered, in rising order."""
        rng = np.random.default_rng(self.label_seed)
        return np.sort(simulate_labels_to_cover(clusters, _SIMULATED, rng, population))  # (S,)


def _share_covered(drawn: np.ndarray, n: np.ndarray) -> Simulated:
    """Return `n (S,)` and the share of the runs in `drawn` that were over by each."""
    return n, np.searchsorted(drawn, n, side="right") / len(drawn)
