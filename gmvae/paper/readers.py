"""An executed notebook made ready for readers: no set-up, no foreign path, a way to rerun."""

import re
import shlex
from pathlib import Path
from typing import Any

import nbformat

from gmvae.files import PROJECT
from gmvae.pages.escape import escape
from gmvae.pages.results import counted
from gmvae.runs.directory import read_summary

UNEXECUTED = "unexecuted"  # the folder of the notebooks as they stand before a run
OF_THE_ARTICLE = "of-the-article"  # tags a cell whose figure is not of the run's data
_ABSOLUTE = re.compile(r'"(?:/|[A-Za-z]:[\\/])[^"\n]*[\\/]([^"\\/\n]+)"')


def for_readers(notebook: Any, name: str, run_dir: Path) -> Any:
    """Return an executed notebook as the book shows it and offers it.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    name : str
        Stem of the notebook.
    run_dir : Path
        The run it was executed in; ``runs/<its name>`` takes its place in the notebook.
    """
    notebook.metadata.pop("papermill", None)
    data = _data_in_words(run_dir)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        if data and "caption" in figure and OF_THE_ARTICLE not in _tags(cell):
            figure["caption"] += f" {data}"
        if "injected-parameters" in _tags(cell):
            cell.source = _ABSOLUTE.sub(r'"\1"', _without_places(cell.source, run_dir))
            cell.metadata["tags"] = [*_tags(cell), "hide-input"]
    _remove_setup(notebook)
    notebook.cells.append(nbformat.v4.new_markdown_cell(_how_to_run(name, run_dir), id="rerun"))
    text = _without_places(nbformat.writes(notebook), run_dir)
    return nbformat.reads(text, as_version=4)


def _data_in_words(run_dir: Path) -> str:
    """Return what stands below each figure: the data of the run, and how many models it has."""
    if (summary := read_summary(run_dir)) is None:
        return ""
    data, models = summary["data"], len(summary["configuration"]["model_seeds"])
    name, models_ = escape(data["name"]), counted(models, "model")
    return f"Data: {name}, {data['n_images']:,} images; {models_}."


def _without_places(text: str, run_dir: Path) -> str:
    """Say where things are as seen from a checkout, not where they were on this machine."""
    text = _renamed(text, run_dir.resolve(), f"runs/{run_dir.resolve().name}")
    return _renamed(text.replace(f"{PROJECT}/", ""), Path.home(), "~")


def _renamed(text: str, folder: Path, place: str) -> str:
    """Put `place` where `folder` is named, not where another name only begins like it."""
    if folder == Path(folder.anchor):  # as the home of somebody who has none
        return text
    return re.sub(rf"{re.escape(str(folder))}(?![\w.-])", lambda _: place, text)


def _remove_setup(notebook: Any) -> None:
    """Keep the code before a chapter's second piece of prose off the page: it shows nothing."""
    prose = 0
    for cell in notebook.cells:
        prose += cell.cell_type == "markdown"
        if prose > 1:
            return
        if cell.cell_type == "code" and not cell.outputs:
            cell.metadata["tags"] = [*_tags(cell), "remove-cell"]


def _how_to_run(name: str, run_dir: Path) -> str:
    run = shlex.quote(f"runs/{run_dir.resolve().name}")
    return f""":::{{admonition}} Run this chapter yourself
:class: tip run-yourself
Take {{download}}`the notebook before a run <../{UNEXECUTED}/{name}.ipynb>` or
{{download}}`the executed notebook <{name}.ipynb>`, code and parameters included. In a checkout
of the project, `make paper` makes a run and this command reruns the chapter on it:

```bash
.venv/bin/papermill notebooks/{name}.ipynb out.ipynb -p run_dir {run}
```

{{doc}}`../book/reproduce` says more.
:::"""


def _tags(cell: Any) -> list[str]:
    return cell.metadata.get("tags", [])
