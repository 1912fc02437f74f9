"""A data set, posteriors and tables of results that are made up, for tests."""

import numpy as np
import pandas as pd

from gmvae.baselines.registry import METHODS
from gmvae.data.dataset import Dataset
from gmvae.decoding.posterior import Posterior
from gmvae.pages.results import Results

N, K, L = 240, 8, 4


def make_dataset(seed=0):
    """Images whose class shows in the pixels, responsibilities that mostly know the class."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, L, N)
    images = rng.integers(0, 60, (N, 28, 28), dtype=np.uint8)
    for label in range(L):
        images[labels == label, 6 * label : 6 * label + 4, 10:18] += 150
    split = (np.arange(N) % 4 == 0).astype(np.int64)
    return Dataset("toy", images, labels, split, tuple("abcd"), f"toy-{seed}")


def make_posterior(dataset, model_seed):
    rng = np.random.default_rng(100 + model_seed)
    component = 2 * dataset.labels + rng.integers(0, 2, N)
    alpha = np.full((N, K), 0.1)
    alpha[np.arange(N), component] = 0.8
    R = np.array([rng.dirichlet(a) for a in alpha]).astype(np.float32)
    return Posterior(R, rng.normal(size=(N, 3)).astype(np.float32), dataset.labels)


def make_table(accuracies, method="soft", budgets=(10, 100, 1000)):
    """Rows of ``accuracies (B, M, S)``."""
    rows = [
        ("toy", method, n, n / 5000, s, m, accuracies[b, m, s], 5000 - n)
        for b, n in enumerate(budgets)
        for m in range(accuracies.shape[1])
        for s in range(accuracies.shape[2])
    ]
    columns = ["dataset", "method", "n_labels", "fraction", "label_seed", "model_seed"]
    return pd.DataFrame(rows, columns=[*columns, "accuracy", "n_scored"])


TOY_ACCURACY = {
    ("hard", 10): [0.3, 0.5],
    ("hard", 40): [0.8, 0.8],
    ("hard-covered", 10): [0.55, 0.55],
    ("hard-covered", 40): [0.8, 0.8],
    ("soft", 10): [0.6, 0.6],
    ("soft", 40): [0.78, 0.8],
    ("logistic-regression", 10): [0.2, 0.3],
    ("logistic-regression", 40): [0.9, 0.9],
    ("xgboost", 10): [0.1, 0.1],
}


def with_model_seed(table):
    """The rows as a run writes them: with the seed of the model that a method reads, if any."""
    reads_one = table["method"].map(lambda name: name in METHODS and METHODS[name].needs_model)
    return table.assign(model_seed=reads_one.map({True: 0.0, False: np.nan}))


def toy_supervision(accuracy=TOY_ACCURACY):
    """Rows of accuracies by method, budget and label seed."""
    rows = [
        {"dataset": "toy", "method": m, "n_labels": n, "label_seed": seed, "accuracy": value}
        for (m, n), values in accuracy.items()
        for seed, value in enumerate(values)
    ]
    return with_model_seed(pd.DataFrame(rows))


def toy_summary(name="toy", **settings):
    """What a run says of itself."""
    return {
        "data": {"name": name, "fingerprint": "ab" * 32, "n_images": 2000, "n_classes": 10},
        "profile": {"name": "letters", "settings": settings},
        "configuration": {
            "dataset": "/home/someone/toy.npz",
            "n_components": 8,
            "latent_dim": 4,
            "model_seed": 0,
            "model_seeds": [0, 1],
            "label_seeds": [3],
            "epochs": 2,
        },
        "versions": dict.fromkeys(("gmvae", "python", "torch", "scikit-learn", "xgboost"), "1.2"),
        "machine": {"processor": "a | b", "cores": 2, "system": "Linux"},
        "seconds": {"01_data": 1.2, "02_model": 30.4},
        "training_seconds": 12.3,
        "date": "2026-01-01",
        "purity": 0.9,
    }


def toy_results(name="toy", accuracy=TOY_ACCURACY, **settings):
    """Results of a run without chapters."""
    return Results(toy_summary(name, **settings), {}, toy_supervision(accuracy))
