"""Label decoding of a Gaussian-mixture variational autoencoder (GMVAE).

The rooms of this house, from the ground up; a room imports from those before it only:
:mod:`gmvae.data`, :mod:`gmvae.figures`, :mod:`gmvae.pages`, :mod:`gmvae.coverage`,
:mod:`gmvae.decoding`, :mod:`gmvae.model`, :mod:`gmvae.runs`, :mod:`gmvae.training`,
:mod:`gmvae.baselines`, :mod:`gmvae.experiments`, :mod:`gmvae.chapters`, :mod:`gmvae.paper`,
:mod:`gmvae.bench`, :mod:`gmvae.cli`. The names below can be imported from here; each loads its
room, and torch with the model's, at its first use.
"""

import os
from importlib import import_module
from typing import Any

# Threads that wait for one another sleep. By default they spin, and where anything else runs on the
# machine, a training on two threads then takes many times as long as on one. It must be said before
# the first library with OpenMP is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"

HOMES = {  # public name: the module that defines it
    "BayesDecoder": "gmvae.decoding.decoders",
    "GMVAE": "gmvae.model.shared",
    "GraphDecoder": "gmvae.decoding.graph",
    "HardDecoder": "gmvae.decoding.decoders",
    "SoftDecoder": "gmvae.decoding.decoders",
    "TrainingConfig": "gmvae.training.configuration",
    "coverage_probability": "gmvae.coverage.probability",
    "labels_to_cover": "gmvae.coverage.probability",
    "load_dataset": "gmvae.data.sources",
    "load_model": "gmvae.training.trained",
    "train": "gmvae.training.trainer",
}
__all__ = sorted(HOMES)


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *HOMES])
