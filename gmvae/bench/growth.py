"""What ``gmvae growth`` measures: how costs grow with the number of images.

Each work runs in a process of its own, after a training whose posterior the decoders read. A budget
of labels is decoded as in a sweep: by one thread, from rows that were prepared once. Preparing has
one thread too, but searches neighbours with all cores.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from gmvae.baselines.clusters import NEIGHBOURS
from gmvae.baselines.registry import find_method
from gmvae.bench.full_training import full_training, make_images
from gmvae.bench.own_process import in_own_process, peak_memory
from gmvae.bench.turns import in_turns
from gmvae.data.dataset import Dataset
from gmvae.data.sources import load_dataset
from gmvae.decoding.neighbours import nearest_neighbours
from gmvae.experiments.precomputed import Store
from gmvae.experiments.scoring import draw_labels, predict
from gmvae.experiments.sweep import Sweep, check_sweep
from gmvae.training.configuration import TrainingConfig
from gmvae.training.device import best_device
from gmvae.training.normalisation import normalised
from gmvae.training.precision import choose_precision

METHODS = (
    "hard",
    "hard-covered",
    "soft",
    "soft-diffused",
    "graph",
    "graph-student",
    "graph-pixels",
    "graph-pixels-student",
    "label-spreading",
    "svm",
    "logistic-regression",
    "mlp",
    "xgboost",
    "kmeans-majority",
)
EPOCH, NEIGHBOUR_SEARCH = "an epoch", "neighbours"
_LABEL_SEED = 0
_ENOUGH = 1.0  # seconds; a call that takes less is repeated, the first one being for nothing


def measure(
    dataset: str, sizes: Sequence[int], labels: int, epochs: int, methods: Sequence[str] = METHODS
) -> dict[str, Any]:
    """Return seconds and memory of each work by the number of images, and how the seconds grow.

    Parameters
    ----------
    dataset
        A name or path for :func:`gmvae.data.sources.load_dataset`, of whose images warped copies
        are made.
    sizes
        Numbers of images N, each larger than `labels`.
    labels
        Labels in the one draw that each method decodes.
    epochs
        Of the training before, the median of which is the seconds of an epoch.
    methods
        Names from :data:`gmvae.baselines.registry.METHODS`.

    Returns
    -------
    dict
        Among others ``works``: by name ``seconds`` and ``peak_memory_bytes``, a number for each
        size, and ``exponent``, see :func:`exponent`. What a method prepares once is a work of its
        own, called ``<method>, prepared``, in the same process; its memory is that until then.

    Raises
    ------
    InputError
        If the data cannot be loaded or lack labels, or if the labels drawn are of one class;
        nothing has been measured then.
    """
    data, sizes = load_dataset(dataset), sorted(sizes)
    for n in sizes:
        y = data.labels[_copied(data, n)]  # (n,)
        check_sweep(Sweep([labels], (_LABEL_SEED,), methods), y, np.zeros(n, int))
    precision = choose_precision(TrainingConfig(), best_device())
    found = [_costs(data, n, labels, epochs, precision, methods) for n in sizes]
    works: dict[str, dict[str, Any]] = {
        name: {key: [at[name][key] for at in found] for key in found[0][name]} for name in found[0]
    }
    for work in works.values():
        work["exponent"] = exponent(sizes, work["seconds"])
    return {
        "images": f"warped copies of {min(sizes[-1], len(data)):,} images of {data.name}",
        "sizes": sizes,
        "n_labels": labels,
        "epochs_measured": epochs,
        "precision": precision,
        "works": works,
    }


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> float | None:
    """Return b of the fit seconds = a N^b, the slope on log axes; None of a single size."""
    if len(sizes) < 2:
        return None
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def _copied(data: Dataset, n: int) -> np.ndarray:
    """Return which image each of `n` copies is made from, (n,); see :func:`make_images`."""
    return np.arange(n) % len(data)


def _costs(
    data: Dataset, n: int, n_labels: int, epochs: int, precision: str, methods: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return seconds and memory of all works at `n` images, by name."""
    images = make_images(data.images, n)  # (n, 28, 28)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trained = full_training(images, epochs, precision, keep=folder)
        costs = {EPOCH: _cost(trained["epoch_seconds"], trained["peak_memory_bytes"])}
        np.save(folder / "pixels.npy", images)
        np.save(folder / "normalised.npy", normalised(images))
        np.save(folder / "labels.npy", data.labels[_copied(data, n)])
        costs[NEIGHBOUR_SEARCH] = in_own_process(_neighbours, folder)
        for method in methods:
            costs |= in_own_process(_decode, folder, method, n_labels, len(data.class_names))
    return costs


def _cost(seconds: float, peak_memory_bytes: int) -> dict[str, Any]:
    """Return what is on record of a work at one size."""
    return {"seconds": seconds, "peak_memory_bytes": peak_memory_bytes}


def _neighbours(folder: Path) -> dict[str, Any]:
    """Search the nearest neighbours of all latent means, with all cores."""
    Z = np.load(folder / "latent_mean.npy")  # (N, D)
    _, seconds = _timed(lambda: nearest_neighbours(Z, NEIGHBOURS))
    return _cost(seconds, peak_memory())


def _decode(folder: Path, name: str, n_labels: int, n_classes: int) -> dict[str, dict[str, Any]]:
    """Prepare a method's rows, if it has any, and decode one draw of labels."""
    method, costs = find_method(name), {}
    y = np.load(folder / "labels.npy")  # (N,)
    rows = {name: np.load(folder / f"{name}.npy") for name in method.rows}  # (N, ...) each
    draw = draw_labels(y, n_labels, _LABEL_SEED)

    def given() -> Any:
        every, K = np.arange(len(y)), TrainingConfig().n_components
        return method.given(rows.__getitem__, Store(rows.__getitem__, every, K))

    with threadpool_limits(limits=1):
        if method.precomputed:
            X, seconds = _timed(given)
            costs[f"{name}, prepared"] = _cost(seconds, peak_memory())
        else:
            X = given()
        _, seconds = _timed(lambda: predict(method, X, y, n_classes, draw))
    return costs | {name: _cost(seconds, peak_memory())}


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what `work` returns and its seconds, the median of several calls of short work."""
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    if seconds < _ENOUGH:
        seconds = float(in_turns({"work": work}, 1)["work"].median())
    return result, seconds
