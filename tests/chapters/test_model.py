"""Chapter 02: what is shown of a model, on latent spaces small enough to know."""

import numpy as np
import pandas as pd
import pytest

from gmvae.chapters.model import (
    SHOWN,
    describe_tradeoff,
    kmeans_majority_by_n_clusters,
    loss_terms,
    numbers,
    principal_plane,
)


def test_the_tradeoff_over_k():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 50)
    latent = 10 * np.eye(4)[labels] + rng.normal(size=(200, 4))  # four separate clouds
    labelled = np.array([0, 50, 100, 150])
    table = kmeans_majority_by_n_clusters(latent, labels, [labelled], [1, 4, 40])
    one, four, many = table.to_dict("records")
    assert one["purity"] == pytest.approx(1 / 4)
    assert one["covered"] == four["covered"] == 1
    assert four["purity"] == four["accuracy"] == 1
    assert many["purity"] == 1
    assert many["covered"] == many["accuracy"] <= 1 - (40 - 4) / 196
    assert [row["n_clusters"] for row in (one, four, many)] == [1, 4, 40]
    recorded = numbers({"entropy": 0.5}, table)
    rows = recorded.pop("tradeoff")
    assert recorded == {"entropy": 0.5, "tradeoff_best_k": 4}
    assert [row["n_clusters"] for row in rows] == [1, 4, 40]
    assert rows[0]["deviation"] is None  # of one draw
    assert "at K' = 4 (100.0%)" in describe_tradeoff(table, 4)
    few = kmeans_majority_by_n_clusters(latent[::5], labels[::5], [np.array([0, 10])])
    assert few["n_clusters"].tolist() == [5, 10]  # a cluster for four images at most


def test_the_first_of_equally_good_numbers_of_clusters_is_the_best():
    table = pd.DataFrame({"n_clusters": [5, 10, 20], "accuracy": [0.7, 0.8, 0.8]})
    assert numbers({}, table)["tradeoff_best_k"] == 10


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


def test_a_difference_within_the_draws_decides_nothing():
    table = pd.DataFrame(
        {"n_clusters": [5, 10, 20], "accuracy": [0.7, 0.79, 0.8], "deviation": [0.1, 0.02, 0.02]}
    )
    told = describe_tradeoff(table, 90)
    assert "K' = 20 (80.0%); K' = 10 cannot be told from it" in told
    assert "2.0 points" in told
    clear = table.assign(deviation=0.001)
    assert "cannot be told" not in describe_tradeoff(clear, 90)


def test_the_tradeoff_is_a_mean_over_draws():
    labels = np.repeat([0, 1], 20)
    latent = 10.0 * np.eye(2)[labels]
    draws = [np.array([0, 20]), np.array([0, 1])]  # the second misses a cluster
    (row,) = kmeans_majority_by_n_clusters(latent, labels, draws, [2]).to_dict("records")
    assert row["accuracy"] == pytest.approx((1 + 18 / 38) / 2)
    assert row["deviation"] == pytest.approx(np.std([1, 18 / 38], ddof=1))
