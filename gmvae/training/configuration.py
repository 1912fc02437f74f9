"""What a training run needs to know, checked before any work starts."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from gmvae.checks import flag, one_of, real, refusal, whole
from gmvae.errors import InputError
from gmvae.model.networks import SIDE

FACTORISATIONS = ("shared", "per-component")
PRECISIONS = ("auto", "float32", "bfloat16")
_MAX_SEED = 2**32  # seeds are 0 ..._MAX_SEED - 1


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that, with the images, determines the trained weights.

    Attributes
    ----------
    n_components
        K, number of mixture components, 1 to N.
    latent_dim
        D, dimensions of z, at least 1.
    factorisation
        "shared": one q(z|x). "per-component": one q(z|x,c) per component, K times as costly.
    epochs
        Passes over the images, at least 1.
    batch_size
        Images per step; a data set with fewer images is one batch.
    learning_rate
        Peak of the one-cycle schedule, or the constant rate.
    schedule
        "one-cycle" (Smith & Topin 2018: linear rise, then cosine decay to 0) or "constant".
    model_seed
        Seed of the initial weights, the order of the images, the warps, the noise and k-means.
    encoder_channels, encoder_hidden, decoder_hidden
        Sizes of the networks, see :mod:`gmvae.model.networks`.
    prior_scale
        Standard deviation of the component means mu_c at the start.
    beta
        Weight of the Kullback-Leibler terms in what is minimised, above 0 (1: the ELBO).
    beta_warm_up
        Fraction of the steps, 0 to 1, over which the weight rises linearly from 0 to beta (Bowman
        et al. 2016), so that z carries information before the components compete for it.
    kmeans_start
        Shared only: fraction of the steps, 0 to below 1, after which the components start anew
        from k-means, see :mod:`gmvae.training.kmeans_start`; 0: never.
    normalise
        Take position, slant and size out of every image first, see
        :mod:`gmvae.training.normalisation`.
    warp_strength, warp_elastic
        Random deformations of what the encoder sees, see :mod:`gmvae.training.warps`; 0: none.
    precision
        Of the matrix products: "float32", the same on every machine; "bfloat16"; or "auto", the
        faster of the two on the machine that trains, see :mod:`gmvae.training.precision`.
    top_components
        Per-component only: decode only the so many most probable components; None: all.
    """

    n_components: int = 100
    latent_dim: int = 24
    factorisation: str = "shared"
    epochs: int = 40
    batch_size: int = 256
    learning_rate: float = 3e-3
    schedule: str = "one-cycle"
    model_seed: int = 0
    encoder_channels: tuple[int, ...] = ()
    encoder_hidden: tuple[int, ...] = (256, 256)
    decoder_hidden: tuple[int, ...] = (256, 256)
    prior_scale: float = 1.0
    beta: float = 1.0
    beta_warm_up: float = 0.4
    kmeans_start: float = 0.4
    normalise: bool = True
    warp_strength: float = 1.0
    warp_elastic: float = 1.0
    precision: str = "float32"
    top_components: int | None = None

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "TrainingConfig":
        """Return the configuration that :meth:`to_dict` wrote.

        Raises
        ------
        TypeError
            If an attribute is missing, as in another version's file, or unknown.
        """
        missing = {field.name for field in dataclasses.fields(cls)} - set(values)
        if missing:
            raise TypeError(f"the configuration lacks {', '.join(sorted(missing))}")
        arguments: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in values.items()
        }
        return cls(**arguments)

    def to_dict(self) -> dict[str, Any]:
        """Return plain numbers, strings and lists, by attribute."""
        plain = dataclasses.asdict(self)
        return {k: list(v) if isinstance(v, tuple) else v for k, v in plain.items()}

    def validate(self, images: np.ndarray) -> None:
        """Check this configuration and that `images` can be trained on with it.

        Raises
        ------
        InputError
            With one sentence about the first value found wrong.
        """
        check_images(images)
        whole("n_components", self.n_components, 1, len(images), ", the number of images")
        for name in ("latent_dim", "epochs", "batch_size"):
            whole(name, getattr(self, name), 1)
        whole("model_seed", self.model_seed, 0, _MAX_SEED - 1)
        for name in ("encoder_channels", "encoder_hidden", "decoder_hidden"):
            sizes = getattr(self, name)
            if not sizes and name != "encoder_channels":
                raise refusal(name, sizes, "at least one layer width")
            for size in sizes:
                whole(f"a width in {name}", size, 1)
        for name in ("learning_rate", "beta", "prior_scale"):
            real(name, getattr(self, name), above=0)
        for name in ("warp_strength", "warp_elastic"):
            real(name, getattr(self, name), least=0)
        real("beta_warm_up", self.beta_warm_up, least=0, most=1)
        real("kmeans_start", self.kmeans_start, least=0, below=1)
        flag("normalise", self.normalise)
        one_of("factorisation", self.factorisation, FACTORISATIONS)
        one_of("schedule", self.schedule, ("one-cycle", "constant"))
        one_of("precision", self.precision, PRECISIONS)
        if self.top_components is not None:
            whole("top_components", self.top_components, 1, self.n_components)
            if self.factorisation == "shared":
                raise InputError(
                    "top_components needs factorisation per-component: shared decodes only once"
                )


PUBLISHED_CONFIG = TrainingConfig(
    latent_dim=100,
    factorisation="per-component",
    epochs=450,
    batch_size=128,
    learning_rate=1e-3,
    schedule="constant",
    encoder_hidden=(768, 768, 768, 768),
    decoder_hidden=(512, 768, 768),
    prior_scale=0.05,
    beta=1.0,
    beta_warm_up=0.0,
    kmeans_start=0.0,
    normalise=False,
    warp_strength=0.0,
    warp_elastic=0.0,
)
"""The sizes and settings of the article's published code."""


def check_images(images: np.ndarray) -> None:
    """Raise `InputError` unless `images` is uint8 (N, 28, 28) with N at least 1."""
    images = np.asarray(images)
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE) or len(images) == 0:
        raise InputError(f"images have the shape {images.shape}; needed is (N, {SIDE}, {SIDE})")
    if images.dtype != np.uint8:
        nan = images.dtype.kind == "f" and bool(np.isnan(images).any())
        has = f"{images.dtype} values" + (", some of them NaN" if nan else "")
        raise InputError(f"images hold {has}; needed are grey levels 0 to 255 as uint8")
