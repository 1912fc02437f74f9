"""Decoders whose labels are chosen, not drawn, as ``gmvae select`` chooses images.

``soft-chosen`` and ``graph-chosen`` are ``soft`` and ``graph`` with labels of the images that the
default strategy asks for, ``graph-<strategy>`` those of another. The article's method does without
that choice.
"""

from functools import partial
from typing import Any

from numpy.typing import NDArray

from gmvae.baselines.graphs import decode_graph
from gmvae.baselines.method import Method, decode
from gmvae.baselines.precomputed import LATENT_CHOICE, stored_points
from gmvae.decoding.decoders import SoftDecoder
from gmvae.decoding.selection import DEFAULT_STRATEGY, STRATEGIES, choose

Array = NDArray[Any]
_MOST_LABELS = 291  # more clusters of 100,000 images take minutes
_NAMED = [name for name in STRATEGIES if name not in (DEFAULT_STRATEGY, "random")]


def choose_labels(X: dict[str, Array], n: int, seed: int, strategy: str) -> Array:
    """Return the `n` rows to be labelled, as ``gmvae select --strategy`` chooses them."""
    training = X["training"]  # (T,)
    R = X["responsibilities"][training]  # (T, K)
    return training[choose(strategy, R, stored_points(X), n, seed)]  # (n,)


def _chosen(name: str, predict: Any, strategy: str) -> Method:
    needed = LATENT_CHOICE if strategy == "spectral" else LATENT_CHOICE[:-1]  # it takes long
    choosing = partial(choose_labels, strategy=strategy)
    return Method(
        name,
        ("responsibilities",),
        predict,
        precomputed=needed,
        choose=choosing,
        most_labels=_MOST_LABELS,
    )


CHOSEN_METHODS = (
    _chosen("soft-chosen", partial(decode, SoftDecoder), DEFAULT_STRATEGY),
    _chosen("graph-chosen", decode_graph, DEFAULT_STRATEGY),
    *(_chosen(f"graph-{name}", decode_graph, name) for name in _NAMED),
)
