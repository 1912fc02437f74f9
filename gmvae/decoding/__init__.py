"""From responsibilities to labels: decoders, their calibration, and what clusters hold."""

from gmvae.decoding.decoders import BayesDecoder, HardDecoder, SoftDecoder
from gmvae.decoding.posterior import Posterior

__all__ = ["BayesDecoder", "HardDecoder", "Posterior", "SoftDecoder"]
