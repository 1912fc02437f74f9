"""What a trained model says of each image, which is all that a decoder reads."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gmvae.data.archive import Archive
from gmvae.errors import InputError
from gmvae.files import write_npz

_ROUNDING = 1e-3  # how far a row of responsibilities may be from a sum of 1


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


def load_posterior(path: Path) -> Posterior:
    """Read what :meth:`Posterior.save` wrote; nothing is unpickled.

    Raises
    ------
    InputError
        If the file is damaged or holds something else.
    """
    try:
        archive = Archive(path)
        names = ("responsibilities", "latent_mean", "labels")
        posterior = Posterior(*(archive.read(name) for name in names))
    except InputError:
        raise _refused(path, "is damaged, or another file") from None
    q, z, y = posterior.responsibilities, posterior.latent_mean, posterior.labels
    if q.ndim != 2 or z.ndim != 2 or y.ndim != 1 or not len(q) == len(z) == len(y) > 0:
        raise _refused(path, "holds arrays of shapes that do not belong together")
    if q.dtype.kind != "f" or z.dtype.kind != "f" or y.dtype.kind not in "iu":
        raise _refused(path, "holds arrays of other types")
    in_range = np.isfinite(z).all() and (q >= 0).all()  # NaN is not
    if not in_range or not (np.abs(q.sum(axis=1) - 1) <= _ROUNDING).all():
        raise _refused(path, "holds responsibilities or latent means that cannot be")
    return posterior


def _refused(path: Path, what: str) -> InputError:
    return InputError(f"{path} {what}: delete it, and the command that made the run makes it anew.")
