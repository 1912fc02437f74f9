"""The experiment engine: budgets x label seeds x model seeds x methods into one tidy table.

What separates the methods is what they do, not how they are compared: all share the same
nested random draws of labelled images, labelled images are never scored, and every cell is
computed with one thread from its own seeds, so that a table does not depend on the number of
workers or on the order of the work.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from gmvae.baselines.method import Method
from gmvae.data.dataset import Dataset
from gmvae.decoding.posterior import Posterior
from gmvae.errors import InputError
from gmvae.experiments.cells import CellCache, Inputs
from gmvae.experiments.execution import Execution, run_tasks
from gmvae.experiments.precomputed import precompute
from gmvae.experiments.scoring import as_draw, score
from gmvae.experiments.sweep import Cell, Sweep, cells, check_sweep

Array = NDArray[Any]

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
    return timed_sweep(dataset, posteriors, sweep, execution)[0]


def timed_sweep(
    dataset: Dataset,
    posteriors: Mapping[int, Posterior],
    sweep: Sweep,
    execution: Execution | None = None,
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the table of :func:`run_sweep`, and the seconds that each of its rows took.

    A cell that was kept has the seconds of when it was computed. What several cells share, such as
    a graph, is in none of them.
    """
    execution = execution or Execution()
    execution.check()
    _check_lengths(dataset, posteriors)
    check_sweep(sweep, dataset.labels, dataset.split)
    todo = list(cells(sweep, list(posteriors)))
    if not posteriors and any(cell.method.needs_model for cell in todo):
        raise InputError("There is no posterior, which decoders need: train a model first.")
    inputs = Inputs(dataset, posteriors, sweep, execution.cache_dir)
    results = _Engine(inputs, execution).results(todo)
    seconds = pd.Series([results[cell]["seconds"] for cell in todo], name="seconds")
    return _table(inputs, todo, results), seconds


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


class _Engine:
    """Computes the cells that are not kept, and first what several of them share."""

    def __init__(self, inputs: Inputs, execution: Execution):
        self.inputs, self.execution = inputs, execution
        self.cache = CellCache(execution.cache_dir, inputs)

    def results(self, todo: Sequence[Cell]) -> dict[Cell, dict[str, Any]]:
        """Return the result of every cell."""
        kept = {cell: self.cache.read(cell) for cell in todo}
        results = {cell: result for cell, result in kept.items() if result is not None}
        missing = [cell for cell in todo if cell not in results]
        needed = [
            (self.inputs.store(cell.model_seed), each)
            for cell in missing
            for each in cell.method.precomputed
        ]
        precompute(needed, self.execution)
        tasks = self._tasks(missing)
        costs = [cell.cost for cell in missing]
        for i, result in run_tasks(_score_cell, tasks, costs, self.execution, "accuracy"):
            results[missing[i]] = result
            self.cache.write(missing[i], result)
        return results

    def _tasks(self, missing: Sequence[Cell]) -> list[tuple[Any, ...]]:
        """Return the arguments of :func:`_score_cell` for each cell."""
        inputs = self.inputs
        orders = {s: inputs.labelling_order(s) for s in {cell.label_seed for cell in missing}}
        tasks = []
        for cell in missing:
            labelled = orders[cell.label_seed][: cell.n_labels]  # (n,)
            what = (cell.method, inputs.given(cell), inputs.y, inputs.n_classes)
            tasks.append((*what, labelled, inputs.test, cell.seed))
        return tasks


def _score_cell(
    method: Method,
    X: Any,
    y: Array,
    n_classes: int,
    labelled: Array,
    test: Array | None,
    label_seed: int,
) -> dict[str, Any]:
    """Score one cell and time it."""
    start = time.perf_counter()
    if method.choose:
        labelled = method.choose(X, len(labelled), label_seed)
    draw = as_draw(labelled, len(y), label_seed, test)
    accuracy = score(method, X, y, n_classes, draw)
    seconds = time.perf_counter() - start
    return {"accuracy": accuracy, "n_scored": len(draw.scored), "seconds": round(seconds, 3)}


def _table(
    inputs: Inputs, todo: Sequence[Cell], results: Mapping[Cell, dict[str, Any]]
) -> pd.DataFrame:
    """Return the results as a tidy table, in the order of `todo`."""
    rows = [
        (
            inputs.dataset.name,
            cell.method.name,
            cell.n_labels,
            cell.n_labels / len(inputs.rows),
            cell.label_seed,
            cell.model_seed,
            results[cell]["accuracy"],
            results[cell]["n_scored"],
        )
        for cell in todo
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"model_seed": "Int64"})
