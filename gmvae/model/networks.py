"""The two neural networks of the model: an encoder's body and a decoder.

Both are plain; what the model means is in :mod:`gmvae.model.shared`.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from gmvae.data.dataset import IMAGE_SIZE

SIDE = IMAGE_SIZE  # images are SIDE x SIDE
N_PIXELS = SIDE * SIDE


def perceptron(sizes: Sequence[int]) -> nn.Sequential:
    """Return linear layers of the given sizes, each but the first size followed by a ReLU."""
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*layers)


class EncoderBody(nn.Module):
    """Image to features: optional 2-strided 3x3 convolutions, then fully connected layers.

    Parameters
    ----------
    channels
        Output channels of the convolutions, each of which halves the side (28, 14, 7, 4, ...);
        empty for a purely fully connected encoder.
    hidden
        Widths of the fully connected layers, at least one.
    """

    def __init__(self, channels: Sequence[int], hidden: Sequence[int]):
        super().__init__()
        side, n_in = SIDE, 1
        convolutions: list[nn.Module] = []
        for n_out in channels:
            convolutions += [nn.Conv2d(n_in, n_out, 3, stride=2, padding=1), nn.ReLU()]
            side, n_in = (side + 1) // 2, n_out
        # channels_last is the layout in which the CPU's convolutions are fastest
        self.convolutions = nn.Sequential(*convolutions).to(memory_format=torch.channels_last)
        self.dense = perceptron([n_in * side * side, *hidden])

    def forward(self, x: Tensor) -> Tensor:
        """Map grey levels `x` (N, 784) to features (N, H)."""
        h = x.view(-1, 1, SIDE, SIDE)  # (N, 1, 28, 28)
        h = self.convolutions(h.contiguous(memory_format=torch.channels_last))  # (N, C, S, S)
        return self.dense(h.flatten(1))  # (N, H)


class Decoder(nn.Module):
    """Latent vector to the log-odds of every pixel: fully connected layers.

    Parameters
    ----------
    latent_dim
        D.
    hidden
        Widths of the hidden layers, at least one.
    """

    def __init__(self, latent_dim: int, hidden: Sequence[int]):
        super().__init__()
        self.body = perceptron([latent_dim, *hidden])
        self.log_odds = nn.Linear(hidden[-1], N_PIXELS)

    def forward(self, z: Tensor) -> Tensor:
        """Map `z` (..., D) to pixel log-odds (..., 784)."""
        return self.log_odds(self.body(z))  # (..., 784)
