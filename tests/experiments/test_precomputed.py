"""What methods share is made once, after what it is made from, and found again by what it is."""

import numpy as np
import pytest
from toys import K, N, make_dataset, make_posterior

from gmvae.baselines import precomputed as known
from gmvae.baselines.method import Precomputed
from gmvae.baselines.registry import METHODS
from gmvae.experiments.engine import run_sweep
from gmvae.experiments.execution import Execution
from gmvae.experiments.precomputed import Store, precompute, store_of_images, store_of_model
from gmvae.experiments.sweep import Sweep

ALONE = Execution(progress=False)
CALLS = []


def _double(X, training, n_components):
    CALLS.append("double")
    return {"twice": 2 * X[training]}


def _add(X, training, n_components):
    CALLS.append("add")
    return {"more": X["twice"] + n_components}


DOUBLE = Precomputed("double", "latent_mean", _double)
ADD = Precomputed("add", DOUBLE, _add)


@pytest.fixture(autouse=True)
def calls():
    CALLS.clear()
    return CALLS


def store(folder=None, Z=None, training=(0, 1), k=3):
    rows = {"latent_mean": np.arange(4.0) if Z is None else Z}
    return Store(rows.__getitem__, np.array(training), k, folder)


def test_it_is_made_from_what_it_names():
    assert store()(ADD)["more"].tolist() == [3, 5]
    assert ADD.rows == DOUBLE.rows == "latent_mean"


def test_one_store_makes_it_once(calls):
    one = store()
    one(ADD), one(DOUBLE), one(ADD)
    assert calls == ["double", "add"]


def test_another_store_finds_it_on_disk_without_its_source(calls, tmp_path):
    store(tmp_path)(ADD)
    assert store(tmp_path)(ADD)["more"].tolist() == [3, 5]
    assert calls == ["double", "add"]


@pytest.mark.parametrize(
    "other", [{"Z": np.ones(4)}, {"training": (1, 2)}, {"k": 4}], ids=["rows", "training", "K"]
)
def test_other_rows_are_not_taken_for_it(calls, tmp_path, other):
    first = store(tmp_path)(ADD)["more"]
    assert (store(tmp_path, **other)(ADD)["more"] != first).any()
    assert calls == ["double", "add"] * 2


def test_what_another_function_makes_is_not_taken_for_it(tmp_path):
    store(tmp_path)(DOUBLE)
    same_name = Precomputed("double", "latent_mean", _other)
    assert store(tmp_path)(same_name)["twice"].tolist() == [0, 0]


def _other(X, training, n_components):
    return {"twice": np.zeros(len(training))}


def test_side_by_side_each_comes_after_its_source_and_once(calls):
    one, two = store(), store(k=5)
    precompute([(two, ADD), (one, ADD), (one, DOUBLE), (one, ADD)], ALONE)
    assert calls == ["double", "double", "add", "add"]
    assert one.find(ADD)["more"].tolist() == [3, 5]
    assert two.find(ADD)["more"].tolist() == [5, 7]


def test_what_is_there_is_not_made_again(calls, tmp_path):
    precompute([(store(tmp_path), ADD)], ALONE)
    precompute([(store(tmp_path), ADD)], ALONE)
    assert calls == ["double", "add"]


@pytest.mark.parametrize("left", [0, 10, -30], ids=["empty", "beginning", "without its end"])
def test_what_is_damaged_is_made_again(calls, tmp_path, left):
    store(tmp_path)(ADD)
    for path in (tmp_path / "precomputed").iterdir():
        path.write_bytes(path.read_bytes()[:left])
    assert store(tmp_path)(ADD)["more"].tolist() == [3, 5]
    assert store(tmp_path)(ADD)["more"].tolist() == [3, 5]
    assert calls == ["double", "add"] * 2


def test_a_graph_of_one_model_serves_methods_and_chapters(tmp_path, monkeypatch):
    """Chapter 05 measures them all; 09 and 10 ask for the same graph with stores of their own."""
    made = []
    real = known.graph_of

    def counted(Z, *others):
        made.append(Z.shape)
        return real(Z, *others)

    monkeypatch.setattr(known, "graph_of", counted)
    data, posterior = make_dataset(), make_posterior(make_dataset(), 0)
    names = ["graph", "graph-chosen", "soft-chosen", "graph-clusters", "graph-pixels"]
    execution = Execution(cache_dir=tmp_path, progress=False)
    run_sweep(data, {0: posterior}, Sweep([12], [0], names), execution)
    assert len(made) == 2  # of the model, of the pixels
    again = store_of_model(posterior, tmp_path)
    for each in known.LATENT_CHOICE:
        again(each)
    assert len(made) == 2


def test_images_stand_for_themselves():
    images = make_dataset().images
    pixels = store_of_images(images, K)
    assert pixels.rows("normalised") is pixels.rows("pixels") is images
    assert pixels(known.PIXEL_COMPONENTS)["features"].shape[0] == N


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_method_that_reads_one_array_is_given_it_and_others_names(method):
    rows = {name: name for name in ("responsibilities", "latent_mean", "pixels", "normalised")}
    given = method.given(rows.__getitem__, lambda each: {each.name: each})
    if method.precomputed:
        assert set(given) == {*method.reads, *(each.name for each in method.precomputed)}
    else:
        assert given == method.reads[0]
    assert method.needs_model == bool(method.rows & {"responsibilities", "latent_mean"})
