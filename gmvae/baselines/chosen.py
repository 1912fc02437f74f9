"""Decoders whose labels are chosen, not drawn, as ``gmvae select`` chooses images.

``soft-chosen`` and ``graph-chosen`` are ``soft`` and ``graph`` with labels of the images that the
default strategy asks for, ``graph-<strategy>`` those of another. The article's method does without
that choice.
"""

from functools import partial
from typing import Any

from numpy.typing import NDArray

from gmvae.baselines.graphs import decode_graph, latent_graph, stored_graph
from gmvae.baselines.method import Method, decode
from gmvae.decoding.decoders import SoftDecoder
from gmvae.decoding.selection import DEFAULT_STRATEGY, STRATEGIES, Points, choose
from gmvae.decoding.spectral import MOST, leading_eigenvectors

Array = NDArray[Any]
_MOST_LABELS = 291  # more clusters of 100,000 images take minutes
_NAMED = [name for name in STRATEGIES if name not in (DEFAULT_STRATEGY, "random")]


def rows_to_choose_from(X: Array, training: Array, n_components: int) -> dict[str, Array]:
    """Return what choosing and decoding need of a posterior: its parts, and their graph.

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
    typicality = Points(Z[training]).typicality  # (T,)
    graph = latent_graph(Z, training, n_components)
    return {"responsibilities": R, "typicality": typicality, **graph}


def rows_with_spectrum(X: Array, training: Array, n_components: int) -> dict[str, Array]:
    """Return :func:`rows_to_choose_from`, and the eigenvectors of the graph of training rows."""
    rows = rows_to_choose_from(X, training, n_components)
    m = min(MOST, len(training))
    return {**rows, "eigenvectors": leading_eigenvectors(stored_graph(rows), m)}  # (T, m)


def choose_labels(X: dict[str, Array], n: int, seed: int, strategy: str) -> Array:
    """Return the `n` rows to be labelled, as ``gmvae select --strategy`` chooses them."""
    training = X["training"]  # (T,)
    points = Points(X["features"][training])
    points.typicality = X["typicality"]
    if "eigenvectors" in X:
        points.eigenvectors = X["eigenvectors"]
    return training[choose(strategy, X["responsibilities"][training], points, n, seed)]  # (n,)


def _chosen(name: str, predict: Any, strategy: str) -> Method:
    prepare = rows_with_spectrum if strategy == "spectral" else rows_to_choose_from
    choosing = partial(choose_labels, strategy=strategy)
    return Method(
        name, "posterior", predict, prepare=prepare, choose=choosing, most_labels=_MOST_LABELS
    )


CHOSEN_METHODS = (
    _chosen("soft-chosen", partial(decode, SoftDecoder), DEFAULT_STRATEGY),
    _chosen("graph-chosen", decode_graph, DEFAULT_STRATEGY),
    *(_chosen(f"graph-{name}", decode_graph, name) for name in _NAMED),
)
