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
from torch.utils.flop_counter import FlopCounterMode

from gmvae.configuration import PUBLISHED, TrainingConfig
from gmvae.costs import Step, matrix_products, median_seconds
from gmvae.networks import N_PIXELS, SIDE
from gmvae.precision import best_device, has_bf16
from gmvae.trained import TrainedModel, make_model
from gmvae.training import train
from gmvae.warps import Warp

_MAX_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in getrusage's unit


def measure(repeats: int, n_images: int) -> dict[str, Any]:
    """Return every figure as a plain number; times in seconds, memory in bytes."""
    config, device = TrainingConfig(), best_device()
    step, published = Step(config, device), Step(PUBLISHED, device)
    seconds, products = (median_seconds(work, repeats) for work in (step, matrix_products(step)))
    parts = {name: median_seconds(part, repeats) for name, part in step.parts().items()}
    full = _in_a_fresh_process(n_images)
    return {
        "device": str(device),
        "threads": torch.get_num_threads(),
        "precision": "bfloat16" if has_bf16(device) else "float32",
        "repeats": repeats,
        "n_images": n_images,
        "step_seconds": seconds,
        "images_per_second": step.n_images / seconds,
        "share_of_matrix_products": products / seconds,
        "parts_seconds": parts,
        **_against_published(step, published, seconds, repeats),
        "responsibilities_seconds": _responsibilities_seconds(config, n_images),
        "epoch_seconds": full["seconds"],
        "training_seconds": full["seconds"] * config.epochs,
        "peak_memory_bytes": full["peak_memory_bytes"],
    }


def _against_published(
    step: Step, published: Step, seconds: float, repeats: int
) -> dict[str, float]:
    """Return how much cheaper an image is than in the published configuration."""
    published_seconds = median_seconds(published, repeats)
    operations = _operations(step) / step.n_images
    published_operations = _operations(published) / published.n_images
    return {
        "published_step_seconds": published_seconds,
        "times_cheaper": (published_seconds / published.n_images) / (seconds / step.n_images),
        "operations_per_image": operations,
        "published_operations_per_image": published_operations,
        "times_fewer_operations": published_operations / operations,
    }


def _operations(step: Step) -> int:
    """Return the floating-point operations of the matrix products and convolutions of a step."""
    with FlopCounterMode(display=False) as counter:
        step()
    return counter.get_total_flops()


def make_images(n: int) -> np.ndarray:
    """Return `n` uint8 images (n, 28, 28): scikit-learn's digits, enlarged and warped."""
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
