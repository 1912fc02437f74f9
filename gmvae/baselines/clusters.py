"""Competitors that see all pixels but no model: cluster, then label; and spread labels.

They are the classical ways to use unlabelled images. All start from the principal components of
the images as the model sees them, normalised. The clustering, or the graph, is made once for a
data set, without labels; a draw of labels then names the clusters or starts the spreading.

References
----------
Pedregosa et al. (2011), Scikit-learn: Machine Learning in Python: k-means, Gaussian mixtures.
Zhou, Bousquet, Lal, Weston and Schoelkopf (2004), Learning with local and global consistency.
Zhu, Ghahramani and Lafferty (2003), Semi-supervised learning using Gaussian fields and harmonic
functions: class mass normalisation.
"""

import warnings
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from gmvae.baselines.method import Method, Precomputed, Sample, decode
from gmvae.baselines.precomputed import NEIGHBOURS, PIXEL_COMPONENTS
from gmvae.decoding.decoders import HardDecoder
from gmvae.decoding.neighbours import nearest_neighbours

Array = NDArray[Any]
_SEED = 0  # the clusterings are the same for every draw of labels


def kmeans_clusters(X: dict[str, Array], training: Array, n_components: int) -> dict[str, Array]:
    """Return nearness to K centres of k-means as responsibilities ``(N, K)``.

    1 / (1 + squared distance): the largest is the nearest centre's, and over covered clusters
    the nearest covered one's. Only this order is used.
    """
    Z = X["features"]  # (N, P)
    model = KMeans(min(n_components, len(training)), n_init=3, random_state=_SEED)
    distance = model.fit(Z[training]).transform(Z)  # (N, K)
    return {"responsibilities": (1 / (1 + distance**2)).astype(np.float32)}


def gmm_clusters(X: dict[str, Array], training: Array, n_components: int) -> dict[str, Array]:
    """Return the responsibilities ``(N, K)`` of a mixture of K diagonal Gaussians."""
    Z = X["features"]  # (N, P)
    # a variance much below that of a principal component means a component on one image
    floor = 0.01 * float(Z[training].var())
    model = GaussianMixture(
        min(n_components, len(training)),
        covariance_type="diag",
        reg_covar=floor,
        max_iter=60,
        random_state=_SEED,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # 60 rounds are enough to compare
        model.fit(Z[training])
    return {"responsibilities": model.predict_proba(Z).astype(np.float32)}


def neighbour_graph(X: dict[str, Array], training: Array, n_components: int) -> dict[str, Array]:
    """Return each image's nearest training images ``(N, 10)``, itself not among them."""
    Z = X["features"]  # (N, P)
    found, _ = nearest_neighbours(Z, NEIGHBOURS, rows=training)  # (N, 10)
    return {"neighbours": found, "training": training}


def label_spreading(sample: Sample, alpha: float, steps: int, class_mass: bool) -> Array:
    """Spread labels along the graph: F <- alpha S F + (1 - alpha) Y, from F = Y.

    S = D^(-1/2) W D^(-1/2) with W the symmetric graph of the training images and D its degrees;
    an image takes the label with the largest F. Images outside the training rows take the mean F
    of their nearest training images. After so many steps a label has gone as many edges far.

    With `class_mass`, F is first scaled so that each class's mass over all images is its share of
    the labels (class mass normalisation; Zhu, Ghahramani and Lafferty 2003): a class whose labels
    lie where the graph is dense would otherwise spread over its neighbours' images.
    """
    neighbours, training = sample.X["neighbours"], sample.X["training"]
    n, k = neighbours.shape
    starts = np.arange(0, n * k + 1, k)
    one = np.ones(n * k, np.float32)
    A = csr_array((one, neighbours.ravel(), starts), shape=(n, n))  # (N, N), row to neighbours
    learned = np.zeros(n, np.float32)  # (N,)
    learned[training] = 1
    A_t = diags_array(learned) @ A  # (N, N), edges from training images only
    W = A_t.maximum(A_t.T)  # (N, N)
    degree = W.sum(axis=1)  # (N,)
    scale = diags_array(1 / np.sqrt(np.maximum(degree, 1)).astype(np.float32))
    S = (scale @ W @ scale).tocsr().astype(np.float32)  # (N, N)
    classes, label = np.unique(sample.y, return_inverse=True)  # (L',), (n,)
    Y = np.zeros((n, len(classes)), np.float32)  # (N, L')
    Y[sample.labelled, label] = 1
    F = Y
    for _ in range(steps):
        F = alpha * (S @ F) + (1 - alpha) * Y  # (N, L')
    mass = F[training].sum(axis=0)  # (L',) of what may be learned from, whatever else is scored
    outside = np.setdiff1d(sample.scored, training)
    F[outside] = (A[outside] @ F) / k
    if class_mass:
        share = np.bincount(label) / len(label)  # (L',)
        F = F * (share / np.maximum(mass, np.finfo(np.float32).tiny))  # (N, L')
    return classes[F[sample.scored].argmax(axis=1)]  # (M,)


_majority = partial(decode, HardDecoder)
_COVERED = {"uncovered": "covered-only"}

KMEANS = Precomputed("kmeans", PIXEL_COMPONENTS, kmeans_clusters)
GMM = Precomputed("gmm", PIXEL_COMPONENTS, gmm_clusters)
PIXEL_NEIGHBOURS = Precomputed("pixel-neighbours", PIXEL_COMPONENTS, neighbour_graph)
_SPREADING: dict[str, Any] = {"alpha": 0.99, "steps": 100}

CLUSTER_METHODS = (
    Method("kmeans-majority", (), _majority, _COVERED, (KMEANS,)),
    Method("gmm-majority", (), _majority, _COVERED, (GMM,)),
    Method(
        "label-spreading",
        (),
        label_spreading,
        {**_SPREADING, "class_mass": True},
        (PIXEL_NEIGHBOURS,),
    ),
    Method(
        "label-spreading-published",
        (),
        label_spreading,
        {**_SPREADING, "class_mass": False},
        (PIXEL_NEIGHBOURS,),
    ),
)
