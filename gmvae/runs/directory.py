"""A run directory: what a chapter finds there, and what it leaves there."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from gmvae.data.dataset import Dataset
from gmvae.data.sources import load_dataset
from gmvae.decoding.posterior import Posterior
from gmvae.errors import InputError
from gmvae.figures.vector import vector
from gmvae.files import atomic_path, write_json, write_text

if TYPE_CHECKING:  # matplotlib takes a second to import
    from IPython.display import SVG
    from matplotlib.figure import Figure


class Run:
    """A run directory that earlier chapters have filled.

    Parameters
    ----------
    run_dir : str or Path

    Raises
    ------
    InputError
        If `run_dir` holds no run; the sentence names the command that makes one.
    """

    def __init__(self, run_dir: str | Path):
        self.path = Path(run_dir)
        self._summary_path = self.path / "results" / "summary.json"
        if not self._summary_path.is_file():
            raise InputError(f"{self.path} holds no run: {self._command()} makes one.")
        self.summary: dict[str, Any] = json.loads(self._summary_path.read_text(encoding="utf-8"))

    def _command(self) -> str:
        return f"`gmvae paper --profile PROFILE --out {self.path}`"

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
                f" made from: {self._command()} starts again."
            )
        return dataset

    def posterior(self, model_seed: int | None = None) -> Posterior:
        """Load the posterior of a model seed (default: the run's ``model_seed``).

        Raises
        ------
        InputError
            If that model has not been trained in this run.
        """
        path = self.model_dir(model_seed) / "posterior.npz"
        if not path.is_file():
            raise InputError(
                f"{path} is missing: it is made by the chapter 02_model, which"
                f" {self._command()} runs."
            )
        with np.load(path, allow_pickle=False) as archive:
            return Posterior(**{name: archive[name] for name in archive.files})


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
    """

    def __init__(self, out_dir: str | Path):
        self.path = Path(out_dir)

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
        """Write `numbers` as ``results/<chapter>.json`` and return them."""
        write_json(self.path / "results" / f"{chapter}.json", numbers)
        return numbers
