"""What chapter 02 shows of a trained model: its training, its components, what K trades off."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import PCA

from gmvae.decoding.clusters import label_counts, purity
from gmvae.files import finite

SHOWN = 2000  # images in the map of the latent space, at most; more would hide each other
_CANDIDATES = (5, 10, 20, 50, 100, 200, 400, 800)  # numbers of k-means clusters
_SEED = 0


def loss_terms(history: pd.DataFrame) -> dict[str, pd.Series]:
    """Return what reconstruction and the mixture prior cost in each epoch, and the ELBO."""
    return {
        "reconstruction": history["reconstruction"],
        "KL of z and c": history["kl_z"] + history["kl_c"],
        "ELBO": history["elbo"],
    }


def principal_plane(
    latent_mean: np.ndarray, component_means: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Project latent means to the two directions in which they vary most.

    Parameters
    ----------
    latent_mean : array (N, D)
    component_means : array (K, D)

    Returns
    -------
    rows : int array (n,)
        At most 2,000 images, drawn at random.
    points : array (n, 2)
    centres : array (K, 2)
        The components' means.
    """
    rows = np.random.default_rng(_SEED).permutation(len(latent_mean))[:SHOWN]
    plane = PCA(2, random_state=_SEED).fit(latent_mean[rows])
    return rows, plane.transform(latent_mean[rows]), plane.transform(component_means)


def kmeans_majority_by_n_clusters(
    latent: np.ndarray,
    labels: np.ndarray,
    draws: Sequence[np.ndarray],
    n_clusters: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Measure what the number of clusters trades off, on k-means clusters of a latent space.

    Parameters
    ----------
    latent : float array (N, D)
    labels : int array (N,)
    draws : sequence of int arrays (n,)
        For each draw the indices of the images whose label names their cluster.
    n_clusters : sequence of int, optional
        None: 5 to 800, but no more than a cluster for four images.

    Returns
    -------
    DataFrame
        A row for each number `n_clusters`: `purity` with all labels, `covered` (share of images
        whose cluster holds a labelled one) and `accuracy` of majority labels on the images without
        a label, where an uncovered cluster counts as wrong, both means over draws; `deviation`,
        the standard deviation of the accuracy over draws, NaN for a single one.
    """
    if n_clusters is None:
        n_clusters = [k for k in _CANDIDATES if k <= len(latent) // 4]
    rows = []
    for k in n_clusters:
        kmeans = MiniBatchKMeans(k, random_state=_SEED, batch_size=4096, n_init=1)
        clusters = kmeans.fit_predict(latent)  # (N,)
        found = np.array([_named(clusters, labels, labelled, k) for labelled in draws])  # (S, 2)
        covered, accuracy = found.mean(axis=0)
        deviation = float(found[:, 1].std(ddof=1)) if len(found) > 1 else float("nan")
        rows.append((k, purity(clusters, labels), covered, accuracy, deviation))
    columns = ["n_clusters", "purity", "covered", "accuracy", "deviation"]
    return pd.DataFrame(rows, columns=columns)


def _named(
    clusters: np.ndarray, labels: np.ndarray, labelled: np.ndarray, k: int
) -> tuple[float, float]:
    """Return the shares of the images without a label that are covered, and named rightly."""
    unseen = np.setdiff1d(np.arange(len(labels)), labelled)  # (N - n,)
    counts = label_counts(clusters[labelled], labels[labelled], k)  # (K, L)
    covered = counts.sum(axis=1)[clusters] > 0  # (N,)
    right = covered & (counts.argmax(axis=1)[clusters] == labels)  # (N,)
    return float(covered[unseen].mean()), float(right[unseen].mean())


def best_n_clusters(tradeoff: pd.DataFrame) -> pd.Series:
    """Return the row with the highest accuracy, the first of equal ones."""
    return tradeoff.loc[tradeoff["accuracy"].idxmax()]


def numbers(described: Mapping[str, Any], tradeoff: pd.DataFrame) -> dict[str, Any]:
    """Return the numbers on record: the model's, the best K' and the trade-off."""
    return {
        **described,
        "tradeoff_best_k": int(best_n_clusters(tradeoff)["n_clusters"]),
        "tradeoff": finite(tradeoff.to_dict("records")),
    }


def describe_training(described: Mapping[str, Any], n_components: int, n_images: int) -> str:
    """Tell what training took and how many components are in use."""
    return (
        f"Training took {described['training_seconds']:.0f} s for"
        f" {described['n_parameters'] / 1e6:.1f} million weights."
        f" {described['components_in_use']} of the K = {n_components} components are in use (they"
        f" are the most likely one for more than N/(20 K) = {n_images / 20 / n_components:.0f}"
        f" images), and the entropy of q(c|x) is {described['entropy']:.2f} nats on average,"
        f" between 0 for a certain model and {np.log(n_components):.2f} for an ignorant one."
    )


def describe_purity(described: Mapping[str, Any]) -> str:
    """Tell what purity is, and the model's."""
    return (
        "If every label were known and each component took its majority label,"
        f" {described['purity']:.1%} of the images would be right: the *purity*, a ceiling on what"
        " one name per component can reach."
    )


def describe_tradeoff(tradeoff: pd.DataFrame, n_labels: int) -> str:
    """Tell at which number of clusters accuracy is highest, and which cannot be told from it."""
    best = best_n_clusters(tradeoff)
    near = tradeoff["accuracy"] >= best["accuracy"] - best.get("deviation", 0)
    others = [f"{k}" for k in tradeoff["n_clusters"][near] if k != best["n_clusters"]]
    also = (
        f"; K' = {', '.join(others)} cannot be told from it, being within one standard deviation"
        f" over draws, {100 * best['deviation']:.1f} points"
        if others
        else ""
    )
    return (
        f"With {n_labels} random labels the accuracy is highest at K' = {best['n_clusters']:.0f}"
        f" ({best['accuracy']:.1%}){also}. This illustration uses labels and chooses nothing: K is"
        " a parameter of the run, and `--set n_components=...` trains the model that belongs to"
        " another."
    )
