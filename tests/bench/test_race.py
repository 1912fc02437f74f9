"""The race: times are of training alone, and whoever is slower is told so."""

from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest
from samples import embedded_digits

from gmvae.bench import race
from gmvae.data.dataset import Dataset
from gmvae.pages.race_report import race_report
from gmvae.training import trainer
from gmvae.training.configuration import PUBLISHED_CONFIG, TrainingConfig

TINY = TrainingConfig(
    n_components=4,
    latent_dim=3,
    epochs=3,
    batch_size=50,
    precision="float32",
    encoder_hidden=(8,),
    decoder_hidden=(8,),
)
THEIRS = replace(TINY, factorisation="per-component", epochs=50)
IMAGES, LABELS = embedded_digits(100)
DIGITS = Dataset(
    "few", IMAGES, LABELS, np.zeros(len(LABELS), int), tuple("0123456789"), fingerprint=""
)

WHERE = {"device": "cpu", "threads": 2}


@pytest.fixture
def scored(monkeypatch):
    """Return a function that makes all scores, the published one's first, those given.

    The clock of the training moves by a second whenever it is read, and by an hour with a score.
    """
    ticks, hours = count(), []
    clock = SimpleNamespace(monotonic=lambda: float(next(ticks) + 3600 * len(hours)))
    monkeypatch.setattr(trainer, "time", clock)

    def score_as(*accuracies):
        given = iter(accuracies)

        def table(R, labels, n_classes, n_labels, label_seeds):
            import pandas as pd

            hours.append(1)
            methods = ["hard", "soft"]
            return pd.DataFrame({"method": methods, "accuracy": [0.99, next(given)]})

        monkeypatch.setattr(race, "accuracies", table)

    return score_as


def test_the_published_side_ends_with_the_epoch_in_which_its_time_is_over(scored):
    scored(0.5, 0.6)
    short = race.race(DIGITS, THEIRS, TINY, 1e-9, 20)
    assert short["published"]["epochs"] == 1
    assert short["published"]["seconds"] > 0
    scored(0.5, 0.6)
    last = race.race(DIGITS, replace(THEIRS, epochs=2), TINY, 1e9, 20)
    assert last["published"]["epochs"] == 2


def test_ours_stops_where_it_is_as_good_and_scoring_takes_no_time(scored):
    scored(0.5, 0.3, 0.5, 0.9)
    result = race.race(DIGITS, THEIRS, TINY, 1e-9, 20, every=0.0)
    ours = result["ours"]
    assert [score["accuracy"] for score in ours["scores"]] == [0.3, 0.5]
    assert (ours["epochs"], ours["accuracy"]) == (2, 0.5)
    assert 0 < ours["scores"][1]["seconds"] - ours["scores"][0]["seconds"] < 3600
    assert result["reached"]
    assert result["times_sooner"] == result["published"]["seconds"] / ours["seconds"]
    assert "at least as much, 50.0%" in race_report({**WHERE, **result})


def test_what_is_not_reached_is_told(scored):
    scored(0.5, 0.3, 0.4, 0.49)
    result = race.race(DIGITS, THEIRS, TINY, 1e-9, 20, every=0.0)
    assert (result["reached"], result["times_sooner"]) == (False, None)
    assert len(result["ours"]["scores"]) == TINY.epochs
    assert "not as much: 49.0% at the end" in race_report({**WHERE, **result})


def test_ours_is_scored_at_the_end_however_short(scored):
    scored(0.5, 0.6)
    result = race.race(DIGITS, THEIRS, TINY, 1e-9, 20, every=1e9)
    assert [score["epochs"] for score in result["ours"]["scores"]] == [TINY.epochs]


def test_a_subset_keeps_images_and_labels_together():
    some = race.subset(DIGITS, 30)
    assert len(some) == 30
    rows = [np.flatnonzero((image == IMAGES).all(axis=(1, 2)))[0] for image in some.images]
    assert rows == sorted(rows)
    np.testing.assert_array_equal(some.labels, LABELS[rows])
    assert len(race.subset(DIGITS, 1000)) == 100


@pytest.mark.parametrize("name", ["digits", "mnist", "mine.npz"])
def test_both_sides_have_as_many_components(name):
    ours = race.our_config(name)
    assert ours.n_components == PUBLISHED_CONFIG.n_components
    assert ours.factorisation == "shared"


def test_the_precision_is_that_of_either_side(scored):
    scored(0.5, 0.6)
    result = race.race(DIGITS, THEIRS, replace(TINY, precision="bfloat16"), 1e-9, 20)
    assert (result["published"]["precision"], result["ours"]["precision"]) == (
        "float32",
        "bfloat16",
    )
    assert "published in float32, defaults in bfloat16" in race_report({**WHERE, **result})
    same = {**result, "ours": {**result["ours"], "precision": "float32"}}
    assert ", float32; seconds" in race_report({**WHERE, **same})
