"""Position, slant and size taken out of an image by its moments, before a model sees it.

Where a letter stands, how far it leans and how wide it is written say little about which letter
it is. Of an image x, taken as a density of ink over pixel centres (u, v) from -1 to 1, u to the
right and v down, with E the mean under that density::

    u_0, v_0 = E[u], E[v]                                       the centre of the ink
    a        = E[(u - u_0)(v - v_0)] / E[(v - v_0)^2]           the slant: u's regression on v
    s_u      = sqrt E[(u - u_0 - a (v - v_0))^2]                the spread along u, slant apart,
    s_v      = sqrt E[(v - v_0)^2]                              and along v
    r_u, r_v = (s_u / S_u)^(1/2), (s_v / S_v)^(1/2)             how much is too large

The normalised image has at (u, v) what x has at (u_0 + r_u u + a r_v v, v_0 + r_v v). The square
roots meet the spreads S_u, S_v half way, because some of a letter's proportions are its own: an
i is narrower than an m. For the same reason a, r_u and r_v are kept within limits.

This is the moment normalisation of handwriting recognition (Casey 1970; the slant alone: LeCun
et al. 1998, section III-A). Labels have no part in it.

References
----------
Casey (1970), "Moment normalization of handprinted characters". LeCun et al. (1998),
"Gradient-based learning applied to document recognition".
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gmvae.model.networks import N_PIXELS, SIDE

SPREAD_U, SPREAD_V = 0.32, 0.36  # S_u, S_v: a letter with them keeps clear of the image's border
STEEPEST = 1.0  # |a|; beyond 45 degrees it is no hand's slant, but a shape such as a dash
SMALLEST, LARGEST = 0.75, 1.3  # of r_u and r_v
_BATCH = 4096  # images at a time


def normalise(images: Tensor) -> Tensor:
    """Return images without position and slant and of like size; a black image stays black.

    Parameters
    ----------
    images
        uint8, (N, 28, 28), on any device.

    Returns
    -------
    Tensor
        uint8, (N, 28, 28): bilinear interpolation, rounded; black flows in from outside.
    """
    out = torch.empty_like(images)  # (N, 28, 28)
    for start in range(0, len(images), _BATCH):
        rows = slice(start, start + _BATCH)
        out[rows] = _normalise(images[rows].float()).round().to(torch.uint8)
    return out


def normalised(images: np.ndarray) -> np.ndarray:
    """Do :func:`normalise` on a uint8 array (N, 28, 28)."""
    return normalise(torch.from_numpy(np.ascontiguousarray(images))).numpy()


def _normalise(x: Tensor) -> Tensor:
    """Return normalised grey levels, (B, 28, 28), of `x` (B, 28, 28)."""
    axis = (torch.arange(SIDE, device=x.device) + 0.5) * 2 / SIDE - 1  # (28,) pixel centres
    v, u = (t.reshape(1, N_PIXELS) for t in torch.meshgrid(axis, axis, indexing="ij"))  # (1, P)
    ink = x.view(-1, N_PIXELS)  # (B, P)
    ink = ink / ink.sum(1, keepdim=True).clamp(min=1)  # (B, P), sums to 1 unless black

    def mean(of: Tensor) -> Tensor:
        return (ink * of).sum(1, keepdim=True)  # (B, 1)

    u_0, v_0 = mean(u), mean(v)  # (B, 1)
    variance_v = mean((v - v_0).square()).clamp(min=1e-6)  # (B, 1)
    a = (mean((u - u_0) * (v - v_0)) / variance_v).clamp(-STEEPEST, STEEPEST)  # (B, 1)
    variance_u = mean((u - u_0 - a * (v - v_0)).square())  # (B, 1)
    r_u = (variance_u.sqrt() / SPREAD_U).sqrt().clamp(SMALLEST, LARGEST)  # (B, 1)
    r_v = (variance_v.sqrt() / SPREAD_V).sqrt().clamp(SMALLEST, LARGEST)  # (B, 1)
    source_v = v_0 + r_v * v  # (B, P)
    source_u = u_0 + r_u * u + a * r_v * v  # (B, P)
    grid = torch.stack([source_u, source_v], dim=2).view(-1, SIDE, SIDE, 2)  # (B, 28, 28, 2)
    moved = functional.grid_sample(x.unsqueeze(1), grid, align_corners=False)  # (B, 1, 28, 28)
    return moved.squeeze(1)  # (B, 28, 28)
