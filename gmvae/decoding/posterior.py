"""What a trained model says of each image, which is all that a decoder reads."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gmvae.files import write_npz


@dataclass(frozen=True)
class Posterior:
    """What the trained model says of each image.

    Attributes
    ----------
    responsibilities : float32 array (N, K)
        q(c|x), rows sum to 1.
    latent_mean : float32 array (N, D)
        Mean of q(z|x).
    labels : int64 array (N,)
        The data set's labels, -1 where there is none. No model has seen them.
    """

    responsibilities: np.ndarray
    latent_mean: np.ndarray
    labels: np.ndarray

    def save(self, path: Path) -> None:
        """Write the arrays to `path`, whole or not at all."""
        write_npz(
            path,
            responsibilities=self.responsibilities,
            latent_mean=self.latent_mean,
            labels=self.labels,
        )
