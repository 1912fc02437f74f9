"""A small supervised network: what learns from labelled images, whoever gave the labels.

p(l|x) = softmax(W h(x) + b) with h the body of the model's encoder, see
:mod:`gmvae.model.networks`. At every step it sees a batch of images anew, each warped at random as
in the model's training.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gmvae.baselines.pixels import pixels

if TYPE_CHECKING:  # torch takes seconds to import, and most cells do without it
    from torch import nn

Array = NDArray[Any]
_ROWS = 4096  # images predicted at a time


@dataclass(frozen=True)
class Recipe:
    """How a network is made and trained.

    Attributes
    ----------
    channels, hidden : list of int
        Sizes of the body, see :class:`gmvae.model.networks.EncoderBody`.
    warp_strength, warp_elastic : float
        See :class:`gmvae.training.warps.Warp`.
    steps : int
        Of the gradient, a fixed number: there is nothing to stop early by.
    batch_size : int
        Images in a step, drawn with replacement.
    learning_rate : float
        The peak of the one-cycle schedule of Adam.
    """

    channels: list[int]
    hidden: list[int]
    warp_strength: float
    warp_elastic: float
    steps: int
    batch_size: int
    learning_rate: float


def fit_network(images: Array, label: Array, seed: int, recipe: Recipe) -> "nn.Module":
    """Train a network by cross-entropy, on one thread; return it.

    Parameters
    ----------
    images : ndarray of shape (n, 28, 28), uint8
    label : int array of shape (n,)
        In 0..L'-1, each of them at least once.
    seed : int
        Of its weights, batches and warps.
    recipe : Recipe
    """
    import torch
    from torch import nn

    from gmvae.model.networks import EncoderBody
    from gmvae.training.denormals import flushed_denormals
    from gmvae.training.threads import threads
    from gmvae.training.warps import Warp

    y = torch.from_numpy(label)  # (n,)
    # on one thread: workers share the cores, and sums keep their order
    with threads(1), torch.random.fork_rng(devices=[]), flushed_denormals():
        torch.manual_seed(seed)
        head = nn.Linear(recipe.hidden[-1], int(label.max()) + 1)
        network = nn.Sequential(EncoderBody(recipe.channels, recipe.hidden), head)
        peak = recipe.learning_rate
        optimiser = torch.optim.Adam(network.parameters(), lr=peak, fused=True)
        cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, peak, recipe.steps)
        warp = Warp(recipe.warp_strength, recipe.warp_elastic)
        for _ in range(recipe.steps):
            batch = torch.randint(len(y), (min(recipe.batch_size, len(y)),))  # (B,)
            x = torch.from_numpy(pixels(images, batch.numpy()))  # (B, 784)
            log_odds = network(warp(x))  # (B, L')
            loss = nn.functional.cross_entropy(log_odds, y[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            cycle.step()
    return network


def predict_network(network: "nn.Module", images: Array, rows: Array) -> Array:
    """Return the most likely class of the images `rows (M,)`, in 0..L'-1, shape (M,).

    `images`: uint8, (N, 28, 28).
    """
    import torch

    from gmvae.training.threads import threads

    blocks = np.array_split(rows, max(1, len(rows) // _ROWS))
    with threads(1), torch.inference_mode():
        found = [network(torch.from_numpy(pixels(images, b))).argmax(1) for b in blocks]
    return torch.cat(found).numpy()
