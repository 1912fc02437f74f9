"""Chapter 02: what is shown of a model, on latent spaces small enough to know."""

import numpy as np
import pandas as pd

from gmvae.chapters.model import SHOWN, loss_terms, principal_plane


def test_the_loss_is_told_in_three_terms_that_add_up():
    history = pd.DataFrame({"reconstruction": [5.0], "kl_z": [2.0], "kl_c": [1.0], "elbo": [-8.0]})
    reconstruction, kl, elbo = (values[0] for values in loss_terms(history).values())
    assert reconstruction + kl == -elbo


def test_the_plane_is_the_one_in_which_latent_means_vary_most():
    rng = np.random.default_rng(0)
    latent = rng.normal(size=(SHOWN + 50, 4)) * [9.0, 0.1, 3.0, 0.1]
    rows, points, centres = principal_plane(latent, np.eye(4)[:3])
    assert (points.shape, centres.shape) == ((SHOWN, 2), (3, 2))
    assert len(set(rows)) == SHOWN
    np.testing.assert_allclose(np.abs(points[:, 0]), np.abs(latent[rows, 0]), atol=1)
    middle = latent[rows].mean(axis=0)
    np.testing.assert_allclose(np.abs(centres[0, 0]), np.abs(1 - middle[0]), atol=0.1)
