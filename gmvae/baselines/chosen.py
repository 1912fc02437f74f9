"""Decoders whose labels are chosen, not drawn, as ``gmvae select`` chooses images.

``soft-chosen``, ``graph-chosen`` and ``graph-student-chosen`` are ``soft``, ``graph`` and
``graph-student`` with labels of the images that the default strategy asks for, ``graph-<strategy>``
those of another. The article's method does without that choice. ``graph-pixels-chosen`` and
``graph-pixels-student-chosen`` choose by the graph of normalised pixels, without a model.
"""

from functools import partial
from typing import Any

from numpy.typing import NDArray

from gmvae.baselines.graphs import decode_graph
from gmvae.baselines.method import Method, decode
from gmvae.baselines.precomputed import LATENT_CHOICE, PIXEL_CHOICE, stored_points
from gmvae.baselines.students import STUDENT, STUDENT_SECONDS, student
from gmvae.decoding.decoders import SoftDecoder
from gmvae.decoding.selection import DEFAULT_STRATEGY, STRATEGIES, choose

Array = NDArray[Any]
_MOST_LABELS = 291  # more clusters of 100,000 images take minutes
_NAMED = [name for name in STRATEGIES if name not in (DEFAULT_STRATEGY, "random")]


def choose_labels(X: dict[str, Array], n: int, seed: int, strategy: str) -> Array:
    """Return the `n` rows to be labelled, as ``gmvae select --strategy`` chooses them."""
    training = X["training"]  # (T,)
    R = X["responsibilities"][training] if "responsibilities" in X else None  # (T, K)
    return training[choose(strategy, R, stored_points(X), n, seed)]  # (n,)


def _chosen(name: str, predict: Any, strategy: str = DEFAULT_STRATEGY, **options: Any) -> Method:
    """Return the method `name` whose labels are chosen, not drawn; `options`: fields of it."""
    needed = LATENT_CHOICE if strategy == "spectral" else LATENT_CHOICE[:-1]  # it takes long
    fields = {"reads": ("responsibilities",), "precomputed": needed, "most_labels": _MOST_LABELS}
    choosing = partial(choose_labels, strategy=strategy)
    return Method(name, predict=predict, choose=choosing, **{**fields, **options})


_OF_PIXELS: dict[str, Any] = {"reads": (), "precomputed": PIXEL_CHOICE}
_STUDENT: dict[str, Any] = {"settings": STUDENT, "seconds": STUDENT_SECONDS}

CHOSEN_METHODS = (
    _chosen("soft-chosen", partial(decode, SoftDecoder)),
    _chosen("graph-chosen", decode_graph),
    _chosen("graph-pixels-chosen", decode_graph, **_OF_PIXELS),
    _chosen("graph-student-chosen", student, **_STUDENT, reads=("responsibilities", "normalised")),
    _chosen(
        "graph-pixels-student-chosen",
        student,
        **{**_OF_PIXELS, **_STUDENT, "reads": ("normalised",)},
    ),
    *(_chosen(f"graph-{name}", decode_graph, name) for name in _NAMED),
)
