"""The inductive setting: models that have never seen the images they are scored on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gmvae.data.dataset import Dataset
from gmvae.decoding.posterior import Posterior
from gmvae.errors import InputError
from gmvae.experiments.models import training_config
from gmvae.training.trainer import train


def inductive_posteriors(
    dataset: Dataset,
    configuration: Mapping[str, Any],
    model_seeds: Sequence[int],
    models_dir: str | Path,
) -> dict[int, Posterior]:
    """Train on the training split alone, and return posteriors of all images.

    Parameters
    ----------
    dataset : Dataset
        Its images with ``split == 1`` are kept from the training.
    configuration : mapping
        The run's parameters; those of the training are taken from it.
    model_seeds : sequence of int
    models_dir : str or Path
        Where models are kept; one that is there already is not trained again.

    Returns
    -------
    dict
        Posterior by model seed, over all N images in the data set's order.

    Raises
    ------
    InputError
        If there is no test split or the configuration does not fit the training split.
    """
    training = dataset.images[dataset.split == 0]
    if len(training) in (0, len(dataset)):
        raise InputError(
            f"dataset={dataset.name} is not split into training and test images, which the "
            "inductive setting needs."
        )
    config = training_config(configuration)
    posteriors = {}
    for seed in model_seeds:
        model = train(training, replace(config, model_seed=seed), Path(models_dir) / f"seed_{seed}")
        R, mean = model.posterior(np.ascontiguousarray(dataset.images))  # (N, K), (N, D)
        posteriors[seed] = Posterior(R, mean, dataset.labels)
    return posteriors
