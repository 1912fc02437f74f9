"""What chapter 07 looks at in a trained model: its latent space, components and certainty."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from gmvae.decoding.clusters import entropy
from gmvae.errors import InputError

Array = NDArray[Any]
SHOWN = 1000  # images in a map; more would hide each other
_SEED = 0


def maps(latent_mean: Array, with_umap: bool = False) -> tuple[Array, dict[str, Array]]:
    """Project latent means to the plane in several ways.

    PCA keeps large distances, t-SNE (van der Maaten and Hinton 2008) and UMAP (McInnes, Healy and
    Melville 2018) keep neighbours; in the latter two, distances between groups mean little.

    Parameters
    ----------
    latent_mean : ndarray of shape (N, D)
    with_umap : bool
        Needs the extra ``umap``.

    Returns
    -------
    rows : ndarray of shape (n,)
        At most 1,000 images, drawn at random.
    points : dict of ndarrays of shape (n, 2)
        By name of the projection.

    Raises
    ------
    InputError
        If UMAP is asked for and not installed.
    """
    order = np.random.default_rng(_SEED).permutation(len(latent_mean))
    rows = np.sort(order[:SHOWN])
    Z = latent_mean[rows]  # (n, D)
    perplexity = min(30.0, (len(Z) - 1) / 3)
    projections: dict[str, Any] = {"PCA": PCA(2, random_state=_SEED)}
    projections["t-SNE"] = TSNE(2, perplexity=perplexity, init="pca", random_state=_SEED)
    if with_umap:
        projections["UMAP"] = umap_class()(random_state=_SEED, n_jobs=1)
    return rows, {name: method.fit_transform(Z) for name, method in projections.items()}


def umap_class() -> Any:
    """Return UMAP; raise InputError where it is not installed."""
    try:
        from umap import UMAP
    except ImportError:
        raise InputError(
            'umap=true needs the package umap-learn: pip install "gmvae[umap]".'
        ) from None
    return UMAP


def confusion(y: Array, predicted: Array, n_classes: int) -> Array:
    """Return the share of each class's images that go to each label, ``(L, L)``; rows sum to 1.

    A class without an image has a row of zeros.
    """
    counts = np.zeros((n_classes, n_classes))
    np.add.at(counts, (y, predicted), 1)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def largest_confusions(shares: Array, n: int) -> list[tuple[int, int, float]]:
    """Return the `n` largest entries off the diagonal: class, label, share."""
    off = shares.copy()
    np.fill_diagonal(off, -1)
    order = np.argsort(-off, axis=None, kind="stable")[:n]
    rows, columns = np.unravel_index(order, off.shape)
    return [(int(a), int(b), float(off[a, b])) for a, b in zip(rows, columns, strict=True)]


def by_certainty(R: Array, n: int) -> tuple[Array, Array]:
    """Return the `n` images with the smallest and the `n` with the largest entropy of q(c|x)."""
    order = np.argsort(entropy(R), kind="stable")
    return order[:n], order[::-1][:n]


def reconstructions(trained: Any, images: Array) -> Array:
    """Return pixel probabilities ``(n, 28, 28)`` decoded from the mean of q(z|x).

    Parameters
    ----------
    trained : gmvae.training.trained.TrainedModel
    images : ndarray of shape (n, 28, 28), uint8
    """
    import torch  # only this function needs it

    _, latent_mean = trained.posterior(images)  # (n, D)
    device = trained.model.prior_mean.device
    with torch.inference_mode():
        log_odds = trained.model.decode(torch.from_numpy(latent_mean).to(device))  # (n, 784)
        pixels = torch.sigmoid(log_odds.float()).cpu().numpy()
    return pixels.reshape(-1, *images.shape[1:])
