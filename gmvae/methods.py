"""What a method of the comparison is: one interface for decoders and competitors.

A method turns a :class:`Sample` (a few labelled rows, all other rows without labels) into
predicted labels of the rows to be scored. It never sees the labels of those rows.
"""

import ast
import hashlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gmvae import decoding

Array = NDArray[Any]

Reads = Literal["responsibilities", "latent_mean", "pixels", "normalised"]


@dataclass(frozen=True)
class Sample:
    """What a method is given.

    Attributes
    ----------
    X : ndarray of shape (N, p)
        One row per image: responsibilities, latent means, or grey levels 0..255 as uint8.
        A method with a ``prepare`` step is given that step's arrays, by name, instead.
    labelled : ndarray of shape (n,)
        Rows whose labels are given.
    y : ndarray of shape (n,)
        Their labels.
    scored : ndarray of shape (M,)
        Rows to be predicted; none of them labelled.
    seed : int
        For the method's own randomness; the label seed of the draw.
    classes : ndarray of shape (L,), optional
        All labels there are in sorted order, of which `y` may miss some; None: those in `y`.
    """

    X: Any
    labelled: Array
    y: Array
    scored: Array
    seed: int
    classes: Array | None = None


@dataclass(frozen=True, eq=False)  # one object per name: identity is equality
class Method:
    """A named way from a sample to predicted labels.

    Attributes
    ----------
    name : str
        As in the table of results.
    reads : {"responsibilities", "latent_mean", "pixels", "normalised"}
        The rows it is given; normalised: the pixels after :func:`gmvae.normalisation.normalise`,
        as the model sees them.
    predict : callable
        ``predict(sample, **settings)`` returns the labels of ``sample.scored``, shape (M,).
    settings : mapping
        Keyword arguments of `predict`, plain values: they are part of a result's identity.
    prepare : callable, optional
        ``prepare(X, training, n_components)`` is called once per data set with all rows and the
        positions of the rows that may be learned from, and returns arrays by name. Labels play
        no part in it.
    code : tuple of callables
        What else, beside `predict` and `prepare`, a result depends on.
    seconds_per_label : float
        Rough cost of one more label, to start long cells first and to estimate the time left.
    """

    name: str
    reads: Reads
    predict: Callable[..., Array]
    settings: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[Array, Array, int], dict[str, Array]] | None = None
    code: tuple[Callable[..., Any], ...] = ()
    seconds_per_label: float = 0.0

    @property
    def needs_model(self) -> bool:
        """Whether it reads a model's posterior; others leave ``model_seed`` empty."""
        return self.reads in ("responsibilities", "latent_mean")

    def cost(self, n_labels: int) -> float:
        """Return rough seconds for `n_labels` labels."""
        return 0.1 + self.seconds_per_label * n_labels


def decode(sample: Sample, decoder: str, **options: Any) -> Array:
    """Return the labels that a decoder of :mod:`gmvae.decoding` gives the scored rows."""
    R = sample.X["responsibilities"] if isinstance(sample.X, dict) else sample.X  # (N, K)
    estimator = getattr(decoding, decoder)(**options)
    if "classes" in estimator.get_params():
        estimator.set_params(classes=sample.classes)
    return estimator.fit(R[sample.labelled], sample.y).predict(R[sample.scored])  # (M,)


def code_version(*functions: Callable[..., Any]) -> str:
    """Return a hash of the modules that define `functions`: it changes when their code does.

    Comments, layout and docstrings are left out, so that explaining code better does not
    cost a sweep.
    """
    modules = sorted({function.__module__ for function in functions})
    digest = hashlib.sha256()
    for name in modules:
        tree = ast.parse(inspect.getsource(import_module(name)))
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list) and body and _is_text(body[0]):
                del body[0]
        digest.update(f"{name}\n{ast.dump(tree)}\n".encode())
    return digest.hexdigest()


def _is_text(statement: ast.AST) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def array_hash(*arrays: Array) -> str:
    """Return the SHA-256 of arrays: their types, shapes and bytes."""
    digest = hashlib.sha256()
    for array in arrays:
        array = np.ascontiguousarray(array)
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(array.view(np.uint8).reshape(-1).data if array.size else b"")
    return digest.hexdigest()
