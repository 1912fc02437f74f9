"""What chapter 02 shows of a trained model: its training and its components."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA

from gmvae.chapters.plane import two_wide

SHOWN = 2000  # images in the map of the latent space, at most; more would hide each other
_SEED = 0


def loss_terms(history: pd.DataFrame) -> dict[str, pd.Series]:
    """Return what reconstruction and the mixture prior cost in each epoch, and the ELBO."""
    return {
        "reconstruction": history["reconstruction"],
        "KL of z and c": history["kl_z"] + history["kl_c"],
        "ELBO": history["elbo"],
    }


def principal_plane(
    latent_mean: np.ndarray, component_means: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Project latent means to the two directions in which they vary most.

    Parameters
    ----------
    latent_mean : array (N, D)
    component_means : array (K, D)

    Returns
    -------
    rows : int array (n,)
        At most 2,000 images, drawn at random.
    points : array (n, 2)
    centres : array (K, 2)
        The components' means.
    """
    rows = np.random.default_rng(_SEED).permutation(len(latent_mean))[:SHOWN]
    Z = two_wide(latent_mean[rows])  # (n, D)
    plane = PCA(2, random_state=_SEED).fit(Z)
    return rows, plane.transform(Z), plane.transform(two_wide(component_means))


def describe_training(described: Mapping[str, Any], n_components: int, n_images: int) -> str:
    """Tell what training took and how many components are in use."""
    return (
        f"Training took {described['training_seconds']:.0f} s for"
        f" {described['n_parameters'] / 1e6:.1f} million weights."
        f" {described['components_in_use']} of the K = {n_components} components are in use (they"
        f" are the most likely one for more than N/(20 K) = {n_images / 20 / n_components:.0f}"
        f" images), and the entropy of q(c|x) is {described['entropy']:.2f} nats on average,"
        f" between 0 for a certain model and {np.log(n_components):.2f} for an ignorant one."
    )


def describe_purity(described: Mapping[str, Any]) -> str:
    """Tell what purity is, and the model's."""
    return (
        "If every label were known and each component took its majority label,"
        f" {described['purity']:.1%} of the images would be right: the *purity*, a ceiling on what"
        " one name per component can reach."
    )
