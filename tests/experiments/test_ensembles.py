"""Several models together: means of probabilities, points side by side, the same draws."""

import numpy as np
import pytest
from toys import make_dataset, make_posterior

from gmvae.decoding.decoders import SoftDecoder
from gmvae.decoding.diffusion import DiffusedSoftDecoder, component_walk
from gmvae.errors import FailedError
from gmvae.experiments.ensembles import (
    joint_latent_means,
    mean_probability_accuracy,
    score_ensembles,
    sizes,
)
from gmvae.experiments.execution import Execution
from gmvae.experiments.scoring import as_draw, draw_labels


@pytest.fixture(scope="module")
def data():
    return make_dataset()


@pytest.fixture(scope="module")
def posteriors(data):
    return {seed: make_posterior(data, seed) for seed in range(3)}


def test_a_model_beside_itself_is_that_model(data, posteriors):
    R = posteriors[0].responsibilities
    draw = draw_labels(data.labels, 40, 0)
    decoder = SoftDecoder().fit(R[draw.labelled], data.labels[draw.labelled])
    one = np.mean(decoder.predict(R[draw.scored]) == data.labels[draw.scored])
    assert mean_probability_accuracy([R, R], data.labels, draw) == one


def test_more_models_know_more(data, posteriors):
    table = score_ensembles(posteriors, data.labels, [12], range(8))
    soft = table[table["method"] == "soft"].groupby("models")["accuracy"].mean()
    assert list(soft.index) == [2, 3]
    draws = [draw_labels(data.labels, 12, seed) for seed in range(8)]
    alone = [
        mean_probability_accuracy([p.responsibilities], data.labels, draw)
        for p in posteriors.values()
        for draw in draws
    ]
    assert soft[3] > np.mean(alone)


def test_votes_spread_in_each_model_before_they_are_averaged(data, posteriors):
    R = posteriors[0].responsibilities
    draw, walk = draw_labels(data.labels, 12, 0), component_walk(R)
    decoder = DiffusedSoftDecoder().fit(R[draw.labelled], data.labels[draw.labelled], walk)
    one = np.mean(decoder.predict(R[draw.scored]) == data.labels[draw.scored])
    assert mean_probability_accuracy([R, R], data.labels, draw, [walk, walk]) == one
    still = np.zeros_like(walk)  # nowhere to go: votes stay
    plain = mean_probability_accuracy([R], data.labels, draw)
    assert mean_probability_accuracy([R], data.labels, draw, [still]) == plain
    table = score_ensembles(posteriors, data.labels, [12], [0])
    assert list(table["method"].unique()) == ["soft", "soft-diffused", "graph"]


def test_no_model_counts_more_for_a_wider_space():
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(50, 3))
    np.testing.assert_allclose(
        joint_latent_means([Z, 9 * Z])[:, :3], joint_latent_means([Z, Z])[:, 3:]
    )
    assert joint_latent_means([Z, 0 * Z]).shape == (50, 6)


def test_the_numbers_of_models():
    assert sizes(2) == [2]
    assert sizes(3) == [2, 3]
    assert sizes(5) == [2, 4, 5]
    assert sizes(8) == [2, 4, 8]


def test_side_by_side_and_one_after_another_are_the_same(data, posteriors):
    one = score_ensembles(posteriors, data.labels, [12], [0, 1])
    two = score_ensembles(posteriors, data.labels, [12], [0, 1], Execution(2, progress=False))
    assert one.equals(two)


def test_labels_of_one_class_name_all_by_it(data, posteriors):
    y = np.zeros_like(data.labels)
    y[::7] = 1
    zeros = np.flatnonzero(y == 0)[:5]
    draw = as_draw(zeros, len(y), 0)
    R = [p.responsibilities for p in posteriors.values()]
    assert mean_probability_accuracy(R, y, draw) == np.mean(y[draw.scored] == 0)


def test_a_graph_that_is_not_solved_has_no_accuracy(data, posteriors, monkeypatch):
    def fails(*args, **kwargs):
        raise FailedError("Poisson learning did not settle")

    monkeypatch.setattr("gmvae.experiments.scoring.predict", fails)
    table = score_ensembles(posteriors, data.labels, [40], [0])
    by_method = table.groupby("method")["accuracy"].apply(lambda a: a.isna().all())
    assert by_method.to_dict() == {"graph": True, "soft": False, "soft-diffused": False}
