"""In what precision a training multiplies its matrices: the one that is faster here.

bfloat16 has half the bytes of float32 and, where the hardware multiplies it natively, several
times the throughput. For the small networks of this model that pays on a GPU and on CPUs with AMX.
On CPUs with AVX512_BF16 alone it depends on the model of the processor. So whole steps of the very
configuration are timed, rather than a flag of the processor believed. What is taken then depends on
the machine and on what else it does, and coarser sums change the weights a little: a result that
has to come out the same everywhere asks for float32, the default.
"""

import functools
import time

import torch

from gmvae.training.configuration import TrainingConfig
from gmvae.training.step import Step, precisions

_ROUNDS = 7  # of which the fastest counts: what else the machine does only ever slows a step
_WORTH = 1.2  # so much faster bfloat16 must be, or its coarser sums are not worth it


def choose_precision(config: TrainingConfig, device: torch.device) -> str:
    """Return ``"float32"`` or ``"bfloat16"``: what `config` asks for, or what is faster."""
    return _faster(config, device) if config.precision == "auto" else config.precision


@functools.lru_cache(maxsize=32)
def _faster(config: TrainingConfig, device: torch.device) -> str:
    """Time whole steps in either precision, in turn."""
    if precisions(device) == ["float32"]:
        return "float32"
    with torch.random.fork_rng():  # the steps' random images and noise are nobody else's
        steps = {precision: Step(config, device, precision) for precision in precisions(device)}
        best = dict.fromkeys(steps, float("inf"))  # seconds
        for _ in range(1 + _ROUNDS):
            for precision, step in steps.items():
                best[precision] = min(best[precision], _seconds(step, device))
    return "bfloat16" if best["float32"] > _WORTH * best["bfloat16"] else "float32"


def _seconds(step: Step, device: torch.device) -> float:
    started = time.perf_counter()
    step()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - started
