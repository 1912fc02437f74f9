"""The model's own encoder and warps, supervised: what the architecture does without clusters.

If soft decoding beats a multilayer perceptron, it might be for the encoder's size, for the
normalised images it is given or for the warped ones it was trained on. This competitor has all
three, and the labelled images alone.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gmvae.baselines.method import Method, Sample
from gmvae.baselines.pixels import pixels

if TYPE_CHECKING:  # torch takes seconds to import, and most cells do without it
    from torch import nn

Array = NDArray[Any]
_ROWS = 4096  # images predicted at a time


def same_encoder(
    sample: Sample,
    channels: list[int],
    hidden: list[int],
    warp_strength: float,
    warp_elastic: float,
    steps: int,
    batch_size: int,
    learning_rate: float,
) -> Array:
    """Train the encoder with a softmax head on warped labelled images; return predictions.

    p(l|x) = softmax(W h(x) + b) with h the body of q(z|x). Cross-entropy, Adam, one cycle of the
    learning rate as in the model's training; a fixed number of steps, because few labels leave
    none to stop early by.
    """
    import torch
    from torch import nn

    from gmvae.model.networks import EncoderBody
    from gmvae.training.warps import Warp

    classes, label = np.unique(sample.y, return_inverse=True)  # (L',), (n,)
    X = torch.from_numpy(pixels(sample.X, sample.labelled))  # (n, 784)
    y = torch.from_numpy(label)  # (n,)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # workers share the cores, and sums keep their order
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(sample.seed)
            head = nn.Linear(hidden[-1], len(classes))
            network = nn.Sequential(EncoderBody(channels, hidden), head)
            optimiser = torch.optim.Adam(network.parameters(), lr=learning_rate)
            cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, learning_rate, steps)
            warp = Warp(warp_strength, warp_elastic)
            for _ in range(steps):
                batch = torch.randint(len(y), (min(batch_size, len(y)),))  # (B,)
                log_odds = network(warp(X[batch]))  # (B, L')
                loss = nn.functional.cross_entropy(log_odds, y[batch])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
                cycle.step()
        return classes[_predict(network, sample)]  # (M,)
    finally:
        torch.set_num_threads(threads)


def _predict(network: "nn.Module", sample: Sample) -> Array:
    """Return the most likely class of each scored image, as positions, shape (M,)."""
    import torch

    blocks = np.array_split(sample.scored, max(1, len(sample.scored) // _ROWS))
    with torch.inference_mode():
        found = [network(torch.from_numpy(pixels(sample.X, rows))).argmax(1) for rows in blocks]
    return torch.cat(found).numpy()


ENCODER_METHODS = (
    Method(
        "same-encoder",
        "normalised",
        same_encoder,
        {
            "channels": [],
            "hidden": [256, 256],
            "warp_strength": 1.0,
            "warp_elastic": 1.0,
            "steps": 4000,  # on nist_letters 400 are 3 to 6 points below, 2000 one
            "batch_size": 64,
            "learning_rate": 3e-3,
        },
        seconds_per_label=0.02,
    ),
)
