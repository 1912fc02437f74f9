"""A run as `gmvae train` leaves it, without a training: heaps of images and their means."""

import json
from pathlib import Path

import numpy as np

from gmvae.data.sources import load_dataset
from gmvae.decoding.posterior import Posterior

N_CLASSES = 4


def make_run(
    folder: Path, n_each: int = 30, dataset: Path | None = None
) -> tuple[Path, np.ndarray]:
    """Make a run on images of four kinds and return its directory and each image's kind.

    `dataset` is a folder of images to be used instead; its images have the kinds in turn.
    """
    rng = np.random.default_rng(0)
    n = 4 * n_each
    kind = np.arange(n) % N_CLASSES  # (N,)
    if dataset is None:
        images = rng.integers(0, 60, (n, 28, 28), dtype=np.uint8)
        for c in range(N_CLASSES):
            images[kind == c, 6 * c : 6 * c + 4, 8:20] += 150
        folder.mkdir(parents=True, exist_ok=True)
        dataset = folder / "images.npz"
        np.savez(dataset, images=images)
    run = folder / "run"
    Z = 6 * np.eye(N_CLASSES)[kind] + rng.normal(size=(n, N_CLASSES))  # (N, 4)
    R = np.full((n, N_CLASSES), 0.05) + 0.8 * np.eye(N_CLASSES)[kind]  # (N, 4)
    unknown = np.full(n, -1)
    Posterior(R.astype(np.float32), Z.astype(np.float32), unknown).save(run / "posterior.npz")
    fingerprint = load_dataset(dataset).fingerprint
    configuration = {"dataset": str(dataset), "model_seed": 0, "model_seeds": [0]}
    summary = {"configuration": configuration, "data": {"fingerprint": fingerprint}}
    (run / "results").mkdir(parents=True)
    (run / "results" / "summary.json").write_text(json.dumps(summary))
    return run, kind
