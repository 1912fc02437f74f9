"""The experiment engine: budgets x label seeds x model seeds x methods into one tidy table.

What separates the methods is what they do, not how they are compared: all share the same
nested random draws of labelled images, labelled images are never scored, and every cell is
computed with one thread from its own seeds, so that a table does not depend on the number of
workers or on the order of the work.
"""

import json
import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gmvae.baselines.method import Method, Sample
from gmvae.data.dataset import Dataset
from gmvae.data.draws import draw_order
from gmvae.decoding.posterior import Posterior
from gmvae.errors import InputError
from gmvae.experiments.execution import Execution, run_tasks
from gmvae.experiments.sweep import Cell, Sweep, cells, check_sweep, draw, drawable_rows
from gmvae.files import write_json, write_npz
from gmvae.identity import array_hash, code_identity, content_hash

Array = NDArray[Any]

# whose code decides what a method predicts; others bring it its rows, which are hashed
METHOD_ROOMS = ("baselines", "data", "decoding", "model", "training")
COLUMNS = [
    "dataset",
    "method",
    "n_labels",
    "fraction",
    "label_seed",
    "model_seed",
    "accuracy",
    "n_scored",
]


def run_sweep(
    dataset: Dataset,
    posteriors: Mapping[int, Posterior],
    sweep: Sweep,
    execution: Execution | None = None,
) -> pd.DataFrame:
    """Measure every method at every budget, with every draw and every model.

    Parameters
    ----------
    dataset : Dataset
        N images, their labels and their split.
    posteriors : mapping from int to Posterior
        By model seed, each over the N images.
    sweep : Sweep
        What to measure.
    execution : Execution, optional
        Where to run it. With a cache directory, finished cells are kept: an interrupted sweep
        goes on, an extended one only adds.

    Returns
    -------
    DataFrame
        One row a cell, with the columns ``dataset, method, n_labels, fraction, label_seed,
        model_seed, accuracy, n_scored``; `fraction` is of the images that may be labelled, and
        `model_seed` is empty for methods that read images.

    Raises
    ------
    InputError
        If the sweep cannot be run on these data; nothing has been computed then.
    """
    execution = execution or Execution()
    execution.check()
    _check_lengths(dataset, posteriors)
    check_sweep(sweep, dataset.labels, dataset.split)
    todo = list(cells(sweep, list(posteriors)))
    if not posteriors and any(cell.method.needs_model for cell in todo):
        raise InputError("There is no posterior, which decoders need: train a model first.")
    bench = _Bench(dataset, posteriors, sweep, execution)
    return bench.table(todo, bench.measure(todo))


def _check_lengths(dataset: Dataset, posteriors: Mapping[int, Posterior]) -> None:
    lengths = {"images": len(dataset.images)} | {
        f"responsibilities of model seed {seed}": len(posterior.responsibilities)
        for seed, posterior in posteriors.items()
    }
    for what, length in lengths.items():
        if length != len(dataset.labels):
            raise InputError(
                f"There are {len(dataset.labels)} labels, but {length} {what}; each image needs "
                "one of both."
            )


def evaluate(
    method: Method, X: Any, y: Array, n_classes: int, labelled: Array, scored: Array, seed: int
) -> float:
    """Return a method's accuracy on the `scored` rows, given the labels of `labelled` rows.

    All labels `y` are in 0..`n_classes`-1, which a method may know.
    """
    sample = Sample(X, labelled, y[labelled], scored, seed, np.arange(n_classes))
    predicted = method.predict(sample, **method.settings)
    return float(np.mean(predicted == y[scored]))


def _evaluate_draw(
    method: Method,
    X: Any,
    y: Array,
    n_classes: int,
    labelled: Array,
    test: Array | None,
    seed: int,
) -> dict[str, Any]:
    """Evaluate one cell; without test rows, all rows that are not labelled are scored."""
    start = time.perf_counter()
    if test is None:
        rest = np.ones(len(y), dtype=bool)  # (N,)
        rest[labelled] = False
    scored = np.flatnonzero(rest) if test is None else test
    accuracy = evaluate(method, X, y, n_classes, labelled, scored, seed)
    seconds = time.perf_counter() - start
    return {"accuracy": accuracy, "n_scored": len(scored), "seconds": round(seconds, 3)}


class _Bench:
    """The inputs of one sweep, their identities, and the cells kept on disk."""

    def __init__(
        self,
        dataset: Dataset,
        posteriors: Mapping[int, Posterior],
        sweep: Sweep,
        execution: Execution,
    ):
        self.dataset, self.sweep, self.execution = dataset, sweep, execution
        self.y = np.asarray(dataset.labels)  # (N,)
        self.rows = drawable_rows(self.y, dataset.split, sweep.inductive)
        self.test = np.flatnonzero(dataset.split == 1) if sweep.inductive else None
        self.posteriors = posteriors
        self.cache = None if execution.cache_dir is None else Path(execution.cache_dir)
        first = next(iter(posteriors.values()), None)
        # clusterings of pixels get as many clusters as the model has components
        self.n_components = first.responsibilities.shape[1] if first else 100
        self._hashes: dict[Any, str] = {}
        self._prepared: dict[Any, Any] = {}

    def source(self, cell: Cell) -> Array:
        """Return the rows that a cell's method reads."""
        if cell.model_seed is None:
            as_they_are = cell.method.reads == "pixels"
            return self.dataset.images if as_they_are else self._normalised
        return getattr(self.posteriors[cell.model_seed], cell.method.reads)

    @cached_property
    def _normalised(self) -> Array:
        from gmvae.training.normalisation import normalised  # torch takes seconds to import

        return normalised(self.dataset.images)  # (N, 28, 28)

    def identity(self, cell: Cell, prepared: bool = False) -> str:
        """Return a hash of everything that a cell's accuracy, or its prepared rows, depend on."""
        method = cell.method
        where = (cell.method.reads, cell.model_seed)
        if where not in self._hashes:
            self._hashes[where] = array_hash(np.asarray(self.source(cell)))
        if "labels" not in self._hashes:
            test = np.empty(0, int) if self.test is None else self.test
            self._hashes["labels"] = array_hash(self.y, self.rows, test)
        functions = [f for f in (method.predict, method.prepare) if f]
        if method.name not in self._hashes:
            self._hashes[method.name] = code_identity(
                evaluate, draw_order, *functions, rooms=METHOD_ROOMS
            )
        content = {
            "method": method.name,
            "settings": dict(method.settings),
            "code": self._hashes[method.name],
            "source": self._hashes[where],
            "labels": self._hashes["labels"],
            "n_classes": len(self.dataset.class_names),
            "n_components": self.n_components if method.prepare else None,
            "draw": None if prepared else [cell.n_labels, cell.label_seed, self.sweep.stratified],
            "versions": [version(p) for p in ("numpy", "scikit-learn", "xgboost")],
        }
        return content_hash(content)

    def kept(self, cell: Cell) -> Path | None:
        """Return the file in which a cell is kept."""
        if self.cache is None:
            return None
        seeds = f"{cell.label_seed}-{'' if cell.model_seed is None else cell.model_seed}"
        name = f"{cell.n_labels}-{seeds}-{self.identity(cell)[:24]}.json"
        return self.cache / cell.method.name / name

    def measure(self, todo: Sequence[Cell]) -> dict[Cell, dict[str, Any]]:
        """Return the result of every cell, computing those that are not kept."""
        results = {}
        for cell in todo:
            path = self.kept(cell)
            if path is not None and path.is_file():
                results[cell] = json.loads(path.read_text(encoding="utf-8"))
        missing = [cell for cell in todo if cell not in results]
        self._prepare(missing)
        orders = {s: self.draw(s) for s in {cell.label_seed for cell in missing}}
        tasks = []
        for cell in missing:
            X = self._prepared.get(self._shared(cell), self.source(cell))
            labelled = orders[cell.label_seed][: cell.n_labels]  # (n,)
            n_classes = len(self.dataset.class_names)
            tasks.append((cell.method, X, self.y, n_classes, labelled, self.test, cell.label_seed))
        costs = [cell.cost for cell in missing]
        for i, result in run_tasks(_evaluate_draw, tasks, costs, self.execution, "accuracy"):
            results[missing[i]] = result
            path = self.kept(missing[i])
            if path is not None:
                write_json(path, result)
        return results

    def draw(self, label_seed: int) -> Array:
        """Return the rows in the order in which they are labelled."""
        return draw(self.y, self.rows, label_seed, self.sweep.stratified)

    def _shared(self, cell: Cell) -> tuple[str, int | None]:
        return cell.method.name, cell.model_seed

    def _prepare(self, missing: Sequence[Cell]) -> None:
        """Compute what cells of one method share, such as a clustering of the pixels."""
        needed = {self._shared(cell): cell for cell in missing if cell.method.prepare}
        for shared, cell in list(needed.items()):
            path = self._prepared_path(cell)
            if path is not None and path.is_file():
                with np.load(path, allow_pickle=False) as archive:
                    self._prepared[shared] = dict(archive)
                del needed[shared]
        tasks = [
            (cell.method.prepare, self.source(cell), self.rows, self.n_components)
            for cell in needed.values()
        ]
        costs = [1.0] * len(tasks)
        for i, arrays in run_tasks(_prepare_rows, tasks, costs, self.execution, "preparing"):
            shared, cell = list(needed.items())[i]
            self._prepared[shared] = arrays
            path = self._prepared_path(cell)
            if path is not None:
                write_npz(path, **arrays)

    def _prepared_path(self, cell: Cell) -> Path | None:
        if self.cache is None:
            return None
        name = f"{self.identity(cell, prepared=True)[:24]}.npz"
        return self.cache / cell.method.name / name

    def table(self, todo: Sequence[Cell], results: Mapping[Cell, dict[str, Any]]) -> pd.DataFrame:
        """Return the results as a tidy table, in the order of `todo`."""
        rows = [
            (
                self.dataset.name,
                cell.method.name,
                cell.n_labels,
                cell.n_labels / len(self.rows),
                cell.label_seed,
                cell.model_seed,
                results[cell]["accuracy"],
                results[cell]["n_scored"],
            )
            for cell in todo
        ]
        table = pd.DataFrame(rows, columns=COLUMNS)
        return table.astype({"model_seed": "Int64"})


def _prepare_rows(prepare: Any, X: Array, training: Array, n_components: int) -> dict[str, Array]:
    return prepare(X, training, n_components)
