"""``gmvae race``: how soon our defaults reach what the published configuration reaches.

The published configuration trains for a given time on the machine at hand and is scored at the
end. Our defaults then train on the same images until their score is as high. A score is the mean
accuracy of soft decoding with a few labels over several draws of them, on the images that are not
labelled; labels measure, and have no part in the training. Times are those of training alone:
what scoring takes is not counted.
"""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gmvae.data.dataset import Dataset
from gmvae.data.sources import load_dataset
from gmvae.experiments.correctness import accuracies
from gmvae.experiments.models import training_config
from gmvae.experiments.sweep import Sweep, check_sweep
from gmvae.runs.profiles import load_profile
from gmvae.training.configuration import PUBLISHED_CONFIG, TrainingConfig
from gmvae.training.trained import TrainedModel
from gmvae.training.trainer import Trainer

LABEL_SEEDS = (0, 1, 2, 3, 4)
SUBSET = 10_000  # images of a data set that has more
EVERY = 2.0  # seconds of training, at least, from one score of our defaults to the next
_PROFILES = {"digits": "digits", "mnist": "mnist", "emnist-letters": "emnist"}  # else letters


def measure(dataset: str, seconds: float, labels: int) -> dict[str, Any]:
    """Race on a data set, or on `SUBSET` images of it if it has more; see :func:`race`.

    Parameters
    ----------
    dataset
        A name or path for :func:`gmvae.data.sources.load_dataset`.
    seconds
        Time that the published configuration gets; the epoch in which it ends is completed.
    labels
        Labels behind a score.

    Raises
    ------
    InputError
        If the data cannot be loaded, lack labels, or are too few; nothing has been trained then.
    """
    data = subset(load_dataset(dataset), SUBSET)
    check_sweep(Sweep([labels], LABEL_SEEDS, ["soft"]), data.labels, data.split)
    return race(data, PUBLISHED_CONFIG, our_config(dataset), seconds, labels)


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
        training, the ``accuracy`` after them and the ``precision`` of training; ``ours`` also
        has all ``scores``. ``reached`` tells whether ours came as far before its last epoch was
        over, and ``times_sooner`` is the ratio of the seconds, or None.
    """

    def score(trained: TrainedModel) -> float:
        R = trained.responsibilities(data.images)  # (N, K)
        n_classes = len(data.class_names)
        table = accuracies(R, data.labels, n_classes, n_labels, LABEL_SEEDS)
        return float(table.loc[table["method"] == "soft", "accuracy"].mean())

    for config in (published, ours):  # before the long part
        config.validate(data.images)
    theirs = _scores(data.images, published, score, every=seconds, target=0.0)[-1]  # the first
    scores = _scores(data.images, ours, score, every, theirs["accuracy"])
    last, reached = scores[-1], scores[-1]["accuracy"] >= theirs["accuracy"]
    return {
        "dataset": data.name,
        "n_images": len(data),
        "n_labels": n_labels,
        "label_seeds": list(LABEL_SEEDS),
        "published": {"config": published.to_dict(), **theirs},
        "ours": {"config": ours.to_dict(), **last, "scores": scores},
        "reached": reached,
        "times_sooner": theirs["seconds"] / last["seconds"] if reached else None,
    }


def _scores(
    images: np.ndarray,
    config: TrainingConfig,
    score: Callable[[TrainedModel], float],
    every: float,
    target: float,
) -> list[dict[str, Any]]:
    """Train and score after `every` seconds and at the end, until a score is at least `target`."""
    scores: list[dict[str, Any]] = []
    due = every
    with tempfile.TemporaryDirectory() as folder:
        nobody = {"images_hash": "", "code_hash": ""}
        trainer = Trainer(images, config, Path(folder) / "checkpoint.pt", nobody)
        for history in trainer.epochs(progress=True):
            epochs, seconds = len(history), trainer.seconds
            if seconds < due and epochs < config.epochs:
                continue
            accuracy = score(trainer.result())
            so_far = {"seconds": seconds, "epochs": epochs, "accuracy": accuracy}
            scores.append({**so_far, "precision": trainer.precision})
            if accuracy >= target:
                break
            due = seconds + every
    return scores
