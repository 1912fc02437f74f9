"""Training: images in, a trained model and its files out. No label ever comes in here.

A run can be interrupted at any step and goes on from its last checkpoint to bit-identical
weights: everything random comes from the epoch's own permutation, from the model seed alone (the
k-means start) or from one generator whose state is in the checkpoint.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from gmvae.errors import FailedError, InputError
from gmvae.files import atomic_path, write_text
from gmvae.identity import array_hash, code_identity
from gmvae.model.shared import Terms
from gmvae.training.configuration import TrainingConfig
from gmvae.training.denormals import flushed_denormals
from gmvae.training.device import autocast, best_device
from gmvae.training.kmeans_start import some_images, start_from_kmeans
from gmvae.training.precision import choose_precision
from gmvae.training.schedule import beta_at, learning_rate
from gmvae.training.threads import threads_that_pay
from gmvae.training.trained import (
    TrainedModel,
    load_model,
    make_model,
    model_input,
    read_tensors,
    save_model,
    unit_pixels,
)
from gmvae.training.warps import Warp

CHECKPOINT_SECONDS = 20.0  # at most so much work is lost with an interruption


class TrainingError(FailedError):
    """Training cannot go on, for example because the loss is no longer a number."""


def train(
    images: np.ndarray,
    config: TrainingConfig,
    run_dir: str | Path,
    progress: bool | int = True,
    on_epoch: Callable[[pd.DataFrame], None] | None = None,
) -> TrainedModel:
    """Fit a model to unlabelled images, or return the one that `run_dir` already holds.

    Writes ``model.pt`` (weights, configuration, history) and ``history.csv`` to `run_dir`, and
    while running ``checkpoint.pt``. A finished run with the same configuration, images and code
    is returned at once; an interrupted one goes on and ends with the weights it would have had.

    Parameters
    ----------
    images
        uint8, (N, 28, 28), white on black.
    config
        See :class:`gmvae.training.configuration.TrainingConfig`.
    run_dir
        Made if missing.
    progress
        Show a bar with the loss and the time left; a number is the line it stands on, where
        several trainings go side by side.
    on_epoch
        Called with the history so far (see :class:`TrainedModel`) after every epoch, and with the
        whole of it at the end, also where there was nothing left to train.

    Raises
    ------
    InputError
        If the configuration or the images cannot be used; nothing has been written then.
    TrainingError
        If the loss becomes NaN or infinite; the last good checkpoint stays.
    """
    config.validate(images)
    run_dir = Path(run_dir)
    identity = _identity(images)
    finished = _finished(run_dir / "model.pt", config, identity)
    if finished is None:
        trainer = Trainer(images, config, run_dir / "checkpoint.pt", identity)
        with threads_that_pay(config), flushed_denormals():
            for history in trainer.epochs(progress):
                if on_epoch is not None:
                    on_epoch(history)
        finished = trainer.result()
        save_model(finished, run_dir / "model.pt")
    if on_epoch is not None:
        on_epoch(finished.history)
    write_text(run_dir / "history.csv", finished.history.to_csv(index=False))
    (run_dir / "checkpoint.pt").unlink(missing_ok=True)
    return finished


def is_trained(images: np.ndarray, config: TrainingConfig, run_dir: str | Path) -> bool:
    """Tell whether `run_dir` holds the finished model that :func:`train` would return at once."""
    return _finished(Path(run_dir) / "model.pt", config, _identity(images)) is not None


def _identity(images: np.ndarray) -> dict[str, str]:
    return {"images_hash": array_hash(images), "code_hash": code_hash()}


def code_hash() -> str:
    """Return a hash of the code that decides what the weights become; comments do not count.

    It may differ between versions of Python, which read the same source in their own ways.
    """
    return code_identity(train, rooms=("model", "training"))


def _finished(path: Path, config: TrainingConfig, identity: dict[str, str]) -> TrainedModel | None:
    if not path.is_file():
        return None
    try:
        trained = load_model(path)
    except InputError:  # another version's, or damaged: it is trained anew
        return None
    asked = replace(config, precision=trained.config.precision)  # how that was asked for is free
    fits = config.precision in ("auto", trained.precision)
    found = (trained.config, trained.images_hash, trained.code_hash)
    return trained if fits and found == (asked, *identity.values()) else None


class Trainer:
    """The loop of :func:`train`, for whom looks at the model between epochs or stops it early.

    What a checkpoint must hold is what its attributes hold; it goes on from one of the same run.

    Parameters
    ----------
    images
        uint8, (N, 28, 28), that ``config.validate`` accepts.
    config
        See :class:`gmvae.training.configuration.TrainingConfig`.
    checkpoint
        The file that the state is kept in.
    identity
        ``images_hash`` and ``code_hash`` of the run.

    Attributes
    ----------
    seconds
        Of training so far, without what is done between epochs.
    precision
        In which it trains, ``"float32"`` or ``"bfloat16"``.
    """

    def __init__(
        self,
        images: np.ndarray,
        config: TrainingConfig,
        checkpoint: Path,
        identity: dict[str, str],
    ):
        self.config, self.identity, self.checkpoint = config, identity, checkpoint
        self.device = best_device()
        began = time.monotonic()
        self.images = model_input(images, config, self.device)  # (N, 28, 28)
        self.seconds = time.monotonic() - began  # preparing the images is part of the cost
        self.batch_size = min(config.batch_size, len(images))
        self.steps_per_epoch = math.ceil(len(images) / self.batch_size)
        self.n_steps = config.epochs * self.steps_per_epoch
        # a q(c|x) that is a head of its own would not follow components that move
        starts = config.kmeans_start > 0 and config.factorisation == "shared"
        self.start_step = int(config.kmeans_start * self.n_steps) if starts else None
        self.warp = Warp(config.warp_strength, config.warp_elastic, self.device)
        self._begin()
        self.precision = self._resume() or choose_precision(config, self.device)

    def _begin(self) -> None:
        """Set up what a checkpoint holds as it is before the first step."""
        self.model = make_model(self.config).to(self.device)
        self.optimiser = torch.optim.Adam(self.model.parameters(), fused=True)
        self.generator = torch.Generator(self.device).manual_seed(self.config.model_seed)
        self.step = 0
        self.sums = [0.0] * len(Terms._fields)  # of the terms over this epoch's images so far
        self.history: list[dict[str, float]] = []

    def epochs(self, progress: bool | int) -> Iterator[pd.DataFrame]:
        """Train to the end; after each epoch yield the history so far, see `TrainedModel`."""
        if self.step == 0:
            self._save()  # so that there always is a last good checkpoint
        before, started = self.seconds, time.monotonic()
        saved = started
        self.model.train()
        with tqdm(
            total=self.n_steps,
            initial=self.step,
            desc=f"training, model seed {self.config.model_seed}",
            unit="step",
            disable=progress is False,
            position=int(progress) if not isinstance(progress, bool) else None,
        ) as bar:
            while self.step < self.n_steps:
                epoch, first = divmod(self.step, self.steps_per_epoch)
                order = self._order(epoch)  # (N,)
                for batch in order.split(self.batch_size)[first:]:
                    loss = self._step(batch)
                    self.seconds = before + time.monotonic() - started
                    if self.step % self.steps_per_epoch == 0:
                        self._end_epoch()
                        left = time.monotonic()
                        yield pd.DataFrame(self.history)
                        started += time.monotonic() - left  # it is not training
                    bar.set_postfix(loss=f"{loss:.2f}", refresh=False)
                    bar.update()
                    if time.monotonic() - saved > CHECKPOINT_SECONDS:
                        self._save()
                        saved = time.monotonic()
        self.model.eval()

    def result(self) -> TrainedModel:
        """Return what was trained so far."""
        history = pd.DataFrame(self.history)
        return TrainedModel(
            self.model, self.config, history, self.seconds, self.precision, **self.identity
        )

    def _order(self, epoch: int) -> Tensor:
        rng = np.random.default_rng([self.config.model_seed, epoch])
        return torch.from_numpy(rng.permutation(len(self.images))).to(self.device)  # (N,)

    def _step(self, batch: Tensor) -> float:
        """Take one step on the images numbered `batch` (B,); return the loss."""
        if self.step == self.start_step:
            self._start_components()
        x = unit_pixels(self.images.index_select(0, batch))  # (B, 784)
        view = self.warp(x, self.generator)  # (B, 784)
        beta = beta_at(self.config, self.step, self.n_steps)
        with autocast(self.device, self.precision):
            terms = self.model.loss(x, view, beta=beta, generator=self.generator)
        values = [float(term.detach()) for term in terms]
        if not math.isfinite(values[-1]):
            raise TrainingError(
                f"the loss is {values[-1]} at step {self.step + 1} of {self.n_steps}; the last "
                f"good state is in {self.checkpoint}; a smaller learning_rate may help"
            )
        self.optimiser.zero_grad()
        terms.total.backward()
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.config, self.step, self.n_steps)
        self.optimiser.step()
        self.step += 1
        self.sums = [s + v * len(batch) for s, v in zip(self.sums, values, strict=True)]
        return values[-1]

    def _start_components(self) -> None:
        """Move the components to clusters of some images; their Adam moments start anew."""
        seed = self.config.model_seed
        some = some_images(self.images, self.config.n_components, seed)  # (N', 28, 28)
        start_from_kmeans(self.model, some, seed)
        for parameter in (self.model.prior_mean, self.model.prior_log_var):
            self.optimiser.state.pop(parameter, None)

    def _end_epoch(self) -> None:
        means = [s / len(self.images) for s in self.sums]
        terms = dict(zip(Terms._fields, means, strict=True))
        self.history.append(
            {
                "epoch": self.step // self.steps_per_epoch,
                **terms,
                "elbo": -(terms["reconstruction"] + terms["kl_z"] + terms["kl_c"]),
                "learning_rate": float(self.optimiser.param_groups[0]["lr"]),
                "seconds": self.seconds,
            }
        )
        self.sums = [0.0] * len(self.sums)

    def _save(self) -> None:
        if not all(bool(p.isfinite().all()) for p in self.model.parameters()):
            return  # the next step will stop the run; the checkpoint before this one is good
        content = {
            "config": self.config.to_dict(),
            "identity": self.identity,
            "model": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "generator": self.generator.get_state(),
            "step": self.step,
            "seconds": self.seconds,
            "precision": self.precision,
            "sums": self.sums,
            "history": self.history,
        }
        with atomic_path(self.checkpoint) as temporary:
            torch.save(content, temporary)

    def _resume(self) -> str | None:
        """Take up the checkpoint if it is one of this very run; return its precision."""
        content = read_tensors(self.checkpoint)
        found = (content.get("config"), content.get("identity"))
        if found != (self.config.to_dict(), self.identity):
            return None  # none, a damaged one, or another run's
        try:
            precision, seconds = content["precision"], self.seconds + content["seconds"]
            self.model.load_state_dict(content["model"])
            self.optimiser.load_state_dict(content["optimiser"])
            self.generator.set_state(content["generator"])
            self.step, self.sums = content["step"], content["sums"]
            self.history = content["history"]
        except (KeyError, RuntimeError, TypeError, ValueError):  # of this run, but not whole
            self._begin()
            return None
        self.seconds = seconds
        return precision
