"""Results on record: the small files of a full run, kept with the project."""

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gmvae.checks import one_of
from gmvae.errors import InputError
from gmvae.files import PROJECT, atomic_folder, atomic_path, restore_folders, write_json, write_text
from gmvae.pages.command import command
from gmvae.pages.conclusions import conclusions
from gmvae.pages.costs_on_record import cost_sentences, costs_on_record, read_costs
from gmvae.pages.escape import code_block, escape
from gmvae.pages.finding import finding
from gmvae.pages.made_from import made_from
from gmvae.pages.method_names import WORDS
from gmvae.pages.other_settings import OF_THEIR_OWN, SWITCHES
from gmvae.pages.results import (
    RULES,
    Results,
    accuracy_table,
    heading,
    mean_accuracies,
    on_shared_draws,
    read_results,
    records,
)
from gmvae.paper.chapter import check_checkout

RECORD = PROJECT / "book" / "record"
README = PROJECT / "README.md"
LARGEST = 500_000  # bytes; a record is small enough to be reviewed and cloned
_LONGEST = 60  # characters in the name of a folder
_KEPT = r"[^.].*\.(json|csv)"  # not the temporary files of a run that was killed
_START = "<!-- results on record: written by `gmvae record` -->\n"
_N_LABELS = 291  # the article's, where a record does not say
_END = "<!-- end of results on record -->"


def put_on_record(run_dir: Path, record: Path = RECORD) -> Path:
    """Copy the results of a finished run to ``book/record/<data set>``, all of them or none.

    Raises
    ------
    InputError
        If `run_dir` holds no finished run, a file is too large for a record or damaged, the run
        lacks a decoding rule, or the place is taken by the record of other data.
    FailedError
        If the disk is full; the record is as it was then.
    """
    results = run_dir / "results"
    if not (results / "supervision.csv").is_file() or not (results / "summary.json").is_file():
        raise InputError(
            f"{run_dir} holds no finished run: `gmvae paper --out {shlex.quote(str(run_dir))}`"
            " makes it."
        )
    _check_record(record)
    check_whole(run_dir, read_results(results))
    files = [path for path in sorted(results.iterdir()) if re.fullmatch(_KEPT, path.name)]
    too_large = [path.name for path in files if path.stat().st_size > LARGEST]
    if too_large:
        raise InputError(f"{too_large[0]} is over {LARGEST:,} bytes, too large for a record.")
    _check_complete(results)
    summary = _without_folders(read_results(results).summary)
    restore_folders(record)  # of a command that was killed
    target = record / folder_name(summary["data"]["name"])
    _check_place(target, summary)
    with atomic_folder(target) as folder:
        for path in files:
            if path.name != "summary.json":
                shutil.copyfile(path, folder / path.name)
        for path in _of_other_runs(target):
            shutil.copyfile(path, folder / path.name)
        write_json(folder / "summary.json", summary)  # without this machine's folders
    _renew_readme(record)
    return target


def check_whole(run_dir: Path, results: Results) -> None:
    """Check that a run has come to its end.

    Raises
    ------
    InputError
        If it was stopped before; runs that are older do not say.
    """
    if not results.summary.get("complete", True):
        raise InputError(
            f"{run_dir} was stopped before its end, so results of other parameters may be among"
            f" these: `gmvae paper --out {shlex.quote(str(run_dir))}`, with its settings, ends it."
        )


def put_setting_on_record(run_dir: Path, setting: str, record: Path = RECORD) -> Path:
    """Copy chapter 05's table of a run under other settings beside the record of the same data.

    Parameters
    ----------
    run_dir : Path
    setting : str
        A name in :data:`gmvae.pages.other_settings.OF_THEIR_OWN`.
    record : Path
        The folder of the results on record.

    Raises
    ------
    InputError
        If the run was not made under that setting, or its data have no record.
    """
    _check_record(record)
    one_of("--setting", setting, OF_THEIR_OWN)
    run = read_results(run_dir / "results")
    target = record / folder_name(run.summary["data"]["name"])
    if not target.exists():
        raise InputError(f"{target.name} has no results on record that these could stand beside.")
    made, own = run.summary["configuration"], read_results(target).summary["configuration"]
    switches = SWITCHES.get(setting, {})
    for name in (name for others in SWITCHES.values() for name in others):
        value = switches.get(name, own.get(name))
        if made.get(name) != value:
            raise InputError(
                f"{run_dir} was made with {name}={made.get(name)}; setting {setting} means"
                f" {name}={value}."
            )
    _check_place(target, run.summary)
    path = target / f"supervision_{setting}.csv"
    with atomic_path(path) as temporary:
        shutil.copyfile(run_dir / "results" / "supervision.csv", temporary)
    _renew_readme(record)
    return path


def _of_other_runs(target: Path) -> list[Path]:
    """Return the tables in a record that runs of their own have made, which a new run leaves."""
    paths = [target / f"supervision_{setting}.csv" for setting in OF_THEIR_OWN]
    return [path for path in paths if path.is_file()]


def folder_name(data_set: str) -> str:
    """Return the name of a record's folder for a data set: never a path, hidden, or ``costs``."""
    name = re.sub(r"[^\w.-]+", "_", data_set)[:_LONGEST].strip("._") or "unnamed"
    return f"{name}_data" if name == "costs" else name


def _check_record(record: Path) -> None:
    """Refuse where the README could not be renewed: in a wheel, or with a damaged record."""
    if record == RECORD:
        check_checkout()
        with_results(README.read_text(encoding="utf-8"), record)


def _check_complete(results: Path) -> None:
    """Refuse results that the README or the page of records could not show."""
    read = read_results(results)
    missing = [rule for rule in RULES if rule not in set(read.supervision.get("method", ()))]
    if missing:
        raise InputError(
            f"{results.parent} was made without {missing[0]}, which a record shows: add it to the"
            " parameter methods."
        )
    try:
        _table([read])
        for show in (heading, made_from, conclusions):
            show(read)
        accuracy_table(read.supervision)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"{results} cannot be put on record: {type(error).__name__} {error} in its summary.json"
            " or supervision.csv."
        ) from error


def _check_place(target: Path, summary: dict[str, Any]) -> None:
    """Refuse to replace the record of other data."""
    if not target.exists():
        return
    there = read_results(target).summary.get("data", {}).get("fingerprint")
    if there != summary["data"]["fingerprint"]:
        raise InputError(
            f"{target} is the record of other data of the same name: give the data file or folder a"
            " name of its own and run it again, or remove that record first."
        )


def put_bench_on_record(path: Path, record: Path = RECORD) -> Path:
    """Copy what ``gmvae bench`` or ``growth`` wrote to ``book/record/costs``.

    Raises
    ------
    InputError
        If `path` is not such a file.
    """
    _check_record(record)
    figures = read_costs(path)
    target = record / "costs" / f"{path.stem}.json"
    write_json(target, figures)
    _renew_readme(record)
    return target


def _renew_readme(record: Path) -> None:
    """Write the README's table anew; only the project's own record has one."""
    if record == RECORD:
        write_text(README, with_results(README.read_text(encoding="utf-8"), record))


def with_results(readme: str, record: Path = RECORD) -> str:
    """Return the text of the README with its table made anew from the results on record."""
    before, _, rest = readme.partition(_START)
    after = rest.partition(_END)[2]
    shown = [results for results in records(record) if not results.is_ground_of_the_settings]
    costs = costs_on_record(record / "costs")
    found = [f"\n{_finding(results)}\n" for results in shown]
    cheaper = [f"\n{cost_sentences(figures)}\n" for figures in costs if "times_cheaper" in figures]
    if len(cheaper) > 1:  # of one description, perhaps
        cheaper.insert(0, f"\n{len(cheaper)} machines were measured, and their factors differ.\n")
    told = "".join([*found, "\n", _table(shown), *cheaper])
    return before + _START + told + _END + after


def _finding(results: Results) -> str:
    """Return what a result on record found, at the budget that its chapter 04 looks at."""
    return finding(results, results.chapters.get("04_decoding", {}).get("n_labels", _N_LABELS))


def _table(on_record: list[Results]) -> str:
    shown = (*RULES, "graph")
    best = "most accurate without the model (soft decoding, same draws)"
    lines = [
        f"| data | images | labels | {' | '.join(WORDS[name] for name in shown)} | {best} |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for results in on_record:
        means = mean_accuracies(results.supervision)
        for n_labels, row in means.iterrows():
            told = [row.get(name, np.nan) for name in shown]
            cells = ["" if pd.isna(mean) else f"{mean:.3f}" for mean in told]
            cells.append(_best_of_the_others(on_shared_draws(results.all_draws, int(n_labels))))
            data = results.summary["data"]
            columns = [escape(data["name"]), f"{data['n_images']:,}", str(n_labels), *cells]
            lines.append(f"| {' | '.join(columns)} |")
    commands = [".venv/bin/" + command(results.summary) for results in on_record]
    return "\n".join([*lines, "", code_block("\n".join(commands)), ""])


def _best_of_the_others(compared: pd.DataFrame) -> str:
    """Return the most accurate competitor, and soft decoding on the draws that both have."""
    if compared.empty:
        return ""
    best = compared.iloc[0]
    return f"{best['theirs']:.3f} {WORDS.get(str(best.name), best.name)} ({best['soft']:.3f})"


def _without_folders(summary: dict[str, Any]) -> dict[str, Any]:
    """Keep the data file's name and drop where it was on the machine of the run."""
    for parameters in (summary["configuration"], summary["profile"]["settings"]):
        if "dataset" in parameters:
            parameters["dataset"] = Path(parameters["dataset"]).name
    return summary
