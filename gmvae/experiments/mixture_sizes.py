"""Models of several sizes K: what each makes of a few labels, and what it says without any.

A model with K = 1 is a plain variational autoencoder. It has no components to name, so k-means cuts
its latent means into clusters; the same is done to a mixture's, to see what the mixture is worth.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from gmvae.baselines.precomputed import LATENT_GRAPH
from gmvae.baselines.registry import find_method
from gmvae.decoding.clusters import mean_entropy, purity
from gmvae.decoding.posterior import Posterior
from gmvae.experiments.precomputed import store_of_model
from gmvae.experiments.scoring import draw_labels, score_if_solved

Array = NDArray[Any]
DECODERS = ("hard", "hard-covered", "soft")  # they read responsibilities
METHODS = (*DECODERS, "graph")
COLUMNS = [
    "n_components",
    "clusters",
    "method",
    "n_labels",
    "label_seed",
    "model_seed",
    "accuracy",
    "n_scored",
]
_SEED = 0
_STARTS = 3  # of k-means, of which the best by its own measure counts


def kmeans_responsibilities(Z: Array, n_clusters: int) -> Array:
    """Return how much each of the K' clusters of k-means takes of each point.

    r_k = softmax_k(-|z - m_k|^2 / (2 s^2)), where m_k are the centres and s^2 is the mean squared
    distance to the nearest centre, divided by D: a mixture of equal round Gaussians as k-means
    leaves it. Hard decoding reads the nearest centre, soft decoding all of r.

    Parameters
    ----------
    Z : array (N, D)
    n_clusters : int
        K', taken as N where there are fewer points.

    Returns
    -------
    float32 array (N, K'), rows sum to 1
    """
    k = min(n_clusters, len(Z))
    model = KMeans(k, n_init=_STARTS, random_state=_SEED).fit(Z)
    squared = model.transform(Z).astype(np.float64) ** 2  # (N, K')
    variance = squared.min(axis=1).mean() / Z.shape[1]
    scale = max(2 * variance, 1e-9 * squared.mean()) or 1.0  # where a centre sits on each point
    return softmax(-squared / scale, axis=1).astype(np.float32)  # (N, K')


def score_rows(
    X: Any, y: Array, methods: Sequence[str], budgets: Sequence[int], label_seeds: Sequence[int]
) -> list[dict[str, Any]]:
    """Score methods that read `X` at every budget, with every draw of labels.

    Parameters
    ----------
    X : array (N, p), or arrays by name
        What the methods read, see :class:`gmvae.baselines.method.Sample`.
    y : int array (N,), 0 .. L-1
    methods, budgets, label_seeds : sequences

    Returns
    -------
    list of dict
        ``method, n_labels, label_seed, accuracy, n_scored``; the accuracy is NaN where a graph
        falls into parts with almost no weight between them, which is then not solved.
    """
    n_classes = int(y.max()) + 1
    rows = []
    for n in budgets:
        for label_seed in label_seeds:
            draw = draw_labels(y, n, label_seed)
            for name in methods:
                accuracy = score_if_solved(find_method(name), X, y, n_classes, draw)
                row = {"method": name, "n_labels": n, "label_seed": label_seed}
                rows.append({**row, "accuracy": accuracy, "n_scored": len(draw.scored)})
    return rows


def score_posterior(
    posterior: Posterior,
    y: Array,
    budgets: Sequence[int],
    label_seeds: Sequence[int],
    n_clusters: int | None = None,
    graph: Mapping[str, Array] | None = None,
) -> pd.DataFrame:
    """Score what one model makes of a few labels.

    Parameters
    ----------
    posterior : Posterior
    y : int array (N,)
    budgets, label_seeds : sequences of int
    n_clusters : int, optional
        Also cut the latent means into so many clusters of k-means; None: do not.
    graph : mapping, optional
        :data:`gmvae.baselines.precomputed.LATENT_GRAPH` of it; None: it is made here.

    Returns
    -------
    DataFrame
        ``clusters`` (components, k-means or none) and the columns of :func:`score_rows`. A
        single component is not decoded: it can tell nothing apart.
    """
    q, Z = posterior.responsibilities, posterior.latent_mean  # (N, K), (N, D)
    if graph is None:
        graph = store_of_model(posterior)(LATENT_GRAPH)
    sources: list[tuple[str, Any, Sequence[str]]] = [("none", dict(graph), ["graph"])]
    if q.shape[1] > 1:
        sources.append(("components", q, DECODERS))
    if n_clusters is not None:
        sources.append(("k-means", kmeans_responsibilities(Z, n_clusters), DECODERS))
    found = [
        {"clusters": clusters, **row}
        for clusters, X, methods in sources
        for row in score_rows(X, y, methods, budgets, label_seeds)
    ]
    return pd.DataFrame(found)


def entropy_share(posterior: Posterior) -> float:
    """Return the mean entropy of q(c|x) as a share of log K, 0 (certain) to 1.

    It is 0 for a single component.
    """
    q = posterior.responsibilities  # (N, K)
    return float(mean_entropy(q) / np.log(q.shape[1])) if q.shape[1] > 1 else 0.0


def purities(posterior: Posterior, n_clusters: int | None) -> dict[str, float]:
    """Return the purity of the components, and of as many clusters of k-means as asked for."""
    q, y = posterior.responsibilities, posterior.labels
    found = {"components": purity(q.argmax(axis=1), y)}
    if n_clusters is not None:
        r = kmeans_responsibilities(posterior.latent_mean, n_clusters)  # (N, K')
        found["k-means"] = purity(r.argmax(axis=1), y)
    return found


def agreement(first: Array, second: Array) -> dict[str, float]:
    """Return how far two seeds sort the images alike, by their most likely components.

    The adjusted Rand index (Hubert & Arabie 1985) is 0 for chance and 1 for the same groups;
    normalised mutual information is 0 to 1, and grows with the number of groups by itself.

    Parameters
    ----------
    first, second : int arrays (N,)
    """
    return {
        "adjusted_rand": float(adjusted_rand_score(first, second)),
        "mutual_information": float(normalized_mutual_info_score(first, second)),
    }
