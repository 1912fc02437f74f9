"""Decoders whose labels are chosen, not drawn: the densest image of each cluster of the graph.

``soft-chosen`` and ``graph-chosen`` are ``soft`` and ``graph`` with labels of the images that
``gmvae select`` asks for. The article's method does without that choice.
"""

from functools import partial
from typing import Any

from numpy.typing import NDArray

from gmvae.baselines.graphs import decode_graph, latent_graph
from gmvae.baselines.method import Method, decode
from gmvae.decoding.decoders import SoftDecoder
from gmvae.decoding.selection import Points, densest_of_spectrum

Array = NDArray[Any]


def rows_to_choose_from(X: Array, training: Array, n_components: int) -> dict[str, Array]:
    """Return what choosing and decoding need of a posterior: its parts, its graph, and the graph's.

    Parameters
    ----------
    X : ndarray of shape (N, K + D)
        Responsibilities and latent means side by side.
    training : ndarray of shape (T,)
        Rows that may be labelled.
    n_components : int
        K.
    """
    R, Z = X[:, :n_components], X[:, n_components:]  # (N, K), (N, D)
    points = Points(Z[training])  # T of them
    return {
        "responsibilities": R,
        **latent_graph(Z, training, n_components),
        "eigenvectors": points.eigenvectors,
        "typicality": points.typicality,
    }


def choose_labels(X: dict[str, Array], n: int, seed: int) -> Array:
    """Return the `n` rows to be labelled, as ``gmvae select`` chooses them."""
    return X["training"][densest_of_spectrum(X["eigenvectors"], X["typicality"], n, seed)]  # (n,)


_CHOSEN: dict[str, Any] = {
    "prepare": rows_to_choose_from,
    "choose": choose_labels,
    "most_labels": 291,  # more clusters of 100,000 images take minutes
}
CHOSEN_METHODS = (
    Method("soft-chosen", "posterior", partial(decode, SoftDecoder), **_CHOSEN),
    Method("graph-chosen", "posterior", decode_graph, **_CHOSEN),
)
