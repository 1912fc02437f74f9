"""Scores of several sizes: k-means of z as responsibilities, criteria without labels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import make_dataset, make_posterior

from gmvae.decoding.posterior import Posterior
from gmvae.experiments.mixture_sizes import (
    DECODERS,
    agreement,
    entropy_share,
    kmeans_responsibilities,
    purities,
    score_posterior,
)


@given(st.integers(1, 12), st.floats(0.01, 1e3))
def test_responsibilities_sum_to_one_whatever_the_unit_of_z(k, unit):
    Z = np.random.default_rng(0).normal(size=(9, 3))
    r = kmeans_responsibilities(Z, k)
    assert r.shape == (9, min(k, 9))
    np.testing.assert_allclose(r.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(kmeans_responsibilities(unit * Z, k), r, atol=1e-4)


def test_the_nearest_centre_takes_most_and_doubt_lies_between():
    Z = np.array([[0.0], [0.2], [9.8], [10.0], [5.0]])
    r = kmeans_responsibilities(Z, 2)
    assert r[:4].argmax(axis=1).tolist() in ([0, 0, 1, 1], [1, 1, 0, 0])
    assert r[4].max() < r[0].max()


def test_agreement_does_not_depend_on_names_of_groups():
    first = np.array([0, 0, 1, 1, 2, 2])
    assert agreement(first, 2 - first) == pytest.approx(
        {"adjusted_rand": 1, "mutual_information": 1}
    )
    assert agreement(first, np.array([0, 1, 0, 1, 0, 1]))["adjusted_rand"] <= 0


def test_a_single_component_is_cut_and_not_decoded():
    data = make_dataset()
    many = make_posterior(data, 0)
    one = Posterior(np.ones((len(data.labels), 1), np.float32), many.latent_mean, data.labels)
    table = score_posterior(one, data.labels, [20], [0, 1], n_clusters=5)
    assert set(table["clusters"]) == {"none", "k-means"}
    assert entropy_share(one) == 0
    table = score_posterior(many, data.labels, [20], [0, 1])
    assert set(table["clusters"]) == {"none", "components"}
    soft = table[table["method"] == "soft"]["accuracy"].mean()
    assert soft > 0.5  # the components of the toy know the class, of which there are four
    assert len(table) == 2 * (1 + len(DECODERS))
    assert 0 < entropy_share(many) < 1
    assert set(purities(many, 5)) == {"components", "k-means"}
