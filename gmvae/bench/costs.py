"""A training step taken apart, so that :mod:`gmvae.cli.bench` can time it and its parts."""

import statistics
import time
from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from gmvae.model.shared import bernoulli_nll, reparametrise
from gmvae.training.configuration import TrainingConfig
from gmvae.training.step import Step, precisions

T = TypeVar("T")
_LEAST_SECONDS = 1.0  # of a median: a few calls of milliseconds would be chance
_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def where_measured(device: torch.device) -> dict[str, Any]:
    """Return what computes and in what precision training does, as plain values."""
    return {
        "device": str(device),
        "device_name": torch.cuda.get_device_name(device) if device.type == "cuda" else None,
        "threads": torch.get_num_threads(),
        "precision": precisions(device)[-1],
    }


def median_seconds(work: Callable[[], object], repeats: int) -> float:
    """Return the median duration of `work`, after one call that is not counted.

    Of `repeats` calls, and of more where these take less than a second together.
    """
    timed(work)
    durations: list[float] = []
    while len(durations) < repeats or sum(durations) < _LEAST_SECONDS:
        durations.append(timed(work)[0])
    return statistics.median(durations)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds that `work` takes, to the end on a GPU too, and what it returns."""
    started = time.perf_counter()
    result = work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - started, result


class Parts(Step):
    """A training step whose parts are methods, each timed by itself."""

    def __init__(self, config: TrainingConfig, device: torch.device, precision: str | None = None):
        super().__init__(config, device, precision)
        self.x = self.data()  # (B, 784)
        noise = torch.randn(self.n_images, 3, config.latent_dim, device=device)
        self.mean, self.log_var, self.z = noise.unbind(1)  # (B, D) each
        self.log_odds = torch.randn_like(self.x)  # (B, 784)

    def warping(self) -> Tensor:
        """Deform the batch, (B, 784)."""
        return self.warp(self.x)

    def encoder(self) -> None:
        """Encode, forwards and backwards."""
        with self.autocast():
            mean, log_var = self.model.encode(self.x)  # (B, D), (B, D)
        (mean.sum() + log_var.sum()).backward()

    def decoder(self) -> None:
        """Decode, forwards and backwards."""
        with self.autocast():
            log_odds = self.model.decode(self.z.detach().requires_grad_())  # (B, 784)
        log_odds.float().sum().backward()

    def loss(self) -> None:
        """Noise, both Kullback-Leibler terms and the likelihood, forwards and backwards."""
        mean, log_var = self.mean.detach().requires_grad_(), self.log_var.detach().requires_grad_()
        log_odds = self.log_odds.detach().requires_grad_()
        kl = -torch.logsumexp(self.model.log_responsibilities(mean, log_var), 1)  # (B,)
        z = reparametrise(mean, log_var, None)  # (B, D)
        (bernoulli_nll(self.x, log_odds).sum() + kl.sum() + z.sum()).backward()

    def optimise(self) -> None:
        """Update the weights."""
        self.optimiser.step()

    def parts(self) -> dict[str, Callable[[], object]]:
        """Return the parts by name; only the shared factorisation has them apart."""
        return {
            "data": self.data,
            "warp": self.warping,
            "encoder": self.encoder,
            "decoder": self.decoder,
            "loss": self.loss,
            "optimiser": self.optimise,
        }


def matrix_products(step: Step) -> Callable[[], None]:
    """Return a function that does the step's matrix products and nothing else.

    For every fully connected layer the product forwards and those backwards, of which the first
    layer has one; a convolution counts as the product of its unfolded input. In the precision of
    the step.
    """
    dtype = _DTYPES[step.precision]
    triples = []
    for rows, n_in, n_out, of_input in _layer_sizes(step):
        shapes = ((rows, n_in), (n_out, n_in), (rows, n_out))  # input, weights, gradient
        x, weight, gradient = (torch.randn(s, dtype=dtype, device=step.device) for s in shapes)
        triples.append((x, weight, gradient, of_input))

    def work() -> None:
        for x, weight, gradient, of_input in triples:
            x @ weight.T  # forwards (B, out)
            gradient.T @ x  # with respect to the weights (out, in)
            if of_input:  # an image needs no gradient
                gradient @ weight  # with respect to the input (B, in)

    return work


def _layer_sizes(step: Step) -> list[tuple[int, int, int, bool]]:
    """Return (rows, inputs, outputs) of every layer's matrix product, seen by running it once.

    And whether the input has a gradient.
    """
    sizes: list[tuple[int, int, int, bool]] = []

    def record(layer: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        of_input = inputs[0].requires_grad
        if isinstance(layer, nn.Linear):
            rows = output.shape[:-1].numel()
            sizes.append((rows, layer.in_features, layer.out_features, of_input))
        elif isinstance(layer, nn.Conv2d):
            rows = output.shape[0] * output.shape[2:].numel()  # pixels
            sizes.append((rows, layer.weight[0].numel(), layer.out_channels, of_input))

    layers = [layer for layer in step.model.modules() if isinstance(layer, nn.Linear | nn.Conv2d)]
    hooks = [layer.register_forward_hook(record) for layer in layers]
    step.model.loss(step.data())
    for hook in hooks:
        hook.remove()
    return sizes
