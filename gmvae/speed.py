"""What :mod:`gmvae.bench` prints, measured: a step, its parts, the published configuration."""

import dataclasses
import multiprocessing
import resource
import sys
import tempfile
import time
from typing import Any

import numpy as np
import pandas as pd
import torch

from gmvae.configuration import PUBLISHED, TrainingConfig
from gmvae.costs import Step, matrix_products, median_seconds, operations, precisions
from gmvae.networks import N_PIXELS, SIDE
from gmvae.precision import best_device
from gmvae.trained import TrainedModel, make_model
from gmvae.training import train
from gmvae.warps import Warp

_MAX_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in getrusage's unit
IMAGES = "scikit-learn's 1,797 digits, enlarged, every copy warped in its own way"  # make_images


def measure(repeats: int, n_images: int) -> dict[str, Any]:
    """Return every figure as a plain number or text; times in seconds, memory in bytes.

    Parameters
    ----------
    repeats
        Durations are medians of so many.
    n_images
        Images of the epoch whose time and memory are measured; a step's are random.
    """
    config, device = TrainingConfig(), best_device()
    step = Step(config, device)
    seconds, products = (median_seconds(work, repeats) for work in (step, matrix_products(step)))
    parts = {name: median_seconds(part, repeats) for name, part in step.parts().items()}
    full = _in_a_fresh_process(n_images)
    return {
        "device": str(device),
        "threads": torch.get_num_threads(),
        "precision": step.precision,
        "repeats": repeats,
        "images": IMAGES,
        "n_images": n_images,
        "step_seconds": seconds,
        "images_per_second": step.n_images / seconds,
        "share_of_matrix_products": products / seconds,
        "parts_seconds": parts,
        **_against_published(config, device, repeats),
        "responsibilities_seconds": _responsibilities_seconds(config, n_images),
        "epoch_seconds": full["seconds"],
        "epochs": config.epochs,
        "training_seconds": full["seconds"] * config.epochs,
        "peak_memory_bytes": full["peak_memory_bytes"],
    }


def _against_published(
    config: TrainingConfig, device: torch.device, repeats: int
) -> dict[str, Any]:
    """Return what an image costs in either configuration, in every precision of `device`.

    ``times_cheaper`` compares the two in the same precision, by its name.
    """
    image_seconds: dict[str, dict[str, float]] = {}
    counts: dict[str, float] = {}
    for name, of in (("default", config), ("published", PUBLISHED)):
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


def make_images(n: int) -> np.ndarray:
    """Return `n` uint8 images (n, 28, 28): what `IMAGES` says."""
    from sklearn.datasets import load_digits

    digits = torch.tensor(load_digits().images / 16, dtype=torch.float32)  # (1797, 8, 8)
    enlarged = torch.nn.functional.interpolate(digits[:, None], (SIDE, SIDE), mode="bilinear")
    warp, generator = Warp(1.0, 1.0), torch.Generator().manual_seed(0)
    images = np.empty((n, SIDE, SIDE), np.uint8)
    for rows in np.array_split(np.arange(n), max(1, n // 1000)):
        x = enlarged[rows % len(digits)].view(-1, N_PIXELS)  # (B, 784)
        images[rows] = (warp(x, generator) * 255).round().view(-1, SIDE, SIDE).byte().numpy()
    return images


def _responsibilities_seconds(config: TrainingConfig, n_images: int) -> float:
    model = make_model(config).to(best_device()).eval()
    trained = TrainedModel(model, config, pd.DataFrame(), 0.0, "", "")
    images = make_images(n_images)
    started = time.perf_counter()
    trained.responsibilities(images)
    return time.perf_counter() - started


def _in_a_fresh_process(n_images: int) -> dict[str, float]:
    """Train one epoch of full size in a process of its own, whose memory is then known."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_full_size_epoch, (n_images,))


def _full_size_epoch(n_images: int) -> dict[str, float]:
    config = dataclasses.replace(TrainingConfig(), epochs=1)
    images = make_images(n_images)
    with tempfile.TemporaryDirectory() as folder:
        trained = train(images, config, folder, progress=False)
        trained.posterior(images)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAX_RSS_UNIT
    return {"seconds": trained.seconds, "peak_memory_bytes": peak}
