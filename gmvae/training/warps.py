"""Random small deformations of images, drawn anew for every image at every step.

In training the encoder sees the deformed image and the decoder rebuilds the original, so that
z and q(c|x) learn to ignore slant, size, position and small wobbles of the pen, which say
nothing about the class: the denoising autoencoder's idea (Vincent et al. 2008) with the random
affine and elastic deformations of Simard et al. (2003) in place of noise.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

from gmvae.model.networks import N_PIXELS, SIDE

ROTATION = math.radians(10)  # standard deviations at strength 1: radians,
SHEAR = 0.15  # x displacement per y,
LOG_SCALE = 0.08  # natural logarithm of the zoom,
SHIFT = 0.05  # fraction of half the image's side,
WOBBLE = 0.05  # the same, for the elastic part
_KNOTS = 5  # the elastic field is drawn on a _KNOTS x _KNOTS grid and interpolated


class Warp:
    """Draws one random deformation per image and applies it by bilinear interpolation.

    Parameters
    ----------
    strength
        Factor on all standard deviations; 0 returns the images as they are.
    elastic
        Further factor on the elastic part.
    device
        Where the images live.
    """

    def __init__(self, strength: float, elastic: float, device: torch.device | str = "cpu"):
        self.strength, self.elastic = strength, elastic
        axis = (torch.arange(SIDE, device=device) + 0.5) * 2 / SIDE - 1  # (28,) pixel centres
        y, x = torch.meshgrid(axis, axis, indexing="ij")  # (28, 28) each
        self._grid = torch.stack([x.flatten(), y.flatten(), torch.ones_like(x).flatten()])  # (3, P)
        knots = torch.eye(_KNOTS**2, device=device).view(-1, 1, _KNOTS, _KNOTS)
        basis = functional.interpolate(knots, (SIDE, SIDE), mode="bicubic", align_corners=True)
        self._basis = basis.view(_KNOTS**2, N_PIXELS)  # (J, P) field of one knot moved by 1

    def __call__(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Return deformed copies, (N, 784), of images `x` (N, 784); black flows in from outside."""
        if self.strength == 0:
            return x
        n = len(x)
        # coefficients of (x, y, 1) and of the elastic basis for both coordinates of the source
        where = self._affine(n, x, generator).view(2 * n, 3) @ self._grid  # (2N, P)
        if self.elastic > 0:
            field = torch.empty(2 * n, len(self._basis), device=x.device)  # (2N, J)
            field.normal_(0, self.strength * self.elastic * WOBBLE, generator=generator)
            where.addmm_(field, self._basis)  # (2N, P)
        grid = where.view(n, 2, SIDE, SIDE).permute(0, 2, 3, 1)  # (N, 28, 28, 2)
        images = x.view(n, 1, SIDE, SIDE)
        warped = functional.grid_sample(images, grid, align_corners=False)  # (N, 1, 28, 28)
        return warped.view(n, N_PIXELS)

    def _affine(self, n: int, like: Tensor, generator: torch.Generator | None) -> Tensor:
        """Draw rotation, shear, two zooms and a shift; return them as matrices, (N, 2, 3)."""
        noise = torch.empty(6, n, device=like.device).normal_(0, self.strength, generator=generator)
        angle, shear = ROTATION * noise[0], SHEAR * noise[1]  # (N,)
        zoom_x, zoom_y = torch.exp(LOG_SCALE * noise[2]), torch.exp(LOG_SCALE * noise[3])  # (N,)
        cos, sin = torch.cos(angle), torch.sin(angle)
        row_x = [zoom_x * cos, zoom_x * (shear * cos - sin), SHIFT * noise[4]]
        row_y = [zoom_y * sin, zoom_y * (shear * sin + cos), SHIFT * noise[5]]
        return torch.stack([*row_x, *row_y], dim=1).view(n, 2, 3)  # (N, 2, 3)
