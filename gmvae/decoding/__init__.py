"""From responsibilities to labels: decoders, their calibration, and what clusters hold."""

from gmvae.decoding.decoders import BayesDecoder, HardDecoder, SoftDecoder
from gmvae.decoding.diffusion import DiffusedSoftDecoder
from gmvae.decoding.graph import GraphDecoder
from gmvae.decoding.posterior import Posterior

__all__ = [
    "BayesDecoder",
    "DiffusedSoftDecoder",
    "GraphDecoder",
    "HardDecoder",
    "Posterior",
    "SoftDecoder",
]
