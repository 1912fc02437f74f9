"""A run holds what is on record, or is told where it does not."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student
from toy_results import write_run

from gmvae.cli.main import BAD_INPUT, DONE, FAILED, main
from gmvae.errors import InputError
from gmvae.files import PROJECT
from gmvae.paper.record import put_on_record
from gmvae.paper.verify import (
    COMPONENTS_TOLERANCE,
    PURITY_TOLERANCE,
    difference_interval,
    verify,
)


@pytest.fixture
def record(tmp_path):
    put_on_record(write_run(tmp_path / "recorded"), tmp_path / "record")
    return tmp_path / "record"


def test_the_run_on_record_holds(tmp_path, record):
    assert verify(tmp_path / "recorded", record) == (11, [])  # 3 methods, 3 budgets; 2 of a model


def test_a_small_difference_holds_and_a_large_one_does_not(tmp_path, record):
    assert verify(write_run(tmp_path / "near", shift=0.001), record)[1] == []
    compared, outside = verify(write_run(tmp_path / "far", shift=-0.2), record)
    assert (compared, len(outside)) == (11, 9)
    assert outside[0].startswith("hard at 10 labels: 0.")
    assert "the difference is -20.0 points (-" in outside[0]


def test_the_model_is_compared_too(tmp_path, record):
    run = write_run(tmp_path / "run", purity=0.87, components_in_use=5)
    purity, components = verify(run, record)[1]
    assert purity == "purity: 0.87, on record 0.9; they may differ by 0.02"
    assert components.startswith("components in use: 5, on record 8")


def test_only_what_both_have_is_compared(tmp_path, record):
    run = write_run(tmp_path / "run", methods=("soft", "xgboost"))
    assert verify(run, record) == (5, [])


def test_the_record_is_found_by_the_data_and_not_by_the_name(tmp_path, record):
    assert verify(write_run(tmp_path / "same", name="renamed"), record)[1] == []
    with pytest.raises(InputError, match="nothing is on record of the data of this run, toy"):
        verify(write_run(tmp_path / "other", fingerprint="cd" * 32), record)


def test_the_exit_codes(tmp_path, record, monkeypatch, capsys):
    monkeypatch.setattr("gmvae.paper.verify.verify.__defaults__", (record,))
    write_run(tmp_path / "far", shift=-0.2)
    write_run(tmp_path / "other", fingerprint="cd" * 32)
    for name, code in (("recorded", DONE), ("far", FAILED), ("other", BAD_INPUT), ("", BAD_INPUT)):
        assert main(["verify", "--run", str(tmp_path / name)]) == code
    said = capsys.readouterr()
    assert "All 11 figures hold." in said.out
    assert "9 of 11 figures are outside their intervals:\ngmvae: hard at 10 labels" in said.err
    assert "Traceback" not in said.err


def frame(mean, low, high):
    return pd.DataFrame({"mean": [mean], "low": [low], "high": [high]})


@given(*[st.floats(0.2, 0.8)] * 2, *[st.floats(0, 0.2)] * 4)
def test_an_interval_of_a_difference(a, b, below_a, above_a, below_b, above_b):
    first = frame(a, a - below_a, a + above_a)
    second = frame(b, b - below_b, b + above_b)
    row = difference_interval(first, second).iloc[0]
    back = difference_interval(second, first).iloc[0]
    assert row["mean"] == pytest.approx(a - b)
    assert row["low"] <= row["mean"] <= row["high"]
    assert (row["low"], row["high"]) == pytest.approx((-back["high"], -back["low"]))
    # at least as wide as either's, at most as both
    assert row["high"] - row["mean"] == pytest.approx(np.hypot(above_a, below_b))


def test_the_interval_of_equal_samples_is_that_of_welch():
    n, sd = 20, 0.03
    half = student.ppf(0.975, n - 1) * sd / np.sqrt(n)
    row = difference_interval(
        frame(0.5, 0.5 - half, 0.5 + half), frame(0.4, 0.4 - half, 0.4 + half)
    )
    standard_error = sd * np.sqrt(2 / n)
    assert row["high"][0] - 0.1 == pytest.approx(student.ppf(0.975, n - 1) * standard_error)


def test_a_mean_of_one_accuracy_counts_as_exact():
    row = difference_interval(frame(0.5, np.nan, np.nan), frame(0.4, 0.38, 0.42)).iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((0.08, 0.12))


def test_rubbish_is_refused(tmp_path, record):
    run = write_run(tmp_path / "run")
    (run / "results" / "summary.json").write_text(json.dumps({"data": 1}))
    with pytest.raises(InputError, match="is damaged"):
        verify(run, record)


def test_the_page_on_reproducing_states_the_tolerances():
    told = " ".join((PROJECT / "book" / "reproduce.md").read_text("utf-8").split())
    assert f"the purity differs by at most {PURITY_TOLERANCE * 100:g} points" in told
    assert f"differ by at most {COMPONENTS_TOLERANCE:.0%}".replace("%", " %") + " of K" in told
