"""What the prose pages of the book read: results of this build and results on record."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from gmvae.errors import InputError
from gmvae.pages.command import command
from gmvae.pages.escape import code_block, escape
from gmvae.pages.method_names import labels_are_drawn

THE_ARTICLES_DATA = "emnist-letters"
GROUND_OF_THE_SETTINGS = "nist_letters"
RULES = ("hard", "hard-covered", "soft")
_CELL = ["method", "n_labels", "label_seed", "model_seed"]


@dataclass(frozen=True)
class Results:
    """The small results of one run.

    Attributes
    ----------
    summary : dict
        ``summary.json``: data, configuration, versions, machine, seconds, model.
    chapters : dict of dicts
        Each chapter's own numbers, by chapter name.
    supervision : DataFrame
        ``supervision.csv``: one row per method, budget, label seed and model seed.
    other_settings : dict of DataFrames
        ``supervision_<setting>.csv``, the same columns, by setting.
    """

    summary: dict[str, Any]
    chapters: dict[str, dict[str, Any]]
    supervision: pd.DataFrame
    other_settings: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def all_methods(self) -> pd.DataFrame:
        """`supervision` and, on the same draws, the methods that the run of the students adds."""
        students = self.other_settings.get("students")
        if students is None:
            return self.supervision
        added = students[~students["method"].isin(self.supervision["method"])]
        return pd.concat([self.supervision, added], ignore_index=True)

    @property
    def all_draws(self) -> pd.DataFrame:
        """`all_methods`, and the draws that the run of the students adds to methods of both.

        It makes pairs over more draws, but some methods then have more draws at some budgets.
        """
        students = self.other_settings.get("students", self.supervision[:0])
        both = pd.concat([self.supervision, students], ignore_index=True)
        return both.drop_duplicates(_CELL, ignore_index=True)

    @property
    def is_ground_of_the_settings(self) -> bool:
        """Whether the model's settings were chosen while looking at these images' labels.

        Its figures then say less of other data, and do not stand on first pages.
        """
        return self.summary["data"]["name"] == GROUND_OF_THE_SETTINGS

    @property
    def is_the_articles_data(self) -> bool:
        """Whether the run was made on the data set of the article."""
        return self.summary["data"]["name"] == THE_ARTICLES_DATA


def read_results(folder: str | Path) -> Results:
    """Read the results below `folder`, a run's ``results`` or a directory on record.

    Raises
    ------
    InputError
        If there are none, as where the book is built by hand, or a file is damaged.
    """
    folder = Path(folder)
    if not (folder / "summary.json").is_file() or not (folder / "supervision.csv").is_file():
        raise InputError(
            f"{folder} holds no results of a run: the book is built by `gmvae paper`, which makes"
            " them first."
        )
    try:
        return _read(folder)
    except (ValueError, OSError) as error:  # pandas' errors are ValueErrors, too
        raise InputError(f"{folder} holds a damaged file ({type(error).__name__}).") from error


def _read(folder: Path) -> Results:
    chapters = {path.stem: _json(path) for path in sorted(folder.glob("[0-9][0-9]_*.json"))}
    supervision = pd.read_csv(folder / "supervision.csv")
    others = {
        path.stem.removeprefix("supervision_"): pd.read_csv(path)
        for path in sorted(folder.glob("supervision_*.csv"))
    }
    return Results(_json(folder / "summary.json"), chapters, supervision, others)


def _json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def notice(results: Results, on_record: Iterable[Results] = ()) -> str:
    """Return a box, in HTML, that says of a build on other data what it is not.

    `on_record`: the results that the book shows beside it.
    """
    if results.is_the_articles_data:
        return ""
    name = escape(results.summary["data"]["name"])
    anywhere = any(other.is_the_articles_data for other in on_record)
    nothing = (
        ""
        if anywhere
        else " Nothing on record in this book has been measured on the whole of them."
    )
    return (
        '<div class="admonition important"><p class="admonition-title">This build is not made from'
        " EMNIST Letters</p><p>The article's experiment uses EMNIST Letters, 145,600 images. The"
        f" figures of this build were measured on <strong>{name}</strong> and must not be compared"
        f" with the article's. Those 145,600 images have to be downloaded: <code>make paper"
        " PROFILE=emnist</code> does that and builds this book from"
        f" them.{nothing}</p></div>"
    )


def records(folder: str | Path) -> list[Results]:
    """Read every result on record below `folder`, by name."""
    paths = sorted(Path(folder).glob("[!.]*/summary.json"))  # what is not whole yet has a dot
    return [read_results(path.parent) for path in paths]


def chapters_on_record(folder: str | Path, chapter: str) -> list[dict[str, Any]]:
    """Return the numbers of one chapter, such as ``09_choosing``, of every result on record."""
    chapters = [results.chapters.get(chapter) for results in records(folder)]
    return [numbers for numbers in chapters if numbers]


def heading(results: Results) -> str:
    """Return a heading and a sentence, in Markdown, that say what a result on record is of."""
    data = results.summary["data"]
    other = "" if results.is_the_articles_data else "not "
    name = escape(data["name"])
    return (
        f"## {name}\n\nMeasured on {name} ({data['n_images']:,} images,"
        f" {data['n_classes']} classes), which is {other}EMNIST Letters, by\n\n"
        f"{code_block(command(results.summary))}\n"
    )


def default_choice(choices: Iterable[Mapping[str, Any]]) -> str:
    """Return by which strategy `gmvae select` chooses, or chose when older `choices` were made.

    Parameters
    ----------
    choices : iterable of mappings with ``strategy``
        The rows of chapter 09 on record.
    """
    return "spectral" if any(row["strategy"] == "spectral" for row in choices) else "clusters"


def counted(n: int, name: str) -> str:
    """Return a number of things, with the plural where it belongs."""
    return f"{n:,} {name}" if n == 1 else f"{n:,} {name}s"


def mean_accuracies(supervision: pd.DataFrame) -> pd.DataFrame:
    """Return means over all seeds, a row per budget and a column per method, NaN if not run."""
    return supervision.groupby(["n_labels", "method"])["accuracy"].mean().unstack()


def competitors(supervision: pd.DataFrame) -> list[str]:
    """Return the methods that read no model and draw their labels, in the table's order.

    The `model_seed` of methods that read no model is empty.
    """
    without_model = dict.fromkeys(supervision.loc[supervision["model_seed"].isna(), "method"])
    return [method for method in without_model if labels_are_drawn(method)]


def means_by_draw(rows: pd.DataFrame) -> pd.DataFrame:
    """Return means over models, a row for each draw and a column for each method, NaN if not run.

    `rows` are those of one number of labels.
    """
    return rows.groupby(["label_seed", "method"])["accuracy"].mean().unstack()


def on_shared_draws(supervision: pd.DataFrame, n_labels: int) -> pd.DataFrame:
    """Compare soft decoding with each competitor at a budget, on the draws that both have.

    Parameters
    ----------
    supervision : DataFrame
        With columns `method`, `n_labels`, `label_seed`, `model_seed` and `accuracy`.
    n_labels : int

    Returns
    -------
    DataFrame
        By method: the mean accuracies ``theirs`` and ``soft``, and the number of ``draws``, the
        most accurate first. A method that shares no draw with soft decoding is not in it.
    """
    rows = supervision[supervision["n_labels"] == n_labels]
    by_draw = means_by_draw(rows)
    found = {}
    for method in competitors(rows) if "soft" in by_draw else []:
        both = by_draw[[method, "soft"]].dropna()
        if len(both):
            found[method] = [*both.mean(), len(both)]
    table = pd.DataFrame.from_dict(found, orient="index", columns=["theirs", "soft", "draws"])
    return table.sort_values("theirs", ascending=False, kind="stable")


def accuracy_table(supervision: pd.DataFrame) -> pd.DataFrame:
    """Return mean accuracies, a row per method and a column per number of labels.

    Parameters
    ----------
    supervision : DataFrame
        With columns `method`, `n_labels`, `label_seed` and `accuracy`.

    Returns
    -------
    DataFrame
        Empty texts stand for budgets at which a method was not run. Where methods saw different
        numbers of draws, a column ``draws`` tells them.
    """
    means = mean_accuracies(supervision).T
    order = list(dict.fromkeys(supervision["method"]))
    table = means.loc[order].map(lambda value: "" if pd.isna(value) else f"{value:.3f}")
    table.index.name = "method"
    table.columns = [f"{n:,} labels" for n in table.columns]
    draws = supervision.groupby("method")["label_seed"].nunique().loc[order]
    return table.assign(draws=draws) if draws.nunique() > 1 else table


def which_model(results: Results) -> str:
    """Say which model a number is of that is not a mean over models, if there are several."""
    configuration = results.summary["configuration"]
    several = len(configuration["model_seeds"]) > 1
    return f" (model seed {configuration['model_seed']})" if several else ""


def mean_purity(results: Results) -> tuple[float, str]:
    """Return the purity, in [0, 1], and of which model it is: nothing to say of a mean over all.

    Runs whose chapter 06 tells no mean, as older ones, have that of one model.
    """
    every = results.chapters.get("06_hard_or_soft", {}).get("every_label", {})
    if every.get("purity") is not None:
        return float(every["purity"]), ""
    return float(results.summary["purity"]), which_model(results)


def means_near(results: Results, n_labels: int) -> tuple[int, dict[str, float]]:
    """Return the budget nearest to `n_labels` and the decoding rules' mean accuracies there.

    Only budgets count at which every rule was run; a rule that was left out is not in the result.
    """
    means = mean_accuracies(results.supervision)
    rules = means[[rule for rule in RULES if rule in means]].dropna()
    n = min(rules.index, key=lambda budget: abs(budget - n_labels))
    return int(n), rules.loc[n].to_dict()
