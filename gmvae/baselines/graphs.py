"""Methods that spread labels along a graph, or votes along the components.

``graph`` is Poisson learning on the latent means, ``graph-pixels`` the same on principal components
of the normalised images: no model at all, and so what the model has to be better than. Graphs are
made once for a data set and a model, without labels.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmvae.baselines.method import Method, Precomputed, Sample
from gmvae.baselines.precomputed import LATENT_GRAPH, NEIGHBOURS, PIXEL_GRAPH, stored_graph
from gmvae.decoding.diffusion import DiffusedSoftDecoder, component_walk
from gmvae.decoding.graph import GraphDecoder

Array = NDArray[Any]


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


def _walk(R: Array, training: Array, n_components: int) -> dict[str, Array]:
    """Return the walk ``(K, K)`` over components that the training rows of `R (N, K)` show."""
    return {"walk": component_walk(R[training])}


def decode_diffused(sample: Sample, **options: Any) -> Array:
    """Return the scored rows' labels by votes that spread over the graph of components."""
    R = sample.X["responsibilities"]  # (N, K)
    decoder = DiffusedSoftDecoder(**options)
    decoder.fit(R[sample.labelled], sample.y, walk=sample.X["walk"])
    return decoder.predict(R[sample.scored])  # (M,)


WALK = Precomputed("walk", "responsibilities", _walk)

GRAPH_METHODS = (
    Method("soft-diffused", ("responsibilities",), decode_diffused, {"alpha": 0.3}, (WALK,)),
    Method("graph", (), decode_graph, precomputed=(LATENT_GRAPH,)),
    Method("graph-pixels", (), decode_graph, precomputed=(PIXEL_GRAPH,)),
)
