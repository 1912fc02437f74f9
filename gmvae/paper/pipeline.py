"""The article from end to end: chapters in order with papermill, then the book."""

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat

from gmvae.checks import whole
from gmvae.data.dataset import Dataset
from gmvae.data.sources import load_dataset
from gmvae.errors import FailedError, InputError
from gmvae.files import atomic_path
from gmvae.paper.book import build_book
from gmvae.paper.chapter import Chapter, load_chapters
from gmvae.paper.summary import write_summary
from gmvae.runs.directory import check_same_data
from gmvae.runs.lock import kernel_manager, locked
from gmvae.runs.parameters import Profile, check_parameters, fit_budgets, load_profile


class ChapterError(FailedError):
    """A chapter failed; the message has its cell's error and where the notebook is."""


def make_paper(
    profile: str = "digits",
    settings: dict[str, Any] | None = None,
    out: Path | None = None,
    force: bool = False,
    book: bool = True,
) -> Path:
    """Run every chapter that is not up to date and build the book.

    Parameters
    ----------
    profile : str
        A name under ``notebooks/profiles`` or the path of a YAML file.
    settings : dict, optional
        Parameters that override the profile's.
    out : Path, optional
        The run directory; by default ``runs/<profile>``, or ``runs/<data set's stem>`` where
        `settings` name another data set.
    force : bool
        Run every chapter, up to date or not.
    book : bool
        Build the book after the chapters.

    Returns
    -------
    Path
        The book's first page, or the run directory without `book`.

    Raises
    ------
    InputError
        If a parameter, the data or `out` cannot be used; nothing has been written then.
    ChapterError
        If a chapter failed.
    BookError
        If the book was not built.
    """
    chapters = load_chapters()
    known = frozenset().union(*(chapter.parameters for chapter in chapters))
    check_parameters(settings or {}, known)
    chosen = load_profile(profile, settings or {})
    dataset = load_dataset(chosen.values["dataset"])
    chosen = replace(chosen, values=_validated(chosen, dataset))
    run_dir = default_run_dir(chosen, settings or {}) if out is None else out
    with locked(run_dir) as lock:
        check_same_data(run_dir, dataset)
        write_summary(run_dir, chosen, dataset, chapters)
        for chapter in chapters:
            _bring_up_to_date(chapter, run_dir, chosen.values, dataset.fingerprint, force, lock)
        write_summary(run_dir, chosen, dataset, chapters)
        return build_book(run_dir, chapters) if book else run_dir


def default_run_dir(profile: Profile, settings: dict[str, Any]) -> Path:
    """Return ``runs/<profile>``, or ``runs/<stem>`` where `settings` name the data set."""
    if "dataset" not in settings:
        return Path("runs") / profile.name
    path = Path(str(settings["dataset"]))
    if path.name in ("", ".."):  # `.`, `/` or `folder/..`, whose last part is no name
        path = path.resolve()
    return Path("runs") / (path.stem or profile.name)


def _validated(profile: Profile, dataset: Dataset) -> dict[str, Any]:
    """Check the parameters against the data, before anything is written."""
    if not dataset.labelled:
        raise InputError(
            f"dataset={profile.values['dataset']} has images without a label, which the article"
            " needs for scoring: `gmvae train` fits a model to such images."
        )
    budgets, dropped = fit_budgets(profile, len(dataset))
    if dropped:
        print(f"Dropped budgets above half of the {len(dataset)} images: {dropped}.")
    values = {**profile.values, "budgets": budgets}
    half = f", half of the {len(dataset)} images"
    whole("n_labels", values["n_labels"], 2, len(dataset) // 2, half)
    _check_stages(values, dataset)
    return values


def _check_stages(values: dict[str, Any], dataset: Dataset) -> None:
    """Ask the stages behind the chapters what they would refuse later."""
    from gmvae.chapters.factorisations import check_comparison
    from gmvae.coverage.clusters import as_clusters
    from gmvae.experiments.execution import Execution
    from gmvae.experiments.models import checked_config
    from gmvae.experiments.sweep import Sweep, check_sweep

    budgets = [values["n_labels"], *values["budgets"]]
    names = ("label_seeds", "methods", "max_labels", "competitor_label_seeds")
    sweep = Sweep(budgets, **{name: values[name] for name in names})
    check_sweep(sweep, dataset.labels, dataset.split)
    Execution(values["n_jobs"], values["backend"], values["scheduler"]).check()
    checked_config(values, dataset.images)
    as_clusters(values["n_components"], values["population"] or len(dataset))
    if values["weights"] is not None:
        as_clusters(values["weights"])
    check_comparison(values, len(dataset))
    if values["umap"]:
        from gmvae.chapters.diagnostics import umap_class

        umap_class()


def _bring_up_to_date(
    chapter: Chapter,
    run_dir: Path,
    values: dict[str, Any],
    fingerprint: str,
    force: bool,
    lock: int,
) -> None:
    stamp = chapter.stamp(run_dir, values, fingerprint)
    if not force and chapter.is_current(run_dir, stamp):
        print(f"{chapter.name}: up to date")
        return
    print(f"{chapter.name}: running", flush=True)
    start = time.perf_counter()
    _execute(chapter, run_dir, values, lock)
    seconds = time.perf_counter() - start
    chapter.record(run_dir, stamp, seconds, datetime.now(UTC).isoformat(timespec="seconds"))
    print(f"{chapter.name}: done in {seconds:.1f} s", flush=True)


def _execute(chapter: Chapter, run_dir: Path, values: dict[str, Any], lock: int) -> None:
    """Run the notebook; what is half-executed keeps a name of its own."""
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    target = chapter.executed(run_dir)
    partial = target.with_suffix(".partial.ipynb")
    partial.parent.mkdir(parents=True, exist_ok=True)
    places = {"run_dir": str(run_dir), "out_dir": str(run_dir)}
    available = {**values, **places}
    own = {name: available[name] for name in sorted(chapter.declared) if name in available}
    try:
        papermill.execute_notebook(
            str(chapter.path),
            str(partial),
            parameters=own,
            kernel_name="python3",
            kernel_manager_class=kernel_manager(lock),
            progress_bar=False,
            stderr_file=sys.stderr,  # the training's own progress bar
            extra_arguments=["--log-level=ERROR"],  # the kernel's; it warns of its transport
        )
    except PapermillExecutionError as error:
        cell = error.exec_count if error.exec_count is not None else "?"
        raise ChapterError(
            f"{chapter.name} failed in cell [{cell}]: {error.ename}: {error.evalue}\n"
            f"The half-executed notebook is {partial}."
        ) from None
    except DeadKernelError:
        raise ChapterError(
            f"{chapter.name} failed: its kernel died, which most often means that memory ran out.\n"
            f"The half-executed notebook is {partial}."
        ) from None
    with atomic_path(target) as temporary:
        nbformat.write(_without_streams(nbformat.read(partial, as_version=4)), temporary)
    partial.unlink()


def _without_streams(notebook: Any) -> Any:
    """Drop progress bars and warnings printed to stderr; results are not printed there."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
    return notebook
