"""What methods share: components of pixels, graphs, and what choosing needs of a graph.

Each is worked out once from all images, without labels, and kept; see
:class:`gmvae.baselines.method.Precomputed`. The same are made from the latent means of a model and
from principal components of normalised images, which need no model.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.decomposition import PCA

from gmvae.baselines.method import Precomputed
from gmvae.baselines.pixels import pixels
from gmvae.decoding.graph import graph_of
from gmvae.decoding.selection import Points, typicality
from gmvae.decoding.spectral import MOST, leading_eigenvectors

Array = NDArray[Any]
DIMENSIONS = 50  # principal components kept
NEIGHBOURS = 10


def principal_components(X: Array, training: Array) -> Array:
    """Return the first principal components of all images, fitted on the training rows.

    Parameters
    ----------
    X : ndarray of shape (N, 28, 28), uint8
    training : ndarray of shape (T,)
        Rows that may be learned from.

    Returns
    -------
    ndarray of shape (N, P), float32, P at most 50
    """
    learned = pixels(X, training)  # (T, 784)
    pca = PCA(min(DIMENSIONS, *learned.shape), svd_solver="covariance_eigh")
    return pca.fit(learned).transform(pixels(X, np.arange(len(X)))).astype(np.float32)


def latent_graph(Z: Array, training: Array, n_components: int) -> dict[str, Array]:
    """Return the nearest-neighbour graph of the training rows of `Z (N, D)`, and `Z` itself."""
    W = graph_of(Z[training], NEIGHBOURS)  # (T, T)
    parts = {"data": W.data, "indices": W.indices, "indptr": W.indptr}
    return {"features": Z, "training": training, **parts}


def stored_graph(X: dict[str, Array]) -> csr_array:
    """Return the graph ``(T, T)`` that :func:`latent_graph` took apart, so that it can be kept."""
    size = (len(X["training"]), len(X["training"]))
    return csr_array((X["data"], X["indices"], X["indptr"]), shape=size)


def stored_points(X: dict[str, Array]) -> Points:
    """Return the training rows ``(T, D)``, and what was worked out of them for choosing."""
    points = Points(X["features"][X["training"]])
    points.typicality = X["typicality"]
    if "eigenvectors" in X:
        points.eigenvectors = X["eigenvectors"]
    return points


def _components(X: Array, training: Array, n_components: int) -> dict[str, Array]:
    return {"features": principal_components(X, training)}  # (N, P)


def _graph(X: dict[str, Array], training: Array, n_components: int) -> dict[str, Array]:
    return latent_graph(X["features"], training, n_components)


def _typicality(X: dict[str, Array], training: Array, n_components: int) -> dict[str, Array]:
    return {"typicality": typicality(X["features"][training])}  # (T,)


def _spectrum(X: dict[str, Array], training: Array, n_components: int) -> dict[str, Array]:
    m = min(MOST, len(training))
    return {"eigenvectors": leading_eigenvectors(stored_graph(X), m)}  # (T, m)


PIXEL_COMPONENTS = Precomputed("pixel-components", "normalised", _components)
PIXEL_GRAPH = Precomputed("pixel-graph", PIXEL_COMPONENTS, _graph)
LATENT_GRAPH = Precomputed("latent-graph", "latent_mean", latent_graph)
LATENT_CHOICE = (
    LATENT_GRAPH,
    Precomputed("latent-typicality", LATENT_GRAPH, _typicality),
    Precomputed("latent-spectrum", LATENT_GRAPH, _spectrum),
)
PIXEL_CHOICE = (
    PIXEL_GRAPH,
    Precomputed("pixel-typicality", PIXEL_GRAPH, _typicality),
    Precomputed("pixel-spectrum", PIXEL_GRAPH, _spectrum),
)
"""What choosing images needs: a graph, how typical each image is, and the graph's eigenvectors."""
