"""What preparing the images is worth: raw and normalised ones, with a model and without.

Models of both are trained by :mod:`gmvae.experiments.mixture_study`.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from gmvae.baselines.registry import find_method
from gmvae.experiments.execution import Execution, results_of
from gmvae.experiments.mixture_sizes import score_rows
from gmvae.experiments.mixture_study import Draws, Fitted
from gmvae.experiments.precomputed import Store, precompute, store_of_images, store_of_model

PREPARATIONS = ("raw", "normalised")
_WITHOUT_A_MODEL = ("logistic-regression", "graph-pixels", "kmeans-majority")


def score_preparations(
    images: Mapping[str, np.ndarray],
    fitted: Mapping[str, Fitted],
    y: np.ndarray,
    draws: Draws,
    execution: Execution | None = None,
) -> pd.DataFrame:
    """Score four ways to labels on raw and on normalised images.

    Logistic regression sees the labelled images alone; ``graph-pixels`` and ``kmeans-majority`` all
    images and no model; ``soft`` and ``graph`` are those of a model trained on these images.

    Parameters
    ----------
    images : mapping from "raw" and "normalised" to uint8 arrays (N, 28, 28)
    fitted : mapping from the same names to models by seed
    y : int array (N,)
    draws : Draws
    execution : Execution, optional
        Where methods go side by side; None: one after another.

    Returns
    -------
    DataFrame
        ``images, method, n_labels, label_seed, accuracy, n_scored, model_seed`` (-1: no model).
    """
    execution = execution or Execution(progress=False)
    wanted: list[tuple[str, Store, str, int]] = []
    for name, x in images.items():
        k = next(iter(fitted[name].values()))[1].responsibilities.shape[1]
        pixels = store_of_images(x, k, execution.cache_dir)
        wanted += [(name, pixels, method, -1) for method in _WITHOUT_A_MODEL]
        for seed, (_, p) in fitted[name].items():
            model = store_of_model(p, execution.cache_dir)
            wanted += [(name, model, method, seed) for method in ("soft", "graph")]
    methods = [(store, find_method(method)) for _, store, method, _ in wanted]
    precompute([(store, p) for store, method in methods for p in method.precomputed], execution)
    given = [method.given(store.rows, store) for store, method in methods]
    tasks = [
        (X, y, [method], draws.budgets, draws.label_seeds)
        for X, (_, _, method, _) in zip(given, wanted, strict=True)
    ]
    costs = [10.0 if method == "logistic-regression" else 1.0 for _, _, method, _ in wanted]
    scored = results_of(score_rows, tasks, execution, "preparations", costs)
    rows = [
        {"images": name, **row, "model_seed": seed}
        for (name, _, _, seed), of_task in zip(wanted, scored, strict=True)
        for row in of_task
    ]
    return pd.DataFrame(rows)
