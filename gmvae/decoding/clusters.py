"""What clusters look like from outside: size, purity, main labels.

Labels are used here to describe a trained model, never to train or choose one.
"""

import numpy as np
from scipy.special import entr


def cluster_sizes(responsibilities: np.ndarray) -> np.ndarray:
    """Return how many images have each component as their most likely one, int64 (K,)."""
    n_components = responsibilities.shape[1]
    return np.bincount(responsibilities.argmax(axis=1), minlength=n_components)  # (K,)


def components_in_use(responsibilities: np.ndarray) -> int:
    """Count components that hold more than N / (20 K) images, a twentieth of an equal share."""
    n_images, n_components = responsibilities.shape
    return int((cluster_sizes(responsibilities) > n_images / (20 * n_components)).sum())


def label_counts(clusters: np.ndarray, labels: np.ndarray, n_components: int) -> np.ndarray:
    """Count the images of each cluster that have each label.

    Parameters
    ----------
    clusters : int array (N,), 0 .. K-1
    labels : int array (N,), 0 .. L-1; images with -1 are left out
    n_components : int

    Returns
    -------
    int64 array (K, L)
    """
    known = labels >= 0
    n_classes = int(labels.max(initial=0)) + 1
    pairs = clusters[known] * n_classes + labels[known]  # (N',)
    counts = np.bincount(pairs, minlength=n_components * n_classes)  # (K L,)
    return counts.reshape(n_components, n_classes)  # (K, L)


def purity(clusters: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of images that carry the majority label of their cluster.

    It is the accuracy of hard decoding with every label known, and grows with K by itself
    (Manning, Raghavan & Schuetze 2008, section 16.3).
    """
    counts = label_counts(clusters, labels, int(clusters.max()) + 1)  # (K, L)
    return float(counts.max(axis=1).sum() / counts.sum())


def entropy(responsibilities: np.ndarray) -> np.ndarray:
    """Return the entropy of q(c|x) in nats, float64 (N,), each between 0 and log K."""
    return entr(np.asarray(responsibilities, np.float64)).sum(axis=1)  # (N,)


def mean_entropy(responsibilities: np.ndarray) -> float:
    """Return the mean entropy of q(c|x) in nats, between 0 and log K."""
    return float(entropy(responsibilities).mean())
