"""One training step on random images, for what counts or times it."""

from contextlib import AbstractContextManager

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from gmvae.model.networks import SIDE
from gmvae.training.configuration import TrainingConfig
from gmvae.training.device import has_bf16
from gmvae.training.trained import make_model, unit_pixels
from gmvae.training.warps import Warp

_POOL = 4096  # images that a batch is drawn from


def precisions(device: torch.device) -> list[str]:
    """Return the precisions that `device` multiplies matrices in, float32 first."""
    return ["float32", "bfloat16"] if has_bf16(device) else ["float32"]


class Step:
    """One training step of a configuration, with its batch size, on random images.

    The matrix products are in `precision`, ``"float32"`` or ``"bfloat16"``; None: the last
    that `device` has.
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

    def __call__(self) -> None:
        """Take one whole step."""
        x = self.data()  # (B, 784)
        view = self.warp(x)  # (B, 784)
        with self.autocast():
            total = self.model.loss(x, view, beta=self.config.beta).total
        self.optimiser.zero_grad()
        total.backward()
        self.optimiser.step()

    def autocast(self) -> AbstractContextManager:
        """Return a context in which matrix products have the precision of this step."""
        enabled = self.precision == "bfloat16"
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=enabled)

    def data(self) -> Tensor:
        """Pick a batch and make it grey levels, (B, 784)."""
        return unit_pixels(self.images.index_select(0, self.batch))


def operations(step: Step) -> int:
    """Return the floating-point operations of the matrix products and convolutions of a step."""
    with FlopCounterMode(display=False) as counter:
        step()
    return counter.get_total_flops()
