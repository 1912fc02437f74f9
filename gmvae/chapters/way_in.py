"""The way in: models of two latent numbers, small enough to be learned while a page is made.

The embedded digits are learned twice, with one Gaussian and with several, so that a plane can show
what a mixture changes. The models of the other chapters have more dimensions and more components.
"""

import tempfile
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from gmvae.data.dataset import IMAGE_SIZE
from gmvae.data.sources import load_dataset
from gmvae.decoding.clusters import purity
from gmvae.training.configuration import TrainingConfig
from gmvae.training.trained import TrainedModel
from gmvae.training.trainer import train

Array = NDArray[Any]
SMALL = TrainingConfig(
    n_components=10,
    latent_dim=2,
    epochs=40,
    batch_size=64,
    encoder_hidden=(128, 128),
    decoder_hidden=(128, 128),
    beta_warm_up=0.7,  # longer than elsewhere: in a plane, images need time to find a place
    warp_strength=0.0,
)
_SIDE = 11  # pictures of the decoder along each axis of the plane


@dataclass(frozen=True)
class Plane:
    """What a model of two latent numbers has learned.

    Attributes
    ----------
    points : ndarray of shape (N, 2)
        Means of q(z|x).
    labels : ndarray of shape (N,)
        Not seen by the model.
    names : tuple of str
    responsibilities : ndarray of shape (N, K)
        q(c|x).
    means, scales : ndarray of shape (K, 2)
        Of the Gaussians p(z|c).
    decoded : ndarray of shape (S, S, 28, 28)
        What the decoder draws from even steps in the plane, in [0, 1]; the first row is the top.
    extent : tuple of four floats
        Left, right, bottom and top of these steps.
    image, rebuilt : ndarray of shape (28, 28), in [0, 1]
        One image as the model is given it, and what the decoder makes of its z.
    at : int
        Its position among the points.
    """

    points: Array
    labels: Array
    names: tuple[str, ...]
    responsibilities: Array
    means: Array
    scales: Array
    decoded: Array
    extent: tuple[float, float, float, float]
    image: Array
    rebuilt: Array
    at: int

    @property
    def purity(self) -> float:
        """Share of images whose component holds most of their class, in [0, 1]."""
        return purity(self.responsibilities.argmax(axis=1), self.labels)

    @property
    def surest(self) -> float:
        """Mean of the largest responsibility of an image, in [1/K, 1]."""
        return float(self.responsibilities.max(axis=1).mean())


def learn_plane(config: TrainingConfig = SMALL, shown: int = 0) -> Plane:
    """Learn the embedded digits without labels, and look at the plane.

    Parameters
    ----------
    config : TrainingConfig
        Of two latent dimensions.
    shown : int
        The image that goes through the model, from 0 to N-1.
    """
    data = load_dataset("digits")
    with tempfile.TemporaryDirectory() as folder:
        trained = train(data.images, config, folder, progress=False)
    responsibilities, points = trained.posterior(data.images)  # (N, K), (N, 2)
    low, high = np.quantile(points, [0.01, 0.99], axis=0)  # (2,), (2,)
    z = _steps(low, high)  # (S, S, 2)
    return Plane(
        points,
        data.labels,
        data.class_names,
        responsibilities,
        trained.component_means,
        np.exp(trained.model.prior_log_var.detach().cpu().numpy() / 2),
        _decode(trained, z),
        (float(low[0]), float(high[0]), float(low[1]), float(high[1])),
        trained.model_input(data.images[[shown]])[0] / 255,
        _decode(trained, points[shown]),
        shown,
    )


def _steps(low: Array, high: Array) -> Array:
    """Return even steps in a rectangle, the highest row first, shape (S, S, 2)."""
    x = np.linspace(low[0], high[0], _SIDE)  # (S,)
    y = np.linspace(high[1], low[1], _SIDE)  # (S,)
    return np.stack(np.meshgrid(x, y), axis=-1)


@torch.inference_mode()
def _decode(trained: TrainedModel, z: Array) -> Array:
    """Return pixel probabilities (..., 28, 28) for latent points (..., 2)."""
    points = torch.as_tensor(z, dtype=torch.float32)  # (..., 2)
    pixels = torch.sigmoid(trained.model.decode(points.to(trained.model.prior_mean.device)))
    return pixels.reshape(*z.shape[:-1], IMAGE_SIZE, IMAGE_SIZE).cpu().numpy()
