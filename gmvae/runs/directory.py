"""A run directory: what a chapter finds there, and what it leaves there."""

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from gmvae.data.dataset import UNLABELLED, Dataset, unlabelled_sentence
from gmvae.data.sources import load_dataset
from gmvae.decoding.posterior import Posterior, load_posterior
from gmvae.errors import InputError
from gmvae.figures.vector import vector
from gmvae.files import atomic_path, expanded, finite, nearest, write_json, write_text
from gmvae.pages.command import command

if TYPE_CHECKING:  # matplotlib takes a second to import
    from IPython.display import SVG
    from matplotlib.figure import Figure


class Run:
    """A run directory that earlier chapters have filled.

    Parameters
    ----------
    run_dir : str or Path
    labelled : bool
        Whether it is needed for scoring, so that each of its images must have a label.

    Raises
    ------
    InputError
        If `run_dir` holds no run, or a damaged one; the sentence names the command that makes it.
        If its images have no labels and are to have some.
    """

    def __init__(self, run_dir: str | Path, labelled: bool = False):
        self.path, self._labelled = Path(run_dir), labelled
        summary = read_summary(self.path)
        if summary is None:
            alone = shlex.join(["gmvae", "train", "--set", "dataset=IMAGES", "--out", str(run_dir)])
            raise InputError(
                f"{self.path} holds no run: {_command(self.path)} makes one, and `{alone}` one of"
                " images without labels."
            )
        self.summary: dict[str, Any] = summary
        if labelled and summary["data"].get("n_classes") == 0:
            n_images = summary["data"]["n_images"]
            raise InputError(
                unlabelled_sentence(summary["configuration"]["dataset"], n_images, n_images)
            )

    @property
    def configuration(self) -> dict[str, Any]:
        """All parameters of the run, by name."""
        return self.summary["configuration"]

    @property
    def model_seed(self) -> int:
        """The model seed whose model and posterior stand at the top of the directory."""
        return self.configuration["model_seed"]

    @property
    def model_seeds(self) -> list[int]:
        """Every model seed the run trains."""
        return self.configuration["model_seeds"]

    def model_dir(self, model_seed: int | None = None) -> Path:
        """Return the directory with ``model.pt`` and ``posterior.npz`` of a model seed."""
        return model_dir(self.path, self.model_seed, model_seed)

    def dataset(self) -> Dataset:
        """Load the data set of the run and check that it still is the same.

        Raises
        ------
        InputError
            If the data cannot be found or are no longer those that the run was made from.
        """
        dataset = load_dataset(self.configuration["dataset"])
        if dataset.fingerprint != self.summary["data"]["fingerprint"]:
            raise InputError(
                f"dataset={self.configuration['dataset']} is no longer the one {self.path} was"
                " made from: make another run of it, in a directory of its own."
            )
        return dataset

    def posterior(self, model_seed: int | None = None) -> Posterior:
        """Load the posterior of a model seed (default: the run's ``model_seed``).

        Raises
        ------
        InputError
            If the run has no such model, or the file is missing or damaged; if an image has no
            label and is to have one.
        """
        if model_seed is not None and model_seed not in {self.model_seed, *self.model_seeds}:
            trained = ", ".join(map(str, self.model_seeds))
            raise InputError(
                f"model_seeds holds {model_seed}; {self.path} has the model seeds {trained}."
            )
        path = self.model_dir(model_seed) / "posterior.npz"
        if not path.is_file():
            made = _command(self.path, self.summary)
            if self.summary["data"].get("n_classes") == 0:
                raise InputError(f"{path} is missing: {made} makes it.")
            raise InputError(
                f"{path} is missing: it is made by the chapter 02_model, which {made} runs."
            )
        posterior = load_posterior(path)
        missing = int((posterior.labels == UNLABELLED).sum())
        if self._labelled and missing:
            place, n_images = self.configuration["dataset"], len(posterior.labels)
            raise InputError(unlabelled_sentence(place, missing, n_images))
        return posterior


def _command(path: Path, summary: dict[str, Any] | None = None) -> str:
    """Return the command that makes the run in `path`, as exactly as its summary tells it."""
    if summary is not None and "profile" in summary:
        verb = "train" if summary["data"].get("n_classes") == 0 else "paper"
        return f"`{command(summary, path, verb)}`"
    return f"`gmvae paper --profile PROFILE --out {shlex.quote(str(path))}`"


def read_summary(run_dir: Path) -> dict[str, Any] | None:
    """Return what ``results/summary.json`` of a run says, None where there is none.

    Raises
    ------
    InputError
        If the file is damaged, or no summary of a run.
    """
    path = run_dir / "results" / "summary.json"
    if not path.is_file():
        return None
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
        configuration = summary["configuration"]
        known = [
            (summary["data"]["fingerprint"], str),
            (configuration["dataset"], str),
            (configuration["model_seed"], int),
            (configuration["model_seeds"], list),
        ]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        known = [(None, str)]
    if not all(isinstance(value, kind) for value, kind in known):
        raise InputError(
            f"{path} is damaged, or no summary of a run: delete it, and the command that made the"
            " run writes it anew."
        )
    return summary


def check_same_data(run_dir: Path, dataset: Dataset) -> None:
    """Check that `run_dir` holds no run of other data than `dataset`.

    Raises
    ------
    InputError
        If it does, or its summary cannot be read.
    """
    summary = read_summary(run_dir)
    if summary is None or summary["data"]["fingerprint"] == dataset.fingerprint:
        return
    raise InputError(
        f"{run_dir} holds a run of other data, dataset={summary['configuration']['dataset']}: name"
        f" a directory of its own for the run of {dataset.name} with --out."
    )


def check_apart(out: Path, dataset: Dataset, place: str) -> None:
    """Check that `out` does not lie in a folder of images, where pictures would become images.

    Other data sets, which have no names of files, allow any `out`; `place` is the data set's.

    Raises
    ------
    InputError
        If it does.
    """
    if "file" in dataset.extra and out.resolve().is_relative_to(expanded(place).resolve()):
        raise InputError(
            f"--out is {out}, in the folder of the data set, {place}: pictures that are written"
            " there would be taken for images; name another folder."
        )


def model_dir(run_dir: Path, first_seed: int, model_seed: int | None = None) -> Path:
    """Return where a run keeps the model of `model_seed`: the top for its `first_seed`."""
    if model_seed is None or model_seed == first_seed:
        return run_dir
    return run_dir / "models" / f"seed_{model_seed}"


class Output:
    """Where a chapter leaves its figures, tables and numbers, each file whole or absent.

    Parameters
    ----------
    out_dir : str or Path
        The run directory when the pipeline runs the chapter, else a directory of its own.

    Raises
    ------
    InputError
        If it is a file, or lies below one.
    """

    def __init__(self, out_dir: str | Path):
        self.path = Path(out_dir)
        there = nearest(self.path)
        if not there.is_dir():
            raise InputError(f"out_dir is {out_dir}, but {there} is a file; it must be a folder.")

    def figure(self, figure: "Figure", name: str) -> "SVG":
        """Write `figure` as ``figures/<name>.png`` and ``.svg``, close it and return the latter."""
        path = self.path / "figures" / name
        with atomic_path(path.with_name(f"{name}.png")) as temporary:
            figure.savefig(temporary, dpi=150, bbox_inches="tight")
        shown = vector(figure)
        write_text(path.with_name(f"{name}.svg"), str(shown.data))
        return shown

    def table(self, table: pd.DataFrame, name: str) -> pd.DataFrame:
        """Write `table` as ``results/<name>.csv`` and return it."""
        with atomic_path(self.path / "results" / f"{name}.csv") as temporary:
            table.to_csv(temporary, index=False)
        return table

    def record(self, chapter: str, numbers: dict[str, Any]) -> dict[str, Any]:
        """Write `numbers` as ``results/<chapter>.json``, NaN as null, and return them."""
        write_json(self.path / "results" / f"{chapter}.json", finite(numbers))
        return numbers

    def recorded(self, chapter: str) -> dict[str, Any] | None:
        """Return what :meth:`record` wrote, or None if it has written nothing."""
        path = self.path / "results" / f"{chapter}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
