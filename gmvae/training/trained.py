"""A trained model: what can be asked of it, and its file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from gmvae.errors import InputError
from gmvae.files import atomic_path
from gmvae.model.networks import N_PIXELS, SIDE
from gmvae.model.per_component import PerComponentGMVAE
from gmvae.model.shared import GMVAE
from gmvae.training.configuration import TrainingConfig, check_images
from gmvae.training.device import best_device
from gmvae.training.normalisation import normalise

_BATCH = 2048  # images at a time where nothing is learned


@dataclass
class TrainedModel:
    """A model with the record of its training.

    Attributes
    ----------
    model
        The network, in evaluation mode, on the device it was trained or loaded on.
    config
        The configuration it was trained with.
    history
        One row per epoch: ``epoch``, the means over the images of the terms ``reconstruction``,
        ``kl_z``, ``kl_c``, their ``total`` as minimised, ``elbo`` (all in nats per image, the
        encoder seeing warped images), ``learning_rate`` and ``seconds`` so far.
    seconds
        Time spent training, over all attempts.
    precision
        In which it was trained, ``"float32"`` or ``"bfloat16"``.
    images_hash, code_hash
        SHA-256 of the training images and of the code that trained.
    """

    model: GMVAE
    config: TrainingConfig
    history: pd.DataFrame
    seconds: float
    precision: str
    images_hash: str
    code_hash: str

    def responsibilities(self, images: np.ndarray) -> np.ndarray:
        """Return q(c|x), float32 (N, K), rows summing to 1, for uint8 images (N, 28, 28)."""
        return self.posterior(images)[0]

    @torch.inference_mode()
    def posterior(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return q(c|x), float32 (N, K), and the mean of z under q(z|x), float32 (N, D).

        Raises
        ------
        InputError
            If `images` is not uint8 (N, 28, 28).
        """
        check_images(images)
        responsibilities = np.empty((len(images), self.config.n_components), np.float32)
        latent_mean = np.empty((len(images), self.config.latent_dim), np.float32)
        for rows, x in self._batches(images):
            r, mean = self.model.posterior(x)  # (B, K), (B, D)
            responsibilities[rows] = r.float().cpu().numpy()
            latent_mean[rows] = mean.float().cpu().numpy()
        return responsibilities, latent_mean

    @torch.inference_mode()
    def elbo(self, images: np.ndarray, seed: int = 0) -> dict[str, float]:
        """Return means over unwarped `images`: ``reconstruction``, ``kl_z``, ``kl_c``, ``elbo``.

        In nats per image; ``elbo`` is minus the sum of the other three, one sample of z each.
        """
        check_images(images)
        generator = torch.Generator(self._device).manual_seed(seed)
        sums = np.zeros(3)
        for _, x in self._batches(images):
            terms = self.model.elbo_terms(x, generator=generator)
            sums += [float(term.double().sum()) for term in terms[:3]]
        reconstruction, kl_z, kl_c = (sums / len(images)).tolist()
        return {
            "reconstruction": reconstruction,
            "kl_z": kl_z,
            "kl_c": kl_c,
            "elbo": -(reconstruction + kl_z + kl_c),
        }

    def model_input(self, images: np.ndarray) -> np.ndarray:
        """Return what the model is given for `images`, uint8 (N, 28, 28): normalised, or as is."""
        check_images(images)
        return model_input(images, self.config, torch.device("cpu")).numpy()

    def sample(self, component: int, n: int, seed: int = 0) -> np.ndarray:
        """Draw `n` images of `component` as pixel probabilities, float32 (n, 28, 28)."""
        generator = torch.Generator(self._device).manual_seed(seed)
        pixels = self.model.sample(component, n, generator)  # (n, 784)
        return pixels.view(n, SIDE, SIDE).float().cpu().numpy()

    @property
    def component_means(self) -> np.ndarray:
        """The means mu_c of p(z|c), float32 (K, D)."""
        return self.model.prior_mean.detach().cpu().numpy()

    @property
    def _device(self) -> torch.device:
        return self.model.prior_mean.device

    def _batches(self, images: np.ndarray) -> Iterator[tuple[slice, Tensor]]:
        """Yield rows and the grey levels the model is given for them, (B, 784), on its device."""
        for start in range(0, len(images), _BATCH):
            rows = slice(start, start + _BATCH)
            yield rows, unit_pixels(model_input(images[rows], self.config, self._device))


def model_input(images: np.ndarray, config: TrainingConfig, device: torch.device) -> Tensor:
    """Return the images that a model is given for `images`, uint8 (N, 28, 28), on `device`."""
    on_device = torch.from_numpy(np.ascontiguousarray(images)).to(device)  # (N, 28, 28)
    return normalise(on_device) if config.normalise else on_device  # (N, 28, 28)


def unit_pixels(images: Tensor) -> Tensor:
    """Return uint8 images (N, 28, 28) as float32 grey levels in [0, 1], (N, 784)."""
    return images.view(-1, N_PIXELS).float().div_(255)  # (N, 784)


def make_model(config: TrainingConfig) -> GMVAE:
    """Return an untrained model; its weights depend on ``config.model_seed`` alone."""
    sizes: dict[str, Any] = {
        "encoder_channels": config.encoder_channels,
        "encoder_hidden": config.encoder_hidden,
        "decoder_hidden": config.decoder_hidden,
        "prior_scale": config.prior_scale,
    }
    with torch.random.fork_rng(devices=[]):  # leaves the global generator as it was
        torch.manual_seed(config.model_seed)
        if config.factorisation == "shared":
            return GMVAE(config.n_components, config.latent_dim, **sizes)
        return PerComponentGMVAE(
            config.n_components,
            config.latent_dim,
            top_components=config.top_components,
            **sizes,
        )


def save_model(trained: TrainedModel, path: str | Path) -> None:
    """Write `trained` to `path`, whole or not at all, as tensors and plain values only."""
    content = {
        "config": trained.config.to_dict(),
        "state": trained.model.state_dict(),
        "history": trained.history.to_dict("list"),
        "seconds": trained.seconds,
        "precision": trained.precision,
        "images_hash": trained.images_hash,
        "code_hash": trained.code_hash,
    }
    with atomic_path(path) as temporary:
        torch.save(content, temporary)


def read_tensors(path: str | Path) -> dict[str, Any]:
    """Return the tensors and plain values of a file, or nothing if it is damaged."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # torch's reader raises whatever a damaged file leads it to
        return {}
    return content if isinstance(content, dict) else {}


def load_model(path: str | Path) -> TrainedModel:
    """Read what :func:`save_model` wrote, on the GPU if there is one; nothing is unpickled.

    Raises
    ------
    InputError
        If there is no such file, or it is not a model's.
    """
    if not Path(path).is_file():
        raise InputError(f"there is no model file {path}; gmvae train or gmvae paper makes one")
    content = read_tensors(path)
    try:
        config = TrainingConfig.from_dict(content["config"])
        model = make_model(config)
        model.load_state_dict(content["state"])
        record = {k: content[k] for k in ("seconds", "precision", "images_hash", "code_hash")}
        history = pd.DataFrame(content["history"])
    except (RuntimeError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} is not a model file of this version of gmvae") from error
    model.to(best_device()).eval()
    return TrainedModel(model, config, history, **record)
