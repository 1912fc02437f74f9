"""The inputs of a sweep, what each of its cells is known by, and the cells kept on disk."""

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmvae.data.dataset import Dataset
from gmvae.data.draws import draw_order
from gmvae.decoding.posterior import Posterior
from gmvae.experiments.scoring import score
from gmvae.experiments.sweep import Cell, Sweep, draw, drawable_rows
from gmvae.files import write_json, write_npz
from gmvae.identity import array_hash, code_identity, content_hash

Array = NDArray[Any]
# whose code decides what a method predicts; other rooms bring it its rows, which are hashed
METHOD_ROOMS = ("baselines", "data", "decoding", "model", "training")
_LIBRARIES = ("numpy", "scikit-learn", "torch", "xgboost")


class Inputs:
    """The data and posteriors of one sweep, and the identity of what is computed from them.

    Parameters
    ----------
    dataset : Dataset
    posteriors : mapping from int to Posterior
        By model seed.
    sweep : Sweep

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

    def __init__(self, dataset: Dataset, posteriors: Mapping[int, Posterior], sweep: Sweep):
        self.dataset, self.posteriors, self.sweep = dataset, posteriors, sweep
        self.y = np.asarray(dataset.labels)  # (N,)
        self.n_classes = len(dataset.class_names)
        self.rows = drawable_rows(self.y, dataset.split, sweep.inductive)
        self.test = np.flatnonzero(dataset.split == 1) if sweep.inductive else None
        first = next(iter(posteriors.values()), None)
        self.n_components = first.responsibilities.shape[1] if first else 100
        self._hashes: dict[Any, str] = {}
        self._joined: dict[int, Array] = {}  # by model seed

    def source(self, cell: Cell) -> Any:
        """Return the rows that a cell's method reads, an array or a pair of them."""
        if cell.model_seed is None:
            as_they_are = cell.method.reads == "pixels"
            return self.dataset.images if as_they_are else self._normalised
        if cell.method.reads == "posterior":
            if cell.model_seed not in self._joined:
                posterior = self.posteriors[cell.model_seed]
                parts = [posterior.responsibilities, posterior.latent_mean]  # (N, K), (N, D)
                self._joined[cell.model_seed] = np.hstack(parts)  # (N, K + D)
            return self._joined[cell.model_seed]
        if cell.method.reads == "latent_mean and normalised":
            return self.posteriors[cell.model_seed].latent_mean, self._normalised
        return getattr(self.posteriors[cell.model_seed], cell.method.reads)

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
            "source": self.prepared_identity(cell),
            "labels": self._labels_hash,
            "n_classes": self.n_classes,
            "draw": [cell.n_labels, cell.label_seed, self.sweep.stratified],
        }
        return content_hash(content)

    def prepared_identity(self, cell: Cell) -> str:
        """Return a hash of what a cell's method is given, which other cells may share.

        Labels have no part in it.
        """
        prepare = cell.method.prepare
        content = {
            "rows": self._source_hash(cell),
            "training": self._rows_hash if prepare else None,
            "code": self._code_hash(prepare) if prepare else None,
            "n_components": self.n_components if prepare else None,
            "versions": self._versions,
        }
        return content_hash(content)

    def _code_hash(self, *functions: Callable[..., Any]) -> str:
        if functions not in self._hashes:
            self._hashes[functions] = code_identity(*functions, rooms=METHOD_ROOMS)
        return self._hashes[functions]

    def _source_hash(self, cell: Cell) -> str:
        where = (cell.method.reads, cell.model_seed)
        if where not in self._hashes:
            source = self.source(cell)
            arrays = source if isinstance(source, tuple) else (source,)
            self._hashes[where] = array_hash(*arrays)
        return self._hashes[where]

    @cached_property
    def _rows_hash(self) -> str:
        return array_hash(self.rows)

    @cached_property
    def _versions(self) -> list[str]:
        return [version(library) for library in _LIBRARIES]

    @cached_property
    def _labels_hash(self) -> str:
        test = np.empty(0, int) if self.test is None else self.test
        return array_hash(self.y, self.rows, test)


class CellCache:
    """Finished cells and prepared rows, one file each; without a folder nothing is kept."""

    def __init__(self, folder: str | Path | None, inputs: Inputs):
        self.folder = None if folder is None else Path(folder)
        self.inputs = inputs

    def read(self, cell: Cell) -> dict[str, Any] | None:
        """Return the result of a cell, or None if it is not kept."""
        path = self._path(cell)
        if path is None or not path.is_file():
            return None
        return json.loads(path.read_text(encoding="utf-8"))

    def write(self, cell: Cell, result: dict[str, Any]) -> None:
        """Keep the result of a cell."""
        if (path := self._path(cell)) is not None:
            write_json(path, result)

    def read_prepared(self, cell: Cell) -> dict[str, Array] | None:
        """Return what cells share whose rows are prepared alike, or None if it is not kept."""
        path = self._prepared_path(cell)
        if path is None or not path.is_file():
            return None
        with np.load(path, allow_pickle=False) as archive:
            return dict(archive)

    def write_prepared(self, cell: Cell, arrays: dict[str, Array]) -> None:
        """Keep what cells share whose rows are prepared alike."""
        if (path := self._prepared_path(cell)) is not None:
            write_npz(path, **arrays)

    def _path(self, cell: Cell) -> Path | None:
        if self.folder is None:
            return None
        seeds = f"{cell.label_seed}-{'' if cell.model_seed is None else cell.model_seed}"
        name = f"{cell.n_labels}-{seeds}-{self.inputs.identity(cell)[:24]}.json"
        return self.folder / cell.method.name / name

    def _prepared_path(self, cell: Cell) -> Path | None:
        if self.folder is None:
            return None
        prepare = cell.method.prepare  # others of its module are known by the same code
        name = f"{prepare.__name__}-" if prepare else ""
        return self.folder / "prepared" / f"{name}{self.inputs.prepared_identity(cell)[:24]}.npz"
