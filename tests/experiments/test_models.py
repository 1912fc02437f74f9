"""Models of several seeds: trained side by side or one after another, with the same weights."""

import dataclasses
from pathlib import Path

import numpy as np
from tiny_training import TINY
from toys import make_dataset

from gmvae.experiments import models
from gmvae.experiments.execution import Execution
from gmvae.experiments.models import fit_models, training_config
from gmvae.training.configuration import TrainingConfig


def test_a_training_takes_its_own_parameters_of_a_run():
    values = {"n_labels": 9, "n_components": 7, "encoder_hidden": [8, 9], "decoder_hidden": [6]}
    config = training_config(values)
    assert config == TrainingConfig(n_components=7, encoder_hidden=(8, 9), decoder_hidden=(6,))
    assert hash(config)  # no list in it


def fitted(tmp_path, n_jobs):
    config = dataclasses.replace(TINY, epochs=1)
    execution = Execution(n_jobs=n_jobs, progress=False)
    return fit_models(make_dataset(), config, [0, 3], tmp_path, execution=execution)


def test_side_by_side_and_one_after_another_give_the_same_weights(tmp_path):
    together, alone = fitted(tmp_path / "two", 2), fitted(tmp_path / "one", 1)
    for seed in (0, 3):
        first, second = together[seed][1], alone[seed][1]
        np.testing.assert_array_equal(first.responsibilities, second.responsibilities)
        np.testing.assert_array_equal(first.latent_mean, second.latent_mean)
    assert (tmp_path / "two" / "model.pt").is_file()
    assert (tmp_path / "two" / "models" / "seed_3" / "posterior.npz").is_file()
    assert not np.array_equal(together[0][1].latent_mean, together[3][1].latent_mean)


def test_what_is_there_is_not_trained_again(tmp_path):
    first = fitted(tmp_path, 2)
    written = (tmp_path / "model.pt").stat().st_mtime_ns
    again = fitted(tmp_path, 2)
    assert (tmp_path / "model.pt").stat().st_mtime_ns == written
    assert again[3][0].seconds == first[3][0].seconds


def test_a_finished_model_keeps_its_precision_and_the_others_share_one(monkeypatch):
    config = TrainingConfig(precision="auto")
    there = Path("there")
    monkeypatch.setattr(models, "is_trained", lambda images, config, place: place == there)
    monkeypatch.setattr(models, "choose_precision", lambda config, device: "bfloat16")
    places = (there, Path("a"), Path("b"))
    settled = models.with_one_precision(None, dict.fromkeys(places, config))
    assert [settled[place].precision for place in places] == ["auto", "bfloat16", "bfloat16"]
    assert models.with_one_precision(None, {there: config}) == {there: config}
