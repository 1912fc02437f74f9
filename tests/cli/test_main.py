"""The command line: exit codes 0, 1 and 2, one sentence, no traceback, nothing half-written."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from samples import random_images

import gmvae
from gmvae.cli.main import BAD_INPUT, DONE, FAILED, PIPE_CLOSED, main
from gmvae.data.sources import load_dataset
from gmvae.paper.chapter import PROJECT

SMALL = ["epochs=2", "n_components=4", "latent_dim=3", "batch_size=64"]
COMPARED = ["--set", "comparison_components=4", "--set", "comparison_top=[1]"]


def settings(*texts):
    return [argument for text in texts for argument in ("--set", text)]


@pytest.fixture(autouse=True)
def empty_cwd(tmp_path_factory, monkeypatch):
    """Each command starts in an empty folder, so that whatever it leaves is seen."""
    folder = tmp_path_factory.mktemp("cwd")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(autouse=True)
def no_chapters(monkeypatch):
    """A command that should have been refused fails at once, not after all chapters."""

    def run(chapter, *_):
        raise AssertionError(f"{chapter.name} was run")

    monkeypatch.setattr("gmvae.paper.pipeline._bring_up_to_date", run)


def refused(arguments, capsys):
    """Run a command that must be refused and return its one sentence."""
    assert main(arguments) == BAD_INPUT
    said = capsys.readouterr()
    assert said.err.startswith("gmvae: ")
    assert said.err.count("\n") == 1
    assert len(said.err) < 500
    return said.err


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (["nonsense=1"], "nonsense is not a parameter: there are"),
        (["run_dir=x"], "run_dir is not a parameter"),
        (["out_dir=x"], "out_dir is not a parameter"),
        (["n_components"], "not of the form KEY=VALUE"),
        (["n_components=many"], "n_components is 'many'; it must be"),
        (["n_components=301"], "n_components"),
        (["dataset=missing.npz"], "missing.npz does not exist"),
        (["dataset=imagenet"], "neither one of"),
        (["budgets=[10, 151]"], "at most 150, half of the 300 images"),
        (["budgets=[1, 50]"], "single class"),
        (
            ["n_labels=151"],
            "n_labels is 151; it must be a whole number from 2 to 150, half of the 300 images",
        ),
        (["n_labels=1"], "n_labels is 1; it must be"),
        (["methods=[magic]"], "magic"),
        (["max_labels={magic: 3}"], "magic"),
        (["model_seeds=[1, 2]"], "must contain model_seed=0"),
        (["model_seeds=[0, 4294967296]"], "4294967296"),
        (["label_seeds=[-1]"], "an entry of label_seeds is -1; it must be"),
        (["confidence=2"], "confidence is 2; it must be"),
        (["backend=dask"], "scheduler"),
        (["weights=[1, .inf]"], "weight"),
        (["label_seeds=[4294967296]"], "label_seeds is 4294967296; it must be"),
        (["methods=[soft, mlp]", "max_labels={mlp: 10}"], "max_labels of mlp is 10, below the"),
        (["inductive=true", "n_components=270"], "from 1 to 258, the images of the training split"),
        (["backend=dask", "scheduler=no address"], "No Dask scheduler answers at no address"),
        (["dataset=" + "x" * 5000], "neither one of"),
        (["n" * 5000 + "=1"], "is not a parameter"),
        (["budgets=" + "[" * 5000], "nested too deeply"),
        (["population=50", "n_components=51"], "population of 50"),
    ],
)
def test_bad_parameters_are_refused_before_any_work(tiny_npz, empty_cwd, capsys, texts, reason):
    given = [] if texts[0].startswith("dataset") else [f"dataset={tiny_npz}", "budgets=[20, 50]"]
    given = [text for text in given if text.split("=")[0] not in {t.split("=")[0] for t in texts}]
    assert reason in refused(["paper", *settings(*given, *texts)], capsys)
    assert list(empty_cwd.iterdir()) == []


def test_all_that_is_wrong_is_told_together(tiny_npz, empty_cwd, capsys):
    wrong = ["epochs=0", "n_components=0", "nonsense=1", f"dataset={tiny_npz}"]
    assert main(["paper", *settings(*wrong)]) == BAD_INPUT
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("gmvae: ") for line in lines)
    wrong = [f"dataset={tiny_npz}", "budgets=[10, 151]", "n_labels=151"]
    assert main(["paper", *settings(*wrong)]) == BAD_INPUT
    assert len(capsys.readouterr().err.splitlines()) == 2
    wrong = [f"dataset={tiny_npz}", "budgets=[20]", "n_components=301", "methods=[magic]"]
    assert main(["paper", *settings(*wrong)]) == BAD_INPUT
    assert len(capsys.readouterr().err.splitlines()) == 2
    for command in ("paper", "train"):  # missing data are told with wrong parameters
        assert main([command, *settings("epochs=0", "dataset=nowhere.npz")]) == BAD_INPUT
        said = capsys.readouterr().err.splitlines()
        assert [line.split()[1] for line in said] == ["epochs", "dataset=nowhere.npz"]
    assert list(empty_cwd.iterdir()) == []


@pytest.mark.parametrize("part", [0, 1])
def test_inductive_needs_both_parts_of_the_split(tiny_npz, empty_cwd, capsys, part):
    with np.load(tiny_npz) as arrays:
        np.savez("x.npz", **arrays, split=np.full(300, part))
    given = settings("dataset=x.npz", "budgets=[20]", "n_labels=60", "inductive=true")
    assert "inductive needs images to train on and others" in refused(["paper", *given], capsys)


def test_remarks_on_the_data_are_printed(tiny_npz, empty_cwd, capsys):
    with np.load(tiny_npz) as arrays:
        np.savez("x.npz", images=255 - arrays["images"], labels=arrays["labels"])
    for command in ("paper", "train"):
        assert main([command, *settings("dataset=x.npz", "n_components=301")]) == BAD_INPUT
        assert "Note: x: the images seem to be dark ink" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "module"), [("umap", "umap"), ("tensorboard", "torch.utils.tensorboard")]
)
def test_an_extra_that_is_missing_is_named(tiny_npz, empty_cwd, monkeypatch, capsys, name, module):
    monkeypatch.setitem(sys.modules, module, None)
    given = settings(f"dataset={tiny_npz}", "budgets=[20, 50]", "n_labels=60", f"{name}=true")
    assert f'pip install "gmvae[{name}]"' in refused(["paper", *given], capsys)
    assert list(empty_cwd.iterdir()) == []


@pytest.mark.parametrize("stratified", [False, True])  # some chapters never draw so
def test_n_labels_must_draw_two_classes(empty_cwd, capsys, stratified):
    labels = np.zeros(100, dtype=int)
    labels[:50] = 1
    order = np.random.default_rng(0).permutation(100)  # the draw of label seed 0
    labels[order[:4]], labels[order[4:8]] = 0, 1
    np.savez("x.npz", images=random_images(100), labels=labels)
    given = settings(
        "dataset=x.npz",
        "budgets=[20, 40]",
        "label_seeds=[0]",
        "n_labels=4",
        f"stratified={stratified}",
    )
    assert "single class" in refused(["paper", *given], capsys)


def test_images_without_labels_are_sent_to_the_other_commands(empty_cwd, capsys):
    np.savez("images.npz", images=random_images(40))
    sentence = refused(["paper", *settings("dataset=images.npz")], capsys)
    with pytest.raises(SystemExit):
        main(["--help"])
    known = capsys.readouterr().out
    for command in ("train", "select", "label"):
        assert (f"gmvae {command}" in sentence) == (f"\n    {command} " in known)
    assert [path.name for path in empty_cwd.iterdir()] == ["images.npz"]


def test_the_letters_profile_asks_for_its_data(capsys):
    assert "add --set dataset=PATH" in refused(["paper", "--profile", "letters"], capsys)


@pytest.mark.parametrize("profile", ["missing", "missing.yml", "base"])
def test_unknown_profiles(profile, capsys):
    assert "--profile" in refused(["paper", "--profile", profile], capsys)


def test_out_that_is_a_file(empty_cwd, capsys):
    (empty_cwd / "taken").write_text("mine")
    assert "cannot be written" in refused(["paper", "--out", "taken"], capsys)
    assert (empty_cwd / "taken").read_text() == "mine"


def test_out_that_holds_something_else_is_left_alone(empty_cwd, capsys):
    (empty_cwd / "thesis" / "book").mkdir(parents=True)
    (empty_cwd / "thesis" / "book" / "chapter.tex").write_text("years of work")
    assert "holds no run" in refused(["paper", "--out", "thesis"], capsys)
    assert [path.name for path in (empty_cwd / "thesis").iterdir()] == ["book"]


def test_out_is_never_the_project_itself(monkeypatch, capsys):
    monkeypatch.chdir(PROJECT)
    assert "holds no run" in refused(["paper", "--out", "."], capsys)
    assert not (PROJECT / "stamps").exists()


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (["epochs=0"], "epochs is 0; it must be"),
        (["n_components=41"], "n_components"),
        (["dataset=missing.npz"], "missing.npz does not exist"),
        (["learning_rate=-1"], "learning_rate is -1; it must be"),
        (["n_components=4", "model_seeds=[0, 4294967296]"], "4294967296"),
        (["n_components=4", "backend=dask"], "scheduler"),
    ],
)
def test_train_refuses_before_any_work(empty_cwd, capsys, texts, reason):
    np.savez("x.npz", images=random_images(40))
    assert reason in refused(["train", *settings("dataset=x.npz", *texts)], capsys)
    assert [path.name for path in empty_cwd.iterdir()] == ["x.npz"]


@pytest.mark.parametrize("command", ["paper", "train"])
@pytest.mark.parametrize("out", [[], ["--out", "runs/x"]])
def test_a_run_of_other_data_is_never_replaced(empty_cwd, capsys, command, out):
    """Two files of one name have one default directory; the second is sent to another."""
    for folder, seed in (("a", 0), ("b", 1)):
        (empty_cwd / folder).mkdir()
        labels = np.arange(40) % 2
        np.savez(f"{folder}/x.npz", images=random_images(40, seed), labels=labels)
    results = empty_cwd / "runs" / "x" / "results"
    results.mkdir(parents=True)
    (results.parent / ".lock").touch()
    (results.parent / "model.pt").write_text("hours of work")
    configuration = {"dataset": "a/x.npz", "model_seed": 0, "model_seeds": [0]}
    summary = {
        "data": {"fingerprint": load_dataset("a/x.npz").fingerprint},
        "configuration": configuration,
    }
    (results / "summary.json").write_text(json.dumps(summary))
    before = {p: p.read_bytes() for p in empty_cwd.rglob("*") if p.is_file()}
    small = settings("dataset=b/x.npz", *SMALL, "budgets=[10]", "n_labels=10", "methods=[soft]")
    sentence = refused([command, *small, *COMPARED, *out], capsys)
    assert "holds a run of other data, dataset=a/x.npz" in sentence
    assert "--out" in sentence
    assert {p: p.read_bytes() for p in empty_cwd.rglob("*") if p.is_file()} == before


@pytest.mark.slow
def test_train_needs_no_labels(empty_cwd, capsys):
    np.savez("x.npz", images=random_images(40))
    arguments = ["train", *settings("dataset=x.npz", *SMALL), "--out", "mine"]
    assert main(arguments) == DONE
    run_dir = empty_cwd / "mine"
    with np.load(run_dir / "posterior.npz", allow_pickle=False) as archive:
        assert {name: archive[name].shape for name in archive.files} == {
            "responsibilities": (40, 4),
            "latent_mean": (40, 3),
            "labels": (40,),
        }
        assert (archive["labels"] == -1).all()
        np.testing.assert_allclose(archive["responsibilities"].sum(axis=1), 1, atol=1e-5)
    summary = json.loads((run_dir / "results" / "summary.json").read_text())
    assert summary["data"]["n_images"] == 40
    assert summary["configuration"]["n_components"] == 4
    assert "purity" not in summary
    assert (run_dir / "model.pt").is_file()
    assert str(run_dir.relative_to(empty_cwd) / "model.pt") in capsys.readouterr().out


def test_record_needs_a_finished_run(empty_cwd, capsys):
    assert "holds no finished run" in refused(["record", "--run", "nothing"], capsys)


def test_an_interruption_is_no_traceback(monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("gmvae.paper.pipeline.make_paper", interrupt)
    assert main(["paper"]) == FAILED
    assert "goes on from here" in capsys.readouterr().err


def as_process(*arguments, **streams):
    """Run a command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "gmvae", *arguments],
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": ""},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        **streams,
    )


@pytest.mark.parametrize("arguments", [["bound", "--clusters", "5"], ["--help"], ["--version"]])
def test_output_that_nobody_reads_is_no_traceback(arguments):
    reading, writing = os.pipe()
    os.close(reading)
    done = as_process(*arguments, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (PIPE_CLOSED, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_sentence():
    with Path("/dev/full").open("w") as full:
        done = as_process("bound", "--clusters", "5", stdout=full)
    assert (done.returncode, done.stderr) == (FAILED, "gmvae: No space left on device\n")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES])
def test_what_the_machine_refuses_is_one_sentence(monkeypatch, capsys, number):
    def fail(*_):
        raise OSError(number, os.strerror(number), "runs/x/model.pt")

    monkeypatch.setattr("gmvae.paper.pipeline.make_paper", fail)
    assert main(["paper"]) == FAILED
    assert capsys.readouterr().err == f"gmvae: {os.strerror(number)}: runs/x/model.pt\n"


def test_other_errors_of_the_system_are_not_hidden(monkeypatch):
    def fail(*_):
        raise FileNotFoundError(errno.ENOENT, "our mistake")

    monkeypatch.setattr("gmvae.paper.pipeline.make_paper", fail)
    with pytest.raises(FileNotFoundError, match="our mistake"):
        main(["paper"])


@pytest.mark.parametrize("command", ["paper", "train"])
def test_without_a_checkout(command, monkeypatch, empty_cwd, capsys):
    monkeypatch.setattr("gmvae.paper.chapter.TOC", empty_cwd / "_toc.yml")
    assert "run this from a checkout of the project" in refused([command], capsys)
    assert list(empty_cwd.iterdir()) == []


def test_homes_in_options(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "taken").write_text("mine")
    assert f"{tmp_path / 'taken'}" in refused(["paper", "--out=~/taken"], capsys)
    (tmp_path / "weights.txt").write_text("1\n2\n")
    assert main(["bound", "--weights=~/weights.txt"]) == DONE


def test_the_version(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == DONE
    assert capsys.readouterr().out == f"gmvae {gmvae.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["publish"], ["paper", "--sett", "x=1"], ["paper", "x"]])
def test_unknown_commands_and_options(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == BAD_INPUT
    assert "usage: gmvae" in capsys.readouterr().err


def test_a_refusal_as_a_process():
    """From outside: the exit code, one line, and no import of torch for a mere typing error."""
    command = [sys.executable, "-X", "importtime", "-m", "gmvae", "paper", "--set", "nonsense=1"]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    said = [line for line in done.stderr.splitlines() if not line.startswith("import time:")]
    assert done.returncode == BAD_INPUT
    assert len(said) == 1
    assert said[0].startswith("gmvae: nonsense is not a parameter")
    assert "| torch\n" not in done.stderr.replace(" ", "")
