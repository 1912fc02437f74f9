"""Training: reproducible, resumable, files that load without pickle, clear refusals."""

import dataclasses
import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from tiny_training import (
    TINY,
    Interruption,
    assert_same_weights,
    interrupt_after,
    make_images,
)

from gmvae.errors import InputError
from gmvae.files import PROJECT
from gmvae.model import networks
from gmvae.training import trainer as training
from gmvae.training.configuration import PUBLISHED_CONFIG, TrainingConfig
from gmvae.training.trained import load_model
from gmvae.training.trainer import TrainingError, train

FACTORISATIONS = ["shared", "per-component"]


@pytest.mark.parametrize("factorisation", FACTORISATIONS)
def test_train_gives_a_model_and_its_files(tmp_path, factorisation):
    config = dataclasses.replace(TINY, factorisation=factorisation)
    trained = train(make_images(), config, tmp_path, progress=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.csv", "model.pt"]
    assert list(trained.history["epoch"]) == [1, 2, 3]
    terms = trained.history[["reconstruction", "kl_z", "kl_c"]].sum(axis=1)
    np.testing.assert_allclose(trained.history["elbo"], -terms)
    assert trained.history["reconstruction"].is_monotonic_decreasing
    saved = pd.read_csv(tmp_path / "history.csv")
    pd.testing.assert_frame_equal(saved, trained.history, check_dtype=False)
    responsibilities, latent_mean = trained.posterior(make_images())
    assert responsibilities.shape == (40, 4)
    assert latent_mean.shape == (40, 3)
    assert responsibilities.dtype == latent_mean.dtype == np.float32
    np.testing.assert_allclose(responsibilities.sum(1), 1, atol=1e-6)
    assert trained.sample(1, 5).shape == (5, 28, 28)
    elbo = trained.elbo(make_images())
    assert elbo["elbo"] == pytest.approx(-sum(v for k, v in elbo.items() if k != "elbo"))


@pytest.mark.parametrize("factorisation", FACTORISATIONS)
@pytest.mark.parametrize("steps", [1, 3, 5])
def test_an_interrupted_run_ends_with_the_same_weights(tmp_path, factorisation, steps):
    config = dataclasses.replace(TINY, factorisation=factorisation)
    whole = train(make_images(), config, tmp_path / "whole", progress=False)
    with pytest.MonkeyPatch.context() as patch:
        interrupt_after(patch, steps)
        with pytest.raises(Interruption):
            train(make_images(), config, tmp_path / "parts", progress=False)
    assert (tmp_path / "parts" / "checkpoint.pt").is_file()
    assert not (tmp_path / "parts" / "model.pt").exists()
    resumed = train(make_images(), config, tmp_path / "parts", progress=False)
    assert_same_weights(whole, resumed)
    columns = whole.history.columns.drop("seconds")
    pd.testing.assert_frame_equal(whole.history[columns], resumed.history[columns])


def test_a_checkpoint_of_other_images_or_configuration_is_not_taken_up(tmp_path, monkeypatch):
    with pytest.MonkeyPatch.context() as patch:
        interrupt_after(patch, 2)
        with pytest.raises(Interruption):
            train(make_images(), TINY, tmp_path, progress=False)
    fresh = train(make_images(seed=1), TINY, tmp_path / "fresh", progress=False)
    assert_same_weights(fresh, train(make_images(seed=1), TINY, tmp_path, progress=False))


def test_seeds_reproduce_and_differ(tmp_path):
    before = torch.random.get_rng_state()
    first = train(make_images(), TINY, tmp_path / "a", progress=False)
    torch.manual_seed(99)
    second = train(make_images(), TINY, tmp_path / "b", progress=False)
    assert_same_weights(first, second)
    other = dataclasses.replace(TINY, model_seed=1)
    third = train(make_images(), other, tmp_path / "c", progress=False)
    assert not torch.equal(first.model.prior_mean, third.model.prior_mean)
    torch.random.set_rng_state(before)
    train(make_images(), TINY, tmp_path / "d", progress=False)
    assert torch.equal(before, torch.random.get_rng_state())


def test_a_finished_run_is_returned_without_training(tmp_path, monkeypatch):
    first = train(make_images(), TINY, tmp_path, progress=False)
    with pytest.MonkeyPatch.context() as patch:
        interrupt_after(patch, 0)
        assert_same_weights(first, train(make_images(), TINY, tmp_path, progress=False))
        with pytest.raises(Interruption):
            train(make_images(seed=1), TINY, tmp_path, progress=False)
        patch.setattr(training, "code_hash", lambda: "changed")
        with pytest.raises(Interruption):
            train(make_images(), TINY, tmp_path, progress=False)


@pytest.mark.parametrize("factorisation", FACTORISATIONS)
def test_the_model_file_holds_no_pickled_code_and_loads_to_the_same_answers(
    tmp_path, factorisation
):
    config = dataclasses.replace(TINY, factorisation=factorisation)
    trained = train(make_images(), config, tmp_path, progress=False)
    torch.load(tmp_path / "model.pt", weights_only=True)
    loaded = load_model(tmp_path / "model.pt")
    assert loaded.config == config
    assert loaded.seconds == trained.seconds
    pd.testing.assert_frame_equal(loaded.history, trained.history)
    np.testing.assert_array_equal(
        loaded.responsibilities(make_images()), trained.responsibilities(make_images())
    )


def test_a_file_that_is_no_model_is_refused(tmp_path):
    with pytest.raises(InputError, match="no model file"):
        load_model(tmp_path / "model.pt")
    (tmp_path / "model.pt").write_bytes(b"something else")
    with pytest.raises(InputError, match="not a model file"):
        load_model(tmp_path / "model.pt")


def test_a_nan_loss_stops_the_run_and_leaves_the_last_good_checkpoint(tmp_path):
    config = dataclasses.replace(TINY, learning_rate=1e30, schedule="constant")
    with pytest.raises(TrainingError, match=r"step \d+ of 9"):
        train(make_images(), config, tmp_path, progress=False)
    checkpoint = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert all(bool(w.isfinite().all()) for w in checkpoint["model"].values())
    assert not (tmp_path / "model.pt").exists()


@pytest.mark.parametrize("change", [{"n_components": 1}, {"n_components": 40}, {"batch_size": 999}])
def test_extremes_that_work(tmp_path, change):
    config = dataclasses.replace(TINY, epochs=1, **change)
    trained = train(make_images(), config, tmp_path, progress=False)
    assert trained.responsibilities(make_images()).shape == (40, config.n_components)


def test_identical_images_and_a_last_batch_of_one_work(tmp_path):
    images = np.zeros((17, 28, 28), np.uint8)
    trained = train(images, dataclasses.replace(TINY, epochs=1), tmp_path, progress=False)
    assert np.isfinite(trained.history.to_numpy()).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n_components": 0}, "n_components is 0"),
        ({"n_components": 41}, "from 1 to 40, the number of images"),
        ({"n_components": 2.5}, "n_components is 2.5; it must be a whole number"),
        ({"latent_dim": 0}, "latent_dim is 0; it must be a whole number of at least 1"),
        ({"epochs": 0}, "epochs"),
        ({"batch_size": 0}, "batch_size"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"learning_rate": -1.0}, "learning_rate is -1.0"),
        ({"beta": 0.0}, "beta is 0.0; it must be a finite number above 0"),
        ({"beta_warm_up": 1.5}, "beta_warm_up is 1.5; .* at least 0 and at most 1"),
        ({"warp_strength": -0.1}, "warp_strength"),
        ({"model_seed": -1}, "model_seed"),
        ({"factorisation": "full"}, "must be shared or per-component"),
        ({"schedule": "step"}, "schedule"),
        ({"encoder_hidden": ()}, "encoder_hidden is .*at least one layer width"),
        ({"decoder_hidden": (8, 0)}, "decoder_hidden"),
        ({"top_components": 2}, "per-component"),
        ({"top_components": 5, "factorisation": "per-component"}, "top_components is 5"),
    ],
)
def test_bad_configurations_are_refused_before_anything_is_written(tmp_path, change, words):
    with pytest.raises(InputError, match=words) as refusal:
        train(make_images(), dataclasses.replace(TINY, **change), tmp_path / "run", progress=False)
    assert "\n" not in str(refusal.value)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (np.full((9, 28, 28), np.nan), "NaN"),
        (np.full((9, 28, 28), 300.0), "float64 values"),
        (np.full((9, 28, 28), -1), "int64 values"),
        (np.zeros((9, 28, 27), np.uint8), "shape"),
        (np.zeros((9, 784), np.uint8), "shape"),
        (np.zeros((0, 28, 28), np.uint8), "shape"),
    ],
)
def test_bad_images_are_refused_before_anything_is_written(tmp_path, images, words):
    with pytest.raises(InputError, match=words):
        train(images, TINY, tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


def test_training_cannot_be_given_labels():
    names = ["images", "config", "run_dir", "progress", "on_epoch"]
    assert list(inspect.signature(train).parameters) == names
    rooms = [Path(training.__file__).parent, Path(networks.__file__).parent]
    source = "".join(path.read_text() for room in rooms for path in room.glob("*.py"))
    assert "labels" not in source.replace("unlabelled", "")


def test_the_configuration_survives_the_round_trip_to_plain_values():
    for config in (TINY, PUBLISHED_CONFIG, TrainingConfig()):
        assert TrainingConfig.from_dict(config.to_dict()) == config


def test_the_learning_rate_rises_and_falls():
    rates = [training.learning_rate(TINY, step, 100) for step in range(100)]
    assert max(rates) == pytest.approx(TINY.learning_rate, rel=1e-2)
    assert 15 < rates.index(max(rates)) < 25
    assert rates[0] < rates[10] < rates[19]
    assert rates[40] > rates[80] > rates[99]
    constant = dataclasses.replace(TINY, schedule="constant")
    assert {training.learning_rate(constant, step, 9) for step in range(9)} == {TINY.learning_rate}


def test_beta_rises_to_its_value():
    config = dataclasses.replace(TINY, beta=2.0, beta_warm_up=0.5)
    weights = [training.beta_at(config, step, 10) for step in range(10)]
    np.testing.assert_allclose(weights, [0.4, 0.8, 1.2, 1.6, 2, 2, 2, 2, 2, 2])
    at_once = dataclasses.replace(config, beta_warm_up=0.0)
    assert training.beta_at(at_once, 0, 10) == 2


@pytest.mark.parametrize(
    ("part", "value"),
    [("optimiser", None), ("history", None), ("generator", torch.zeros(3)), ("model", {})],
)
def test_a_checkpoint_of_this_run_that_is_not_whole_is_begun_anew(tmp_path, part, value):
    expected = train(make_images(), TINY, tmp_path / "whole", progress=False)
    with pytest.MonkeyPatch.context() as patch:
        interrupt_after(patch, 4)
        with pytest.raises(Interruption):
            train(make_images(), TINY, tmp_path / "cut", progress=False)
    content = torch.load(tmp_path / "cut" / "checkpoint.pt", weights_only=True)
    content.pop(part) if value is None else content.update({part: value})
    torch.save(content, tmp_path / "cut" / "checkpoint.pt")
    assert_same_weights(expected, train(make_images(), TINY, tmp_path / "cut", progress=False))


def test_the_number_of_threads_changes_no_more_than_rounding(tmp_path):
    # the defaults, whose products and sums are large enough to be split among threads
    config = TrainingConfig(n_components=20, epochs=1, precision="float32")
    images, before, trained = make_images(300), torch.get_num_threads(), []
    try:
        for threads in (1, 2, 4):
            torch.set_num_threads(threads)
            trained.append(train(images, config, tmp_path / str(threads), progress=False))
    finally:
        torch.set_num_threads(before)
    one, *others = (model.model.state_dict() for model in trained)
    for other in others:
        for name, weights in one.items():
            torch.testing.assert_close(other[name], weights, rtol=0, atol=2e-5, msg=name)
    told = " ".join((PROJECT / "book" / "reproduce.md").read_text("utf-8").split())
    assert f"no weight differs by more than {2e-5:.5f}" in told
