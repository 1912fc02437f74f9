"""A student learns the labels of a graph, and not those of its errors that follow no rule."""

from dataclasses import replace

import numpy as np
import pytest
from toys import make_dataset, make_posterior

from gmvae.baselines import students
from gmvae.baselines.method import Sample
from gmvae.baselines.network import Recipe, fit_network, predict_network
from gmvae.baselines.precomputed import PIXEL_GRAPH
from gmvae.baselines.registry import METHODS
from gmvae.experiments.engine import run_sweep
from gmvae.experiments.execution import Execution
from gmvae.experiments.precomputed import Store
from gmvae.experiments.sweep import Sweep

QUICK = {**METHODS["graph-student"].settings, "steps": 80, "hidden": [64]}
NAMES = ["graph-student", "graph-pixels-student"]


def sample_of(dataset, training, scored=None):
    """Twenty labelled rows of `training`, whose graph is one of the pixels."""
    labelled = training[:20]
    if scored is None:
        scored = np.setdiff1d(np.arange(len(dataset.labels)), labelled)
    store = Store({"normalised": dataset.images}.__getitem__, training, 0)
    X = {"normalised": dataset.images, **store(PIXEL_GRAPH)}
    return Sample(X, labelled, dataset.labels[labelled], scored, 0)


def test_errors_without_a_rule_are_not_learned(dataset, monkeypatch):
    y, rng = dataset.labels, np.random.default_rng(0)
    given = np.where(rng.random(len(y)) < 0.3, rng.integers(0, 4, len(y)), y)
    monkeypatch.setattr(students, "decode_graph", lambda sample: given[sample.scored])
    sample = sample_of(dataset, np.arange(len(y)))
    right = y[sample.scored]
    assert (given[sample.scored] == right).mean() < 0.9
    assert (students.student(sample, **QUICK) == right).mean() > 0.95


def test_it_answers_for_rows_that_are_not_in_the_graph(dataset):
    training, test = (np.flatnonzero(dataset.split == part) for part in (0, 1))
    sample = sample_of(dataset, training, test)
    predicted = students.student(sample, **QUICK)
    assert predicted.shape == test.shape
    assert (predicted == dataset.labels[test]).mean() > 0.9


def test_it_learns_from_training_rows_alone(dataset):
    training, test = (np.flatnonzero(dataset.split == part) for part in (0, 1))
    sample = sample_of(dataset, training, test[:1])
    before = students.student(sample, **QUICK)
    sample.X["normalised"] = sample.X["normalised"].copy()
    sample.X["normalised"][test[1:]] = 0
    assert (students.student(sample, **QUICK) == before).all()


def test_the_same_seed_is_the_same_network(dataset):
    images, y = dataset.images, dataset.labels
    recipe = Recipe(**{**QUICK, "steps": 5})
    rows = np.arange(len(y))
    first, again, other = (fit_network(images, y, seed, recipe) for seed in (1, 1, 2))
    weights = [n.state_dict()["1.weight"].numpy() for n in (first, again, other)]
    assert (weights[0] == weights[1]).all()
    assert (weights[0] != weights[2]).any()
    predicted = predict_network(first, images, rows)
    assert predicted.shape == rows.shape
    assert (predict_network(first, images, rows[5:9]) == predicted[5:9]).all()


@pytest.mark.parametrize("inductive", [False, True])
def test_a_sweep_gives_each_model_its_student(monkeypatch, tmp_path, inductive):
    for name in NAMES:
        quick = replace(METHODS[name], settings=QUICK, most_labels=30)
        monkeypatch.setitem(METHODS, name, quick)
    dataset = make_dataset()
    posteriors = {seed: make_posterior(dataset, seed) for seed in (0, 1)}
    sweep = Sweep([20, 40], [0], NAMES, inductive=inductive)
    kept = Execution(cache_dir=tmp_path, progress=False)
    table = run_sweep(dataset, posteriors, sweep, kept)
    assert table["n_labels"].unique().tolist() == [20]  # no more than most_labels
    assert table.groupby("method")["model_seed"].count().to_dict() == {NAMES[0]: 2, NAMES[1]: 0}
    assert table["accuracy"].between(0.25, 1).all()
    again = run_sweep(dataset, posteriors, sweep, kept)
    assert again.equals(table)
    changed = {**posteriors, 1: make_posterior(dataset, 5)}
    assert len(list((tmp_path / NAMES[0]).iterdir())) == 2
    run_sweep(dataset, changed, sweep, kept)
    assert len(list((tmp_path / NAMES[0]).iterdir())) == 3  # another posterior, another cell


def test_both_students_are_the_same_network():
    assert METHODS[NAMES[0]].settings == METHODS[NAMES[1]].settings
    assert METHODS[NAMES[0]].needs_model
    assert not METHODS[NAMES[1]].needs_model
