"""Run directories: what a chapter reads from one, and what it leaves."""

import json

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from samples import random_images

from gmvae.data.sources import load_dataset
from gmvae.decoding.posterior import Posterior
from gmvae.errors import InputError
from gmvae.runs.directory import Output, Run, check_same_data, model_dir


def make_posterior(n=7, seed=0):
    rng = np.random.default_rng(seed)
    q = rng.dirichlet(np.ones(3), n).astype(np.float32)
    z = rng.normal(size=(n, 2)).astype(np.float32)
    return Posterior(q, z, rng.integers(0, 2, n))


@pytest.fixture
def run_dir(tmp_path):
    np.savez(tmp_path / "x.npz", images=random_images(7), labels=np.arange(7) % 2)
    dataset = load_dataset(tmp_path / "x.npz")
    summary = {
        "data": {"fingerprint": dataset.fingerprint},
        "configuration": {
            "dataset": str(tmp_path / "x.npz"),
            "model_seed": 4,
            "model_seeds": [4, 9],
        },
    }
    path = tmp_path / "run"
    (path / "results").mkdir(parents=True)
    (path / "results" / "summary.json").write_text(json.dumps(summary))
    return path


def test_a_directory_without_a_run_names_the_command(tmp_path):
    with pytest.raises(InputError) as refused:
        Run(tmp_path / "nothing")
    assert f"gmvae paper --profile PROFILE --out {tmp_path / 'nothing'}" in str(refused.value)


def test_each_model_seed_has_a_directory(run_dir):
    run = Run(run_dir)
    assert (run.model_seed, run.model_seeds) == (4, [4, 9])
    assert run.model_dir() == run.model_dir(4) == run_dir
    assert run.model_dir(9) == model_dir(run_dir, 4, 9) == run_dir / "models" / "seed_9"


def test_posteriors_are_read_back(run_dir):
    first, second = make_posterior(seed=1), make_posterior(seed=2)
    run = Run(run_dir)
    first.save(run.model_dir() / "posterior.npz")
    second.save(run.model_dir(9) / "posterior.npz")
    for posterior, seed in ((first, None), (first, 4), (second, 9)):
        read = run.posterior(seed)
        for name in ("responsibilities", "latent_mean", "labels"):
            np.testing.assert_array_equal(getattr(read, name), getattr(posterior, name))
            assert getattr(read, name).dtype == getattr(posterior, name).dtype


def test_a_missing_posterior_names_chapter_and_command(run_dir):
    with pytest.raises(
        InputError, match=r"seed_9/posterior\.npz is missing.*02_model.*gmvae paper"
    ):
        Run(run_dir).posterior(9)


def test_the_data_set_must_still_be_the_same(run_dir, tmp_path):
    assert len(Run(run_dir).dataset()) == 7
    np.savez(tmp_path / "x.npz", images=random_images(7, seed=1), labels=np.arange(7) % 2)
    with pytest.raises(InputError, match="no longer the one"):
        Run(run_dir).dataset()


def test_only_the_same_data_go_on(run_dir, tmp_path):
    same, other = tmp_path / "x.npz", tmp_path / "b" / "x.npz"
    other.parent.mkdir()
    np.savez(other, images=random_images(7, seed=1), labels=np.arange(7) % 2)
    check_same_data(run_dir, load_dataset(same))
    check_same_data(tmp_path / "new", load_dataset(other))
    with pytest.raises(InputError, match=r"holds a run of other data.*--out"):
        check_same_data(run_dir, load_dataset(other))


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"data": {}}', "\x00", "[" * 5000, '{"data": 1}']
)
def test_a_damaged_summary_is_told_in_a_sentence(run_dir, tmp_path, content):
    (run_dir / "results" / "summary.json").write_text(content)
    with pytest.raises(InputError, match=r"summary\.json is damaged, or no summary"):
        Run(run_dir)
    with pytest.raises(InputError, match="is damaged"):
        check_same_data(run_dir, load_dataset(tmp_path / "x.npz"))


def test_the_command_in_a_message_is_that_of_the_run(run_dir):
    path = run_dir / "results" / "summary.json"
    origin = {"name": "digits", "settings": {"epochs": 3, "model_seeds": [4, 9]}}
    path.write_text(json.dumps({**json.loads(path.read_text()), "profile": origin}))
    with pytest.raises(InputError, match="`gmvae paper --profile digits --set epochs=3 --set "):
        Run(run_dir).posterior()


def damaged(q=None, z=None, labels=None):
    """Return the arrays of a posterior with some replaced."""
    whole = make_posterior()
    given = {"responsibilities": q, "latent_mean": z, "labels": labels}
    return {name: getattr(whole, name) if value is None else value for name, value in given.items()}


@pytest.mark.parametrize(
    "arrays",
    [
        damaged(q=np.full((7, 3), np.nan, np.float32)),
        damaged(q=np.full((7, 3), 0.5, np.float32)),
        damaged(q=np.tile(np.float32([1.5, -0.5, 0]), (7, 1))),
        damaged(q=np.ones((6, 1), np.float32)),
        damaged(q=np.ones(7, np.float32)),
        damaged(z=np.full((7, 2), np.inf, np.float32)),
        damaged(z=np.array([["x"]] * 7)),
        damaged(labels=np.zeros(7)),
        damaged(labels=np.array([None] * 7)),
        {"responsibilities": np.ones((7, 1))},
        {},
    ],
)
def test_a_posterior_that_cannot_be_is_refused(run_dir, arrays):
    np.savez(run_dir / "posterior.npz", **arrays)
    with pytest.raises(InputError, match=r"posterior\.npz (is damaged|holds)"):
        Run(run_dir).posterior()


def test_a_truncated_posterior_is_refused(run_dir):
    path = run_dir / "posterior.npz"
    make_posterior().save(path)
    whole = path.read_bytes()
    for end in range(0, len(whole), 37):
        path.write_bytes(whole[:end])
        with pytest.raises(InputError, match="is damaged"):
            Run(run_dir).posterior()
    path.write_text("<!DOCTYPE html>")
    with pytest.raises(InputError, match="is damaged"):
        Run(run_dir).posterior()


def draw_line():
    figure, axes = plt.subplots()
    axes.plot([0, 1], [1, 0])
    return figure


def test_a_figure_is_written_twice_and_closed(tmp_path):
    figure = draw_line()
    shown = Output(tmp_path).figure(figure, "line")
    assert shown.data == (tmp_path / "figures" / "line.svg").read_text(encoding="utf-8")
    written = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert written == ["line.png", "line.svg"]
    assert (tmp_path / "figures" / "line.png").read_bytes().startswith(b"\x89PNG")
    assert not plt.fignum_exists(figure.number)


def test_the_same_figure_is_the_same_file(tmp_path):
    for name in ("first", "second"):
        Output(tmp_path / name).figure(draw_line(), "line")
    for suffix in (".png", ".svg"):
        first, second = (
            (tmp_path / name / "figures" / f"line{suffix}").read_bytes()
            for name in ("first", "second")
        )
        assert first == second


def test_tables_and_numbers(tmp_path):
    out = Output(str(tmp_path))
    table = pd.DataFrame({"a": [1, 2], "b": ["x", "y, z"]})
    assert out.table(table, "rows") is table
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "results" / "rows.csv"), table)
    out.record("04_decoding", {"n": np.int64(3)})
    assert json.loads((tmp_path / "results" / "04_decoding.json").read_text()) == {"n": 3}


def test_what_was_not_measured_is_null_on_record(tmp_path):
    out = Output(tmp_path)
    out.record("05_supervision", {"rows": [{"low": float("nan")}], "seed": 0})
    assert out.recorded("05_supervision") == {"rows": [{"low": None}], "seed": 0}


def test_scoring_asks_for_labels(run_dir):
    path = run_dir / "results" / "summary.json"
    posterior = make_posterior()
    posterior.save(run_dir / "posterior.npz")
    assert Run(run_dir, labelled=True).posterior().labels.tolist() == posterior.labels.tolist()
    partly = posterior.labels.copy()
    partly[:3] = -1
    Posterior(posterior.responsibilities, posterior.latent_mean, partly).save(
        run_dir / "posterior.npz"
    )
    assert Run(run_dir).posterior().labels.tolist() == partly.tolist()
    with pytest.raises(InputError, match=r"has 3 of 7 images without a label.*`gmvae select`"):
        Run(run_dir, labelled=True).posterior()
    summary = json.loads(path.read_text())
    summary["data"] |= {"n_classes": 0, "n_images": 7}
    path.write_text(json.dumps(summary))
    Run(run_dir)
    with pytest.raises(InputError, match="has 7 of 7 images without a label"):
        Run(run_dir, labelled=True)


def test_a_model_seed_that_the_run_has_not_is_refused(run_dir):
    with pytest.raises(InputError, match=r"model_seeds holds 5; .* has the model seeds 4, 9\."):
        Run(run_dir).posterior(5)


def test_an_output_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    for name in ("file", "file/below"):
        with pytest.raises(InputError, match="is a file; it must be a folder"):
            Output(tmp_path / name)
    assert Output(tmp_path / "not/there/yet").path == tmp_path / "not/there/yet"
