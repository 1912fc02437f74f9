"""A training step taken apart, so that :mod:`gmvae.bench` can time it and its parts."""

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from gmvae.configuration import TrainingConfig
from gmvae.model import bernoulli_nll, reparametrise
from gmvae.networks import SIDE
from gmvae.precision import has_bf16
from gmvae.trained import grey_levels, make_model
from gmvae.warps import Warp

_LEAST_SECONDS = 1.0
_POOL = 4096  # images that the data part draws its batch from
_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def precisions(device: torch.device) -> list[str]:
    """Return the precisions that `device` multiplies matrices in; training uses the last one."""
    return ["float32", "bfloat16"] if has_bf16(device) else ["float32"]


def median_seconds(work: Callable[[], object], repeats: int) -> float:
    """Return the median duration of `work`, after one call that is not counted.

    Of `repeats` calls, and of more where these take less than `_LEAST_SECONDS` together.
    """
    _seconds(work)
    durations: list[float] = []
    while len(durations) < repeats or sum(durations) < _LEAST_SECONDS:
        durations.append(_seconds(work))
    return statistics.median(durations)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - started


class Step:
    """One training step on random images; its parts are methods, each timed by itself.

    Parameters
    ----------
    config
        Sizes, factorisation and warps; the batch is ``config.batch_size`` images.
    device
        Where to compute.
    precision
        Of the matrix products, ``"float32"`` or ``"bfloat16"``; None: that of training.
    """

    def __init__(self, config: TrainingConfig, device: torch.device, precision: str | None = None):
        self.config, self.device = config, device
        self.precision = precision or precisions(device)[-1]
        self.n_images = config.batch_size
        pool = torch.randint(0, 256, (_POOL, SIDE, SIDE), dtype=torch.uint8)
        self.images = pool.to(device)  # (M, 28, 28)
        self.batch = torch.randint(0, _POOL, (self.n_images,), device=device)  # (B,)
        self.model = make_model(config).to(device)
        self.warp = Warp(config.warp_strength, config.warp_elastic, device)
        self.optimiser = torch.optim.Adam(self.model.parameters(), lr=1e-6, fused=True)
        self.x = self.data()  # (B, 784)
        noise = torch.randn(self.n_images, 3, config.latent_dim, device=device)
        self.mean, self.log_var, self.z = noise.unbind(1)  # (B, D) each
        self.log_odds = torch.randn_like(self.x)  # (B, 784)

    def __call__(self) -> None:
        """Take one whole step."""
        x = self.data()  # (B, 784)
        view = self.warp(x)  # (B, 784)
        with self._autocast():
            total = self.model.loss(x, view, beta=self.config.beta).total
        self.optimiser.zero_grad()
        total.backward()
        self.optimiser.step()

    def _autocast(self) -> AbstractContextManager:
        enabled = self.precision == "bfloat16"
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=enabled)

    def data(self) -> Tensor:
        """Pick a batch and make it grey levels, (B, 784)."""
        return grey_levels(self.images.index_select(0, self.batch))

    def warping(self) -> Tensor:
        """Deform the batch, (B, 784)."""
        return self.warp(self.x)

    def encoder(self) -> None:
        """Encode, forwards and backwards."""
        with self._autocast():
            mean, log_var = self.model.encode(self.x)  # (B, D), (B, D)
        (mean.sum() + log_var.sum()).backward()

    def decoder(self) -> None:
        """Decode, forwards and backwards."""
        with self._autocast():
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


def operations(step: Step) -> int:
    """Return the floating-point operations of the matrix products and convolutions of a step."""
    with FlopCounterMode(display=False) as counter:
        step()
    return counter.get_total_flops()


def matrix_products(step: Step) -> Callable[[], None]:
    """Return a function that does the step's matrix products and nothing else.

    For every fully connected layer the product forwards and the two backwards; a convolution
    counts as the product of its unfolded input. In the precision of the step.
    """
    dtype = _DTYPES[step.precision]
    triples = []
    for rows, n_in, n_out in _layer_sizes(step):
        shapes = ((rows, n_in), (n_out, n_in), (rows, n_out))  # input, weights, gradient
        triples.append([torch.randn(shape, dtype=dtype, device=step.device) for shape in shapes])

    def work() -> None:
        for x, weight, gradient in triples:
            x @ weight.T  # forwards (B, out)
            gradient @ weight  # with respect to the input (B, in)
            gradient.T @ x  # with respect to the weights (out, in)

    return work


def _layer_sizes(step: Step) -> list[tuple[int, int, int]]:
    """Return (rows, inputs, outputs) of every layer's matrix product, seen by running it once."""
    sizes: list[tuple[int, int, int]] = []

    def record(layer: nn.Module, _: object, output: Tensor) -> None:
        if isinstance(layer, nn.Linear):
            sizes.append((output.shape[:-1].numel(), layer.in_features, layer.out_features))
        elif isinstance(layer, nn.Conv2d):
            pixels = output.shape[0] * output.shape[2:].numel()
            sizes.append((pixels, layer.weight[0].numel(), layer.out_channels))

    hooks = [layer.register_forward_hook(record) for layer in step.model.modules()]
    with torch.no_grad():
        step.model.loss(step.x)
    for hook in hooks:
        hook.remove()
    return sizes
