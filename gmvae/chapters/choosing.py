"""What chapter 09 shows of labels that are chosen: accuracy, classes reached, labels saved."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler

from gmvae.baselines.precomputed import LATENT_CHOICE, PIXEL_CHOICE
from gmvae.data.dataset import Dataset
from gmvae.experiments.choosing import RANDOM, score_choices, space_of_model, spaces_of_pixels
from gmvae.experiments.execution import Execution
from gmvae.experiments.precomputed import precompute, store_of_images, store_of_model
from gmvae.files import finite
from gmvae.runs.directory import Output, Run
from gmvae.training.normalisation import normalised

WORDS = {
    RANDOM: "drawn at random",
    "spectral": "densest of each graph cluster",
    "clusters": "densest of each cluster",
    "typiclust": "TypiClust",
    "herding": "MaxHerding",
    "components": "largest components",
}
METHODS = ("soft", "graph", "graph-pixels")  # in the order of figures and tables
DRAWS, MODELS = 5, 3  # of a run, the first: more would take hours on 100,000 images


def fitting(budgets: Sequence[int], n_images: int) -> list[int]:
    """Return the budgets, in rising order, that are at most half of the images."""
    return sorted({n for n in budgets if n <= n_images // 2})


def study_of_choices(
    run: Run,
    budgets: Sequence[int],
    label_seeds: Sequence[int],
    out: Output,
    n_jobs: int = 1,
    model_seeds: Sequence[int] | None = None,
) -> dict[str, Any]:
    """Choose and draw labels in a run's models and in pixels, write the table, return the numbers.

    Parameters
    ----------
    run : Run
    budgets : sequence of int
        From :func:`fitting`, one at least.
    label_seeds : sequence of int
        The first ``DRAWS`` are used, with the first ``MODELS`` of the run's models.
    out : Output
    n_jobs : int
        Processes; -1 for all cores.
    model_seeds : sequence of int, optional
        Of the run's models; None: all.

    Returns
    -------
    dict
        ``data``, ``model_seeds``, ``label_seeds``, ``n_classes`` and ``choices``: for each
        strategy, method and number of labels the mean ``accuracy``, its ``least`` and ``most``,
        and the mean number of ``classes`` reached.
    """
    data = run.dataset()
    model_seeds = list(model_seeds or run.model_seeds)[:MODELS]
    label_seeds = list(label_seeds)[:DRAWS]
    execution = Execution(n_jobs, cache_dir=out.path / "cells")
    models = [store_of_model(run.posterior(seed), execution.cache_dir) for seed in model_seeds]
    images = normalised(data.images)  # (N, 28, 28)
    pixels = store_of_images(images, run.configuration["n_components"], execution.cache_dir)
    needed = [(pixels, wanted) for wanted in PIXEL_CHOICE]
    precompute(
        [*needed, *((model, wanted) for model in models for wanted in LATENT_CHOICE)], execution
    )
    spaces = [space_of_model(*pair) for pair in zip(models, model_seeds, strict=True)]
    spaces += spaces_of_pixels(pixels, model_seeds)
    scored = score_choices(spaces, data.labels, budgets, label_seeds, execution)
    table = out.table(scored, "choosing")
    return {
        **made_of(data, model_seeds, label_seeds),
        "n_classes": len(data.class_names),
        "choices": finite(means(table).to_dict("records")),
    }


def made_of(
    data: Dataset, model_seeds: Sequence[int], label_seeds: Sequence[int]
) -> dict[str, Any]:
    """Return what the numbers of a study begin with: its ``data`` and both kinds of seeds."""
    return {
        "data": {"name": data.name, "n_images": len(data.images)},
        "model_seeds": list(model_seeds),
        "label_seeds": list(label_seeds),
    }


def means(table: pd.DataFrame) -> pd.DataFrame:
    """Return means of :func:`gmvae.experiments.choosing.score_choices` over seeds and models."""
    groups = table.groupby(["method", "strategy", "n_labels"], sort=False)
    return groups.agg(
        accuracy=("accuracy", "mean"),
        least=("accuracy", "min"),
        most=("accuracy", "max"),
        classes=("n_classes", "mean"),
    ).reset_index()


def choices_of(numbers: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows of :func:`means` from a chapter's numbers."""
    choices = pd.DataFrame(numbers["choices"]).astype({"accuracy": float})
    order = {method: place for place, method in enumerate(METHODS)}
    return choices.sort_values("method", key=lambda names: names.map(order), kind="stable")


def needed_at_random(choices: pd.DataFrame, method: str, accuracy: float) -> int | None:
    """Return the least number of random labels with which `method` is at least so accurate.

    None: with none of the numbers of labels that were tried.
    """
    drawn = choices[(choices["strategy"] == RANDOM) & (choices["method"] == method)]
    enough = drawn.loc[drawn["accuracy"] >= accuracy, "n_labels"]
    return None if enough.empty else int(enough.min())


def table_of_choices(numbers: Mapping[str, Any]) -> Styler:
    """Return mean accuracies, a row for each method and strategy and a column for each budget."""
    return _pivot(numbers, "accuracy", "{:.3f}")


def table_of_classes(numbers: Mapping[str, Any]) -> Styler:
    """Return the mean number of classes reached, laid out as :func:`table_of_choices`."""
    return _pivot(numbers, "classes", "{:.1f}")


def _pivot(numbers: Mapping[str, Any], value: str, form: str) -> Styler:
    """Return a value with a row for each method and strategy, a column for each budget."""
    choices = choices_of(numbers)
    if value == "classes":  # soft and graph see the same images
        choices = choices[choices["method"] != "soft"]
    choices["labels are"] = choices["strategy"].map(WORDS)
    index = ["method", "labels are"]
    wide = choices.pivot_table(value, index, "n_labels", dropna=False).dropna(how="all")
    order = pd.MultiIndex.from_product([METHODS, WORDS.values()], names=index)
    wide = wide.reindex(order[order.isin(wide.index)])
    wide.columns = [f"{n:,} labels" for n in wide.columns]
    shown = wide.reset_index().style.hide(axis="index")
    return shown.format(dict.fromkeys(wide.columns, form), na_rep="–")
