"""The stages behind chapter 02: train every model seed, keep its posterior, report on it."""

import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from gmvae.data.dataset import Dataset
from gmvae.decoding.clusters import components_in_use, mean_entropy, purity
from gmvae.decoding.posterior import Posterior
from gmvae.experiments.execution import Execution, run_tasks
from gmvae.runs.directory import model_dir
from gmvae.training.configuration import TrainingConfig
from gmvae.training.device import best_device
from gmvae.training.events import HistoryEvents, summary_writer
from gmvae.training.precision import choose_precision
from gmvae.training.trained import TrainedModel, save_model
from gmvae.training.trainer import TrainingError, is_trained, train


def training_config(values: Mapping[str, Any]) -> TrainingConfig:
    """Pick from a run's parameters those that the training takes."""
    names = sorted({field.name for field in fields(TrainingConfig)} & set(values))
    given = [(name, values[name]) for name in names]
    arguments: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in given}
    return TrainingConfig(**arguments)


def checked_config(values: Mapping[str, Any], images: np.ndarray) -> TrainingConfig:
    """Return :func:`training_config`, checked for `images` and each of the run's model seeds.

    Raises
    ------
    InputError
        With one sentence about the first value found wrong.
    """
    if values["tensorboard"]:
        summary_writer()
    config = training_config(values)
    for seed in values["model_seeds"]:
        replace(config, model_seed=seed).validate(images)
    return config


def fit_models(
    dataset: Dataset,
    config: TrainingConfig,
    model_seeds: Sequence[int],
    out_dir: str | Path,
    tensorboard: bool = False,
    execution: Execution | None = None,
) -> dict[int, tuple[TrainedModel, Posterior]]:
    """Train a model for each seed, or take the one that is there, and keep its posterior.

    Several trainings go side by side, with one thread and one progress bar each; a single one
    takes all threads where they pay, see :mod:`gmvae.training.threads`. Sums that more threads
    share may be rounded otherwise in the last digit.

    Parameters
    ----------
    dataset : Dataset
        Only its images reach the training; its labels are stored beside the posterior.
    config : TrainingConfig
        Its `model_seed` is the one whose files stand at the top of `out_dir`.
    model_seeds : sequence of int
    out_dir : str or Path
    tensorboard : bool
        Also write each training's history below ``tensorboard`` (extra ``tensorboard``).
    execution : Execution, optional
        Where trainings go side by side; None: one after another.

    Returns
    -------
    dict
        Model and posterior by model seed.

    Raises
    ------
    InputError
        If tensorboard is asked for and not installed.
    """
    execution = execution or Execution()
    folder = Path(out_dir)
    places = {seed: model_dir(folder, config.model_seed, seed) for seed in model_seeds}
    configs = {places[seed]: replace(config, model_seed=seed) for seed in model_seeds}
    configs = with_one_precision(dataset.images, configs)
    events = {seed: folder / "tensorboard" / f"seed_{seed}" for seed in model_seeds}
    told = {places[seed]: events[seed] for seed in model_seeds} if tensorboard else {}
    train_missing(dataset.images, configs, execution, told)
    fitted = {}
    for seed, place in places.items():
        with _history(events[seed] if tensorboard else None) as on_epoch:
            model = train(dataset.images, configs[place], place, on_epoch=on_epoch)
        responsibilities, latent_mean = model.posterior(dataset.images)
        posterior = Posterior(responsibilities, latent_mean, dataset.labels)
        posterior.save(place / "posterior.npz")
        fitted[seed] = (model, posterior)
    return fitted


def with_one_precision(
    images: np.ndarray, configs: Mapping[Path, TrainingConfig]
) -> dict[Path, TrainingConfig]:
    """Choose one precision for all models that are not there yet, where it is left open.

    A finished model keeps its own: it is not trained again because a timing came out otherwise.

    Parameters
    ----------
    images : uint8 array (N, 28, 28)
    configs : mapping from a folder to the configuration of the model that is kept in it
    """
    open_ = {
        place: config
        for place, config in configs.items()
        if config.precision == "auto" and not is_trained(images, config, place)
    }
    if not open_:
        return dict(configs)
    taken = choose_precision(next(iter(open_.values())), best_device())
    return {**configs, **{p: replace(config, precision=taken) for p, config in open_.items()}}


def train_missing(
    images: np.ndarray,
    configs: Mapping[Path, TrainingConfig],
    execution: Execution,
    events: Mapping[Path, Path] | None = None,
) -> None:
    """Train side by side, with one thread each, the models that are not there yet.

    A single one is left to be trained with all threads that pay. On a GPU they are trained in turn.

    Parameters
    ----------
    images : uint8 array (N, 28, 28)
    configs : mapping from a folder to the configuration of the model that is kept in it
    execution : Execution
    events : mapping, optional
        From those folders to where their training is written for TensorBoard.
    """
    missing = [place for place, config in configs.items() if not is_trained(images, config, place)]
    if len(missing) < 2 or execution.workers < 2 or best_device().type != "cpu":
        return
    own, events = None if execution.backend == "dask" else os.getpid(), events or {}
    tasks = [
        (images, configs[place], place, events.get(place), line, own)
        for line, place in enumerate(missing)
    ]
    quiet = replace(execution, progress=False)  # each training has its own bar
    for i, model in run_tasks(_train_on_one_thread, tasks, [1.0] * len(tasks), quiet, ""):
        save_model(model, missing[i] / "model.pt")  # a cluster's disks are its own


def _train_on_one_thread(
    images: np.ndarray,
    config: TrainingConfig,
    place: Path,
    events: Path | None,
    line: int,
    parent: int | None,
) -> TrainedModel:
    """Train in a worker, whose threads are not to fight with those of other workers.

    A worker outlives a `parent` that is killed. It then stops after the epoch, so as not to train
    beside the next command.
    """
    torch.set_num_threads(1)
    with _history(events) as write:

        def on_epoch(history: pd.DataFrame) -> None:
            if parent is not None and os.getppid() != parent:
                raise TrainingError("the command that this training belongs to is gone")
            if write is not None:
                write(history)

        return train(np.array(images), config, place, progress=line, on_epoch=on_epoch)


def _history(events: Path | None) -> AbstractContextManager[HistoryEvents | None]:
    """Return what writes a training's history for TensorBoard, or nothing."""
    return nullcontext() if events is None else closing(HistoryEvents(events))


def describe_model(model: TrainedModel, posterior: Posterior, images: np.ndarray) -> dict[str, Any]:
    """Describe one trained model: its ELBO terms, its clusters and what it cost.

    Parameters
    ----------
    model : TrainedModel
    posterior : Posterior
        The model's, of `images`.
    images : uint8 array (N, 28, 28)

    Returns
    -------
    dict
        `n_parameters`, `training_seconds`, `precision` that was taken, `components_in_use`,
        `entropy` of q(c|x) in nats, `elbo` with its terms in nats per image, `training` (the whole
        configuration), and `purity` where there are labels.
    """
    q = posterior.responsibilities  # (N, K)
    numbers = {
        "n_parameters": sum(weights.numel() for weights in model.model.parameters()),
        "training_seconds": round(float(model.seconds), 2),
        "components_in_use": components_in_use(q),
        "entropy": mean_entropy(q),
        "elbo": model.elbo(images),
        "precision": model.precision,
        "training": model.config.to_dict(),
    }
    if (posterior.labels >= 0).any():
        numbers["purity"] = purity(q.argmax(axis=1), posterior.labels)
    return numbers
