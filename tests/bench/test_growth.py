"""How costs grow: powers of N are found, every work is timed, nothing starts on bad labels."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import embedded_digits
from tiny_training import TINY

from gmvae.baselines.registry import METHODS
from gmvae.bench import growth, turns
from gmvae.errors import InputError
from gmvae.pages.growth_report import growth_report

WHERE = {"device": "cpu", "threads": 2}


@given(st.floats(-1, 3), st.floats(1e-3, 1e3))
def test_the_exponent_of_a_power_is_found(power, factor):
    sizes = [1000, 3000, 20_000]
    seconds = [factor * (n / 1000) ** power for n in sizes]
    assert growth.exponent(sizes, seconds) == pytest.approx(power, abs=1e-9)


def test_one_size_has_no_exponent():
    assert growth.exponent([1000], [1.0]) is None


@pytest.fixture
def data(tmp_path):
    images, labels = embedded_digits(100)
    np.savez(tmp_path / "few.npz", images=images, labels=labels)
    return str(tmp_path / "few.npz")


@pytest.fixture
def here(monkeypatch):
    """Run all works in this process, on a posterior at random instead of a training's."""

    def trained(images, epochs, precision, keep):
        random = np.random.default_rng(0)
        R = random.dirichlet(np.ones(4), len(images)).astype(np.float32)  # (N, 4)
        np.save(keep / "responsibilities.npy", R)
        np.save(keep / "latent_mean.npy", random.normal(size=(len(images), 3)))
        return {"epoch_seconds": len(images) / 1000, "peak_memory_bytes": 2**30}

    monkeypatch.setattr(growth, "full_training", trained)
    monkeypatch.setattr(growth, "in_own_process", lambda function, *given: function(*given))
    monkeypatch.setattr(growth, "TrainingConfig", lambda: TINY)
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.0)
    for name in ("graph-student", "graph-pixels-student"):
        quick = {**METHODS[name].settings, "steps": 2}
        monkeypatch.setitem(METHODS, name, replace(METHODS[name], settings=quick))


def test_every_method_is_timed_at_every_size(data, here):
    found = growth.measure(data, [300, 150], labels=40, epochs=1)
    works = found["works"]
    prepared = {name.removesuffix(", prepared") for name in works if name.endswith(", prepared")}
    rest = [name for name in works if not name.endswith(", prepared")]
    assert rest == ["an epoch", "neighbours", *growth.METHODS]
    assert prepared == {
        *("soft-diffused", "graph", "graph-student", "graph-pixels", "graph-pixels-student"),
        *("label-spreading", "svm", "kmeans-majority"),
    }
    assert found["sizes"] == [150, 300]
    assert works["an epoch"]["seconds"] == [0.15, 0.3]
    assert works["an epoch"]["exponent"] == pytest.approx(1)
    for work in works.values():
        assert len(work["seconds"]) == len(work["peak_memory_bytes"]) == 2
        assert min(work["seconds"]) > 0
        assert min(work["peak_memory_bytes"]) > 2**25


def test_the_report_has_a_line_for_every_work_and_the_powers(data, here):
    found = growth.measure(data, [150, 300], 40, 1, methods=["hard", "graph"])
    lines = growth_report({**WHERE, **found}).splitlines()
    assert lines[-6].split() == ["150", "300", "power"]
    assert " ".join(lines[-5].split()) == "an epoch 0.15 s 1.00 GiB 0.3 s 1.00 GiB 1.00"
    starts = ["an epoch", "neighbours", "hard", "graph, prepared", "graph"]
    for line, name in zip(lines[-5:], starts, strict=True):
        assert line.startswith(f"{name} ")
    one = growth_report({**WHERE, **growth.measure(data, [150], 40, 1, methods=["hard"])})
    assert one.splitlines()[-1].endswith("GiB")


def test_the_report_is_no_wider_than_a_page():
    work = {"seconds": [12_345.6] * 3, "peak_memory_bytes": [2**35] * 3, "exponent": -1.234}
    sizes = [10_000, 36_000, 111_638]
    found = {"sizes": sizes, "n_labels": 291, "epochs_measured": 1, "precision": "float32"}
    found |= {"images": "copies", "works": {"graph-pixels-student, prepared": work}}
    lines = growth_report({**WHERE, **found}).splitlines()
    assert max(map(len, lines)) < 100
    assert lines[-1].split()[2:6] == ["12,346", "s", "32.00", "GiB"]


def test_labels_of_one_class_are_refused_before_any_work(tmp_path, monkeypatch):
    def work(*_, **__):
        raise AssertionError("it has begun to measure")

    monkeypatch.setattr(growth, "make_images", work)
    images, labels = embedded_digits(100)
    bad = {"single class": np.zeros_like(labels), "have no label": np.full_like(labels, -1)}
    for message, y in bad.items():
        np.savez(tmp_path / "bad.npz", images=images, labels=y)
        with pytest.raises(InputError, match=message):
            growth.measure(str(tmp_path / "bad.npz"), [150], labels=40, epochs=1)


@pytest.mark.slow
def test_works_run_in_processes_of_their_own_after_a_training(data):
    found = growth.measure(data, [1000], 40, 1, methods=["soft", "graph"])
    assert list(found["works"]) == ["an epoch", "neighbours", "soft", "graph, prepared", "graph"]
    assert all(work["peak_memory_bytes"][0] > 2**26 for work in found["works"].values())
