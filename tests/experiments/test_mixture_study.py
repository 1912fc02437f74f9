"""The study trains each size once, takes a run's own models and scores both preparations."""

from dataclasses import replace

import numpy as np
from toys import K, make_dataset

from gmvae.experiments.execution import Execution
from gmvae.experiments.mixture_study import (
    Draws,
    describe_sizes,
    held_out_bounds,
    predict_sizes,
    score_sizes,
    size_dir,
    train_sizes,
)
from gmvae.experiments.models import fit_models
from gmvae.experiments.preparations import PREPARATIONS, score_preparations
from gmvae.training.configuration import TrainingConfig
from gmvae.training.trainer import is_trained, train

SMALL = TrainingConfig(
    n_components=K, latent_dim=3, epochs=1, encoder_hidden=(8,), decoder_hidden=(8,)
)
DRAWS = Draws([20], [0, 1])


def test_a_study_of_two_sizes(tmp_path):
    data = make_dataset()
    run = fit_models(data, SMALL, [0], tmp_path / "run")
    raw = {size_dir(tmp_path / "raw", K, 0, 0): replace(SMALL, normalise=False)}
    places = tmp_path / "sizes", tmp_path / "run", Execution(2, progress=False), raw
    fitted = train_sizes(data, SMALL, [1, K], [0, 1], *places)
    for place, config in raw.items():  # trained in the same go
        assert is_trained(data.images, config, place)
    own = fitted[K][0][0].model.prior_mean.detach().numpy()
    np.testing.assert_array_equal(own, run[0][0].model.prior_mean.detach().numpy())
    assert fitted[K][0][0].seconds == run[0][0].seconds  # taken, not trained again
    table = score_sizes(fitted, data.labels, DRAWS, K)
    assert set(table["n_components"]) == {1, K}
    assert len(table) == 2 * 2 * (1 + 3) + 2 * 2 * (1 + 3 + 3)
    sizes = describe_sizes(fitted, {1: -3.0, K: -2.0}, K).set_index("n_components")
    assert sizes["held_out"].tolist() == [-3, -2]
    assert np.isnan(sizes.loc[1, "adjusted_rand"])
    assert sizes.loc[K, "adjusted_rand"] <= 1
    assert sizes["purity_kmeans"].notna().all()
    predicted = predict_sizes(fitted, data.labels, [20])
    assert predicted["n_components"].tolist() == [K]  # K = 1 has one name for all
    assert 0 < predicted["predicted"].item() <= sizes.loc[K, "purity"]
    images = {"raw": data.images, "normalised": 255 - data.images}
    both = {"raw": fitted[K], "normalised": {0: fitted[K][0]}}
    prepared = score_preparations(images, both, data.labels, DRAWS)
    assert len(prepared) == 2 * (3 + 2 * 2) + 2 * (3 + 2)
    assert tuple(images) == PREPARATIONS


def test_the_bound_is_of_images_that_the_model_never_saw(tmp_path):
    images = make_dataset().images
    bounds = held_out_bounds(images, SMALL, [1, K, 230], tmp_path)
    assert np.isnan(bounds[230])  # 216 images are trained on
    for k in (1, K):
        place = size_dir(tmp_path, k, 0, 0)
        own = replace(SMALL, n_components=k)
        order = np.random.default_rng(0).permutation(len(images))
        held, seen = order[:24], np.sort(order[24:])
        assert is_trained(images[seen], own, place)
        assert bounds[k] == train(images[seen], own, place).elbo(images[held])["elbo"]
