"""Competitors: they work on every sample with two classes, and learn from larger ones."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmvae.baselines.clusters import PIXEL_NEIGHBOURS, label_spreading
from gmvae.baselines.method import Sample
from gmvae.baselines.pixels import hidden_layers
from gmvae.baselines.registry import METHODS, find_method
from gmvae.baselines.tuned import folds
from gmvae.errors import InputError
from gmvae.experiments.precomputed import Store
from gmvae.training.configuration import TrainingConfig

# smaller than the real ones, for speed
QUICK = {
    "same-encoder": {"steps": 80, "hidden": [64]},
    "graph-pixels-student": {"steps": 80, "hidden": [64]},
    "graph-pixels-student-chosen": {"steps": 80, "hidden": [64]},
    "xgboost": {"n_estimators": 20},
    "xgboost-tuned": {"fixed": {"n_estimators": 10}, "configurations": [{"max_depth": 2}]},
    "mlp-tuned": {
        "fixed": {"validation": 0.1, "max_iter": 60},
        "configurations": [{"early_stopping_from": 10**9, "alpha": a} for a in (0.01, 1.0)],
    },
}
PIXELS = [m for m in METHODS.values() if not m.needs_model]


def run(method, dataset, labelled, seed=0):
    y = dataset.labels
    rows = dict.fromkeys(("pixels", "normalised"), dataset.images).__getitem__
    X = method.given(rows, Store(rows, np.arange(len(y)), 8))
    scored = np.setdiff1d(np.arange(len(y)), labelled)
    predicted = method.predict(
        Sample(X, labelled, y[labelled], scored, seed),
        **{**method.settings, **QUICK.get(method.name, {})},
    )
    assert predicted.shape == scored.shape
    assert set(predicted) <= set(y[labelled])
    return float((predicted == y[scored]).mean())


@pytest.mark.parametrize("method", PIXELS, ids=lambda method: method.name)
def test_learns_from_labelled_pixels(method, dataset):
    labelled = np.random.default_rng(0).permutation(len(dataset.labels))[:120]
    assert run(method, dataset, labelled) > 0.9


@pytest.mark.parametrize("method", PIXELS, ids=lambda method: method.name)
@pytest.mark.parametrize(
    "counts",
    [(1, 1, 0, 0), (0, 5, 0, 1), (25, 25, 25, 1), (0, 30, 30, 0)],
    ids=["pair", "classes missing", "one image of a class", "two of four classes"],
)
def test_any_sample_of_two_classes_works(method, counts, dataset):
    labelled = np.concatenate(
        [np.flatnonzero(dataset.labels == label)[:n] for label, n in enumerate(counts)]
    )
    run(method, dataset, labelled)


def test_the_same_encoder_is_the_same():
    config, settings = TrainingConfig(), METHODS["same-encoder"].settings
    assert tuple(settings["channels"]) == config.encoder_channels
    assert tuple(settings["hidden"]) == config.encoder_hidden
    assert settings["warp_strength"] == config.warp_strength
    assert settings["warp_elastic"] == config.warp_elastic
    assert settings["learning_rate"] == config.learning_rate


def test_tuning_stays_within_six_configurations_and_three_folds():
    tuned = [method for name, method in METHODS.items() if name.endswith("-tuned")]
    assert len(tuned) == 3
    for method in tuned:
        assert len(method.settings["configurations"]) <= 6
    assert len(folds(np.repeat([0, 1], 9), seed=0)) == 3


@given(
    y=st.lists(st.integers(0, 3), min_size=2, max_size=40).filter(lambda y: len(set(y)) > 1),
    seed=st.integers(0, 100),
)
def test_folds_split_the_labels_they_are_given(y, seed):
    splits = folds(np.array(y), seed)
    for train, test in splits:
        assert len({y[i] for i in train}) > 1
        assert sorted([*train, *test]) == list(range(len(y)))
    left_out = [i for _, test in splits for i in test]
    assert len(set(left_out)) == len(left_out)


def neighbours_of(images, training):
    return Store({"normalised": images}.__getitem__, training, 0)(PIXEL_NEIGHBOURS)


def test_neighbours_are_others_and_of_the_training_rows(dataset):
    training = np.flatnonzero(dataset.split == 0)
    neighbours = neighbours_of(dataset.images, training)["neighbours"]
    assert neighbours.shape == (len(dataset.labels), 10)
    assert np.isin(neighbours, training).all()
    assert not (neighbours == np.arange(len(neighbours))[:, None]).any()


def test_spreading_reaches_rows_outside_the_training_split(dataset):
    training = np.flatnonzero(dataset.split == 0)
    test = np.flatnonzero(dataset.split == 1)
    graph = neighbours_of(dataset.images, training)
    y = dataset.labels
    sample = Sample(graph, training[:20], y[training[:20]], test, 0)
    for class_mass in (False, True):
        assert (label_spreading(sample, 0.9, 30, class_mass) == y[test]).mean() > 0.8


def test_what_else_is_scored_has_no_part_in_a_row_outside_the_training_split():
    # row 0 is labelled 0, row 1 labelled 1; row 2 lies between, rows 3 and up only near row 0
    neighbours = np.array([[1], [0], [0], [0], [0], [0], [0]])
    neighbours = np.hstack([neighbours, np.array([[1], [0], [1], [0], [0], [0], [0]])])
    graph = {"neighbours": neighbours, "training": np.arange(2)}
    labelled, y = np.arange(2), np.array([0, 1])

    def found(*scored):
        sample = Sample(graph, labelled, y, np.array(scored), 0)
        return label_spreading(sample, 0.5, 50, True)[0]

    assert found(2) == found(2, 3, 4, 5, 6)


def test_class_mass_keeps_a_class_in_dense_places_from_spreading_over_the_others():
    # 30 images in a ring of class 0, 30 in a ring of class 1; two labels lie in the first ring
    ring = np.arange(30)
    near = np.stack([np.roll(ring, shift) for shift in (-2, -1, 1, 2)], axis=1)
    neighbours = np.concatenate([near, 30 + near])
    neighbours[0, 0], neighbours[30, 0] = 30, 0  # one bridge
    graph = {"neighbours": neighbours, "training": np.arange(60)}
    labelled, y = np.array([0, 5, 10, 45]), np.array([0, 0, 0, 1])
    scored = np.setdiff1d(np.arange(60), labelled)
    fair, plain = (
        label_spreading(Sample(graph, labelled, y, scored, 0), 0.99, 300, class_mass)
        for class_mass in (True, False)
    )
    right = (scored >= 30).astype(int)
    assert (fair == right).mean() >= (plain == right).mean()
    assert set(fair) == {0, 1}


def test_published_layer_widths():
    assert [hidden_layers(n) for n in (99, 100, 499, 500)] == [(64,), (128,), (128,), (256, 128)]


def test_the_sentence_on_an_unknown_method_names_them_all():
    with pytest.raises(InputError) as refused:
        find_method("magic")
    listed = str(refused.value).partition("known are ")[2].partition("; in brackets")[0]
    found = []
    for start, endings in re.findall(r"([\w-]+)(?: \(([^)]+)\))?", listed):
        found += [start, *(f"{start}{end}" for end in endings.split(", ") if end)]
    assert set(found) == set(METHODS)
