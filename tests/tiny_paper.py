"""A small run of everything with its book, made once for all tests that look at it."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from gmvae.files import PROJECT

SMALL = (
    "n_components=8",
    "latent_dim=4",
    "epochs=2",
    "batch_size=64",
    "encoder_hidden=[64]",
    "decoder_hidden=[64]",
    "n_labels=60",
    "label_seeds=[0, 1]",
    "n_jobs=1",
    "comparison_components=4",
    "comparison_epochs=1",
    "comparison_top=[1]",
    "sweep_components=[4]",
    "sweep_model_seeds=[0]",
    "choice_budgets=[10, 20]",
)


def command(*arguments, settings=(), program="gmvae"):
    options = [argument for text in settings for argument in ("--set", text)]
    return [sys.executable, "-m", program, *map(str, arguments), *options]


def environment(**changes):
    return {**os.environ, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1", **changes}


def run(arguments, cwd, **changes):
    """Run a command to its end and return it with what it printed."""
    return subprocess.run(
        arguments, cwd=cwd, capture_output=True, text=True, env=environment(**changes), check=False
    )


def run_until(arguments, cwd, line):
    """Run a command and kill it, and not its kernel, when it has printed `line`."""
    process = subprocess.Popen(
        arguments, cwd=cwd, stdout=-1, stderr=-3, text=True, env=environment()
    )
    printed = []
    with process:
        for said in process.stdout:
            printed.append(said.strip())
            if said.strip() == line:
                # the kernel needs a moment to start; it is then in the middle of its chapter
                threading.Timer(2.5, process.send_signal, [signal.SIGKILL]).start()
    assert process.returncode == -signal.SIGKILL, printed
    return printed


@dataclass
class Smoke:
    """A small run of everything, killed once on the way."""

    cwd: Path
    settings: tuple[str, ...]
    before: list[str]
    done: subprocess.CompletedProcess

    @property
    def run_dir(self) -> Path:
        return self.cwd / "runs" / "tiny"


def make_smoke(dataset: Path, cwd: Path) -> Smoke:
    """Run the paper on `dataset` as a user does: killed in its second chapter, then to its end."""
    methods = "methods=[hard, hard-covered, soft, logistic-regression]"
    settings = (f"dataset={dataset}", "budgets=[20, 60]", methods, *SMALL)
    arguments = command("paper", settings=settings)
    before = run_until(arguments, cwd, "02_model: running")
    return Smoke(cwd, settings, before, run(arguments, cwd))
