"""The inputs of a sweep, what each of its cells is known by, and the cells kept on disk."""

import json
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmvae.baselines.method import Rows
from gmvae.data.dataset import Dataset
from gmvae.data.draws import draw_order
from gmvae.decoding.posterior import Posterior
from gmvae.experiments.precomputed import METHOD_ROOMS, Store, library_versions
from gmvae.experiments.scoring import score
from gmvae.experiments.sweep import Cell, Sweep, draw, drawable_rows
from gmvae.files import write_json
from gmvae.identity import array_hash, code_identity, content_hash

Array = NDArray[Any]


class Inputs:
    """The data and posteriors of one sweep, and the identity of what is computed from them.

    Parameters
    ----------
    dataset : Dataset
    posteriors : mapping from int to Posterior
        By model seed.
    sweep : Sweep
    cache_dir : path, optional
        Where what methods share is kept; None keeps nothing.

    Attributes
    ----------
    y : ndarray of shape (N,)
    rows : ndarray of shape (R,)
        The images that may be labelled.
    test : ndarray of shape (M,) or None
        The images that are scored; None: all that are not labelled.
    n_components : int
        K, also of the clusterings of pixels.
    """

    def __init__(
        self,
        dataset: Dataset,
        posteriors: Mapping[int, Posterior],
        sweep: Sweep,
        cache_dir: str | Path | None = None,
    ):
        self.dataset, self.posteriors, self.sweep = dataset, posteriors, sweep
        self.y = np.asarray(dataset.labels)  # (N,)
        self.n_classes = len(dataset.class_names)
        self.rows = drawable_rows(self.y, dataset.split, sweep.inductive)
        self.test = np.flatnonzero(dataset.split == 1) if sweep.inductive else None
        first = next(iter(posteriors.values()), None)
        self.n_components = first.responsibilities.shape[1] if first else 100
        self._cache_dir = cache_dir
        self._hashes: dict[Any, str] = {}
        self._stores: dict[int | None, Store] = {}

    def given(self, cell: Cell) -> Any:
        """Return what a cell's method is given, see :meth:`gmvae.baselines.method.Method.given`."""
        store = self.store(cell.model_seed)
        return cell.method.given(store.rows, store)

    def store(self, model_seed: int | None) -> Store:
        """Return the rows of a model and of the images, or of the images alone."""
        if model_seed not in self._stores:
            rows = partial(self._rows_of, model_seed)
            self._stores[model_seed] = Store(rows, self.rows, self.n_components, self._cache_dir)
        return self._stores[model_seed]

    def _rows_of(self, model_seed: int | None, name: Rows) -> Array:
        if name == "pixels":
            return self.dataset.images  # (N, 28, 28)
        if name == "normalised":
            return self._normalised
        assert model_seed is not None
        return getattr(self.posteriors[model_seed], name)

    @cached_property
    def _normalised(self) -> Array:
        from gmvae.training.normalisation import normalised  # torch takes seconds to import

        return normalised(self.dataset.images)  # (N, 28, 28)

    def labelling_order(self, label_seed: int) -> Array:
        """Return the rows in the order in which they are labelled."""
        return draw(self.y, self.rows, label_seed, self.sweep.stratified)

    def identity(self, cell: Cell) -> str:
        """Return a hash of all that a cell's accuracy depends on."""
        method = cell.method
        content = {
            "method": method.name,
            "settings": dict(method.settings),
            "code": self._code_hash(score, method.choose or draw_order, method.predict),
            "source": self._source_hash(cell),
            "labels": self._labels_hash,
            "n_classes": self.n_classes,
            "draw": [cell.n_labels, cell.seed, self.sweep.stratified],
        }
        return content_hash(content)

    def _source_hash(self, cell: Cell) -> str:
        """Return a hash of what a cell's method is given; labels have no part in it."""
        store, method = self.store(cell.model_seed), cell.method
        content = {
            "given": [store.identity(each) for each in (*method.reads, *method.precomputed)],
            "versions": library_versions(),
        }
        return content_hash(content)

    def _code_hash(self, *functions: Callable[..., Any]) -> str:
        if functions not in self._hashes:
            self._hashes[functions] = code_identity(*functions, rooms=METHOD_ROOMS)
        return self._hashes[functions]

    @cached_property
    def _labels_hash(self) -> str:
        test = np.empty(0, int) if self.test is None else self.test
        return array_hash(self.y, self.rows, test)


class CellCache:
    """Finished cells, one file each; without a folder nothing is kept."""

    def __init__(self, folder: str | Path | None, inputs: Inputs):
        self.folder = None if folder is None else Path(folder)
        self.inputs = inputs

    def read(self, cell: Cell) -> dict[str, Any] | None:
        """Return the result of a cell, or None if it is not kept, or damaged."""
        path = self._path(cell)
        if path is None or not path.is_file():
            return None
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            return None

    def write(self, cell: Cell, result: dict[str, Any]) -> None:
        """Keep the result of a cell."""
        if (path := self._path(cell)) is not None:
            write_json(path, result)

    def _path(self, cell: Cell) -> Path | None:
        if self.folder is None:
            return None
        seeds = f"{cell.label_seed}-{'' if cell.model_seed is None else cell.model_seed}"
        name = f"{cell.n_labels}-{seeds}-{self.inputs.identity(cell)[:24]}.json"
        return self.folder / cell.method.name / name
