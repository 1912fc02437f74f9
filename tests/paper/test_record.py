"""A record is whole, of one data set, and inside its folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_results import write_run

from gmvae.errors import FailedError, InputError
from gmvae.files import PROJECT
from gmvae.pages.other_settings import SWITCHES
from gmvae.paper import chapter
from gmvae.paper.record import (
    RECORD,
    folder_name,
    put_bench_on_record,
    put_on_record,
    put_setting_on_record,
)


def content(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_record_is_replaced_by_one_of_the_same_data(tmp_path):
    record = tmp_path / "record"
    put_on_record(write_run(tmp_path / "a"), record)
    (record / "toy" / "old.csv").touch()
    put_on_record(write_run(tmp_path / "b", purity=0.5), record)
    assert json.loads((record / "toy" / "summary.json").read_text())["purity"] == 0.5
    assert not (record / "toy" / "old.csv").exists()  # nothing of two runs side by side
    assert [path.name for path in record.iterdir()] == ["toy"]


def test_the_record_of_other_data_is_left_alone(tmp_path):
    record = tmp_path / "record"
    put_on_record(write_run(tmp_path / "a"), record)
    before = content(record)
    with pytest.raises(InputError, match="is the record of other data of the same name"):
        put_on_record(write_run(tmp_path / "b", fingerprint="cd" * 32), record)
    assert content(record) == before


def test_other_settings_stand_beside_the_record_of_the_same_data(tmp_path):
    record, plain, large = tmp_path / "record", tmp_path / "a", tmp_path / "b"
    write_run(large)
    summary = json.loads((large / "results" / "summary.json").read_text())
    summary["configuration"] |= SWITCHES["large"]
    (large / "results" / "summary.json").write_text(json.dumps(summary))
    with pytest.raises(InputError, match="toy has no results on record"):
        put_setting_on_record(large, "large", record)
    put_on_record(write_run(plain), record)
    before = content(record)
    with pytest.raises(InputError, match=r"was made with .*; setting large means encoder_hidden="):
        put_setting_on_record(plain, "large", record)
    with pytest.raises(InputError, match=r"was made with .*; setting students means [a-z_]+=None"):
        put_setting_on_record(large, "students", record)  # their models are others
    allowed = (
        "many_labels, students, students_chosen, large, students_large or students_chosen_large"
    )
    with pytest.raises(InputError, match=f"--setting is 'huge'; it must be {allowed}"):
        put_setting_on_record(large, "huge", record)
    assert content(record) == before
    made = put_setting_on_record(large, "large", record)
    assert made.read_bytes() == (large / "results" / "supervision.csv").read_bytes()
    put_on_record(write_run(plain, purity=0.5), record)  # a new run leaves what is not of it
    assert made.is_file()
    assert set(content(record)) - set(before) == {made.relative_to(record)}


@pytest.mark.parametrize(
    "break_run",
    [
        lambda run: write_run(run, methods=("hard", "soft")),
        lambda run: write_run(run, seconds=None),
        lambda run: write_run(run, data={"name": "toy"}),
        lambda run: write_run(run, configuration=[]),
        lambda run: (run / "results" / "supervision.csv").write_text("a,b\n1,2\n"),
        lambda run: (run / "results" / "supervision.csv").write_text(""),
        lambda run: (run / "results" / "summary.json").write_text("{"),
        lambda run: (run / "results" / "01_data.json").write_text("{"),
        lambda run: (run / "results" / "summary.json").unlink(),
    ],
)
def test_everything_is_checked_before_anything_is_written(tmp_path, break_run):
    record = tmp_path / "record"
    put_on_record(write_run(tmp_path / "whole"), record)
    before = content(record)
    run = write_run(tmp_path / "run", purity=0.1)
    break_run(run)
    with pytest.raises(InputError):
        put_on_record(run, record)
    assert content(record) == before


def test_temporaries_of_a_killed_run_are_no_results(tmp_path):
    run = write_run(tmp_path / "run")
    for name in (".summary-x1.json", ".gmvae-05_supervision-x1.csv", ".lock"):
        (run / "results" / name).write_text("half")
    target = put_on_record(run, tmp_path / "record")
    assert sorted(path.name for path in target.iterdir()) == ["summary.json", "supervision.csv"]


@given(
    st.text() | st.sampled_from(["../../x", "/etc", "..", "", "costs", ".git", "a/b", "x" * 999])
)
def test_no_name_leads_out_of_the_record(name):
    made = folder_name(name)
    assert made == Path(made).name
    assert not made.startswith(".")
    assert made not in ("", "costs")
    assert len(os.fsencode(made)) < 244  # beside the prefix of a temporary name


def test_a_tampered_name_stays_inside(tmp_path):
    record = tmp_path / "deep" / "record"
    target = put_on_record(write_run(tmp_path / "run", name="../../../escaped"), record)
    assert target.parent == record
    assert {path.name for path in tmp_path.iterdir()} == {"run", "deep"}


def test_common_names_stay():
    assert [folder_name(n) for n in ("mnist", "nist_letters", "v1.2-a")] == [
        "mnist",
        "nist_letters",
        "v1.2-a",
    ]


def test_a_full_disk_leaves_the_old_record(tmp_path, monkeypatch):
    record = tmp_path / "record"
    put_on_record(write_run(tmp_path / "a"), record)
    before = content(record)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gmvae.paper.record.shutil.copyfile", full)
    with pytest.raises(FailedError, match="the disk is full"):
        put_on_record(write_run(tmp_path / "b", purity=0.1), record)
    assert content(record) == before


KILLED = """
import os, shutil, sys
from pathlib import Path
from gmvae import files
from gmvae.paper import record
calls = [0]
def killing(function):
    def called(*args, **kwargs):
        if calls[0] == int(sys.argv[3]):
            os._exit(9)
        calls[0] += 1
        return function(*args, **kwargs)
    return called
shutil.copyfile = killing(shutil.copyfile)
record.write_json = killing(record.write_json)
Path.rename = killing(Path.rename)
record.put_on_record(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("moment", [0, 1, 2, 3])
def test_a_killed_record_leaves_the_old_one_whole(tmp_path, moment):
    record = tmp_path / "record"
    put_on_record(write_run(tmp_path / "a"), record)
    before = content(record / "toy")
    run = write_run(tmp_path / "b", purity=0.1)
    command = [sys.executable, "-c", KILLED, str(run), str(record), str(moment)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    assert subprocess.run(command, check=False, env=environment).returncode == 9
    other = write_run(tmp_path / "c", name="other")
    put_on_record(other, record)  # the next command
    assert content(record / "toy") == before
    assert sorted(path.name for path in record.iterdir()) == ["other", "toy"]


def test_a_wheel_has_no_record(tmp_path, monkeypatch):
    monkeypatch.setattr(chapter, "TOC", tmp_path / "_toc.yml")
    run = write_run(tmp_path / "run")
    for put, what in ((put_on_record, run), (put_bench_on_record, tmp_path / "x.json")):
        with pytest.raises(InputError, match="from a checkout of the project"):
            put(what, RECORD)


def test_a_run_that_was_stopped_is_not_put_on_record(tmp_path):
    run = write_run(tmp_path / "run")
    path = run / "results" / "summary.json"
    summary = json.loads(path.read_text())
    path.write_text(json.dumps({**summary, "complete": False}))
    with pytest.raises(InputError, match="was stopped before its end"):
        put_on_record(run, tmp_path / "record")
    assert not (tmp_path / "record").exists()
    path.write_text(json.dumps({**summary, "complete": True}))
    put_on_record(run, tmp_path / "record")
