"""The stages behind chapter 02: train every model seed, keep its posterior, report on it."""

from collections.abc import Mapping
from contextlib import closing, nullcontext
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from gmvae.data.dataset import Dataset
from gmvae.decoding.clusters import components_in_use, mean_entropy, purity
from gmvae.decoding.posterior import Posterior
from gmvae.runs.directory import model_dir
from gmvae.training.configuration import TrainingConfig
from gmvae.training.events import HistoryEvents, summary_writer
from gmvae.training.trained import TrainedModel
from gmvae.training.trainer import train


def training_config(values: Mapping[str, Any]) -> TrainingConfig:
    """Pick from a run's parameters those that the training takes."""
    names = {field.name for field in fields(TrainingConfig)}
    return TrainingConfig(**{name: values[name] for name in sorted(names & set(values))})


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
    model_seeds: list[int],
    out_dir: str | Path,
    tensorboard: bool = False,
) -> dict[int, tuple[TrainedModel, Posterior]]:
    """Train a model for each seed, or take the one that is there, and keep its posterior.

    Parameters
    ----------
    dataset : Dataset
        Only its images reach the training; its labels are stored beside the posterior.
    config : TrainingConfig
        Its `model_seed` is the one whose files stand at the top of `out_dir`.
    model_seeds : list of int
    out_dir : str or Path
    tensorboard : bool
        Also write each training's history below ``tensorboard`` (extra ``tensorboard``).

    Returns
    -------
    dict
        Model and posterior by model seed.

    Raises
    ------
    InputError
        If tensorboard is asked for and not installed.
    """
    fitted = {}
    for seed in model_seeds:
        directory = model_dir(Path(out_dir), config.model_seed, seed)
        own = replace(config, model_seed=seed)
        events = Path(out_dir) / "tensorboard" / f"seed_{seed}"
        with closing(HistoryEvents(events)) if tensorboard else nullcontext() as on_epoch:
            model = train(dataset.images, own, directory, on_epoch=on_epoch)
        responsibilities, latent_mean = model.posterior(dataset.images)
        posterior = Posterior(responsibilities, latent_mean, dataset.labels)
        posterior.save(directory / "posterior.npz")
        fitted[seed] = (model, posterior)
    return fitted


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
        `n_parameters`, `training_seconds`, `components_in_use`, `entropy` of q(c|x) in nats,
        `elbo` with its terms in nats per image, `training` (the whole configuration), and
        `purity` where there are labels.
    """
    q = posterior.responsibilities  # (N, K)
    numbers = {
        "n_parameters": sum(weights.numel() for weights in model.model.parameters()),
        "training_seconds": round(float(model.seconds), 2),
        "components_in_use": components_in_use(q),
        "entropy": mean_entropy(q),
        "elbo": model.elbo(images),
        "training": model.config.to_dict(),
    }
    if (posterior.labels >= 0).any():
        numbers["purity"] = purity(q.argmax(axis=1), posterior.labels)
    return numbers
