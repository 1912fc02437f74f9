"""Components that start anew, from k-means of the latent means, early in the training.

Components that begin as random draws have to find images before they can stand for any; some
never do. Once the encoder tells images apart, its means m_n of q(z|x_n) can be cut into K clusters
by k-means, and every component moved to one of them. (VaDE, Jiang et al. 2017, starts from a
mixture fitted to the codes of a pretrained autoencoder; here nothing is trained beforehand.) With
C_c the images of cluster c::

    mu_c = mean of m_n over n in C_c
    v_c  = mean of (m_n - mu_c)^2 + s_n over n in C_c       m_n, s_n: of q(z|x_n)

(v_c at least `LEAST_VAR`), which are the moments of the q(z|x_n) of that cluster taken together.
No label is involved. The shared factorisation's q(c|x) follows at once, because it is computed from
the components.

References
----------
Jiang et al. (2017), "Variational deep embedding".
"""

import warnings

import numpy as np
import torch
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits
from torch import Tensor

from gmvae.model.shared import GMVAE
from gmvae.training.trained import unit_pixels

LEAST_VAR = 1e-3  # of v_c: a cluster of one certain image has next to none
_BATCH = 4096  # images encoded at a time


def some_images(images: Tensor, n_components: int, seed: int) -> Tensor:
    """Return min(N, max(20000, 20 K)) random images of `images` (N, 28, 28), in random order."""
    n = max(20_000, 20 * n_components)
    rows = np.random.default_rng(seed).permutation(len(images))[:n]  # (N',)
    return images.index_select(0, torch.from_numpy(rows).to(images.device))  # (N', 28, 28)


@torch.no_grad()
def start_from_kmeans(model: GMVAE, images: Tensor, seed: int) -> None:
    """Move the components of `model` to k-means clusters of the latent means of `images`.

    A component whose cluster is empty, as happens if fewer than K images differ, stays where it
    is. All stay if the encoder has diverged, which the next step's loss will tell.

    Parameters
    ----------
    model
        Its ``prior_mean`` and ``prior_log_var`` are overwritten.
    images
        As the encoder gets them but unwarped, uint8 (N, 28, 28), on the model's device, N at
        least K.
    seed
        Of k-means.
    """
    encoded = [model.encode(unit_pixels(some)) for some in images.split(_BATCH)]  # (B, D) twice
    # on the CPU, where sums have one order; those of a GPU's index_add do not
    mean, log_var = (torch.cat(parts).cpu() for parts in zip(*encoded, strict=True))  # (N, D) each
    if not bool((mean.square().sum() + log_var.exp().sum()).isfinite()):
        return
    prior_mean, prior_log_var = model.prior_mean.cpu(), model.prior_log_var.cpu()  # (K, D) each
    c = _clusters(mean, model.n_components, seed)  # (N,)
    count = torch.bincount(c, minlength=model.n_components).unsqueeze(1)  # (K, 1)
    nothing = torch.zeros_like(prior_mean)  # (K, D)
    mu = nothing.index_add(0, c, mean) / count  # (K, D), NaN where a cluster is empty
    spread = (mean - mu[c]).square() + log_var.exp()  # (N, D)
    v = nothing.index_add(0, c, spread) / count  # (K, D)
    log_v = v.clamp(min=LEAST_VAR).log()  # (K, D)
    model.prior_mean.copy_(torch.where(count > 0, mu, prior_mean))
    model.prior_log_var.copy_(torch.where(count > 0, log_v, prior_log_var))


def _clusters(points: Tensor, n_clusters: int, seed: int) -> Tensor:
    """Return the k-means cluster of each of `points` (N, D), on the CPU, int64 (N,)."""
    # one thread: with several, the order of sums, and with it the last digits, could change
    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # of fewer than K distinct points
        found = KMeans(n_clusters, n_init=1, random_state=seed).fit_predict(points.numpy())  # (N,)
    return torch.from_numpy(found.astype(np.int64))  # (N,)
