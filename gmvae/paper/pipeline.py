"""The article from end to end: chapters in order with papermill, then the book."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import nbformat

from gmvae.checks import named, together, whole
from gmvae.data.dataset import Dataset, check_labelled
from gmvae.data.sources import load_dataset
from gmvae.errors import FailedError, InputError
from gmvae.files import atomic_path
from gmvae.paper.book import build_book
from gmvae.paper.chapter import Chapter, load_chapters
from gmvae.paper.order import at_once, run_chapters
from gmvae.paper.pdf import check_chromium, print_book
from gmvae.paper.summary import write_summary
from gmvae.paper.warm_kernels import environment
from gmvae.runs.directory import check_apart, check_same_data
from gmvae.runs.lock import end_kernels, kernel_manager, locked
from gmvae.runs.parameters import PLACES
from gmvae.runs.profiles import Profile, fit_budgets, fit_methods, fit_sizes, load_profile


class ChapterError(FailedError):
    """A chapter failed; the message has its cell's error and where the notebook is."""


def make_paper(
    profile: str = "digits",
    settings: dict[str, Any] | None = None,
    out: Path | None = None,
    force: bool = False,
    book: bool = True,
    pdf: bool = False,
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
    pdf : bool
        Print the book after that, see :mod:`gmvae.paper.pdf`.

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
    if pdf:
        check_chromium()
    chapters = load_chapters()
    known = frozenset().union(*(chapter.parameters for chapter in chapters))
    chosen = load_profile(profile, settings or {}, known)
    dataset = load_dataset(chosen.values["dataset"])
    tell_remarks(dataset)
    chosen = replace(chosen, values=_validated(chosen, dataset))
    run_dir = default_run_dir(chosen, settings or {}) if out is None else out
    check_apart(run_dir, dataset, chosen.values["dataset"])
    os.environ.update(environment())  # read when a kernel starts, here or while the book is built
    with locked(run_dir) as lock:
        check_same_data(run_dir, dataset)
        values, data = chosen.values, dataset.fingerprint
        complete = not force and all(
            chapter.is_current(run_dir, chapter.stamp(run_dir, values, data))
            for chapter in chapters
        )
        write_summary(run_dir, chosen, dataset, chapters, complete)
        managers: list[Any] = []
        manager = kernel_manager(lock, managers)

        def run(chapter: Chapter) -> None:
            _bring_up_to_date(chapter, run_dir, values, data, force, manager)

        if complete:  # every file has just been looked at
            for chapter in chapters:
                _tell(_up_to_date(chapter))
        else:
            n = at_once(values["n_jobs"], len(dataset))
            run_chapters(chapters, run, n, partial(end_kernels, managers))
            write_summary(run_dir, chosen, dataset, chapters, complete=True)
        if not book:
            print(f"The results are in {run_dir / 'results'}")
            return run_dir
        index = build_book(run_dir, chapters)
        if pdf:
            printed = run_dir / "book" / "book.pdf"  # goes with the book that it was printed from
            print_book(index.parent, printed)
            print(f"The PDF is at {printed}")
        return index


def default_run_dir(profile: Profile, settings: dict[str, Any]) -> Path:
    """Return ``runs/<profile>``, or ``runs/<stem>`` where `settings` name the data set."""
    if "dataset" not in settings:
        return Path("runs") / profile.name
    path = Path(str(settings["dataset"]))
    if path.name in ("", ".."):  # `.`, `/` or `folder/..`, whose last part is no name
        path = path.resolve()
    return Path("runs") / (path.stem or profile.name)


def tell_remarks(dataset: Dataset) -> None:
    """Print what is allowed in the data, and seldom meant."""
    for remark in dataset.remarks:
        print(f"Note: {remark}")


def _validated(profile: Profile, dataset: Dataset) -> dict[str, Any]:
    """Check the parameters against the data, before anything is written."""
    from gmvae.baselines.registry import METHODS

    check_labelled(dataset, profile.values["dataset"])
    half = f", half of the {len(dataset)} images"
    (budgets, dropped), _ = together(
        partial(fit_budgets, profile, len(dataset)),
        partial(whole, "n_labels", profile.values["n_labels"], 2, len(dataset) // 2, half),
    )
    if dropped:
        print(f"Dropped budgets above half of the {len(dataset)} images: {dropped}.")
    own_caps = {name: method.most_labels for name, method in METHODS.items()}
    methods, idle = fit_methods(profile, budgets, own_caps)
    if idle:
        print(f"Dropped methods that are capped below every budget: {', '.join(idle)}.")
    sizes, unfit = fit_sizes(profile, len(dataset))
    if unfit:
        print(f"Dropped sizes that chapter 08 cannot compare: {', '.join(map(str, unfit))}.")
    fitted = {"budgets": budgets, "methods": methods, "sweep_components": sizes}
    values = {**profile.values, **fitted}
    together(*_checks_of_stages(values, dataset))
    return values


def _checks_of_stages(values: dict[str, Any], dataset: Dataset) -> list[Callable[[], Any]]:
    """Return what asks the stages behind the chapters for all that they would refuse later."""
    from gmvae.chapters.factorisations import check_comparison
    from gmvae.coverage.clusters import as_clusters
    from gmvae.experiments.execution import Execution
    from gmvae.experiments.models import checked_config
    from gmvae.experiments.sweep import Sweep, check_sweep

    names = ("label_seeds", "methods", "max_labels", "competitor_label_seeds")
    settings = {name: values[name] for name in names}
    sweep = Sweep([values["n_labels"], *values["budgets"]], **settings)
    execution = Execution(values["n_jobs"], values["backend"], values["scheduler"])
    checks: list[Callable[[], Any]] = [
        partial(check_sweep, sweep, dataset.labels, dataset.split),
        execution.check,
        partial(checked_config, values, dataset.images),
        partial(check_comparison, values, len(dataset)),
    ]
    if values["stratified"]:  # chapter 05 draws so, too
        drawn = replace(sweep, stratified=True)
        checks.append(partial(check_sweep, drawn, dataset.labels, dataset.split))
    if values["inductive"]:
        inductive = replace(sweep, budgets=values["budgets"], inductive=True)
        checks.append(partial(_check_inductive, values, dataset, inductive))
    if values["population"] is not None:  # else the number of images, which is checked already
        checks.append(partial(as_clusters, values["n_components"], values["population"]))
    if values["weights"] is not None:
        checks.append(partial(as_clusters, values["weights"]))
    if values["umap"]:
        from gmvae.chapters.diagnostics import umap_class

        checks.append(umap_class)
    return checks


def _check_inductive(values: dict[str, Any], dataset: Dataset, sweep: Any) -> None:
    """Refuse what models of the training split alone could not do."""
    from gmvae.experiments.sweep import check_sweep

    n_training = int((dataset.split == 0).sum())
    if n_training in (0, len(dataset)):
        raise InputError(
            f"inductive needs images to train on and others to score; {named(dataset.name)} has"
            f" {n_training} in its training split and {len(dataset) - n_training} in its test"
            " split."
        )
    because = ", the images of the training split, on which inductive trains"
    together(
        partial(whole, "n_components", values["n_components"], 1, n_training, because),
        partial(check_sweep, sweep, dataset.labels, dataset.split),
    )


def _bring_up_to_date(
    chapter: Chapter,
    run_dir: Path,
    values: dict[str, Any],
    fingerprint: str,
    force: bool,
    manager: type[Any],
) -> None:
    stamp = chapter.stamp(run_dir, values, fingerprint)
    if not force and chapter.is_current(run_dir, stamp):
        _tell(_up_to_date(chapter))
        return
    _tell(f"{chapter.name}: running")
    start, before = time.perf_counter(), chapter.shown(run_dir)
    _execute(chapter, run_dir, values, manager)
    seconds = time.perf_counter() - start
    after = chapter.shown(run_dir)
    for path in before.keys() & after.keys():
        if before[path] == after[path]:  # of earlier parameters, and no result of these
            path.unlink()
    chapter.record(run_dir, stamp, seconds, datetime.now(UTC).isoformat(timespec="seconds"))
    _tell(f"{chapter.name}: done in {seconds:.1f} s")


def _up_to_date(chapter: Chapter) -> str:
    return f"{chapter.name}: up to date"


def _tell(line: str) -> None:
    """Print a line, in a terminal in place of the progress bar of another chapter."""
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    print(line, flush=True)


def _execute(chapter: Chapter, run_dir: Path, values: dict[str, Any], manager: type[Any]) -> None:
    """Run the notebook; what is half-executed keeps a name of its own."""
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    target = chapter.executed(run_dir)
    partial = target.with_suffix(".partial.ipynb")
    partial.parent.mkdir(parents=True, exist_ok=True)
    # a whole path is found again when the notebook is made ready for readers
    places = dict.fromkeys(PLACES, str(run_dir.resolve()))
    available = {**values, **places}
    own = {name: available[name] for name in sorted(chapter.declared) if name in available}
    try:
        papermill.execute_notebook(
            str(chapter.path),
            str(partial),
            parameters=own,
            kernel_name="python3",
            kernel_manager_class=manager,
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
