"""Results on record: the small files of a full run, kept with the project."""

import json
import shutil
from pathlib import Path
from typing import Any

from gmvae.errors import InputError
from gmvae.files import PROJECT, atomic_path, write_json, write_text
from gmvae.pages.costs_on_record import cost_section, cost_sentences, costs_on_record
from gmvae.pages.results import RULES, Results, command, competitors, mean_accuracies, records

RECORD = PROJECT / "book" / "record"
README = PROJECT / "README.md"
LARGEST = 500_000  # bytes; a record is small enough to be reviewed and cloned
_START = "<!-- results on record: written by `gmvae record` -->\n"
_END = "<!-- end of results on record -->"


def put_on_record(run_dir: Path, record: Path = RECORD) -> Path:
    """Copy the results of a finished run to ``book/record/<data set>``.

    Raises
    ------
    InputError
        If `run_dir` holds no finished run, or a file is too large for a record.
    """
    results = run_dir / "results"
    if not (results / "supervision.csv").is_file() or not (results / "summary.json").is_file():
        raise InputError(
            f"{run_dir} holds no finished run: `gmvae paper --out {run_dir}` makes it."
        )
    files = sorted([*results.glob("*.json"), *results.glob("*.csv")])
    too_large = [path.name for path in files if path.stat().st_size > LARGEST]
    if too_large:
        raise InputError(f"{too_large[0]} is over {LARGEST:,} bytes, too large for a record.")
    summary = _without_folders(json.loads((results / "summary.json").read_text(encoding="utf-8")))
    target = record / summary["data"]["name"]
    for path in files:
        if path.name == "summary.json":
            continue  # written below, without this machine's folders
        with atomic_path(target / path.name) as temporary:
            shutil.copyfile(path, temporary)
    write_json(target / "summary.json", summary)
    _renew_readme(record)
    return target


def put_bench_on_record(path: Path, record: Path = RECORD) -> Path:
    """Copy what ``gmvae bench``, ``growth`` or ``race`` wrote to ``book/record/costs``.

    Raises
    ------
    InputError
        If `path` is not such a file.
    """
    try:
        figures = json.loads(path.read_text(encoding="utf-8"))
        cost_section(figures)
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"{path} is no file that `gmvae bench --out` has written.") from None
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
    costs = costs_on_record(record / "costs")
    cheaper = [f"\n{cost_sentences(figures)}\n" for figures in costs if "times_cheaper" in figures]
    return before + _START + _table(records(record)) + "".join(cheaper) + _END + after


def _table(on_record: list[Results]) -> str:
    lines = [
        "| data | labels | hard | hard, covered | soft | best of the others |",
        "|---|---|---|---|---|---|",
    ]
    for results in on_record:
        means = mean_accuracies(results.supervision)
        for n_labels, row in means.iterrows():
            cells = [f"{row[rule]:.3f}" for rule in RULES]
            others = competitors(means).loc[n_labels].dropna()
            cells.append("" if others.empty else f"{others.max():.3f} {others.idxmax()}")
            columns = [results.summary["data"]["name"], str(n_labels), *cells]
            lines.append(f"| {' | '.join(columns)} |")
    commands = [".venv/bin/" + command(results) for results in on_record]
    return "\n".join([*lines, "", "```bash", *commands, "```", ""])


def _without_folders(summary: dict[str, Any]) -> dict[str, Any]:
    """Keep the data file's name and drop where it was on the machine of the run."""
    for parameters in (summary["configuration"], summary["profile"]["settings"]):
        if "dataset" in parameters:
            parameters["dataset"] = Path(parameters["dataset"]).name
    return summary
