"""Chosen labels are scored as drawn ones are, and no choice looks at a label."""

import numpy as np
import pytest
from toys import K, L, N, make_dataset, make_posterior

from gmvae.experiments import choosing
from gmvae.experiments.choosing import score_choices, space_of_model, spaces_of_pixels
from gmvae.experiments.execution import Execution
from gmvae.experiments.precomputed import store_of_images, store_of_model
from gmvae.experiments.scoring import draw_labels

BUDGETS = [4, 12]


@pytest.fixture(scope="module")
def data():
    return make_dataset()


@pytest.fixture(scope="module")
def spaces(data):
    model = space_of_model(store_of_model(make_posterior(data, 0)), 0)
    return [model, *spaces_of_pixels(store_of_images(data.images, K), [0])]


@pytest.fixture(scope="module")
def table(data, spaces):
    return score_choices(spaces, data.labels, BUDGETS, [0, 1])


def test_every_method_meets_every_way_and_budget(table):
    ways = table.groupby("method")["strategy"].agg(set)
    of_pixels = {"random", *choosing.COMPARED}
    assert ways["graph-pixels"] == of_pixels
    assert ways["soft"] == ways["graph"] == {*of_pixels, "components"}
    assert set(table["n_labels"]) == set(BUDGETS)
    assert (table["n_scored"] == N - table["n_labels"]).all()
    assert table["accuracy"].dropna().between(0, 1).all()
    assert table["n_classes"].between(1, L).all()


def test_random_labels_are_the_draws_of_the_other_chapters(table, data):
    drawn = table[(table["strategy"] == "random") & (table["seed"] == 1)]
    for row in drawn.itertuples():
        labelled = draw_labels(data.labels, row.n_labels, 1).labelled
        assert row.n_classes == len(np.unique(data.labels[labelled]))


def test_no_choice_looks_at_a_label(data, spaces, monkeypatch):
    asked = []
    real = choosing.as_draw

    def kept(labelled, *others):
        asked.append(tuple(labelled.tolist()))
        return real(labelled, *others)

    monkeypatch.setattr(choosing, "as_draw", kept)
    score_choices(spaces, data.labels, BUDGETS, [])
    first, asked[:] = list(asked), []
    score_choices(spaces, np.random.default_rng(0).permutation(data.labels), BUDGETS, [])
    assert first == asked
    assert len(first) == (5 + 4) * len(BUDGETS)
    assert all(len(set(rows)) == len(rows) for rows in first)


def test_labels_of_one_class_name_all_images_by_it(spaces):
    only = np.zeros(N, np.int64)
    table = score_choices(spaces[:1], only, [4], [0])
    assert (table["accuracy"] == 1).all()


def test_a_single_component_is_not_decoded_softly(data):
    posterior = make_posterior(data, 0)
    one = type(posterior)(np.ones((N, 1), np.float32), posterior.latent_mean, data.labels)
    assert set(space_of_model(store_of_model(one), 0).methods) == {"graph"}
    assert set(space_of_model(store_of_model(make_posterior(data, 0)), 0).methods) == {
        "graph",
        "soft",
    }
    assert K > 1


def test_spaces_side_by_side_give_the_same_table(data, spaces, table):
    together = score_choices(spaces, data.labels, BUDGETS, [0, 1], Execution(2, progress=False))
    assert together.equals(table)


def test_draws_are_scored_once_in_the_space_of_pixels(data):
    table = score_choices(
        spaces_of_pixels(store_of_images(data.images, K), [0, 1]), data.labels, [4], [0, 1]
    )
    assert table["strategy"].value_counts()["random"] == 2
    assert table["strategy"].value_counts()["clusters"] == 2
