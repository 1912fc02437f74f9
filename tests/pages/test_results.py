"""What the prose pages say of a run, and what is put on record."""

import json
import shlex

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import TOY_ACCURACY, toy_results, toy_summary, toy_supervision

from gmvae.errors import InputError
from gmvae.experiments.statistics import summarise
from gmvae.pages.command import command
from gmvae.pages.conclusions import conclusions
from gmvae.pages.results import (
    accuracy_table,
    chapters_on_record,
    competitors,
    heading,
    means_near,
    notice,
    on_shared_draws,
    read_results,
    records,
    which_model,
)
from gmvae.paper import record as recording
from gmvae.paper.record import RECORD, put_on_record, with_results
from gmvae.runs.parameters import check_parameters, parse_settings


def test_the_table_has_means_and_gaps():
    table = accuracy_table(toy_supervision())
    assert list(table.columns) == ["10 labels", "40 labels"]
    assert list(table.index) == ["hard", "hard-covered", "soft", "logistic-regression", "xgboost"]
    assert table.loc["hard"].tolist() == ["0.400", "0.800"]
    assert table.loc["xgboost"].tolist() == ["0.100", ""]


def test_only_builds_on_other_data_carry_the_notice():
    assert notice(toy_results("emnist-letters")) == ""
    assert "not made from EMNIST Letters" in notice(toy_results("mnist"))
    assert "Nothing on record" in notice(toy_results("mnist"), [toy_results("mnist")])
    beside = [toy_results("mnist"), toy_results("emnist-letters")]
    assert "Nothing on record" not in notice(toy_results("mnist"), beside)
    assert "<strong>a&lt;b</strong>" in notice(toy_results("a<b"))
    assert "which is not EMNIST Letters" in heading(toy_results("mnist"))
    assert "which is EMNIST Letters" in heading(toy_results("emnist-letters"))


def test_the_nearest_budget_at_which_all_rules_were_run():
    assert means_near(toy_results(), 11) == (10, {"hard": 0.4, "hard-covered": 0.55, "soft": 0.6})
    n, means = means_near(toy_results(), 1000)
    assert (n, means["soft"]) == (40, pytest.approx(0.79))
    fewer = {key: values for key, values in TOY_ACCURACY.items() if key != ("hard", 40)}
    assert means_near(toy_results(accuracy=fewer), 1000)[0] == 10
    without = {key: values for key, values in TOY_ACCURACY.items() if key[0] != "hard"}
    assert set(means_near(toy_results(accuracy=without), 40)[1]) == {"hard-covered", "soft"}


def test_a_number_of_one_model_among_several_says_which():
    assert which_model(toy_results()) == " (model seed 0)"
    assert "right (model seed 0): a ceiling" in conclusions(toy_results())[-1]
    alone = toy_results()
    alone.summary["configuration"]["model_seeds"] = [0]
    assert which_model(alone) == ""


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "dataset": st.sampled_from(["x.npz", "my letters.npz", "a'b.npz"]),
            "budgets": st.lists(st.integers(1, 99), min_size=1, unique=True),
            "methods": st.just(["soft", "hard-covered"]),
            "max_labels": st.just({"xgboost": 140, "mlp": 3}),
            "scheduler": st.none() | st.just("tcp://node1:8786"),
            "stratified": st.booleans(),
            "learning_rate": st.floats(1e-6, 1),
        },
    )
)
def test_the_command_makes_the_run_again(settings_):
    words = shlex.split(command(toy_results(**settings_).summary))
    assert words[:4] == ["gmvae", "paper", "--profile", "letters"]
    assert words[4::2] == ["--set"] * len(settings_)
    assert check_parameters(parse_settings(words[5::2])) == settings_  # 1e-06 is text in YAML


def write_run(run_dir, name="toy", **settings):
    folder = run_dir / "results"
    folder.mkdir(parents=True)
    toy_supervision().to_csv(folder / "supervision.csv", index=False)
    (folder / "summary.json").write_text(json.dumps(toy_summary(name, **settings)))
    (folder / "04_decoding.json").write_text('{"n_labels": 10}')
    return run_dir


def test_results_are_put_on_record_without_folders(tmp_path):
    run_dir = write_run(tmp_path / "run", dataset="/home/someone/toy.npz")
    target = put_on_record(run_dir, tmp_path / "record")
    assert target == tmp_path / "record" / "toy"
    assert "/home" not in (target / "summary.json").read_text()
    (read,) = records(tmp_path / "record")
    assert read.chapters == {"04_decoding": {"n_labels": 10}}
    assert command(read.summary) == "gmvae paper --profile letters --set dataset=toy.npz"
    pd.testing.assert_frame_equal(read.supervision, toy_supervision())
    assert "/home" in (run_dir / "results" / "summary.json").read_text()  # the run stays as it was


def test_a_record_is_complete_or_refused(tmp_path, monkeypatch):
    run_dir = write_run(tmp_path / "run")
    monkeypatch.setattr(recording, "LARGEST", 100)
    with pytest.raises(InputError, match="is over 100 bytes"):
        put_on_record(run_dir, tmp_path / "record")
    (run_dir / "results" / "supervision.csv").unlink()
    with pytest.raises(InputError, match="holds no finished run"):
        put_on_record(run_dir, tmp_path / "record")
    assert not (tmp_path / "record").exists()


def test_the_readme_gets_a_row_for_each_budget(tmp_path):
    put_on_record(write_run(tmp_path / "b", name="b", budgets=[10, 40]), tmp_path / "record")
    put_on_record(write_run(tmp_path / "a", name="a"), tmp_path / "record")
    readme = f"Before\n{recording._START}| old |\n{recording._END}\nAfter\n"
    text = with_results(readme, tmp_path / "record")
    assert text.startswith("Before\n")
    assert text.endswith("\nAfter\n")
    assert "| old |" not in text
    rows = [line for line in text.splitlines() if line.startswith(("| a |", "| b |"))]
    assert rows[0] == (
        "| a | 2,000 | 10 | 0.400 | 0.550 | 0.600 |  | 0.250 logistic regression (0.600) |"
    )
    assert "**On a, 2,000 images, a model that saw no label is right on 60.0%" in text
    assert ".venv/bin/gmvae paper --profile letters --set 'budgets=[10,40]'\n```\n" in text
    assert [row.split(" | ")[2] for row in rows] == ["10", "40", "10", "40"]
    assert with_results(text, tmp_path / "record") == text


def test_the_committed_readme_is_that_of_the_committed_record():
    if not records(recording.RECORD):
        pytest.skip("nothing is on record")
    readme = recording.README.read_text(encoding="utf-8")
    assert readme.count(recording._START) == readme.count(recording._END) == 1
    assert with_results(readme) == readme


def test_reading_results(tmp_path):
    folder = write_run(tmp_path / "run") / "results"
    inductive = toy_supervision().assign(model_seed=[0] * len(toy_supervision()))
    inductive.to_csv(folder / "supervision_inductive.csv", index=False)
    read = read_results(folder)
    assert set(read.chapters) == {"04_decoding"}
    assert list(read.other_settings) == ["inductive"]
    pd.testing.assert_frame_equal(read.supervision, toy_supervision())
    assert not read.is_the_articles_data


def test_one_chapter_of_every_record():
    found = chapters_on_record(recording.RECORD, "09_choosing")
    assert "mnist" in [study["data"]["name"] for study in found]
    assert chapters_on_record(recording.RECORD, "99_none") == []


def test_the_run_of_students_adds_methods():
    results = toy_results()
    assert results.all_methods is results.supervision
    results.other_settings["students"] = toy_supervision(
        {("graph-pixels-student", 10): [0.5, 0.6], ("soft", 10): [0.1, 0.1]}
    )
    table = results.all_methods
    added = table.iloc[len(results.supervision) :]
    assert added["method"].tolist() == ["graph-pixels-student"] * 2
    assert added["accuracy"].tolist() == [0.5, 0.6]
    assert table.iloc[: len(results.supervision)].equals(results.supervision)


def test_draws_of_the_run_of_the_students_count_once_each():
    results = toy_results()
    n = len(results.supervision)
    own = results.supervision.query("method == 'soft' and n_labels == 10")
    more = own.assign(label_seed=own["label_seed"] + 7, accuracy=0.9)
    again = own.assign(accuracy=0.1)
    results.other_settings["students"] = pd.concat([more, again])
    assert results.all_draws.iloc[:n].equals(results.supervision)
    assert results.all_draws.iloc[n:]["accuracy"].tolist() == [0.9] * len(more)
    assert toy_results().all_draws.equals(results.supervision)


def test_a_table_tells_draws_where_they_differ():
    same = accuracy_table(toy_supervision({("soft", 10): [0.4, 0.5], ("mlp", 10): [0.3, 0.4]}))
    assert "draws" not in same
    fewer = accuracy_table(toy_supervision({("soft", 10): [0.4, 0.5], ("mlp", 10): [0.3]}))
    assert fewer["draws"].to_dict() == {"soft": 2, "mlp": 1}


def test_who_chooses_labels_is_no_rival_on_equal_draws():
    without = {("graph-pixels", 10): [0.5], ("graph-pixels-chosen", 10): [0.9]}
    table = toy_supervision({**without, ("soft", 10): [0.4]}).assign(
        model_seed=lambda t: t["method"].eq("soft").map({True: 0.0, False: np.nan})
    )
    assert competitors(table) == ["graph-pixels"]
    assert on_shared_draws(table, 10).index.tolist() == ["graph-pixels"]


@pytest.mark.parametrize("results", records(RECORD), ids=lambda r: r.summary["data"]["name"])
def test_all_methods_on_record_can_be_drawn(results):
    summary = summarise(results.all_methods, 0.95)
    assert set(summary["method"]) == set(results.all_methods["method"])
