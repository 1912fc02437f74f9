"""How many threads a training takes: for small steps one, for larger ones all.

Threads that wait for one another sleep, see :mod:`gmvae`. To wake one takes some ten microseconds,
on a virtual machine more, and a step has dozens of products. Where these are small, a step on two
threads takes up to twice as long as on one. The rule looks at the configuration alone, not at the
clock, so that a training that goes on takes as many threads as before.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

import torch

from gmvae.model.networks import N_PIXELS
from gmvae.training.configuration import TrainingConfig

# multiply-adds forwards; on 2 virtual cores, of an AMD EPYC and of an Intel Xeon, steps of 436e6
# took as long on either number, those of 142e6 as long or one and a half times as long on two
SMALL = 1e9


def multiply_adds(config: TrainingConfig) -> int:
    """Return the multiply-adds of the fully connected layers, forwards, in a step of `config`."""
    times = config.n_components if config.factorisation == "per-component" else 1
    encoder = _weights([N_PIXELS, *config.encoder_hidden, 2 * config.latent_dim])
    decoder = _weights([config.latent_dim, *config.decoder_hidden, N_PIXELS])
    return config.batch_size * (encoder + times * decoder)


@contextmanager
def threads_that_pay(config: TrainingConfig) -> Iterator[None]:
    """Let torch take one thread while steps of `config` are small, and as many as before after."""
    with threads(1 if multiply_adds(config) < SMALL else torch.get_num_threads()):
        yield


@contextmanager
def threads(n: int) -> Iterator[None]:
    """Let torch take `n` threads, and as many as before after."""
    before = torch.get_num_threads()
    torch.set_num_threads(n)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _weights(sizes: Sequence[int]) -> int:
    """Return the weights of fully connected layers between layers of the given sizes."""
    return sum(a * b for a, b in pairwise(sizes))
