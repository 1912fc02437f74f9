"""Chosen labels are those that `gmvae select` asks for, whatever the labels are."""

from dataclasses import replace

import numpy as np
import pytest
from toys import N, make_dataset

from gmvae.baselines.chosen import choose_labels
from gmvae.baselines.registry import METHODS
from gmvae.decoding.selection import STRATEGIES, choose
from gmvae.errors import InputError
from gmvae.experiments import engine
from gmvae.experiments.engine import run_sweep
from gmvae.experiments.execution import Execution
from gmvae.experiments.precomputed import store_of_model
from gmvae.experiments.sweep import Sweep, check_sweep

NAMES = ["soft-chosen", "graph-chosen"]
ALONE = Execution(n_jobs=1, progress=False)


def labelled_by(dataset, posteriors, monkeypatch, names=NAMES, **setting):
    """Which rows each cell of a sweep labels."""
    asked = []
    real = engine.as_draw

    def kept(labelled, *others):
        asked.append(labelled.tolist())
        return real(labelled, *others)

    with monkeypatch.context() as patch:
        patch.setattr(engine, "as_draw", kept)
        run_sweep(dataset, posteriors, Sweep([12, 20], [1, 5], names, **setting), ALONE)
    return asked


def test_labels_are_chosen_once_for_a_model_and_a_budget(dataset, posteriors):
    sweep = Sweep([12, 20], [1, 5], [*NAMES, "soft"])
    table = run_sweep(dataset, posteriors, sweep, ALONE)
    rows = table[table["method"].isin(NAMES)]
    assert len(rows) == 2 * 2 * 2
    assert set(rows["label_seed"]) == {1}
    assert (rows["n_scored"] == N - rows["n_labels"]).all()
    assert rows["accuracy"].between(0, 1).all()


def test_many_labels_are_left_out_unless_they_are_asked_for(dataset, posteriors, monkeypatch):
    monkeypatch.setitem(METHODS, NAMES[0], replace(METHODS[NAMES[0]], most_labels=12))
    sweep = Sweep([12, 20], [1], NAMES[:1])
    assert run_sweep(dataset, {3: posteriors[3]}, sweep, ALONE)["n_labels"].tolist() == [12]
    lifted = replace(sweep, max_labels={NAMES[0]: None})
    table = run_sweep(dataset, {3: posteriors[3]}, lifted, ALONE)
    assert table["n_labels"].tolist() == [12, 20]


def test_a_sweep_without_a_cell_is_refused(dataset, posteriors):
    sweep = Sweep([300], [1], NAMES)
    with pytest.raises(InputError, match="above the largest of every method of soft-chosen, graph"):
        check_sweep(sweep, np.repeat([0, 1], 300), np.zeros(600, int))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_they_are_those_that_select_asks_for(posteriors, strategy):
    posterior = posteriors[3]
    R, Z = posterior.responsibilities, posterior.latent_mean
    store = store_of_model(posterior)
    X = METHODS["graph-chosen"].given(store.rows, store)
    for n in (5, 12):
        chosen = choose_labels(X, n, 1, strategy)
        np.testing.assert_array_equal(chosen, choose(strategy, R, Z, n, 1))


def test_without_a_model_pixels_choose(dataset):
    sweep = Sweep([12, 20], [1, 5], ["graph-pixels-chosen"])
    table = run_sweep(dataset, {}, sweep, ALONE)
    assert table["label_seed"].tolist() == [1, 1]
    assert table["model_seed"].isna().all()
    assert table["accuracy"].iloc[-1] > 0.8


def test_a_student_learns_from_the_labels_that_are_chosen(dataset, posteriors, monkeypatch):
    for name in ("graph-student-chosen", "graph-pixels-student-chosen"):
        quick = {**METHODS[name].settings, "steps": 40, "hidden": [32]}
        monkeypatch.setitem(METHODS, name, replace(METHODS[name], settings=quick))
        plain = name.replace("-student", "")
        models = {3: posteriors[3]} if METHODS[name].needs_model else {}
        rows = [labelled_by(dataset, models, monkeypatch, names=[each]) for each in (name, plain)]
        assert rows[0] == rows[1]


@pytest.mark.parametrize("strategy", sorted(set(STRATEGIES) - {"spectral", "random"}))
def test_the_method_of_a_strategy_labels_what_it_chooses(
    dataset, posteriors, monkeypatch, strategy
):
    rows = labelled_by(dataset, posteriors, monkeypatch, names=[f"graph-{strategy}"])
    posterior = posteriors[3]
    # with the seed of the model, as in chapter 09
    expected = choose(strategy, posterior.responsibilities, posterior.latent_mean, 12, 3)
    assert expected.tolist() in rows


def test_no_choice_looks_at_a_label(dataset, posteriors, monkeypatch):
    first = labelled_by(dataset, posteriors, monkeypatch)
    assert len(first) == 2 * 2 * 2
    assert sorted({len(rows) for rows in first}) == [12, 20]
    other = make_dataset()
    np.random.default_rng(0).shuffle(other.labels)
    assert labelled_by(other, posteriors, monkeypatch) == first


def test_where_the_test_split_is_scored_labels_are_of_the_training_split(
    dataset, posteriors, monkeypatch
):
    for rows in labelled_by(dataset, posteriors, monkeypatch, inductive=True):
        assert (dataset.split[rows] == 0).all()
