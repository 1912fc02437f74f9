"""Where what methods share is worked out once, and kept: of one model's rows, or of the images.

A graph serves several methods, all budgets and several chapters. It is known by the rows it was
made from and by the code that made it, and lies in one file of the run's folder of cells.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmvae.baselines.method import Precomputed, Rows
from gmvae.data.archive import DAMAGE
from gmvae.decoding.posterior import Posterior
from gmvae.experiments.execution import Execution, run_tasks
from gmvae.files import write_npz
from gmvae.identity import array_hash, code_identity, content_hash

Array = NDArray[Any]
# whose code decides what a method predicts; other rooms bring it its rows, which are hashed
METHOD_ROOMS = ("baselines", "data", "decoding", "model", "training")
_LIBRARIES = ("numpy", "scikit-learn", "scipy", "torch", "xgboost")


@cache
def library_versions() -> tuple[str, ...]:
    """Return the versions of the libraries that decide what a method predicts."""
    return tuple(version(library) for library in _LIBRARIES)


class Store:
    """The rows of one model, or of images alone, and all that is made of them for methods.

    Parameters
    ----------
    rows : callable
        Returns the rows of a name.
    training : ndarray of shape (T,)
        Rows that may be learned from.
    n_components : int
        K, also of the clusterings of pixels.
    cache_dir : path, optional
        The folder of cells, in which they are kept; None keeps nothing on disk.
    """

    def __init__(
        self,
        rows: Callable[[Rows], Array],
        training: Array,
        n_components: int,
        cache_dir: str | Path | None = None,
    ):
        self.rows, self.training, self.n_components = rows, training, n_components
        self.folder = None if cache_dir is None else Path(cache_dir) / "precomputed"
        self._arrays: dict[Precomputed, dict[str, Array]] = {}
        self._hashes: dict[Precomputed | Rows, str] = {}

    def __call__(self, wanted: Precomputed) -> dict[str, Array]:
        """Return the arrays of `wanted` by name: those that are there, or worked out now."""
        found = self.find(wanted)
        return self.keep(wanted, _compute(*self.work(wanted))) if found is None else found

    def together(self, wanted: Sequence[Precomputed]) -> dict[str, Array]:
        """Return the arrays of all that is `wanted`, by name."""
        return {name: array for each in wanted for name, array in self(each).items()}

    def find(self, wanted: Precomputed) -> dict[str, Array] | None:
        """Return the arrays of `wanted` by name, None if they are not there or damaged."""
        path = self._path(wanted)
        if wanted not in self._arrays and path is not None and path.is_file():
            with suppress(*DAMAGE), np.load(path, allow_pickle=False) as archive:
                self._arrays[wanted] = dict(archive)
        return self._arrays.get(wanted)

    def keep(self, wanted: Precomputed, arrays: dict[str, Array]) -> dict[str, Array]:
        """Keep the arrays of `wanted`, and return them."""
        self._arrays[wanted] = arrays
        if (path := self._path(wanted)) is not None:
            write_npz(path, **arrays)
        return arrays

    def work(self, wanted: Precomputed) -> tuple[Any, ...]:
        """Return the function that makes `wanted`, and its arguments."""
        source = wanted.source
        X = self(source) if isinstance(source, Precomputed) else self.rows(source)
        return wanted.compute, X, self.training, self.n_components

    def identity(self, wanted: Precomputed | Rows) -> str:
        """Return a hash of rows, or of all that the arrays of `wanted` depend on."""
        if wanted not in self._hashes:
            if isinstance(wanted, Precomputed):
                self._hashes[wanted] = content_hash(self._made_from(wanted))
            else:
                self._hashes[wanted] = array_hash(self.rows(wanted))
        return self._hashes[wanted]

    def _made_from(self, wanted: Precomputed) -> dict[str, Any]:
        """Return all that the arrays of `wanted` depend on."""
        return {
            "source": self.identity(wanted.source),
            "training": self._training_hash,
            "code": code_identity(wanted.compute, rooms=METHOD_ROOMS),
            "function": wanted.compute.__name__,  # others of its module have the same code
            "n_components": self.n_components,
            "versions": library_versions(),
        }

    @cached_property
    def _training_hash(self) -> str:
        return array_hash(self.training)

    def _path(self, wanted: Precomputed) -> Path | None:
        """Return the file that keeps `wanted`, if any does."""
        if self.folder is None:
            return None
        return self.folder / f"{wanted.name}-{self.identity(wanted)[:24]}.npz"


def store_of_model(posterior: Posterior, cache_dir: str | Path | None = None) -> Store:
    """Return the store of a model's rows, all of which may be learned from."""
    R = posterior.responsibilities  # (N, K)
    rows: Mapping[str, Array] = {"responsibilities": R, "latent_mean": posterior.latent_mean}
    return Store(rows.__getitem__, np.arange(len(R)), R.shape[1], cache_dir)


def store_of_images(images: Array, n_components: int, cache_dir: str | Path | None = None) -> Store:
    """Return the store of images (N, 28, 28), taken as they are for normalised ones too."""
    rows: dict[str, Array] = dict.fromkeys(("pixels", "normalised"), images)
    return Store(rows.__getitem__, np.arange(len(images)), n_components, cache_dir)


def precompute(wanted: Iterable[tuple[Store, Precomputed]], execution: Execution) -> None:
    """Work out side by side what is not there yet, each after what it is made from."""
    missing = list(dict.fromkeys(pair for store, p in wanted for pair in _missing(store, p)))
    for steps in sorted({_steps(p) for _, p in missing}):
        now = [(store, p) for store, p in missing if _steps(p) == steps]
        tasks = [store.work(p) for store, p in now]
        for i, arrays in run_tasks(_compute, tasks, [1.0] * len(now), execution, "preparing"):
            store, p = now[i]
            store.keep(p, arrays)


def _missing(store: Store, wanted: Precomputed) -> Iterator[tuple[Store, Precomputed]]:
    """Yield `wanted` and what it is made from, as far as they are not there."""
    if store.find(wanted) is None:
        if isinstance(wanted.source, Precomputed):
            yield from _missing(store, wanted.source)
        yield store, wanted


def _steps(wanted: Precomputed) -> int:
    """Return how many others are made before `wanted`, one from another."""
    return 1 + _steps(wanted.source) if isinstance(wanted.source, Precomputed) else 0


def _compute(
    compute: Callable[..., dict[str, Array]], X: Any, training: Array, n_components: int
) -> dict[str, Array]:
    """Call the function of a `Precomputed`, in a worker."""
    return compute(X, training, n_components)
