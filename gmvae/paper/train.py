"""Training without the chapters: ``gmvae train``."""

import shlex
from pathlib import Path
from typing import Any

from gmvae.data.sources import load_dataset
from gmvae.experiments.execution import Execution
from gmvae.experiments.models import checked_config, describe_model, fit_models
from gmvae.files import write_json
from gmvae.paper.chapter import check_checkout
from gmvae.paper.pipeline import default_run_dir, tell_remarks
from gmvae.paper.summary import write_summary
from gmvae.runs.directory import check_apart, check_same_data
from gmvae.runs.lock import locked
from gmvae.runs.profiles import load_profile

_FIRST = 50  # images that are proposed to be labelled


def train_alone(profile: str, settings: dict[str, Any], out: Path | None) -> Path:
    """Train the models of a profile without the chapters; the images need no labels.

    Returns
    -------
    Path
        The run directory, with ``model.pt``, ``posterior.npz`` and ``results/summary.json``.

    Raises
    ------
    InputError
        If a parameter, the data or `out` cannot be used; nothing has been written then.
    TrainingError
        If the training failed.
    """
    check_checkout()
    chosen = load_profile(profile, settings)
    dataset = load_dataset(chosen.values["dataset"])
    tell_remarks(dataset)
    config = checked_config(chosen.values, dataset.images)
    values = chosen.values
    execution = Execution(values["n_jobs"], values["backend"], values["scheduler"])
    execution.check()
    run_dir = default_run_dir(chosen, settings) if out is None else out
    check_apart(run_dir, dataset, values["dataset"])
    with locked(run_dir):
        check_same_data(run_dir, dataset)
        write_summary(run_dir, chosen, dataset, [])  # a killed training has said whose it is
        seeds, events = values["model_seeds"], values["tensorboard"]
        fitted = fit_models(dataset, config, seeds, run_dir, events, execution)
        numbers = describe_model(*fitted[config.model_seed], dataset.images)
        write_json(run_dir / "results" / "02_model.json", numbers)
        write_summary(run_dir, chosen, dataset, [])
    print(f"The model is {run_dir / 'model.pt'}, its posterior {run_dir / 'posterior.npz'}.")
    next_ = ["gmvae", "select", "--run", str(run_dir), "--n", str(min(_FIRST, len(dataset)))]
    print(f"To choose images to be labelled: {shlex.join(next_)}")
    return run_dir
