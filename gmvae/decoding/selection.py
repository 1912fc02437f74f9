"""Which images to label: chosen by what a model says of them, without a label.

Every strategy is a function of the responsibilities R ``(N, K)`` and the latent means of all
images, see :class:`Points`. It returns n different images, the most telling first, and always the
same ones for a seed. After some labels :func:`uncertain_of_clusters` chooses more.

References
----------
Hacohen, Dekel and Weinshall (2022), Active learning on a budget: opposite strategies suit high and
low budgets, ICML: TypiClust.
Bae, Noh and Sutherland (2024), Generalized coverage for more robust low-budget active learning,
ECCV: MaxHerding.
Zhdanov (2019), Diverse mini-batch active learning: k-means weighted by uncertainty.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans, MiniBatchKMeans

from gmvae.checks import one_of, whole
from gmvae.decoding.graph import graph_of
from gmvae.decoding.neighbours import nearest_neighbours
from gmvae.decoding.spectral import MOST, leading_eigenvectors, spectral_clusters

Array = NDArray[Any]
NEAR = 20  # neighbours whose mean distance says how typical an image is, as in TypiClust
_MANY = 20_000  # images above which k-means looks at a part of them at a time
_SMALLEST = 5  # images of a cluster below which TypiClust leaves it out
_HERD = 4000  # images that MaxHerding looks at


class Points:
    """Points, and what strategies know of them: worked out when it is first asked for, and once.

    Parameters
    ----------
    Z : ndarray of shape (N, D)
        Such as latent means.
    n_eigenvectors : int
        At most so many of their graph are worked out.
    """

    def __init__(self, Z: Array, n_eigenvectors: int = MOST):
        self.Z, self._m = Z, min(n_eigenvectors, MOST, len(Z))

    def __len__(self) -> int:
        """Return N."""
        return len(self.Z)

    @cached_property
    def typicality(self) -> Array:
        """:func:`typicality` of each point, float64 (N,)."""
        return typicality(self.Z)

    @cached_property
    def eigenvectors(self) -> Array:
        """Leading ones of the nearest-neighbour graph, float32 (N, M)."""
        return leading_eigenvectors(graph_of(self.Z), self._m)


def densest_of_graph(R: Array, points: Points, n: int, seed: int = 0) -> Array:
    """Choose the most typical image of each of `n` parts of the graph, large parts first.

    They are parts of the graph along which the graph decoder spreads labels: up to 50 spectral
    clusters, see :mod:`gmvae.decoding.spectral`. For more labels k-means divides these clusters,
    the large ones into more parts; each cluster has an image before one has a second.

    Returns
    -------
    ndarray of shape (n,), int64
    """
    clusters = spectral_clusters(points.eigenvectors, min(n, MOST), seed)  # (N,)
    if n <= MOST:
        return _best_of_clusters(clusters, points.typicality)[:n]
    divided = _divided(clusters, points.Z, n, seed)  # (N,)
    chosen = _best_of_clusters(divided, points.typicality)[:n]  # (n,)
    place = _rank_within(clusters[chosen], -np.arange(n))  # (n,) 0 is the first of its cluster
    return chosen[np.argsort(place, kind="stable")]


def densest_of_clusters(R: Array, points: Points, n: int, seed: int = 0) -> Array:
    """Choose the most typical image of each of `n` k-means clusters, large clusters first."""
    return _best_of_clusters(_clusters(points.Z, n, seed), points.typicality)[:n]


def typiclust(R: Array, points: Points, n: int, seed: int = 0) -> Array:
    """Choose as TypiClust does: how typical an image is counts within its cluster only.

    Clusters of fewer than 5 images are left out, as far as n images can be chosen without them.
    """
    clusters = _clusters(points.Z, n, seed)  # (N,)
    typical = np.zeros(len(points))  # (N,)
    for c in np.unique(clusters):
        members = np.flatnonzero(clusters == c)  # (M,)
        if len(members) > 1:
            typical[members] = typicality(points.Z[members])
    best = _best_of_clusters(clusters, typical)
    size = np.bincount(clusters)[clusters[best]]  # (N,)
    return np.concatenate([best[size >= _SMALLEST], best[size < _SMALLEST]])[:n]


def largest_components(R: Array, points: Points, n: int, seed: int = 0) -> Array:
    """Choose the most typical image of each of the `n` components that hold most images.

    Where there are fewer components than `n`, each gives a second image, and so on.
    """
    component = R.argmax(axis=1)  # (N,)
    rank = _rank_within(component, points.typicality)  # (N,) 0 is the most typical of its component
    size = np.bincount(component)[component]  # (N,)
    return np.lexsort((np.arange(len(points)), component, -size, rank))[:n]


def max_herding(R: Array, points: Points, n: int, seed: int = 0) -> Array:
    """Choose one image after another so that all images are near to a chosen one.

    Nearness is a Gaussian kernel, half the median distance wide; at most 4,000 images drawn at
    random are looked at.
    """
    some = np.random.default_rng(seed).permutation(len(points))[: max(_HERD, n)]  # (M,)
    X = points.Z[some].astype(np.float64)  # (M, D)
    length = (X**2).sum(axis=1)  # (M,)
    squared = np.maximum(length[:, None] + length - 2 * X @ X.T, 0)  # (M, M)
    kernel = np.exp(-2 * squared / max(float(np.median(squared)), np.finfo(float).tiny))
    covered = np.zeros(len(some))  # (M,)
    free = np.ones(len(some), dtype=bool)  # (M,)
    chosen = []
    for _ in range(n):
        gain = np.maximum(kernel, covered).sum(axis=1)  # (M,)
        best = int(np.where(free, gain, -1).argmax())
        chosen.append(best)
        free[best] = False
        covered = np.maximum(covered, kernel[best])
    return some[chosen]


def at_random(R: Array, points: Points, n: int, seed: int = 0) -> Array:
    """Choose `n` images, each set of them equally likely."""
    return np.random.default_rng(seed).permutation(len(points))[:n]


STRATEGIES: dict[str, Callable[[Array, Points, int, int], Array]] = {
    "spectral": densest_of_graph,
    "clusters": densest_of_clusters,
    "typiclust": typiclust,
    "components": largest_components,
    "herding": max_herding,
    "random": at_random,
}
DEFAULT_STRATEGY = "spectral"
NESTED = ("components", "random")
"""Strategies whose choice of fewer images is the beginning of their choice of more.

Herding's is, too, but among more images if more than 4,000 are chosen.
"""


def choose(strategy: str, R: Array | None, Z: Array | Points, n: int, seed: int = 0) -> Array:
    """Choose the images to be labelled.

    Parameters
    ----------
    strategy : str
        A name in ``STRATEGIES``.
    R, Z : ndarray of shape (N, K) and (N, D)
        In place of `Z`, `Points` that serve several choices. R is None where there is no model:
        all images are then of one component.
    n : int
        From 1 to N.
    seed : int
        Not negative.

    Returns
    -------
    ndarray of shape (n,), int64
        Different positions, in the order in which they should be labelled.

    Raises
    ------
    InputError
        If `strategy` or `n` is another.
    """
    function = STRATEGIES[one_of("strategy", strategy, STRATEGIES)]
    whole("n", n, 1, len(Z), f", the {len(Z)} images")
    R = np.ones((len(Z), 1)) if R is None else R  # (N, K)
    return function(R, Z if isinstance(Z, Points) else Points(Z, n), n, seed)


def uncertain_of_clusters(Z: Array, uncertainty: Array, n: int, seed: int = 0) -> Array:
    """Choose further images after some labels: uncertain, typical and unlike one another.

    k-means weighs each image by its uncertainty, so that there are many clusters where much is
    unsure; of each the image is chosen whose uncertainty times typicality is largest.

    Parameters
    ----------
    Z : ndarray of shape (N, D)
    uncertainty : ndarray of shape (N,)
        One minus the probability of the predicted label; 0 for images that are labelled.
    n : int
        At most the number of images whose uncertainty is above 0.

    Returns
    -------
    ndarray of shape (n,), int64
        None of them certain.
    """
    open_ = np.flatnonzero(uncertainty > 0)  # (M,)
    whole("n", n, 1, len(open_), ", the images that are not certain")
    clusters = _clusters(Z[open_], n, seed, uncertainty[open_])  # (M,)
    score = uncertainty[open_] * typicality(Z)[open_]  # (M,)
    return open_[_best_of_clusters(clusters, score, uncertainty[open_])[:n]]


def typicality(Z: Array) -> Array:
    """Return one over the mean distance to the 20 nearest images, float64 (N,)."""
    squared = nearest_neighbours(Z, NEAR)[1]  # (N, k)
    distance = np.sqrt(squared.astype(np.float64)).mean(axis=1)  # (N,)
    return 1 / np.maximum(distance, np.finfo(np.float32).tiny)  # copies of one image: very typical


def _clusters(Z: Array, n: int, seed: int, weight: Array | None = None) -> Array:
    """Return the k-means cluster of each image, int (N,)."""
    kind: Any = KMeans if len(Z) <= _MANY else MiniBatchKMeans
    options = {} if kind is KMeans else {"batch_size": 4096}
    kmeans = kind(n, random_state=seed, n_init=1, **options)
    return kmeans.fit_predict(Z.astype(np.float32), sample_weight=weight)


def _divided(clusters: Array, Z: Array, n: int, seed: int) -> Array:
    """Return parts of clusters that k-means of `Z (N, D)` makes, `n` in all, int (N,)."""
    cluster = np.unique(clusters, return_inverse=True)[1]  # (N,)
    n_parts = parts(np.bincount(cluster), n)  # (C,)
    divided = np.cumsum(n_parts)[cluster]  # (N,)
    for c in np.flatnonzero(n_parts > 1):
        rows = np.flatnonzero(cluster == c)  # (M,)
        divided[rows] -= _clusters(Z[rows], int(n_parts[c]), seed)
    return divided


def parts(sizes: Array, n: int) -> Array:
    """Return into how many parts clusters of these sizes are divided, `n` in all, int (C,).

    Each is one part, and the next one goes to the cluster whose parts are largest on average: the
    method of D'Hondt. So no cluster of M images is divided into more than M.
    """
    n_parts = np.ones(len(sizes), dtype=np.int64)  # (C,)
    for _ in range(n - len(sizes)):
        n_parts[np.argmax(sizes / n_parts)] += 1
    return n_parts


def _rank_within(group: Array, score: Array) -> Array:
    """Return the rank of each score in its group, the best 0, equal ones by position, int (N,)."""
    order = np.lexsort((np.arange(len(score)), -score, group))  # (N,)
    starts = np.concatenate([[0], np.cumsum(np.bincount(group))[:-1]])  # (G,)
    rank = np.empty(len(score), dtype=np.int64)
    rank[order] = np.arange(len(score)) - starts[group[order]]
    return rank


def _best_of_clusters(clusters: Array, score: Array, weight: Array | None = None) -> Array:
    """Return all images, the best of each cluster first, these by their cluster's weight."""
    rank = _rank_within(clusters, score)  # (N,)
    total = np.bincount(clusters, weights=weight)[clusters]  # (N,)
    return np.lexsort((np.arange(len(score)), -score, -total, rank))
