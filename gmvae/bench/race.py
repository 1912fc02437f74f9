"""``gmvae bench --race``: how soon our defaults reach what the published configuration reaches.

The published configuration trains for a given time on the machine at hand and is scored at the
end. Our defaults then train on the same images until their score is as high. A score is the mean
accuracy of soft decoding with a few labels over several draws of them, on the images that are not
labelled; labels measure, and have no part in the training. Times are those of training alone:
what scoring takes is not counted.
"""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gmvae.bench.costs import where_measured
from gmvae.data.dataset import Dataset
from gmvae.data.sources import load_dataset
from gmvae.experiments.models import training_config
from gmvae.experiments.rerun import decode_draws
from gmvae.experiments.sweep import Sweep, check_sweep
from gmvae.runs.parameters import load_profile
from gmvae.training.configuration import PUBLISHED_CONFIG, TrainingConfig
from gmvae.training.device import best_device
from gmvae.training.trained import TrainedModel
from gmvae.training.trainer import _Trainer

LABEL_SEEDS = (0, 1, 2, 3, 4)
SUBSET = 10_000  # images of a data set that has more
EVERY = 2.0  # seconds of training, at least, from one score of our defaults to the next
_PROFILES = {"digits": "digits", "mnist": "mnist", "emnist-letters": "emnist"}  # else letters


class _Stop(Exception):
    """Raised after an epoch to end the training."""


def measure(seconds: float, dataset: str, n_labels: int) -> dict[str, Any]:
    """Race on a data set, or on `SUBSET` images of it if it has more.

    Parameters
    ----------
    seconds
        Time that the published configuration gets; the epoch in which it ends is completed.
    dataset
        A name or path for :func:`gmvae.data.sources.load_dataset`.
    n_labels
        Labels behind a score.

    Returns
    -------
    dict
        What was measured on, and all of :func:`race`.

    Raises
    ------
    InputError
        If the data cannot be loaded, lack labels, or are too few for `n_labels`; nothing has been
        trained then.
    """
    data = subset(load_dataset(dataset), SUBSET)
    check_sweep(Sweep([n_labels], LABEL_SEEDS, ["soft"]), data.labels, data.split)
    return {
        **where_measured(best_device()),
        **race(data, PUBLISHED_CONFIG, our_config(dataset), seconds, n_labels),
    }


def our_config(name: str) -> TrainingConfig:
    """Return the defaults for a data set, with as many components as the published ones."""
    profile = load_profile(_PROFILES.get(name, "letters"), {"dataset": name})
    return replace(training_config(profile.values), n_components=PUBLISHED_CONFIG.n_components)


def subset(data: Dataset, most: int) -> Dataset:
    """Return `most` images of a data set, drawn at random, or all if there are no more."""
    rows = np.sort(np.random.default_rng(0).permutation(len(data))[:most])  # (N',)
    parts = {name: getattr(data, name)[rows] for name in ("images", "labels", "split")}
    return replace(data, **parts, extra={})


def race(
    data: Dataset,
    published: TrainingConfig,
    ours: TrainingConfig,
    seconds: float,
    n_labels: int,
    every: float = EVERY,
) -> dict[str, Any]:
    """Return what `published` reaches in `seconds` and when `ours` reaches as much.

    Returns
    -------
    dict
        ``published`` and ``ours``, each with its whole ``config``, ``seconds`` and ``epochs`` of
        training and the ``accuracy`` after them; ``ours`` also has all ``scores``. ``reached``
        tells whether ours came as far before its last epoch was over, and ``times_sooner`` is
        the ratio of the seconds, or None.
    """

    def score(trained: TrainedModel) -> float:
        R = trained.responsibilities(data.images)  # (N, K)
        n_classes = len(data.class_names)
        table = decode_draws(R, data.labels, n_classes, n_labels, LABEL_SEEDS)
        return float(table.loc[table["method"] == "soft", "accuracy"].mean())

    ours.validate(data.images)  # before the long part
    first = _train_for(data.images, published, seconds)
    target = score(first)
    scores = _train_until(data.images, ours, score, target, every)
    last, reached = scores[-1], scores[-1]["accuracy"] >= target
    return {
        "dataset": data.name,
        "n_images": len(data),
        "n_labels": n_labels,
        "label_seeds": list(LABEL_SEEDS),
        "published": {
            "config": published.to_dict(),
            "seconds": first.seconds,
            "epochs": len(first.history),
            "accuracy": target,
        },
        "ours": {"config": ours.to_dict(), **last, "scores": scores},
        "reached": reached,
        "times_sooner": first.seconds / last["seconds"] if reached else None,
    }


def _train_for(images: np.ndarray, config: TrainingConfig, seconds: float) -> TrainedModel:
    """Train to the end of the epoch in which `seconds` are over, or of the last one."""

    def stop(so_far: TrainedModel) -> None:
        if so_far.seconds >= seconds:
            raise _Stop

    return _train(images, config, stop)


def _train_until(
    images: np.ndarray,
    config: TrainingConfig,
    score: Callable[[TrainedModel], float],
    target: float,
    every: float,
) -> list[dict[str, Any]]:
    """Train until a score is at least `target`, or to the end; return all scores in order."""
    scores: list[dict[str, Any]] = []

    def watch(so_far: TrainedModel) -> None:
        epochs, seconds = len(so_far.history), so_far.seconds
        before = scores[-1]["seconds"] if scores else 0.0
        if seconds - before < every and epochs < config.epochs:
            return
        accuracy = score(so_far)
        scores.append({"seconds": seconds, "epochs": epochs, "accuracy": accuracy})
        if accuracy >= target:
            raise _Stop

    _train(images, config, watch)
    return scores


def _train(
    images: np.ndarray, config: TrainingConfig, on_epoch: Callable[[TrainedModel], None]
) -> TrainedModel:
    """Train as :func:`gmvae.training.trainer.train` does, but show the model itself to `on_epoch`.

    What `on_epoch` takes is not in the model's ``seconds``.
    """
    config.validate(images)
    nobody = {"images_hash": "", "code_hash": ""}
    with tempfile.TemporaryDirectory() as folder:
        trainer = _Trainer(images, config, Path(folder) / "checkpoint.pt", nobody)
        with suppress(_Stop):
            trainer.run(progress=True, on_epoch=lambda _: on_epoch(trainer.result()))
        return trainer.result()
