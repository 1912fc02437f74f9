"""The study of K: models of several sizes and seeds, trained or taken, and scored."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd

from gmvae.baselines.precomputed import LATENT_GRAPH
from gmvae.coverage.naming import expected_accuracy
from gmvae.data.dataset import Dataset
from gmvae.decoding.clusters import label_counts
from gmvae.decoding.posterior import Posterior
from gmvae.experiments.execution import Execution, results_of
from gmvae.experiments.mixture_sizes import (
    agreement,
    entropy_share,
    purities,
    score_posterior,
)
from gmvae.experiments.models import fit_models, train_missing, with_one_precision
from gmvae.experiments.precomputed import precompute, store_of_model
from gmvae.files import atomic_path
from gmvae.runs.directory import model_dir
from gmvae.training.configuration import TrainingConfig
from gmvae.training.trained import TrainedModel
from gmvae.training.trainer import is_trained, train

Fitted = dict[int, tuple[TrainedModel, Posterior]]  # by model seed
_HELD_OUT = 10  # one image of so many is kept from the models of the held-out bound


@dataclass(frozen=True)
class Draws:
    """Budgets, and the seeds of the random labels at each."""

    budgets: Sequence[int]
    label_seeds: Sequence[int]


def train_sizes(
    dataset: Dataset,
    config: TrainingConfig,
    sizes: Sequence[int],
    model_seeds: Sequence[int],
    folder: Path,
    run_dir: Path | None = None,
    execution: Execution | None = None,
    beside: Mapping[Path, TrainingConfig] | None = None,
) -> dict[int, Fitted]:
    """Train models of each size, or take those that are there; all go side by side.

    Parameters
    ----------
    dataset : Dataset
    config : TrainingConfig
        All else than K and the seed; its own `model_seed` is the first of the run at `run_dir`.
    sizes, model_seeds : sequences of int
    folder : Path
        A folder ``k_<K>`` for each size is made here.
    run_dir : Path, optional
        A run whose own models are taken where they are the same.
    execution : Execution, optional
        None: one training after another.
    beside : mapping, optional
        Further models that are trained with them, from their folders to their configurations.

    Returns
    -------
    dict
        By K, then by model seed: model and posterior.
    """
    execution = execution or Execution()
    first, wanted = replace(config, model_seed=model_seeds[0]), dict(beside or {})
    for k, seed in product(sizes, model_seeds):
        own = size_dir(folder, k, model_seeds[0], seed)
        wanted[own] = replace(first, n_components=k, model_seed=seed)
        there = own if run_dir is None else model_dir(run_dir, config.model_seed, seed)
        if there != own and is_trained(dataset.images, wanted[own], there):
            own.mkdir(parents=True, exist_ok=True)
            with atomic_path(own / "model.pt") as temporary:
                shutil.copyfile(there / "model.pt", temporary)
    train_missing(dataset.images, with_one_precision(dataset.images, wanted), execution)
    return {
        k: fit_models(
            dataset,
            replace(first, n_components=k),
            model_seeds,
            size_dir(folder, k, model_seeds[0], model_seeds[0]),
            execution=execution,
        )
        for k in sizes
    }


def size_dir(folder: Path, k: int, first_seed: int, seed: int) -> Path:
    """Return where the model of K components and a seed is kept; the first is at the top."""
    return model_dir(folder / f"k_{k}", first_seed, seed)


def score_sizes(
    fitted: Mapping[int, Fitted],
    y: np.ndarray,
    draws: Draws,
    k: int,
    execution: Execution | None = None,
) -> pd.DataFrame:
    """Score every model with the same draws of labels; models go side by side.

    The plain model (K = 1) and those of size `k` are also cut into `k` clusters of k-means.

    Returns
    -------
    DataFrame
        Columns ``n_components, clusters, method, n_labels, label_seed, accuracy, n_scored,
        model_seed``.
    """
    execution = execution or Execution(progress=False)
    models = [(size, seed, p) for size, of in fitted.items() for seed, (_, p) in of.items()]
    stores = [store_of_model(posterior, execution.cache_dir) for _, _, posterior in models]
    precompute([(store, LATENT_GRAPH) for store in stores], execution)
    tasks = [
        (p, y, draws.budgets, draws.label_seeds, k if size in (1, k) else None, store(LATENT_GRAPH))
        for (size, _, p), store in zip(models, stores, strict=True)
    ]
    scored = results_of(score_posterior, tasks, execution, "sizes")
    found = []
    for (size, seed, _), table in zip(models, scored, strict=True):
        table.insert(0, "n_components", size)
        found.append(table.assign(model_seed=seed))
    return pd.concat(found, ignore_index=True)


def held_out_bounds(
    images: np.ndarray,
    config: TrainingConfig,
    sizes: Sequence[int],
    folder: Path,
    execution: Execution | None = None,
) -> dict[int, float]:
    """Train one model of each size without a tenth of the images, and return their ELBO.

    The bound of images that a model was trained on rises with K by itself; that of others rises
    only as far as the components are those of the data.

    Parameters
    ----------
    images : uint8 array (N, 28, 28)
    config : TrainingConfig
        All else than K. Its `model_seed` also draws the images that are held out.
    sizes : sequence of int
    folder : Path
        Where the models are kept, see :func:`size_dir`.
    execution : Execution, optional
        None: one training after another.

    Returns
    -------
    dict
        By K, in nats an image; NaN for a K above the number of images to train on.
    """
    order = np.random.default_rng(config.model_seed).permutation(len(images))  # (N,)
    held, seen = np.split(order, [max(1, len(images) // _HELD_OUT)])  # (H,), (N - H,)
    few = images[np.sort(seen)]  # (N - H, 28, 28)
    seed = config.model_seed
    places = {k: size_dir(folder, k, seed, seed) for k in sizes if k <= len(few)}
    sized = {place: replace(config, n_components=k) for k, place in places.items()}
    wanted = with_one_precision(few, sized)
    train_missing(few, wanted, execution or Execution())
    bounds = {k: train(few, wanted[p], p).elbo(images[held]) for k, p in places.items()}
    return {k: bounds[k]["elbo"] if k in bounds else np.nan for k in sizes}


def describe_sizes(
    fitted: Mapping[int, Fitted], bounds: Mapping[int, float], k: int
) -> pd.DataFrame:
    """Describe each size by means over its seeds, without labels but for the purities.

    Parameters
    ----------
    fitted : mapping from K to models by seed
    bounds : mapping from K to nats
        From :func:`held_out_bounds`.
    k : int

    Returns
    -------
    DataFrame
        ``n_components``, ``held_out`` (the bound), ``entropy``,
        ``adjusted_rand`` and ``mutual_information`` over pairs of seeds (NaN for one seed or one
        component), ``purity`` of the components and ``purity_kmeans`` of `k` clusters of k-means
        (NaN where they are not made).
    """
    rows = []
    for size, models in fitted.items():
        pure = [purities(p, k if size in (1, k) else None) for _, p in models.values()]
        nearest = [p.responsibilities.argmax(axis=1) for _, p in models.values()]  # (N,) each
        pairs = [agreement(a, b) for a, b in combinations(nearest, 2) if size > 1]
        agree = pd.DataFrame(pairs, columns=["adjusted_rand", "mutual_information"]).mean()
        rows.append(
            {
                "n_components": size,
                "held_out": bounds[size],
                "entropy": np.mean([entropy_share(p) for _, p in models.values()]),
                **agree,
                "purity": np.mean([p["components"] for p in pure]),
                "purity_kmeans": np.mean([p.get("k-means", np.nan) for p in pure]),
            }
        )
    return pd.DataFrame(rows)


def predict_sizes(
    fitted: Mapping[int, Fitted], y: np.ndarray, budgets: Sequence[int]
) -> pd.DataFrame:
    """Predict what the published hard rule makes of each mixture, without drawing a label.

    :func:`gmvae.coverage.naming.expected_accuracy` of the table of components and labels, a mean
    over the seeds.

    Returns
    -------
    DataFrame
        ``n_components, n_labels, predicted``.
    """
    rows = []
    for k, models in fitted.items():
        if k == 1:  # a single component has one name for all
            continue
        nearest = [p.responsibilities.argmax(axis=1) for _, p in models.values()]  # (N,) each
        tables = [label_counts(c, y, k) for c in nearest]  # (K, L) each
        for n in budgets:
            accuracies = [expected_accuracy(n, table, len(y)) for table in tables]
            rows.append((k, n, float(np.mean(accuracies))))
    return pd.DataFrame(rows, columns=["n_components", "n_labels", "predicted"])
