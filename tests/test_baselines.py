"""Competitors: they work on every sample with two classes, and learn from larger ones."""

import importlib
import linecache
import sys

import numpy as np
import pytest
from test_experiments import make_dataset

from gmvae.baselines import hidden_layers
from gmvae.methods import Sample, code_version
from gmvae.registry import METHODS

PIXELS = [m for m in METHODS.values() if m.reads == "pixels"]


@pytest.fixture(scope="module")
def dataset():
    return make_dataset()


def run(method, dataset, labelled, seed=0):
    X, y = dataset.images, dataset.labels
    if method.prepare:
        X = method.prepare(X, np.arange(len(y)), 8)
    scored = np.setdiff1d(np.arange(len(y)), labelled)
    predicted = method.predict(
        Sample(X, labelled, y[labelled], scored, seed), **dict(method.settings)
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


def test_published_layer_widths():
    assert [hidden_layers(n) for n in (99, 100, 499, 500)] == [(64,), (128,), (128,), (256, 128)]


def test_the_code_version_ignores_comments_and_docstrings(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    texts = [version_of(tmp_path, body) for body in ("x + 1  # a", "x + 1  # b", "x + 2")]
    assert texts[0] == texts[1] != texts[2]


def version_of(folder, expression):
    """Write a module anew and return its version."""
    (folder / "written.py").write_text(
        f'def f(x):\n    """{expression}"""\n    return {expression}\n'
    )
    sys.modules.pop("written", None)
    importlib.invalidate_caches()
    linecache.clearcache()
    return code_version(importlib.import_module("written").f)
