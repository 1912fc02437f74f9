"""The engine: fair draws, complete tables, results that nothing but their inputs changes."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import K, L, N, make_dataset, make_posterior

from gmvae.baselines.registry import METHODS
from gmvae.data.dataset import Dataset
from gmvae.data.draws import draw_order
from gmvae.decoding.posterior import Posterior
from gmvae.errors import InputError
from gmvae.experiments import engine as experiments
from gmvae.experiments.engine import COLUMNS, run_sweep, timed_sweep
from gmvae.experiments.execution import Execution
from gmvae.experiments.sweep import Sweep
from gmvae.training.normalisation import normalised

QUIET = Execution(progress=False)
SWEEP = Sweep([12, 40], [0, 1, 2], ["hard", "soft", "logistic-regression"])


def test_table_has_one_row_a_cell(dataset, posteriors):
    table = run_sweep(dataset, posteriors, SWEEP, QUIET)
    assert list(table.columns) == COLUMNS
    assert len(table) == 2 * 3 * (2 + 2 + 1)  # decoders have two models, pixels none
    assert not table.duplicated(["method", "n_labels", "label_seed", "model_seed"]).any()
    assert table["model_seed"].isna().equals(table["method"] == "logistic-regression")
    assert (table["n_scored"] == N - table["n_labels"]).all()
    assert np.allclose(table["fraction"], table["n_labels"] / N)
    assert table["accuracy"].between(0.2, 1).all()


def test_competitors_may_have_fewer_draws(dataset, posteriors):
    fewer = replace(SWEEP, competitor_label_seeds=[1, 4])
    table = run_sweep(dataset, posteriors, fewer, QUIET)
    seeds = table.groupby("method")["label_seed"].unique()
    assert seeds["logistic-regression"].tolist() == [1, 4]
    assert seeds["soft"].tolist() == seeds["hard"].tolist() == [0, 1, 2]
    with pytest.raises(InputError, match="-2"):
        run_sweep(dataset, posteriors, replace(SWEEP, competitor_label_seeds=[-2]), QUIET)


def test_competitors_see_images_as_they_are_or_as_the_model_does(dataset, monkeypatch):
    seen = {}

    def spy(method, X, y, n_classes, draw):
        seen[method.name] = X
        return 0.5

    monkeypatch.setattr(experiments, "score", spy)
    sweep = Sweep([40], [0], ["logistic-regression", "same-encoder"])
    run_sweep(dataset, {}, sweep, Execution(n_jobs=1, progress=False))
    np.testing.assert_array_equal(seen["logistic-regression"], dataset.images)
    np.testing.assert_array_equal(seen["same-encoder"], normalised(dataset.images))
    assert (seen["same-encoder"] != dataset.images).any()


def test_empty_model_seed_and_whole_seeds_in_csv(dataset, posteriors, tmp_path):
    run_sweep(dataset, posteriors, SWEEP, QUIET).to_csv(tmp_path / "t.csv", index=False)
    lines = (tmp_path / "t.csv").read_text().splitlines()
    assert lines[1].split(",")[5] == "3"
    assert lines[-1].split(",")[5] == ""


def test_accuracy_is_that_of_a_decoder_fitted_by_hand(dataset, posteriors):
    table = run_sweep(dataset, posteriors, SWEEP, QUIET).set_index(
        ["method", "n_labels", "label_seed", "model_seed"]
    )
    order = draw_order(dataset.labels, label_seed=1)
    R, y = posteriors[7].responsibilities, dataset.labels
    m = np.stack([R[order[:40]][y[order[:40]] == label].mean(0) for label in range(L)])
    predicted = (R[order[40:]] @ m.T).argmax(1)
    expected = (predicted == y[order[40:]]).mean()
    assert table.loc[("soft", 40, 1, 7), "accuracy"] == pytest.approx(expected)


def test_no_method_sees_the_label_of_a_scored_image(dataset, posteriors):
    """Whatever the other labels are, the predictions stay: accuracies of a labelling and of the
    shifted labelling of the rest cannot both be high."""
    order = draw_order(dataset.labels, label_seed=0)
    shifted = dataset.labels.copy()
    shifted[order[40:]] = (shifted[order[40:]] + 1) % L
    other = Dataset("toy", dataset.images, shifted, dataset.split, tuple("abcd"), "shifted")
    sweep = Sweep([40], [0], ["soft", "hard-covered", "mlp", "xgboost"])
    sums = (
        run_sweep(dataset, posteriors, sweep, QUIET)["accuracy"]
        + run_sweep(other, posteriors, sweep, QUIET)["accuracy"]
    )
    assert (sums <= 1 + 1e-12).all()


def test_inductive_labels_come_from_training_and_scores_from_test(dataset, posteriors, monkeypatch):
    seen = []
    kept = experiments.score

    def spy(method, X, y, n_classes, draw):
        seen.append((draw.labelled, draw.scored))
        return kept(method, X, y, n_classes, draw)

    monkeypatch.setattr(experiments, "score", spy)
    sweep = Sweep([12, 180], [0], ["soft"], inductive=True)
    table = run_sweep(dataset, posteriors, sweep, QUIET)
    assert seen
    for labelled, scored in seen:
        assert (dataset.split[labelled] == 0).all()
        np.testing.assert_array_equal(scored, np.flatnonzero(dataset.split == 1))
    assert (table["n_scored"] == 60).all()
    assert set(table["fraction"]) == {12 / 180, 1.0}


def test_results_do_not_depend_on_workers_or_on_the_rest_of_the_sweep(dataset, posteriors):
    methods = ["soft", "logistic-regression", "mlp", "xgboost"]
    one = run_sweep(dataset, posteriors, Sweep([12, 40], [0, 1], methods), QUIET)
    two = run_sweep(
        dataset, posteriors, Sweep([40, 12], [1, 0], methods), Execution(2, progress=False)
    )
    pd.testing.assert_frame_equal(one, two)
    part = run_sweep(dataset, posteriors, Sweep([40], [1], methods[::-1]), QUIET)
    whole = one[(one["n_labels"] == 40) & (one["label_seed"] == 1)]
    keys = ["method", "model_seed"]
    pd.testing.assert_frame_equal(
        part.sort_values(keys, ignore_index=True), whole.sort_values(keys, ignore_index=True)
    )


def count_evaluations(monkeypatch):
    calls = []
    kept = experiments._score_cell

    def counted(*arguments):
        calls.append(arguments[0].name)
        return kept(*arguments)

    monkeypatch.setattr(experiments, "_score_cell", counted)
    return calls


def test_finished_cells_are_kept(dataset, posteriors, tmp_path, monkeypatch):
    execution = Execution(cache_dir=tmp_path, progress=False)
    calls = count_evaluations(monkeypatch)
    first = run_sweep(dataset, posteriors, SWEEP, execution)
    done = len(calls)
    assert done == len(first)
    pd.testing.assert_frame_equal(run_sweep(dataset, posteriors, SWEEP, execution), first)
    assert len(calls) == done
    longer = Sweep([12, 40, 60], [0, 1, 2, 5], SWEEP.methods)
    extended = run_sweep(dataset, posteriors, longer, execution)
    assert len(calls) == len(extended)  # what was there has not been computed again


def test_a_kept_cell_has_the_seconds_of_when_it_was_computed(
    dataset, posteriors, tmp_path, monkeypatch
):
    execution = Execution(n_jobs=1, cache_dir=tmp_path, progress=False)
    one = replace(SWEEP, methods=["soft"], label_seeds=[0])
    original = experiments._score_cell

    def slowly(*arguments):
        return original(*arguments) | {"seconds": 7.0}

    monkeypatch.setattr(experiments, "_score_cell", slowly)
    table, seconds = timed_sweep(dataset, posteriors, one, execution)
    assert list(table.columns) == COLUMNS
    assert seconds.tolist() == [7.0] * len(table)
    monkeypatch.setattr(experiments, "_score_cell", original)
    again, seconds = timed_sweep(dataset, posteriors, replace(one, label_seeds=[0, 1]), execution)
    kept = again["label_seed"] == 0
    assert (seconds[kept] == 7.0).all()
    assert (seconds[~kept] < 7.0).all()


def test_an_interrupted_sweep_goes_on(dataset, posteriors, tmp_path, monkeypatch):
    execution = Execution(cache_dir=tmp_path, progress=False)
    kept = experiments._score_cell
    calls = []

    def stops(*arguments):
        if len(calls) == 4:
            raise KeyboardInterrupt
        calls.append(1)
        return kept(*arguments)

    monkeypatch.setattr(experiments, "_score_cell", stops)
    with pytest.raises(KeyboardInterrupt):
        run_sweep(dataset, posteriors, SWEEP, execution)
    monkeypatch.setattr(experiments, "_score_cell", kept)
    calls = count_evaluations(monkeypatch)
    table = run_sweep(dataset, posteriors, SWEEP, execution)
    assert len(calls) == len(table) - 4


def test_changed_inputs_are_not_taken_from_disk(dataset, posteriors, tmp_path):
    execution = Execution(cache_dir=tmp_path, progress=False)
    sweep = Sweep([40], [0], ["soft", "logistic-regression"])
    before = run_sweep(dataset, posteriors, sweep, execution)
    other = make_dataset(seed=1)
    changed = {seed: make_posterior(other, seed) for seed in posteriors}
    after = run_sweep(other, changed, sweep, execution)
    fresh = run_sweep(other, changed, sweep, QUIET)
    pd.testing.assert_frame_equal(after, fresh)
    assert not before["accuracy"].equals(after["accuracy"])
    stratified = Sweep([40], [0], sweep.methods, stratified=True)
    pd.testing.assert_frame_equal(
        run_sweep(other, changed, stratified, execution),
        run_sweep(other, changed, stratified, QUIET),
    )


def test_the_published_rule_names_the_first_class_of_the_data_set(dataset, posteriors):
    """Also where the labelled images hold none of it."""
    labelled = draw_order(dataset.labels, label_seed=0)[:12]
    labels = dataset.labels.copy()
    labels[labelled] = 1 + labels[labelled] % (L - 1)
    drawn = Dataset("toy", dataset.images, labels, dataset.split, dataset.class_names, "drawn")
    table = run_sweep(drawn, {3: posteriors[3]}, Sweep([12], [0], ["hard"]), QUIET)
    component = posteriors[3].responsibilities.argmax(axis=1)  # (N,)
    names = [
        np.bincount(labels[labelled][component[labelled] == c], minlength=L).argmax()
        for c in range(K)
    ]  # an arg max over zeros is class 0, which no labelled image has
    assert 0 in names
    right = (np.array(names)[component] == labels)[np.setdiff1d(np.arange(N), labelled)]
    assert table["accuracy"].item() == pytest.approx(right.mean())


def test_cells_of_another_rule_are_not_taken_from_disk(dataset, posteriors, tmp_path):
    """The number of classes is part of what a cell is kept under."""
    execution = Execution(cache_dir=tmp_path, progress=False)
    run_sweep(dataset, posteriors, Sweep([12], [0], ["hard"]), execution)
    before = set(tmp_path.rglob("*.json"))
    more = Dataset("toy", dataset.images, dataset.labels, dataset.split, tuple("abcde"), "more")
    run_sweep(more, posteriors, Sweep([12], [0], ["hard"]), execution)
    assert len(set(tmp_path.rglob("*.json")) - before) == len(before) > 0


def test_capped_cells_are_left_out(dataset, posteriors):
    caps = {"logistic-regression": 39, "hard": 40, "soft": None}
    sweep = Sweep([12, 40], [0], [*caps, "hard-covered"], max_labels=caps)
    table = run_sweep(dataset, posteriors, sweep, QUIET)
    at = {str(name): set(rows) for name, rows in table.groupby("method")["n_labels"]}
    assert at.pop("logistic-regression") == {12}
    assert at == {name: {12, 40} for name in ("hard", "soft", "hard-covered")}
    assert table["accuracy"].notna().all()


@given(
    labels=st.lists(st.integers(0, 4), min_size=1, max_size=200),
    seed=st.integers(0, 2**31),
    stratified=st.booleans(),
)
def test_a_draw_is_a_permutation(labels, seed, stratified):
    order = draw_order(np.array(labels), seed, stratified)
    assert sorted(order) == list(range(len(labels)))
    np.testing.assert_array_equal(order, draw_order(np.array(labels), seed, stratified))


@given(seed=st.integers(0, 1000), n=st.integers(1, 300))
def test_stratified_prefixes_keep_every_share(seed, n):
    labels = np.repeat([0, 1, 2], [150, 90, 60])
    drawn = np.bincount(labels[draw_order(labels, seed, True)[:n]], minlength=3)
    assert np.all(np.abs(drawn - n * np.array([0.5, 0.3, 0.2])) <= 2)


def test_all_images_are_drawn_equally_often():
    first = [draw_order(np.zeros(10), seed)[0] for seed in range(2000)]
    assert np.abs(np.bincount(first, minlength=10) - 200).max() < 70  # 5 standard deviations


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"budgets": [0]}, "a budget is 0; it must be"),
        ({"budgets": [N]}, f"a budget is {N}; it must be"),
        ({"budgets": [2.5]}, "2.5"),
        ({"budgets": []}, "budgets is empty"),
        ({"budgets": [1]}, "single class"),
        ({"methods": ["softt"]}, "'softt'; known are hard"),
        ({"label_seeds": [-1]}, "-1"),
        ({"max_labels": {"xgbost": 5}}, "xgbost"),
        ({"max_labels": {"xgboost": 0}}, "0"),
    ],
)
def test_bad_sweeps_are_one_sentence(dataset, posteriors, tmp_path, change, named):
    arguments = {"budgets": [12], "label_seeds": [0], "methods": ["soft"], **change}
    execution = Execution(cache_dir=tmp_path / "cells", progress=False)
    with pytest.raises(InputError, match=named) as error:
        run_sweep(dataset, posteriors, Sweep(**arguments), execution)
    assert ". " not in str(error.value)
    assert not (tmp_path / "cells").exists()


@pytest.mark.parametrize(
    ("execution", "named"),
    [
        (Execution(n_jobs=0), "n_jobs is 0; it must be"),
        (Execution(backend="spark"), "spark"),
        (Execution(backend="dask"), "scheduler"),
        pytest.param(
            Execution(backend="dask", scheduler="tcp://127.0.0.1:9"),
            "127.0.0.1:9",
            marks=pytest.mark.slow,  # waits for an answer
        ),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_bad_execution_is_one_sentence(dataset, posteriors, execution, named):
    with pytest.raises(InputError, match=named):
        run_sweep(dataset, posteriors, SWEEP, execution)


def test_lengths_that_differ_are_refused(dataset, posteriors):
    short = Posterior(posteriors[3].responsibilities[:-1], posteriors[3].latent_mean, None)
    with pytest.raises(InputError, match=f"{N} labels, but {N - 1} responsibilities"):
        run_sweep(dataset, {3: short}, SWEEP, QUIET)


def test_images_without_labels_are_refused(dataset, posteriors):
    unlabelled = Dataset("u", dataset.images, np.full(N, -1), dataset.split, ("a",), "u")
    with pytest.raises(InputError, match="no label"):
        run_sweep(unlabelled, posteriors, SWEEP, QUIET)


def test_methods_have_the_names_of_the_table():
    assert {"hard", "hard-covered", "soft", "logistic-regression", "mlp", "xgboost"} <= set(METHODS)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_gives_the_same_table(dataset, posteriors):
    distributed = pytest.importorskip("distributed")
    expected = run_sweep(dataset, posteriors, SWEEP, QUIET)
    with distributed.LocalCluster(2, threads_per_worker=1, dashboard_address=None) as cluster:
        execution = Execution(backend="dask", scheduler=cluster.scheduler_address, progress=False)
        pd.testing.assert_frame_equal(run_sweep(dataset, posteriors, SWEEP, execution), expected)


def test_what_one_method_prepares_is_not_taken_for_what_another_does(dataset, tmp_path):
    """The preparing functions lie in one module and read the same rows."""
    execution = Execution(cache_dir=tmp_path, progress=False)
    names = ["kmeans-majority", "label-spreading", "gmm-majority"]
    alone = run_sweep(dataset, {}, Sweep([40], [0], names), QUIET)
    for name in names:  # each finds what those before it have kept, and a draw of its own
        run_sweep(dataset, {}, Sweep([40], [1], [name]), execution)
    kept = run_sweep(dataset, {}, Sweep([40], [0], names), execution)
    pd.testing.assert_frame_equal(alone, kept)


def test_a_damaged_cell_is_computed_again(dataset, tmp_path):
    execution = Execution(cache_dir=tmp_path, progress=False)
    sweep = Sweep([40], [0], ["kmeans-majority"])
    first = run_sweep(dataset, {}, sweep, execution)
    (path,) = (tmp_path / "kmeans-majority").iterdir()
    path.write_text('{"accuracy": 0.')
    pd.testing.assert_frame_equal(run_sweep(dataset, {}, sweep, execution), first)
    assert json.loads(path.read_text())["accuracy"] == first["accuracy"].item()
