"""A training at full size in a process of its own: its seconds and its memory."""

import dataclasses
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gmvae.bench.own_process import in_own_process, peak_memory
from gmvae.bench.turns import in_turns, spread
from gmvae.model.networks import SIDE
from gmvae.training.configuration import TrainingConfig
from gmvae.training.device import best_device
from gmvae.training.kmeans_start import some_images, start_from_kmeans
from gmvae.training.trained import TrainedModel, model_input, unit_pixels
from gmvae.training.trainer import train
from gmvae.training.warps import Warp


def make_images(images: np.ndarray, n: int) -> np.ndarray:
    """Return `n` images, uint8 (n, 28, 28), each one of `images` (N, 28, 28) warped on its own."""
    warp, generator = Warp(1.0, 1.0), torch.Generator().manual_seed(0)
    made = np.empty((n, SIDE, SIDE), np.uint8)
    for rows in np.array_split(np.arange(n), max(1, n // 1000)):
        x = unit_pixels(torch.from_numpy(images[rows % len(images)]))  # (B, 784)
        made[rows] = (warp(x, generator) * 255).round().view(-1, SIDE, SIDE).byte().numpy()
    return made


def full_training(
    images: np.ndarray, epochs: int, precision: str, keep: Path | None = None
) -> dict[str, Any]:
    """Train the defaults on `images`, uint8 (N, 28, 28), for some of their epochs.

    Parameters
    ----------
    images
    epochs
        Of the defaults' own.
    precision
        As in :class:`gmvae.training.configuration.TrainingConfig`.
    keep
        Folder in which ``responsibilities.npy`` (N, K) and ``latent_mean.npy`` (N, D) are left.

    Returns
    -------
    dict
        ``epoch_seconds``, the median over the epochs, and their ``spread``, see
        :func:`gmvae.bench.turns.spread`; ``training_seconds`` of all the defaults' epochs,
        measured or estimated; ``peak_memory_bytes``.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npy"
        np.save(path, images)
        return in_own_process(_train, path, epochs, precision, keep)


def _train(path: Path, epochs: int, precision: str, keep: Path | None) -> dict[str, Any]:
    """Train on the images in a file; only a whole training starts its components."""
    defaults = TrainingConfig(precision=precision)
    whole = epochs == defaults.epochs
    start = defaults.kmeans_start if whole else 0.0
    config = dataclasses.replace(defaults, epochs=epochs, kmeans_start=start)
    images = np.load(path)  # (N, 28, 28)
    with tempfile.TemporaryDirectory() as folder:
        trained = train(images, config, folder)
        R, latent_mean = trained.posterior(images)  # (N, K), (N, D)
    peak = peak_memory()
    if keep:
        np.save(keep / "responsibilities.npy", R)
        np.save(keep / "latent_mean.npy", latent_mean)
    normalising, starting = _seconds_once(trained, images)
    so_far = trained.history["seconds"].to_numpy()  # (epochs,)
    durations = np.diff(so_far, prepend=normalising)  # (epochs,)
    epoch = float(np.median(durations))
    estimate = epoch * defaults.epochs + normalising + starting
    return {
        "epoch_seconds": epoch,
        "spread": spread(durations),
        "training_seconds": trained.seconds if whole else estimate,
        "peak_memory_bytes": peak,
    }


def _seconds_once(trained: TrainedModel, images: np.ndarray) -> tuple[float, float]:
    """Return the seconds of what any training does once: normalise, and start the components."""
    config, device = trained.config, best_device()
    prepared = model_input(images, config, device)  # (N, 28, 28)

    def start() -> None:
        some = some_images(prepared, config.n_components, config.model_seed)  # (N', 28, 28)
        start_from_kmeans(trained.model, some, config.model_seed)

    works = {"normalise": lambda: model_input(images, config, device), "start": start}
    taken = in_turns(works, 1)
    return float(taken["normalise"].median()), float(taken["start"].median())
