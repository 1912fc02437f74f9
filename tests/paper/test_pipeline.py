"""The pipeline from images to the book: complete, resumable, incremental, honest about failures."""

import csv
import json
import os
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from samples import stroke_letters, write_pair
from tiny_paper import SMALL, command, run

from gmvae.cli.main import main
from gmvae.paper import pipeline as paper
from gmvae.paper.chapter import PROJECT, _load_chapter, load_chapters
from gmvae.runs.profiles import Profile

COLUMNS = [
    "dataset",
    "method",
    "n_labels",
    "fraction",
    "label_seed",
    "model_seed",
    "accuracy",
    "n_scored",
]
CHAPTERS = [chapter.name for chapter in load_chapters()]


def ran(done):
    """Names of the chapters that a command has run, and whether it has built the book."""
    lines = done.stdout.splitlines()
    names = [line.partition(":")[0] for line in lines if line.endswith(": running")]
    return [*names, *(["book"] if "book: building" in lines else [])]


def state(folder):
    """Every file below a folder with the time it was last written."""
    return {p: p.stat().st_mtime_ns for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.slow
class TestSmoke:
    """One run of every chapter and the book on 300 digits, as a user starts it."""

    def test_a_killed_run_goes_on(self, smoke):
        assert smoke.before[-1] != "02_model: done"
        assert smoke.done.returncode == 0, smoke.done.stderr
        assert ran(smoke.done) == [*CHAPTERS[1:], "book"]
        assert "01_data: up to date" in smoke.done.stdout

    def test_it_ends_with_the_place_of_the_book(self, smoke):
        index = smoke.run_dir / "book" / "_build" / "html" / "index.html"
        assert index.is_file()
        assert str(index.relative_to(smoke.cwd)) in smoke.done.stdout.splitlines()[-1]

    def test_the_run_directory_is_complete(self, smoke):
        for chapter in CHAPTERS:
            executed = nbformat.read(smoke.run_dir / "notebooks" / f"{chapter}.ipynb", as_version=4)
            code = [cell for cell in executed.cells if cell.cell_type == "code"]
            assert all(cell.execution_count for cell in code)
            assert (smoke.run_dir / "results" / f"{chapter}.json").is_file()
        assert not list(smoke.run_dir.rglob("*.partial.ipynb"))
        figures = {path.stem for path in (smoke.run_dir / "figures").glob("*.png")}
        assert figures == {path.stem for path in (smoke.run_dir / "figures").glob("*.svg")}
        assert {name[:2] for name in figures} >= {"01", "02", "03", "05"}
        assert (smoke.run_dir / "model.pt").is_file()

    def test_every_file_belongs_to_a_chapter(self, smoke):
        """What no chapter claims would not be noticed when it is touched."""
        claimed = {
            smoke.run_dir / name
            for chapter in load_chapters()
            for name in chapter.outputs(smoke.run_dir)
        }
        for folder in ("figures", "results", "notebooks", "models"):
            for path in (smoke.run_dir / folder).rglob("*"):
                assert path.is_dir() or path in claimed or path.name == "summary.json", path

    def test_the_posterior(self, smoke):
        with np.load(smoke.run_dir / "posterior.npz", allow_pickle=False) as archive:
            assert archive["responsibilities"].shape == (300, 8)
            assert archive["latent_mean"].shape == (300, 4)
            assert archive["labels"].shape == (300,)
            np.testing.assert_allclose(archive["responsibilities"].sum(axis=1), 1, atol=1e-5)

    def test_the_table_of_supervision(self, smoke):
        with (smoke.run_dir / "results" / "supervision.csv").open() as table:
            rows = list(csv.DictReader(table))
        assert list(rows[0]) == COLUMNS
        methods = ["hard", "hard-covered", "soft", "logistic-regression"]
        assert len(rows) == len(methods) * 2 * 2
        for row in rows:
            assert row["method"] in methods
            assert row["dataset"] == "tiny"
            assert int(row["n_scored"]) == 300 - int(row["n_labels"])
            assert float(row["fraction"]) == pytest.approx(int(row["n_labels"]) / 300)
            assert 0 <= float(row["accuracy"]) <= 1
            pixels = row["method"] == "logistic-regression"
            assert row["model_seed"] == ("" if pixels else "0")

    def test_the_summary(self, smoke):
        summary = json.loads((smoke.run_dir / "results" / "summary.json").read_text())
        assert re.fullmatch("[0-9a-f]{64}", summary["data"]["fingerprint"])
        assert summary["data"]["name"] == "tiny"
        assert summary["configuration"]["n_components"] == 8
        assert summary["configuration"]["model_seeds"] == [0]
        assert {"gmvae", "python", "torch"} <= set(summary["versions"])
        assert set(summary["machine"]) == {"system", "processor", "cores"}
        assert list(summary["seconds"]) == CHAPTERS
        assert 0 < summary["purity"] <= 1
        assert 1 <= summary["components_in_use"] <= 8
        elbo = summary["elbo"]
        total = elbo["reconstruction"] + elbo["kl_z"] + elbo["kl_c"]
        assert elbo["elbo"] == pytest.approx(-total, rel=1e-4)

    def test_the_first_page_says_what_it_was_made_from(self, smoke):
        html = smoke.run_dir / "book" / "_build" / "html"
        assert 'url=book/index.html"' in (html / "index.html").read_text(encoding="utf-8")
        page = (html / "book" / "index.html").read_text(encoding="utf-8")
        assert "This build is not made from EMNIST Letters" in page
        assert "tiny" in page
        pages = {path.stem for path in html.rglob("*.html")}
        assert {*CHAPTERS, "conclusion", "record", "reproduce", "references"} <= pages

    def test_no_page_shows_an_error_or_an_unfilled_number(self, smoke):
        html = smoke.run_dir / "book" / "_build" / "html"
        pages = [*(html / "notebooks").glob("*.html"), *(html / "book").glob("*.html")]
        assert len(pages) > len(CHAPTERS)
        for path in pages:
            page = path.read_text(encoding="utf-8")
            for bad in ("Traceback (most recent", "{glue:", "{eval}", "{cite:", ">nan<"):
                assert bad not in page, (path.name, bad)

    def test_a_second_run_does_nothing(self, smoke):
        before = state(smoke.cwd)
        again = run(command("paper", settings=smoke.settings), smoke.cwd)
        assert again.returncode == 0, again.stderr
        assert ran(again) == []
        assert state(smoke.cwd) == before

    def test_a_chapter_is_rerun_by_hand(self, smoke, tmp_path):
        before = state(smoke.cwd)
        notebook = PROJECT / "notebooks" / "04_decoding.ipynb"
        options = ("-p", "run_dir", smoke.run_dir, "-p", "n_labels", 30)
        done = run(command(notebook, "out.ipynb", *options, program="papermill"), tmp_path)
        assert done.returncode == 0, done.stderr
        assert state(smoke.cwd) == before
        assert {path.name for path in tmp_path.iterdir()} == {"out.ipynb", "04_decoding_files"}
        numbers = tmp_path / "04_decoding_files" / "results" / "04_decoding.json"
        assert json.loads(numbers.read_text())["n_labels"] == 30

    def test_a_changed_parameter_redoes_what_depends_on_it(self, smoke):
        """The last test on this run, which it changes."""
        before = state(smoke.run_dir)
        settings = (*smoke.settings, "budgets=[20, 40]")
        changed = run(command("paper", settings=settings), smoke.cwd)
        assert changed.returncode == 0, changed.stderr
        assert {"05_supervision", "book"} <= set(ran(changed)) <= {*CHAPTERS[4:], "book"}
        after = state(smoke.run_dir)
        touched = {
            path.relative_to(smoke.run_dir).parts[0]
            for path in after
            if after[path] != before.get(path)
        }
        assert "model.pt" not in touched
        assert "posterior.npz" not in touched
        table = (smoke.run_dir / "results" / "supervision.csv").read_text()
        assert ",40," in table
        assert ",60," not in table


@pytest.mark.slow
def test_a_notebook_without_its_run_names_the_command(tmp_path):
    notebook = PROJECT / "notebooks" / "04_decoding.ipynb"
    options = ("-p", "run_dir", tmp_path / "nothing")
    done = run(command(notebook, "out.ipynb", *options, program="papermill"), tmp_path)
    assert done.returncode != 0
    assert f"gmvae paper --profile PROFILE --out {tmp_path / 'nothing'}" in done.stderr
    assert not (tmp_path / "04_decoding_files").exists()


@pytest.mark.slow
def test_the_profile_emnist_on_letters_in_the_published_layout(tmp_path):
    """The path that starts with a download, walked on letters that lie there already."""
    images, labels = stroke_letters(12)
    for part, rows in (("train", slice(0, 260)), ("test", slice(260, None))):
        folder = tmp_path / "root" / "EMNIST" / "raw"
        stored = images[rows].transpose(0, 2, 1)
        write_pair(folder, f"emnist-letters-{part}", stored, labels[rows] + 1)
    settings = ("budgets=[52, 104]", "methods=[hard, hard-covered, soft]", *SMALL)
    arguments = command("paper", "--profile", "emnist", settings=settings)
    done = run(arguments, tmp_path, GMVAE_DATA=str(tmp_path / "root"))
    assert done.returncode == 0, done.stderr
    run_dir = tmp_path / "runs" / "emnist"
    data = json.loads((run_dir / "results" / "01_data.json").read_text())
    assert (data["dataset"], data["n_train"], data["n_test"]) == ("emnist-letters", 260, 52)
    assert data["class_names"] == list("abcdefghijklmnopqrstuvwxyz")
    with np.load(run_dir / "posterior.npz") as archive:
        np.testing.assert_array_equal(archive["labels"], labels)
    page = (run_dir / "book/_build/html/book/index.html").read_text(encoding="utf-8")
    assert "This build is not made from EMNIST Letters" not in page


@pytest.mark.parametrize(
    ("dataset", "expected"),
    [
        ("mnist", "mnist"),
        ("some/letters.npz", "letters"),
        ("some/folder/", "folder"),
        (".", "here"),
        ("..", "above"),
        ("deeper/..", "here"),
        ("./deeper/.", "deeper"),
        ("/", "letters-profile"),
        ("linked.npz", "linked"),
    ],
)
def test_the_run_directory_is_named_after_the_data(tmp_path, monkeypatch, dataset, expected):
    here = tmp_path / "above" / "here"
    (here / "deeper").mkdir(parents=True)
    (here / "linked.npz").symlink_to("elsewhere.npz")
    monkeypatch.chdir(here)
    profile = Profile("letters-profile", {}, frozenset())
    assert paper.default_run_dir(profile, {"dataset": dataset}) == Path("runs") / expected


def test_the_run_directory_is_named_after_the_profile():
    assert paper.default_run_dir(Profile("mine", {}, frozenset()), {}) == Path("runs/mine")


def write_chapter(path, code, **declared):
    parameters = 'dataset: str = "digits"  # data\nout_dir: str = "f"  # files'
    cells = [
        nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("print('first')"),
        nbformat.v4.new_code_cell(code),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "gmvae": {"writes": [], **declared}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nbformat.write(notebook, path)
    return _load_chapter(path)


@pytest.fixture
def chapters(monkeypatch, tmp_path, tiny_npz):
    """Return a function that makes the book consist of chapters with the given code."""
    monkeypatch.chdir(tmp_path)
    arguments = ["paper", "--no-book", "--set", f"dataset={tiny_npz}"]

    def run_chapters(*codes):
        made = [
            write_chapter(tmp_path / f"{i:02}_chapter.ipynb", code)
            for i, code in enumerate(codes, start=1)
        ]
        monkeypatch.setattr(paper, "load_chapters", lambda: made)
        return main(arguments)

    return run_chapters


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise KeyError('the reason')", "02_chapter failed in cell [4]: KeyError: 'the reason'"),
        ("import os; os._exit(3)", "02_chapter failed: its kernel died"),
    ],
)
def test_a_failing_chapter(chapters, tmp_path, capsys, code, reason):
    assert chapters("one = 1", code, "three = 3") == 1
    said = capsys.readouterr()
    assert reason in said.err
    assert "Traceback" not in said.err
    partial = Path("runs/tiny/notebooks/02_chapter.partial.ipynb")
    assert f"The half-executed notebook is {partial}." in said.err
    assert "first" in partial.read_text()
    assert "03_chapter" not in said.out
    assert not Path("runs/tiny/notebooks/02_chapter.ipynb").exists()
    # mended, the command goes on from there
    assert chapters("one = 1", "two = 2", "three = 3") == 0
    said = capsys.readouterr()
    assert "01_chapter: up to date" in said.out
    assert "02_chapter: done" in said.out
    assert not partial.exists()


@pytest.mark.slow
def test_chapters_side_by_side_are_stopped_together(
    tmp_path, tiny_npz, monkeypatch, capsys, interruptible
):
    """An interrupt reaches the command alone, as kernels lead sessions of their own."""
    monkeypatch.chdir(tmp_path)
    waits = (
        f"import os, pathlib, time\npathlib.Path({str(tmp_path)!r}, f'{{os.getpid()}}.pid').touch()"
    )
    interrupts = f"""
import os, pathlib, signal, time
while not list(pathlib.Path({str(tmp_path)!r}).glob("*.pid")):
    time.sleep(0.05)
pathlib.Path({str(tmp_path)!r}, f"{{os.getpid()}}.pid").touch()
os.kill({os.getpid()}, signal.SIGINT)
"""
    codes = [f"{code}\ntime.sleep(300)" for code in (waits, interrupts)]
    made = [
        write_chapter(tmp_path / f"{i:02}_chapter.ipynb", code, reads=[])
        for i, code in enumerate(codes, start=1)
    ]
    monkeypatch.setattr(paper, "load_chapters", lambda: made)
    monkeypatch.setattr(paper, "at_once", lambda *_: 2)
    assert main(["paper", "--no-book", "--set", f"dataset={tiny_npz}"]) == 1
    assert "stopped; the same command goes on from here" in capsys.readouterr().err
    kernels = list(tmp_path.glob("*.pid"))
    assert len(kernels) == 2
    for kernel in kernels:
        assert not Path("/proc", kernel.stem).exists()


@pytest.mark.slow
def test_results_of_earlier_parameters_do_not_stay(tmp_path, tiny_npz, monkeypatch):
    monkeypatch.chdir(tmp_path)
    results = tmp_path / "runs/tiny/results"
    writes = f"""
import json, pathlib
folder = pathlib.Path({str(results)!r})
summary = json.loads((folder / "summary.json").read_text())
(folder / "07_always.json").write_text(json.dumps(summary["complete"]))
"""
    once = writes + "(folder / '07_once.json').write_text('0')"

    def run(code):
        made = write_chapter(tmp_path / "07_chapter.ipynb", code, writes=["results/07_*.json"])
        monkeypatch.setattr(paper, "load_chapters", lambda: [made])
        assert main(["paper", "--no-book", "--set", f"dataset={tiny_npz}"]) == 0
        assert json.loads((results / "summary.json").read_text())["complete"]
        return sorted(path.name for path in results.glob("07_*"))

    assert run(once) == ["07_always.json", "07_once.json"]
    assert run(writes) == ["07_always.json"]
    assert json.loads((results / "07_always.json").read_text()) is False  # while it ran
