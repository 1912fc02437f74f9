"""What chapter 11 shows: models of several seeds together, against each alone."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler

from gmvae.chapters.choosing import DRAWS, made_of
from gmvae.experiments.ensembles import METHODS, score_ensembles
from gmvae.experiments.execution import Execution
from gmvae.files import finite
from gmvae.pages.escape import escape
from gmvae.pages.method_names import in_words
from gmvae.pages.results import counted
from gmvae.runs.directory import Output, Run


def study_of_ensembles(
    run: Run,
    budgets: Sequence[int],
    label_seeds: Sequence[int],
    out: Output,
    n_jobs: int = 1,
    model_seeds: Sequence[int] | None = None,
) -> dict[str, Any]:
    """Score a run's models together, write the table and return the numbers.

    Parameters
    ----------
    run : Run
        With chapter 05 done, whose accuracies are those of each model alone.
    budgets, label_seeds : sequences of int
        Of the latter as many as in :func:`gmvae.chapters.choosing.study_of_choices`.
    out : Output
    n_jobs : int
        Processes; -1 for all cores.
    model_seeds : sequence of int, optional
        Of the run's models; None: all.

    Returns
    -------
    dict
        ``data``, ``model_seeds``, ``label_seeds`` and ``accuracy``: a row for each method, number
        of labels and number of ``models``; with one model there are none.
    """
    data, seeds = run.dataset(), list(model_seeds or run.model_seeds)
    label_seeds = list(label_seeds)[:DRAWS]
    numbers = {**made_of(data, seeds, label_seeds), "accuracy": []}
    if len(seeds) < 2:
        return numbers
    posteriors = {seed: run.posterior(seed) for seed in seeds}
    table = score_ensembles(posteriors, data.labels, budgets, label_seeds, Execution(n_jobs))
    out.table(table, "ensembles")
    alone = pd.read_csv(run.path / "results" / "supervision.csv")
    numbers["accuracy"] = finite(means(table, alone).to_dict("records"))
    return numbers


def means(together: pd.DataFrame, alone: pd.DataFrame) -> pd.DataFrame:
    """Return mean accuracies over the draws that one model and several both have.

    Parameters
    ----------
    together : DataFrame
        From :func:`gmvae.experiments.ensembles.score_ensembles`.
    alone : DataFrame
        ``supervision.csv`` of the run.

    Returns
    -------
    DataFrame
        ``method, n_labels, models, accuracy`` and ``more``, the points above one model.
    """
    draws = alone["label_seed"].isin(together["label_seed"])
    one = alone[alone["method"].isin(METHODS) & draws].assign(models=1)
    columns = ["method", "n_labels", "models"]
    every = pd.concat([one, together])[[*columns, "accuracy"]]
    found = every.groupby(columns)["accuracy"].mean().reset_index()
    single = found[found["models"] == 1].set_index(["method", "n_labels"])["accuracy"]
    keys = pd.MultiIndex.from_frame(found[["method", "n_labels"]])
    found["more"] = 100 * (found["accuracy"] - single.reindex(keys).to_numpy())
    return found.dropna().reset_index(drop=True)


def table_of_ensembles(numbers: Mapping[str, Any]) -> Styler:
    """Return accuracies, a row for each method and number of models, a column for each budget."""
    table = pd.DataFrame(numbers["accuracy"])
    wide = table.pivot_table("accuracy", ["method", "models"], "n_labels", sort=False)
    wide.columns = [f"{n:,} labels" for n in wide.columns]
    wide = wide.reset_index()
    wide["method"] = wide["method"].map(in_words)
    forms: dict[Any, Any] = dict.fromkeys(wide.columns[2:], "{:.3f}")
    return wide.style.hide(axis="index").format(forms, na_rep="–")


def describe_ensembles(numbers: Mapping[str, Any]) -> str:
    """Tell what several models gain over one, or that there is one alone."""
    data, models = numbers["data"], len(numbers["model_seeds"])
    where = f"{escape(data['name'])}, {data['n_images']:,} images"
    if models < 2:
        return (
            f"On {where}, this run has one model, so that there is nothing to put together:"
            " `--set 'model_seeds=[0, 1]'` trains two."
        )
    if not numbers["accuracy"]:
        ran = " nor ".join(in_words(method) for method in METHODS)
        return f"On {where}, chapter 05 ran neither {ran}, to which several models are compared."
    table = pd.DataFrame(numbers["accuracy"])
    all_ = table[table["models"] == models]
    told = []
    for method, rows in all_.groupby("method", sort=False):
        each = ", ".join(f"{r.more:+.1f} at {int(r.n_labels):,}" for r in rows.itertuples())
        told.append(f"for {in_words(str(method))} {each} labels")
    draws = counted(len(numbers["label_seeds"]), "draw")
    return (
        f"On {where}, {counted(models, 'model')} together minus one alone, in points over"
        f" {draws}: {'; '.join(told)}."
    )
