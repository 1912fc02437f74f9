"""A data set, posteriors and tables of results that are made up, for tests."""

import numpy as np
import pandas as pd

from gmvae.data.dataset import Dataset
from gmvae.decoding.posterior import Posterior

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
