"""A training step taken apart into functions that can be timed alone."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from gmvae.model.shared import bernoulli_nll, reparametrise
from gmvae.training.step import Step


def step_parts(step: Step) -> dict[str, Callable[[], object]]:
    """Return the parts of a step of the shared factorisation by name; others are not apart."""
    model, x = step.model, step.data()  # (B, 784)
    noise = torch.randn(step.n_images, 3, step.config.latent_dim, device=step.device)
    some_mean, some_log_var, some_z = noise.unbind(1)  # (B, D) each
    some_log_odds = torch.randn_like(x)  # (B, 784)

    def encoder() -> None:
        with step.autocast():
            mean, log_var = model.encode(x)  # (B, D), (B, D)
        (mean.sum() + log_var.sum()).backward()

    def decoder() -> None:
        with step.autocast():
            log_odds = model.decode(_leaf(some_z))  # (B, 784)
        log_odds.float().sum().backward()

    def loss() -> None:
        mean, log_var, log_odds = map(_leaf, (some_mean, some_log_var, some_log_odds))
        kl = -torch.logsumexp(model.log_responsibilities(mean, log_var), 1)  # (B,)
        z = reparametrise(mean, log_var, None)  # (B, D)
        (bernoulli_nll(x, log_odds).sum() + kl.sum() + z.sum()).backward()

    return {
        "data": step.data,
        "warp": lambda: step.warp(x),
        "encoder": encoder,
        "decoder": decoder,
        "loss": loss,
        "optimiser": step.optimiser.step,
    }


def matrix_products(step: Step) -> Callable[[], None]:
    """Return a function that does the matrix products and convolutions of a step, nothing else.

    They are those that :func:`gmvae.training.step.operations` counts, forwards and backwards, on
    the same numbers in the same precision.
    """
    with _Products() as seen:
        step()

    @torch.no_grad()
    def work() -> None:
        for function, args, kwargs in seen.calls:
            function(*args, **kwargs)

    return work


def _leaf(values: Tensor) -> Tensor:
    """Return `values` as an input whose gradient starts anew."""
    return values.detach().requires_grad_()


class _Products(TorchDispatchMode):
    """Record every call within it that multiplies matrices or convolves."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, tuple, dict]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.overloadpacket in flop_registry:
            self.calls.append((func, args, kwargs or {}))
        return func(*args, **(kwargs or {}))
