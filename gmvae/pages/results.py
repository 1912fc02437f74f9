"""What the prose pages of the book read: results of this build and results on record."""

import html
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

THE_ARTICLES_DATA = "emnist-letters"
OTHER_SETTINGS = {
    "inductive": "Images the model has never seen: trained and labelled on the training split, "
    "scored on the test split.",
    "many_labels": "What many labels give XGBoost, which the article compares with.",
}
RULES = ("hard", "hard-covered", "soft")
_DECODED = (*RULES, "soft-diffused", "graph", "soft-chosen", "graph-chosen")  # by the model itself


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
    def is_the_articles_data(self) -> bool:
        """Whether the run was made on the data set of the article."""
        return self.summary["data"]["name"] == THE_ARTICLES_DATA


def read_results(folder: str | Path) -> Results:
    """Read the results below `folder`, a run's ``results`` or a directory on record."""
    folder = Path(folder)
    chapters = {path.stem: _json(path) for path in sorted(folder.glob("[0-9][0-9]_*.json"))}
    supervision = pd.read_csv(folder / "supervision.csv")
    others = {
        path.stem.removeprefix("supervision_"): pd.read_csv(path)
        for path in sorted(folder.glob("supervision_*.csv"))
    }
    return Results(_json(folder / "summary.json"), chapters, supervision, others)


def _json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def notice(results: Results) -> str:
    """Return a box, in HTML, that says of a build on other data what it is not."""
    if results.is_the_articles_data:
        return ""
    name = html.escape(results.summary["data"]["name"])
    return (
        '<div class="admonition important"><p class="admonition-title">This build is not made from'
        " EMNIST Letters</p><p>The article's experiment uses EMNIST Letters. The figures of this"
        f" build were measured on <strong>{name}</strong> and must not be compared with the"
        " article's. Nothing on record in this book has been measured on EMNIST Letters, which has"
        " to be downloaded: <code>make paper PROFILE=emnist</code> does that and builds this book"
        " from it.</p></div>"
    )


def records(folder: str | Path) -> list[Results]:
    """Read every result on record below `folder`, by name."""
    return [read_results(path.parent) for path in sorted(Path(folder).glob("*/summary.json"))]


def heading(results: Results) -> str:
    """Return a heading and a sentence, in Markdown, that say what a result on record is of."""
    data = results.summary["data"]
    other = "" if results.is_the_articles_data else "not "
    return (
        f"## {data['name']}\n\nMeasured on `{data['name']}` ({data['n_images']:,} images,"
        f" {data['n_classes']} classes), which is {other}EMNIST Letters, by\n\n"
        f"```bash\n{command(results)}\n```\n"
    )


def setting_heading(setting: str, table: pd.DataFrame) -> str:
    """Return in Markdown what ``supervision_<setting>.csv`` holds, how made, over which seeds."""
    models = table["model_seed"].nunique()
    differing: dict[str, Any] = {"inductive": True} if setting == "inductive" else {}
    differing["methods"] = list(dict.fromkeys(table["method"]))
    differing["budgets"] = sorted({int(n) for n in table["n_labels"]})
    differing["label_seeds"] = sorted({int(seed) for seed in table["label_seed"]})
    settings = shlex.join(_settings(differing))
    return (
        f"**{OTHER_SETTINGS.get(setting, setting)}** Means over {table['label_seed'].nunique()}"
        f" draws of labels{f' and {models} model(s)' if models else ''}. To the command above"
        f" it adds\n\n```bash\n{settings}\n```\n"
    )


def command(results: Results) -> str:
    """Return the command that makes a run again."""
    profile = results.summary["profile"]
    words = ["gmvae", "paper", "--profile", profile["name"]]
    return shlex.join([*words, *_settings(profile["settings"])])


def _settings(values: Mapping[str, Any]) -> list[str]:
    words = []
    for name, value in values.items():
        text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        words += ["--set", f"{name}={text}"]
    return words


def mean_accuracies(supervision: pd.DataFrame) -> pd.DataFrame:
    """Return means over all seeds, a row per budget and a column per method, NaN if not run."""
    return supervision.groupby(["n_labels", "method"])["accuracy"].mean().unstack()


def competitors(means: pd.DataFrame) -> pd.DataFrame:
    """Return of a table with a column per method those that do not decode the model."""
    return means.drop(columns=list(_DECODED), errors="ignore")


def accuracy_table(supervision: pd.DataFrame) -> pd.DataFrame:
    """Return mean accuracies, a row per method and a column per number of labels.

    Parameters
    ----------
    supervision : DataFrame
        With columns `method`, `n_labels` and `accuracy`.

    Returns
    -------
    DataFrame
        Empty texts stand for budgets at which a method was not run.
    """
    means = mean_accuracies(supervision).T
    order = list(dict.fromkeys(supervision["method"]))
    table = means.loc[order].map(lambda value: "" if pd.isna(value) else f"{value:.3f}")
    table.index.name = "method"
    table.columns = [f"{n:,} labels" for n in table.columns]
    return table


def _label_seeds(configuration: Mapping[str, Any]) -> str:
    seeds = _listed(configuration["label_seeds"])
    fewer = configuration.get("competitor_label_seeds")
    return f"{seeds}; {_listed(fewer)} for methods without a model" if fewer else seeds


def made_from(results: Results) -> str:
    """Return a table, in HTML, of what a run was made from."""
    summary = results.summary
    configuration, data = summary["configuration"], summary["data"]
    rows = {
        "data set": data["name"],
        "images N": f"{data['n_images']:,}",
        "classes L": data["n_classes"],
        "components K": configuration["n_components"],
        "latent dimensions D": configuration["latent_dim"],
        "model seeds": _listed(configuration["model_seeds"]),
        "label seeds": _label_seeds(configuration),
        "training": f"{summary['training_seconds']:.0f} s, {configuration['epochs']} epochs"
        f"{which_model(results)}",
        "chapters": ", ".join(
            f"{name.replace('_', ' ')} {seconds:.0f} s"
            for name, seconds in summary["seconds"].items()
        ),
        **_dearest_cells(results.chapters),
        "machine": f"{summary['machine']['processor']}, {summary['machine']['cores']} cores",
        "versions": ", ".join(
            f"{name} {summary['versions'][name]}"
            for name in ("gmvae", "python", "torch", "scikit-learn", "xgboost")
        ),
        "finished": summary["date"],
        "data fingerprint": f"{data['fingerprint'][:16]}…",
    }
    frame = pd.DataFrame({"this run": [str(value) for value in rows.values()]}, index=list(rows))
    with pd.option_context("display.max_colwidth", None):  # else long cells are cut
        return frame.to_html(header=False, border=0)


def _dearest_cells(chapters: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the row of the cells of chapter 05 that took longest; none of older records."""
    cells = chapters.get("05_supervision", {}).get("dearest_cells", [])
    told = ", ".join(
        f"{cell['method']} with {cell['n_labels']:,} labels {cell['seconds']:.1f} s"
        f" ({cell['n_cells']} cells)"
        for cell in cells
    )
    return {"dearest of chapter 05": told} if told else {}


def _listed(seeds: list[int]) -> str:
    return ", ".join(map(str, seeds))


def conclusions(results: Results) -> list[str]:
    """Say in sentences what the numbers of a run show, whichever way they fall."""
    accuracy = results.supervision.groupby(["method", "n_labels"])["accuracy"].mean()
    means = {name: accuracy[name] for name in accuracy.index.unique("method")}
    rules = [set(means[rule].index) if rule in means else set() for rule in RULES]
    shared = set.intersection(*rules)  # budgets at which all rules were run
    if not shared:
        return ["This run leaves out one of the decoding rules, so it cannot compare them."]
    return [
        _gap_sentence(means, int(min(shared))),
        _gap_sentence(means, int(max(shared))),
        *_baseline_sentences(means),
        *_strongest_sentences(means),
        f"If every component had its right name, {results.summary['purity']:.1%} of the images"
        f" would be right{which_model(results)}: a ceiling for rules that give each component one"
        " name.",
    ]


def which_model(results: Results) -> str:
    """Say which model a number is of that is not a mean over models, if there are several."""
    configuration = results.summary["configuration"]
    several = len(configuration["model_seeds"]) > 1
    return f" (model seed {configuration['model_seed']})" if several else ""


def means_near(results: Results, n_labels: int) -> tuple[int, dict[str, float]]:
    """Return the budget nearest to `n_labels` and the decoding rules' mean accuracies there.

    Only budgets count at which every rule was run; a rule that was left out is not in the result.
    """
    means = mean_accuracies(results.supervision)
    rules = means[[rule for rule in RULES if rule in means]].dropna()
    n = min(rules.index, key=lambda budget: abs(budget - n_labels))
    return int(n), rules.loc[n].to_dict()


def _strongest_sentences(means: dict[str, pd.Series]) -> list[str]:
    """Name the best competitor at soft decoding's smallest and largest budget."""
    others = competitors(pd.DataFrame(means)).dropna(how="all")  # budgets that one was run at
    at = [n for n in means["soft"].index if n in others.index]
    return [
        f"At {n:,} labels the strongest competitor is {others.loc[n].idxmax()} with"
        f" {others.loc[n].max():.1%}, against {means['soft'][n]:.1%} by soft decoding."
        for n in sorted({min(at), max(at)} if at else set())
    ]


def _gap_sentence(means: dict[str, pd.Series], n_labels: int) -> str:
    hard, covered, soft = (means[rule][n_labels] for rule in RULES)
    by_rule = 100 * (covered - hard)
    return (
        f"With {n_labels:,} random labels soft decoding reaches {soft:.1%}. That is"
        f" {_points(soft - hard)} than the published hard rule, of which {by_rule:.1f}"
        " points are the rule for components without a label, and"
        f" {_points(soft - covered)} than the hard rule over components that have one."
    )


def _points(difference: float) -> str:
    word = "more" if difference >= 0 else "fewer"
    return f"{abs(100 * difference):.1f} percentage points {word}"


def _baseline_sentences(means: dict[str, pd.Series]) -> list[str]:
    supervised = [m for m in ("logistic-regression", "mlp", "xgboost") if m in means]
    sentences = []
    for method in supervised:
        shared = means["soft"].index.intersection(means[method].index)
        if shared.empty:
            continue
        ahead = [int(n) for n in shared if means[method][n] >= means["soft"][n]]
        sentences.append(
            f"{method} on pixels overtakes soft decoding at {min(ahead):,} labels."
            if ahead
            else f"{method} on pixels stays below soft decoding up to {int(max(shared)):,} labels,"
            " the most it was given here."
        )
    return sentences
