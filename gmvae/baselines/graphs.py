"""Methods that spread labels along a graph, or votes along the components.

``graph`` is Poisson learning on the latent means, ``graph-pixels`` the same on principal components
of the normalised images: no model at all, and so what the model has to be better than. Graphs are
made once for a data set and a model, without labels.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from gmvae.baselines.clusters import NEIGHBOURS, principal_components
from gmvae.baselines.method import Method, Sample
from gmvae.decoding.diffusion import DiffusedSoftDecoder, component_walk
from gmvae.decoding.graph import GraphDecoder, graph_of

Array = NDArray[Any]


def latent_graph(Z: Array, training: Array, n_components: int) -> dict[str, Array]:
    """Return the nearest-neighbour graph of the training rows of `Z (N, D)`, and `Z` itself."""
    W = graph_of(Z[training], NEIGHBOURS)  # (T, T)
    parts = {"data": W.data, "indices": W.indices, "indptr": W.indptr}
    return {"features": Z, "training": training, **parts}


def stored_graph(X: dict[str, Array]) -> csr_array:
    """Return the graph ``(T, T)`` that :func:`latent_graph` took apart, so that it can be kept."""
    size = (len(X["training"]), len(X["training"]))
    return csr_array((X["data"], X["indices"], X["indptr"]), shape=size)


def pixel_graph(X: Array, training: Array, n_components: int) -> dict[str, Array]:
    """Return :func:`latent_graph` of the principal components of images `X (N, 28, 28)`."""
    return latent_graph(principal_components(X, training), training, n_components)


def decode_graph(sample: Sample) -> Array:
    """Return the scored rows' labels by Poisson learning; rows outside the graph join it last."""
    X = sample.X
    Z, training = X["features"], X["training"]  # (N, D), (T,)
    y = np.full(len(Z), -1)  # (N,)
    y[sample.labelled] = sample.y
    decoder = GraphDecoder(NEIGHBOURS).fit(Z[training], y[training], graph=stored_graph(X))
    y[training] = decoder.transduction_
    outside = np.setdiff1d(sample.scored, training)
    if len(outside):
        y[outside] = decoder.predict(Z[outside])
    return y[sample.scored]  # (M,)


def responsibilities_and_walk(R: Array, training: Array, n_components: int) -> dict[str, Array]:
    """Return `R (N, K)` and the walk ``(K, K)`` over components that its training rows show."""
    return {"responsibilities": R, "walk": component_walk(R[training])}


def decode_diffused(sample: Sample, **options: Any) -> Array:
    """Return the scored rows' labels by votes that spread over the graph of components."""
    R = sample.X["responsibilities"]  # (N, K)
    decoder = DiffusedSoftDecoder(**options)
    decoder.fit(R[sample.labelled], sample.y, walk=sample.X["walk"])
    return decoder.predict(R[sample.scored])  # (M,)


GRAPH_METHODS = (
    Method(
        "soft-diffused",
        "responsibilities",
        decode_diffused,
        {"alpha": 0.3},
        prepare=responsibilities_and_walk,
    ),
    Method("graph", "latent_mean", decode_graph, prepare=latent_graph),
    Method("graph-pixels", "normalised", decode_graph, prepare=pixel_graph),
)
