"""What chapter 10 shows: accuracy told by the labels themselves, and risk against coverage."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler

from gmvae.baselines.precomputed import LATENT_CHOICE, stored_graph, stored_points
from gmvae.chapters.choosing import DRAWS, MODELS, fitting, made_of
from gmvae.experiments.choosing import RANDOM
from gmvae.experiments.execution import Execution, results_of
from gmvae.experiments.precomputed import store_of_model
from gmvae.experiments.sureness import score_sureness
from gmvae.files import finite
from gmvae.runs.directory import Output, Run

_MOST = 10_000_000  # images times labels: leaving each label out once solves for all images


def affordable(budgets: Sequence[int], n_images: int) -> list[int]:
    """Return the budgets that fit the images and whose labels can be left out one by one."""
    return [n for n in fitting(budgets, n_images) if n * n_images <= _MOST]


def study_of_sureness(
    run: Run,
    budgets: Sequence[int],
    label_seeds: Sequence[int],
    out: Output,
    n_jobs: int = 1,
    model_seeds: Sequence[int] | None = None,
) -> dict[str, Any]:
    """Score every model of a run, write the table, return the numbers.

    Parameters
    ----------
    run : Run
    budgets, label_seeds : sequences of int
        As many draws and models are used as in :func:`gmvae.chapters.choosing.study_of_choices`.
    out : Output
    n_jobs : int
        Processes; -1 for all cores.
    model_seeds : sequence of int, optional
        Of the run's models; None: all.

    Returns
    -------
    dict
        ``data``, ``model_seeds``, ``label_seeds`` and ``told``: for each ``strategy``, random draws
        or chosen labels, number of labels and share left out the means of ``accuracy``, ``told``,
        ``low``, ``high``, ``twice`` and ``told_twice``, the share ``inside`` of draws whose
        accuracy is within its interval, and the number of ``draws``.
    """
    data = run.dataset()
    model_seeds = list(model_seeds or run.model_seeds)[:MODELS]
    label_seeds = list(label_seeds)[:DRAWS]
    execution, tables = Execution(n_jobs, cache_dir=out.path / "cells"), []
    for seed in model_seeds:
        posterior = run.posterior(seed)
        Z, y = posterior.latent_mean, posterior.labels  # (N, D), (N,)
        store = store_of_model(posterior, execution.cache_dir)
        arrays = store.together(LATENT_CHOICE)
        W, ways = stored_graph(arrays), (None, stored_points(arrays))  # (N, N)
        tasks = [(Z, y, budgets, [s], W, points) for points in ways for s in label_seeds]
        scored = results_of(score_sureness, tasks, execution, "sureness")
        tables += [table.assign(model_seed=seed) for table in scored]
    table = out.table(pd.concat(tables, ignore_index=True), "sureness")
    return {
        **made_of(data, model_seeds, label_seeds),
        "told": finite(means(table).to_dict("records")),
    }


def means(table: pd.DataFrame) -> pd.DataFrame:
    """Return means of :func:`gmvae.experiments.sureness.score_sureness` over draws and models."""
    inside = table["accuracy"].between(table["low"], table["high"])
    table = table.assign(inside=inside.astype(float))
    groups = table.groupby(["strategy", "n_labels", "abstain"])
    means_of = ["accuracy", "told", "low", "high", "inside", "twice", "told_twice"]
    found = groups[means_of].mean()
    return found.assign(draws=groups.size()).reset_index()


def told_of(numbers: Mapping[str, Any], chosen: bool = False) -> pd.DataFrame:
    """Return the rows of :func:`means` from a chapter's numbers: drawn labels, or chosen ones."""
    told = pd.DataFrame(numbers["told"])
    if "strategy" not in told:  # made before labels were chosen, too
        told["strategy"] = RANDOM
    return told[told["strategy"].eq(RANDOM) != chosen].drop(columns="strategy")


def table_of_told(numbers: Mapping[str, Any], chosen: bool = False) -> Styler:
    """Return, of all images, the true accuracy beside what the labels tell, a row a budget."""
    told = told_of(numbers, chosen)
    dropped = ["abstain", "draws", "twice", "told_twice"]
    all_ = told[told["abstain"] == 0].drop(columns=dropped, errors="ignore")
    named = all_.rename(
        columns={
            "n_labels": "labels",
            "accuracy": "true",
            "told": "told",
            "low": "interval from",
            "high": "to",
            "inside": "draws inside",
        }
    )
    forms: dict[Any, Any] = dict.fromkeys(named.columns, "{:.1%}")
    forms |= {"labels": "{:,}"}
    return named.style.hide(axis="index").format(forms)


def table_of_more_labels(numbers: Mapping[str, Any]) -> Styler:
    """Return what twice the labels give beside what the first half tells of it, a row a budget."""
    told = told_of(numbers)
    all_ = told[told["abstain"] == 0].dropna(subset=["twice"])
    named = pd.DataFrame(
        {
            "labels": all_["n_labels"],
            "true": all_["accuracy"],
            "with twice as many": all_["twice"],
            "told of twice as many": all_["told_twice"],
        }
    )
    forms: dict[Any, Any] = dict.fromkeys(named.columns, "{:.1%}") | {"labels": "{:,}"}
    return named.style.hide(axis="index").format(forms)


def table_of_abstaining(numbers: Mapping[str, Any]) -> Styler:
    """Return the accuracy of the images that are answered, a column for each share of them."""
    wide = told_of(numbers).pivot_table("accuracy", "n_labels", "abstain")
    wide.columns = [f"{1 - share:.0%}" for share in wide.columns]
    wide = wide.reset_index().rename(columns={"n_labels": "labels; answered:"})
    forms: dict[Any, Any] = dict.fromkeys(wide.columns, "{:.1%}") | {"labels; answered:": "{:,}"}
    style = wide.style.hide(axis="index").format(forms, na_rep="–")
    return style.set_caption(
        "Share of right answers among the images that are answered; a column for each share of them"
    )
