"""How the learning rate and the weight of the Kullback-Leibler terms change over a training.

References
----------
Smith and Topin (2019), Super-convergence: very fast training of neural networks using large
learning rates: the one-cycle schedule.
"""

import math

from gmvae.training.configuration import TrainingConfig

_WARM_UP = 0.2  # fraction of a one-cycle run in which the learning rate rises,
_RISE, _FALL = 25.0, 1e4  # from peak / _RISE, and then falls to peak / _RISE / _FALL


def learning_rate(config: TrainingConfig, step: int, n_steps: int) -> float:
    """Return the learning rate of a `step` in 0..`n_steps`-1."""
    peak = config.learning_rate
    if config.schedule == "constant":
        return peak
    low, end = peak / _RISE, peak / _RISE / _FALL
    done = step / max(1, n_steps - 1)  # 0..1
    if done < _WARM_UP:
        return _cosine(low, peak, done / _WARM_UP)
    return _cosine(peak, end, (done - _WARM_UP) / (1 - _WARM_UP))


def beta_at(config: TrainingConfig, step: int, n_steps: int) -> float:
    """Return the weight of the Kullback-Leibler terms at a `step` in 0..`n_steps`-1."""
    rising = config.beta_warm_up * n_steps
    return config.beta * min(1.0, (step + 1) / rising) if rising else config.beta


def _cosine(start: float, end: float, done: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * done)) / 2
