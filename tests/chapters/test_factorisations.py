"""Both factorisations side by side: equal settings, exact bounds, numbers told as they fall."""

from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from samples import embedded_digits

from gmvae.chapters.factorisations import (
    check_comparison,
    compare,
    compared_configs,
    cost,
    exact_elbo,
    formatted,
    left_out,
    numbers,
    plain,
    small_config,
    split,
)
from gmvae.chapters.factorisations_prose import describe, describe_experiment
from gmvae.data.dataset import Dataset
from gmvae.errors import InputError
from gmvae.training.configuration import PUBLISHED_CONFIG
from gmvae.training.trained import TrainedModel, make_model

TINY = replace(small_config(5, 3, epochs=2), encoder_hidden=(8,), decoder_hidden=(8,))
IMAGES, LABELS = embedded_digits(120)
DIGITS = Dataset(
    "few", IMAGES, LABELS, np.zeros(len(LABELS), int), tuple("0123456789"), fingerprint=""
)


def untrained(config):
    return TrainedModel(make_model(config).eval(), config, pd.DataFrame(), 0.0, "float32", "", "")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("comparison")


@pytest.fixture(scope="module")
def table(folder):
    return compare(DIGITS, compared_configs(TINY, [2]), 60, folder, 30, [0, 1])


def test_settings_are_the_published_codes_where_they_shape_the_clusters():
    shared = small_config(20, 24, 10, model_seed=3)
    assert (shared.n_components, shared.latent_dim, shared.epochs) == (20, 24, 10)
    assert (shared.factorisation, shared.model_seed) == ("shared", 3)
    for name in ("prior_scale", "beta", "beta_warm_up", "warp_strength", "normalise"):
        assert getattr(shared, name) == getattr(PUBLISHED_CONFIG, name)


def test_models_differ_in_the_factorisation_alone():
    models = compared_configs(TINY, [1, 3])
    assert list(models) == [
        "shared",
        "per-component",
        "per-component, top 1",
        "per-component, top 3",
    ]
    assert [m.top_components for m in models.values()] == [None, None, 1, 3]
    for config in models.values():
        other = {**asdict(config), "factorisation": "shared", "top_components": None}
        assert other == asdict(TINY)


@pytest.mark.parametrize(
    ("n_images", "wanted", "sizes"),
    [
        (1797, 100, (100, 1697)),
        (1797, 5000, (1438, 359)),
        (9000, 5000, (5000, 2000)),
        (3, 9, (2, 1)),
    ],
)
def test_no_held_out_image_is_trained_on(n_images, wanted, sizes):
    training, held_out = split(n_images, wanted)
    assert (len(training), len(held_out)) == sizes
    assert len(np.union1d(training, held_out)) == sum(sizes)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"comparison_components": 81}, "comparison_components is 81; .* at most 80, .* trains on"),
        ({"comparison_images": 7}, "comparison_components is 8; .* at most 7, .* trains on"),
        (
            {"comparison_top": [1, 8]},
            r"comparison_top is .*1, 8.*; .* below comparison_components, 8",
        ),
    ],
)
def test_what_does_not_fit_is_refused(changed, words):
    values = {"comparison_components": 8, "comparison_images": 500, "comparison_top": [1, 7]}
    check_comparison(values, 100)
    with pytest.raises(InputError, match=words):
        check_comparison({**values, **changed}, 100)


def test_the_elbo_is_exact_whatever_training_decodes():
    models = compared_configs(TINY, [1])
    of_all = untrained(models["per-component"])
    of_one = untrained(models["per-component, top 1"])  # the same weights
    exact = exact_elbo(of_all, IMAGES)
    assert exact == exact_elbo(of_one, IMAGES)
    assert exact["negative_elbo"] == pytest.approx(-of_all.elbo(IMAGES)["elbo"], rel=1e-6)
    assert exact["reconstruction"] != pytest.approx(of_one.elbo(IMAGES)["reconstruction"])
    assert of_one.model.top_components == 1


def test_the_elbo_in_parts_is_that_of_all(monkeypatch):
    trained = untrained(TINY)
    whole = exact_elbo(trained, IMAGES)
    monkeypatch.setattr("gmvae.chapters.factorisations._DECODED", 50)  # 50, 50 and 20 images
    parts = exact_elbo(trained, IMAGES)
    assert parts["kl_z"] == pytest.approx(whole["kl_z"], rel=1e-5)
    assert parts["negative_elbo"] == pytest.approx(whole["negative_elbo"], rel=1e-2)  # other noise


def test_what_is_left_out_is_the_rest_of_the_responsibilities():
    models = compared_configs(TINY, [2])
    trained = untrained(models["per-component, top 2"])
    q = np.sort(trained.responsibilities(IMAGES), axis=1)  # (N, K)
    assert left_out(trained, IMAGES) == pytest.approx(q[:, :3].sum(axis=1).mean(), rel=1e-5)
    assert left_out(untrained(models["per-component"]), IMAGES) == pytest.approx(0, abs=1e-12)
    assert left_out(untrained(models["shared"]), IMAGES) == 0


def test_seconds_of_an_epoch_are_their_median():
    history = pd.DataFrame({"seconds": [5.0, 6.0, 7.0, 8.0, 20.0]})  # slow at first, and disturbed
    measured = cost(replace(untrained(TINY), history=history), 60)
    assert measured["seconds_per_epoch"] == 1
    assert measured["images_per_second"] == 60


def test_the_table(table):
    assert list(table.index) == ["shared", "per-component", "per-component, top 2"]
    assert list(table["top_components"].fillna(0)) == [0, 5, 2]
    assert (table["seconds_per_epoch"] > 0).all()
    decoded = table["operations_per_image"]
    assert decoded["shared"] < decoded["per-component, top 2"] < decoded["per-component"]
    assert (table["accuracy_low"] <= table["accuracy"]).all()
    assert (table["accuracy"] <= table["accuracy_high"]).all()
    assert table["components_in_use"].between(1, 5).all()
    total = table["reconstruction"] + table["kl_z"] + table["kl_c"]
    np.testing.assert_allclose(table["negative_elbo"], total)
    assert plain(table)["shared"]["top_components"] is None
    assert plain(table)["shared"]["purity"] == table.loc["shared", "purity"]


def test_a_second_comparison_keeps_the_seconds_of_the_first(table, folder):
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*/model.pt")}
    assert len(before) == 3
    again = compare(DIGITS, compared_configs(TINY, [2]), 60, folder, 30, [0, 1])
    pd.testing.assert_frame_equal(again, table)
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_costs_are_told_as_they_fall(table):
    told = table.assign(seconds_per_epoch=[2.0, 10.0, 3.0], operations_per_image=[10.0, 45.0, 20.0])
    sentences = describe(told.assign(left_out=[0.0, 0.0, 0.125]))
    assert (
        "takes 5.0 times as long as one of the shared model (10 s against 2 s)" in sentences["cost"]
    )
    assert "does 4.5 times as many floating-point operations" in sentences["cost"]
    assert sentences["top"] == (
        "Decoding only the 2 most probable components takes 1.5 times as long as the shared model"
        " and leaves 12.5% of q(c|x) out."
    )
    one = told.assign(top_components=[None, 5, 1])
    assert "Decoding only the most probable component takes" in describe(one)["top"]
    cheaper = told.assign(seconds_per_epoch=[10.0, 5.0, 3.0])
    assert "takes 0.5 times as long" in describe(cheaper)["cost"]


def test_nothing_is_said_of_what_so_short_a_training_yields(table):
    assert set(describe(table)) == {"cost", "top"}
    better = table.assign(negative_elbo=[200.0, 190.0, 195.0], accuracy=[0.5, 0.6, 0.7])
    assert describe(better) == describe(table)


def test_the_experiment_is_told_from_the_numbers_on_record(table):
    recorded = numbers(table, TINY, 60, 24, 30)
    assert recorded["models"] == plain(table)
    sentence = describe_experiment(recorded, "few")
    assert "K = 5 components, D = 3 dimensions and one hidden layer of 8 units" in sentence
    assert "60 images of few for 2 epochs in batches of 16" in sentence
    assert sentence.endswith("measured on 24 others.")


def test_a_page_shows_the_columns_asked_for(table):
    html = formatted(table, {"purity": ("purity", "{:.2f}"), "left_out": ("left", "{:.1%}")})
    assert list(html.columns) == ["purity", "left"]
    assert f"{table['purity'].iloc[0]:.2f}" in html.to_html()
