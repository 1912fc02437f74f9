"""Both factorisations side by side: small models of equal settings, what they cost and yield.

The models differ in q(z,c|x) alone: the shared one (:mod:`gmvae.model.shared`), the per-component
one (:mod:`gmvae.model.per_component`) and, of the latter, some that decode only the components with
the greatest q(c|x). They are small, because the per-component one decodes every image K times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from pandas.io.formats.style import Styler

from gmvae.data.dataset import Dataset
from gmvae.decoding.clusters import components_in_use, mean_entropy, purity
from gmvae.errors import InputError
from gmvae.experiments.correctness import accuracies
from gmvae.model.per_component import PerComponentGMVAE
from gmvae.training.configuration import PUBLISHED_CONFIG, TrainingConfig
from gmvae.training.device import best_device
from gmvae.training.step import Step, operations
from gmvae.training.trained import TrainedModel, make_model, unit_pixels
from gmvae.training.trainer import train

HELD_OUT = 2000  # images, at most, that the ELBO is measured on
# Few images make few steps; a small batch and a high rate let the components separate in them.
_SMALL: dict[str, Any] = {
    "encoder_hidden": (128,),
    "decoder_hidden": (128,),
    "batch_size": 16,
    "learning_rate": 1e-2,
    "schedule": "one-cycle",
}
_DECODED = 200  # images whose K components are decoded at a time
_SEED = 0


def small_config(
    n_components: int, latent_dim: int, epochs: int, model_seed: int = 0
) -> TrainingConfig:
    """Return what the compared models share.

    Networks, batches and the learning rate are made for few images. All else is as in the
    published code, so that its factorisation is compared on its own ground: the component means
    start close together and are left alone, the ELBO is what is minimised from the first step on,
    and images are neither normalised nor warped.
    """
    return replace(
        PUBLISHED_CONFIG,
        **_SMALL,
        n_components=n_components,
        latent_dim=latent_dim,
        epochs=epochs,
        factorisation="shared",
        model_seed=model_seed,
    )


def compared_configs(config: TrainingConfig, top: Sequence[int]) -> dict[str, TrainingConfig]:
    """Return the models to compare by name, equal to `config` but for the factorisation.

    `config` has the shared one; each of `top`, below K, makes a further per-component model with
    that many ``top_components``.
    """
    per_component = replace(config, factorisation="per-component")
    reduced = {f"per-component, top {m}": replace(per_component, top_components=m) for m in top}
    return {"shared": config, "per-component": per_component, **reduced}


def split(n_images: int, wanted: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw the images to train on and those the ELBO is measured on, indices in rising order.

    Training gets `wanted` of the N images, but leaves a fifth; of what is left, at most
    `HELD_OUT` are for the ELBO.
    """
    order = np.random.default_rng(_SEED).permutation(n_images)  # (N,)
    n_training = min(wanted, n_images - max(1, n_images // 5))
    held_out = order[n_training : n_training + HELD_OUT]
    return np.sort(order[:n_training]), np.sort(held_out)


def check_comparison(values: Mapping[str, Any], n_images: int) -> None:
    """Refuse parameters of the comparison that do not fit one another or the `n_images`.

    Raises
    ------
    InputError
        With one sentence about the first value found wrong.
    """
    k = values["comparison_components"]
    n_training = len(split(n_images, values["comparison_images"])[0])
    if k > n_training:
        raise InputError(
            f"comparison_components is {k}; it must be at most {n_training}, the images that the"
            " comparison trains on."
        )
    if max(values["comparison_top"]) >= k:
        raise InputError(
            f"comparison_top is {values['comparison_top']}; each number must be below"
            f" comparison_components, {k}, all of which the per-component model decodes anyway."
        )


def compare(
    dataset: Dataset,
    models: Mapping[str, TrainingConfig],
    n_images: int,
    folder: str | Path,
    n_labels: int,
    label_seeds: Sequence[int],
) -> pd.DataFrame:
    """Train every model on the same images and measure it.

    Parameters
    ----------
    dataset
        Its labels measure; no training sees them.
    models
        From :func:`compared_configs`.
    n_images
        Images to train on, see :func:`split`.
    folder
        Where the models are kept, each in a folder of its own; one that is there is not trained
        again and keeps the seconds of its training.
    n_labels, label_seeds
        Labels drawn at random for soft decoding; all other images are scored.

    Returns
    -------
    DataFrame
        Indexed by model, with ``factorisation``, ``top_components`` (empty for the shared one)
        and the columns of :func:`cost` and :func:`quality`.
    """
    training, held_out = split(len(dataset), n_images)
    rows = {}
    for name, config in models.items():
        place = Path(folder) / name.replace(", ", "-").replace(" ", "-")
        trained = train(dataset.images[training], config, place)
        of_all = config.n_components if config.factorisation == "per-component" else None
        rows[name] = {
            "factorisation": config.factorisation,
            "top_components": config.top_components or of_all,
            **cost(trained, len(training)),
            **quality(trained, dataset, held_out, n_labels, label_seeds),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")
    return table.astype({"top_components": "Int64"})


def cost(trained: TrainedModel, n_images: int) -> dict[str, float]:
    """Return what training on `n_images` has cost.

    ``seconds_per_epoch``, the median over the epochs; ``images_per_second``; and
    ``operations_per_image`` of a step, floating-point, of matrix products and convolutions.
    """
    seconds = float(np.median(np.diff(trained.history["seconds"], prepend=0.0)))
    step = Step(trained.config, best_device())
    return {
        "seconds_per_epoch": seconds,
        "images_per_second": n_images / seconds,
        "operations_per_image": operations(step) / step.n_images,
    }


def quality(
    trained: TrainedModel,
    dataset: Dataset,
    held_out: np.ndarray,
    n_labels: int,
    label_seeds: Sequence[int],
) -> dict[str, float]:
    """Return what a model makes of images.

    Of those `held_out (n,)`: ``reconstruction``, ``kl_z``, ``kl_c`` and their sum
    ``negative_elbo``, with all components decoded and one z drawn for each, in nats per image;
    and ``left_out``, the mean mass of q(c|x) that training did not decode. Of all: ``entropy`` of
    q(c|x) in nats, ``components_in_use``, ``purity``, and soft decoding's mean ``accuracy`` with
    its smallest and largest (``accuracy_low``, ``accuracy_high``) over the label seeds.
    """
    q = trained.responsibilities(dataset.images)  # (N, K)
    n_classes = len(dataset.class_names)
    soft = accuracies(q, dataset.labels, n_classes, n_labels, label_seeds, ["soft"])["accuracy"]
    unseen = dataset.images[held_out]  # (n, 28, 28)
    return {
        **exact_elbo(trained, unseen),
        "entropy": mean_entropy(q),
        "components_in_use": components_in_use(q),
        "purity": purity(q.argmax(axis=1), dataset.labels),
        "accuracy": float(soft.mean()),
        "accuracy_low": float(soft.min()),
        "accuracy_high": float(soft.max()),
        "left_out": left_out(trained, unseen),
    }


def exact_elbo(trained: TrainedModel, images: np.ndarray) -> dict[str, float]:
    """Return the negative ELBO of uint8 `images` (n, 28, 28) and its terms, nats per image.

    All components are decoded, whatever the model's ``top_components``; one sample of z each.
    """
    config = replace(trained.config, top_components=None)
    model = make_model(config)
    model.load_state_dict(trained.model.state_dict())
    exact = replace(trained, model=model.to(best_device()).eval(), config=config)
    sums = dict.fromkeys(("reconstruction", "kl_z", "kl_c"), 0.0)
    for start in range(0, len(images), _DECODED):
        some = images[start : start + _DECODED]  # (B, 28, 28)
        terms = exact.elbo(some, seed=start)
        sums = {name: total + len(some) * terms[name] for name, total in sums.items()}
    means = {name: total / len(images) for name, total in sums.items()}
    return {**means, "negative_elbo": sum(means.values())}


def left_out(trained: TrainedModel, images: np.ndarray) -> float:
    """Return the mean mass of q(c|x) on components that training did not decode, in [0, 1]."""
    model = trained.model
    if not isinstance(model, PerComponentGMVAE):
        return 0.0  # the one z of an image is decoded for all components
    x = unit_pixels(torch.from_numpy(trained.model_input(images)).to(best_device()))  # (n, 784)
    with torch.inference_mode():
        return float(model.left_out(x).mean())


def numbers(
    table: pd.DataFrame, config: TrainingConfig, n_training: int, n_held_out: int, n_labels: int
) -> dict[str, Any]:
    """Return the numbers on record: what was compared, and :func:`compare`'s table."""
    return {
        "n_training": n_training,
        "n_held_out": n_held_out,
        "n_labels": n_labels,
        "training": config.to_dict(),
        "models": plain(table),
    }


def plain(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return :func:`compare`'s table as plain values by model and column, None where empty."""
    return {
        str(name): {str(column): None if pd.isna(value) else value for column, value in row.items()}
        for name, row in table.astype(object).to_dict("index").items()
    }


def formatted(table: pd.DataFrame, columns: Mapping[str, tuple[str, str]]) -> Styler:
    """Return some `columns` of a table for a page, each under its title and in its format."""
    titles = {name: title for name, (title, _) in columns.items()}
    return table[list(columns)].rename(columns=titles).style.format(dict(columns.values()))
