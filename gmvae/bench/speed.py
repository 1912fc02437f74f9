"""What :mod:`gmvae.cli.bench` prints, measured: a step, its parts, the published configuration."""

import dataclasses
import resource
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from gmvae.bench.costs import Parts, matrix_products, median_seconds, timed, where_measured
from gmvae.data.dataset import Dataset
from gmvae.model.networks import SIDE
from gmvae.training.configuration import PUBLISHED_CONFIG, TrainingConfig
from gmvae.training.device import best_device
from gmvae.training.kmeans_start import some_images, start_from_kmeans
from gmvae.training.step import Step, operations, precisions
from gmvae.training.trained import TrainedModel, make_model, model_input, unit_pixels
from gmvae.training.trainer import train
from gmvae.training.warps import Warp


def measure(repeats: int, data: Dataset, n_images: int, epochs: int) -> dict[str, Any]:
    """Return every figure as a plain number or text; times in seconds, memory in bytes.

    Parameters
    ----------
    repeats
        Durations are medians of at least so many.
    data
        What the images of :func:`make_images` are copies of; a single step's are random.
    n_images, epochs
        Size and length of the training whose time and memory are measured.
    """
    config, device = TrainingConfig(), best_device()
    step = Parts(config, device)
    seconds, products = (median_seconds(work, repeats) for work in (step, matrix_products(step)))
    parts = {name: median_seconds(part, repeats) for name, part in step.parts().items()}
    images = make_images(data.images, n_images)
    full = _in_a_fresh_process(images, epochs)
    return {
        **where_measured(device),
        "repeats": repeats,
        "images": f"warped copies of {min(n_images, len(data)):,} images of {data.name}",
        "n_images": n_images,
        "step_seconds": seconds,
        "images_per_second": step.n_images / seconds,
        "share_of_matrix_products": products / seconds,
        "parts_seconds": parts,
        **_against_published(config, device, repeats),
        "responsibilities_seconds": _responsibilities_seconds(config, images),
        "epochs_measured": epochs,
        "epochs": config.epochs,
        **full,
    }


def _against_published(
    config: TrainingConfig, device: torch.device, repeats: int
) -> dict[str, Any]:
    """Return what an image costs in either configuration, in every precision of `device`.

    ``times_cheaper`` compares the two in the same precision, by its name.
    """
    image_seconds: dict[str, dict[str, float]] = {}
    counts: dict[str, float] = {}
    for name, of in (("default", config), ("published", PUBLISHED_CONFIG)):
        steps = [Step(of, device, precision) for precision in precisions(device)]
        image_seconds[name] = {
            step.precision: median_seconds(step, repeats) / step.n_images for step in steps
        }
        counts[name] = operations(steps[0]) / steps[0].n_images
    ours, published = image_seconds["default"], image_seconds["published"]
    return {
        "image_seconds": image_seconds,
        "times_cheaper": {precision: published[precision] / ours[precision] for precision in ours},
        "operations_per_image": counts["default"],
        "published_operations_per_image": counts["published"],
        "times_fewer_operations": counts["published"] / counts["default"],
    }


def make_images(images: np.ndarray, n: int) -> np.ndarray:
    """Return `n` images, uint8 (n, 28, 28), each one of `images` (N, 28, 28) warped on its own."""
    warp, generator = Warp(1.0, 1.0), torch.Generator().manual_seed(0)
    made = np.empty((n, SIDE, SIDE), np.uint8)
    for rows in np.array_split(np.arange(n), max(1, n // 1000)):
        x = unit_pixels(torch.from_numpy(images[rows % len(images)]))  # (B, 784)
        made[rows] = (warp(x, generator) * 255).round().view(-1, SIDE, SIDE).byte().numpy()
    return made


def _responsibilities_seconds(config: TrainingConfig, images: np.ndarray) -> float:
    model = make_model(config).to(best_device()).eval()
    trained = TrainedModel(model, config, pd.DataFrame(), 0.0, "float32", "", "")
    return timed(lambda: trained.responsibilities(images))[0]


def _in_a_fresh_process(images: np.ndarray, epochs: int) -> dict[str, float]:
    """Train in a process of its own, whose memory is then known."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "images.npy"
        np.save(path, images)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(_full_size_training, path, epochs).result()


def _full_size_training(path: Path, epochs: int) -> dict[str, float]:
    """Return the seconds of an epoch and of all the defaults' epochs, and the peak of memory.

    A training does two things once, however long it is: it normalises the images and starts the
    components. A shorter training than the defaults' does without the latter, and both are timed
    apart, so that they are not counted with every epoch.
    """
    defaults, device = TrainingConfig(), best_device()
    whole = epochs == defaults.epochs
    start = defaults.kmeans_start if whole else 0.0
    config = dataclasses.replace(defaults, epochs=epochs, kmeans_start=start)
    images = np.load(path)  # (N, 28, 28)
    with tempfile.TemporaryDirectory() as folder:
        trained = train(images, config, folder)
        trained.posterior(images)
    peak = _peak_memory()
    normalising, prepared = timed(lambda: model_input(images, config, device))  # (N, 28, 28)

    def start_components() -> None:
        some = some_images(prepared, config.n_components, config.model_seed)  # (N', 28, 28)
        start_from_kmeans(trained.model, some, config.model_seed)

    once = normalising + timed(start_components)[0]
    epoch = (trained.seconds - (once if whole else normalising)) / epochs
    return {
        "epoch_seconds": epoch,
        "training_seconds": trained.seconds if whole else epoch * defaults.epochs + once,
        "peak_memory_bytes": peak,
    }


def _peak_memory() -> int:
    """Return the most memory that this process has had, in bytes."""
    status = Path("/proc/self/status")
    if status.is_file():  # on Linux getrusage begins with what the parent process had
        (line,) = (x for x in status.read_text().splitlines() if x.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
