"""The study behind chapter 08: from the parameters of a run to its tables and numbers."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gmvae.chapters import mixture_size as chapter
from gmvae.chapters.choosing import DRAWS, made_of
from gmvae.data.dataset import check_labelled
from gmvae.data.sources import load_dataset
from gmvae.experiments.execution import Execution
from gmvae.experiments.mixture_study import (
    Draws,
    describe_sizes,
    held_out_bounds,
    predict_sizes,
    score_sizes,
    size_dir,
    train_sizes,
)
from gmvae.experiments.models import training_config
from gmvae.experiments.preparations import PREPARATIONS, score_preparations
from gmvae.runs.directory import Output
from gmvae.training.normalisation import normalised


def study_of_sizes(values: Mapping[str, Any], out: Output) -> dict[str, Any]:
    """Train models of several K, score them, write the tables and return the numbers.

    Parameters
    ----------
    values : mapping
        The chapter's parameters by name. K = 1 and the run's ``n_components`` are always among the
        sizes; of the models on images of the other preparation one is trained. Of the label seeds
        the first ``DRAWS`` are used.
    out : Output

    Returns
    -------
    dict
        :func:`gmvae.chapters.mixture_size.numbers`, and the ``data``.
    """
    data, config = load_dataset(values["dataset"]), training_config(values)
    check_labelled(data, values["dataset"])
    k, seeds = values["n_components"], values["sweep_model_seeds"]
    sizes = sorted({1, k, *values["sweep_components"]})
    draws = Draws(values["budgets"], values["label_seeds"][:DRAWS])
    execution = Execution(values["n_jobs"], cache_dir=out.path / "cells")
    run_dir, folder = Path(values["run_dir"]), out.path / "sizes"
    first = replace(config, model_seed=seeds[0])
    other = replace(first, normalise=not config.normalise)
    beside = {size_dir(folder / "other", k, seeds[0], seeds[0]): other}
    fitted = train_sizes(data, config, sizes, seeds, folder, run_dir, execution, beside)
    others = train_sizes(data, other, [k], seeds[:1], folder / "other", execution=execution)
    models = (others[k], fitted[k]) if config.normalise else (fitted[k], others[k])
    both = (data.images, normalised(data.images))  # (N, 28, 28) each
    images = dict(zip(PREPARATIONS, both, strict=True))
    by_name = dict(zip(PREPARATIONS, models, strict=True))
    table = out.table(score_sizes(fitted, data.labels, draws, k, execution), "mixture_sizes")
    prepared = score_preparations(images, by_name, data.labels, draws, execution)
    out.table(prepared, "mixture_preparation")
    bounds = held_out_bounds(data.images, first, sizes, folder / "held_out", execution)
    described = describe_sizes(fitted, bounds, k)
    predicted = predict_sizes(fitted, data.labels, draws.budgets)
    told = chapter.numbers(table, described, prepared, k, predicted)
    return {**made_of(data, seeds, draws.label_seeds), **told}
