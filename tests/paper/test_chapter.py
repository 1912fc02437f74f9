"""Stamps: what makes a chapter run again, and what does not."""

import json

import nbformat
import pytest

from gmvae import identity
from gmvae.paper import chapter as chapters
from gmvae.paper.chapter import _code_of, _load_chapter, digests, load_chapters
from gmvae.runs.profiles import load_profile

VALUES = {"n_labels": 20, "n_jobs": 2, "epochs": 3}
STEP = "from gmvae.step import walk\n\nwalk(n_labels)"


def write_notebook(path, code=STEP, reads=("posterior.npz",), writes=("figures/01_*",), text="# T"):
    parameters = nbformat.v4.new_code_cell(
        'n_labels: int = 5  # labels\nn_jobs: int = 1  # processes\nout_dir: str = "f"  # files',
        metadata={"tags": ["parameters"]},
        id="p",
    )
    cells = [
        nbformat.v4.new_markdown_cell(text, id="t"),
        parameters,
        nbformat.v4.new_code_cell(code, id="c"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata = {
        "gmvae": {"reads": list(reads), "writes": list(writes)},
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package whose step the notebook imports: step imports leg, two folders deep."""
    folder = tmp_path / "gmvae"
    for name, code in {
        "step": "from gmvae.body.low import leg\n\ndef walk(n): leg.move(n)\n",
        "body/low/leg": "import math\n\ndef move(n): pass\n",
        "body/arm/leg": "def move(n): return n\n",  # of the same name in another room
        "arm": "from gmvae.body.low.leg import move\nfrom gmvae.body.arm import leg\n",
    }.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)
    monkeypatch.setattr(identity, "PACKAGE", folder)
    return folder


@pytest.fixture
def done(tmp_path, package):
    """A chapter that has just run: (chapter, run directory)."""
    chapter = _load_chapter(write_notebook(tmp_path / "01_walk.ipynb"))
    run_dir = tmp_path / "run"
    for name in ("posterior.npz", "figures/01_a.svg", "notebooks/01_walk.ipynb"):
        (run_dir / name).parent.mkdir(parents=True, exist_ok=True)
        (run_dir / name).write_text(name)
    chapter.record(run_dir, chapter.stamp(run_dir, VALUES, "data"), 1.234, "now")
    return chapter, run_dir


def is_current(chapter, run_dir, values=VALUES, fingerprint="data"):
    chapter = _load_chapter(chapter.path)  # as the next command does
    return chapter.is_current(run_dir, chapter.stamp(run_dir, values, fingerprint))


def test_unchanged_is_current(done):
    assert is_current(*done)


def test_a_chapter_that_never_ran_is_not(tmp_path, package):
    chapter = _load_chapter(write_notebook(tmp_path / "01_walk.ipynb"))
    assert not is_current(chapter, tmp_path / "run")
    assert chapter.recorded(tmp_path / "run") is None


def test_the_data_count(done):
    assert not is_current(*done, fingerprint="other data")


def test_its_own_parameters_count_and_no_others(done):
    assert not is_current(*done, {**VALUES, "n_labels": 21})
    assert is_current(*done, {**VALUES, "epochs": 99})


def test_the_number_of_processes_does_not_count(done):
    assert is_current(*done, {**VALUES, "n_jobs": 16})


def test_its_text_and_code_count(done):
    chapter, run_dir = done
    write_notebook(chapter.path, text="# Another title")
    assert not is_current(chapter, run_dir)
    write_notebook(chapter.path, code=STEP + "  # twice")
    assert not is_current(chapter, run_dir)
    write_notebook(chapter.path)
    assert is_current(chapter, run_dir)


def test_outputs_in_the_source_do_not_count(done):
    chapter, run_dir = done
    notebook = nbformat.read(chapter.path, as_version=4)
    notebook.cells[2].outputs = [nbformat.v4.new_output("stream", text="hello")]
    notebook.cells[2].execution_count = 7
    nbformat.write(notebook, chapter.path)
    assert is_current(chapter, run_dir)


@pytest.mark.parametrize(
    ("module", "counts"),
    [("step", True), ("body/low/leg", True), ("body/arm/leg", False), ("arm", False)],
)
def test_the_code_it_imports_counts(done, package, module, counts):
    path = package / f"{module}.py"
    path.write_text(path.read_text() + "# explained\n")
    assert is_current(*done)
    path.write_text(path.read_text() + "changed = True\n")
    assert is_current(*done) is not counts


def test_a_library_counts(done, monkeypatch):
    monkeypatch.setattr(chapters, "library_versions", lambda: {"torch": "0.1"})
    assert not is_current(*done)


def test_what_it_reads_counts(done):
    chapter, run_dir = done
    (run_dir / "posterior.npz").write_text("another model")
    assert not is_current(chapter, run_dir)
    (run_dir / "posterior.npz").unlink()
    assert not is_current(chapter, run_dir)


def test_files_of_others_do_not_count(done):
    chapter, run_dir = done
    (run_dir / "figures" / "02_b.svg").write_text("of another chapter")
    assert is_current(chapter, run_dir)


@pytest.mark.parametrize("name", ["figures/01_a.svg", "notebooks/01_walk.ipynb"])
def test_results_that_are_gone_or_touched_are_made_again(done, name):
    chapter, run_dir = done
    content = (run_dir / name).read_text()
    (run_dir / name).write_text("touched")
    assert not is_current(chapter, run_dir)
    (run_dir / name).unlink()
    assert not is_current(chapter, run_dir)
    (run_dir / name).write_text(content)
    assert is_current(chapter, run_dir)


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}", '{"stamp": 1}', "\x00"])
def test_a_damaged_stamp_is_no_stamp(done, damage):
    chapter, run_dir = done
    (run_dir / "stamps" / "01_walk.json").write_text(damage)
    assert not is_current(chapter, run_dir)


def test_the_record_says_how_long_and_when(done):
    chapter, run_dir = done
    recorded = chapter.recorded(run_dir)
    assert (recorded["seconds"], recorded["finished"]) == (1.23, "now")
    assert set(recorded["outputs"]) == {"figures/01_a.svg", "notebooks/01_walk.ipynb"}


def test_imports_are_followed_in_every_form(tmp_path, package):
    for code, expected in (
        ("import gmvae.step", {"step", "body.low.leg"}),
        ("from gmvae import arm", {"arm", "body.low.leg", "body.arm.leg"}),
        ("from gmvae.body.low import leg as limb", {"body.low.leg"}),
        ("from gmvae.body.low.leg import move as go", {"body.low.leg"}),
        ("%matplotlib inline\nimport gmvae.body.low.leg", {"body.low.leg"}),
        ("import numpy\nfrom gmvaeish import step", set()),
        ("if True:\n    def f():\n        import gmvae.body.arm.leg", {"body.arm.leg"}),
    ):
        path = write_notebook(tmp_path / "x.ipynb", code=code)
        assert set(_code_of(path)) == {f"gmvae.{name}" for name in expected}


def test_digests_are_by_content(tmp_path):
    (tmp_path / "a.txt").write_text("same")
    (tmp_path / "b.txt").write_text("same")
    (tmp_path / "folder.txt").mkdir()
    found = digests(tmp_path, ("*.txt", "a.*", "missing*"))
    assert list(found) == ["a.txt", "b.txt"]
    assert found["a.txt"] == found["b.txt"]


def test_the_chapters_of_the_book():
    names = [chapter.name for chapter in load_chapters()]
    assert names[:5] == ["01_data", "02_model", "03_label_bound", "04_decoding", "05_supervision"]
    assert names == sorted(names)


def test_a_checkout_is_needed(tmp_path, monkeypatch):
    monkeypatch.setattr(chapters, "TOC", tmp_path / "_toc.yml")
    with pytest.raises(ValueError, match="from a checkout of the project"):
        load_chapters()


def test_a_parameter_redoes_what_depends_on_it_and_nothing_before(tmp_path):
    """The dependency of each real chapter on each parameter."""
    values = load_profile("digits", {}).values

    def stamps(changed):
        own = {**values, **changed}
        made = {c.name: json.dumps(c.stamp(tmp_path, own, "data")) for c in load_chapters()}
        return {name for name in made if made[name] != original.get(name)}

    original: dict[str, str] = {}
    original = {c.name: json.dumps(c.stamp(tmp_path, values, "data")) for c in load_chapters()}
    assert stamps({}) == set()
    assert stamps({"n_jobs": 3, "backend": "dask", "scheduler": "tcp://x:1"}) == set()
    assert "02_model" in stamps({"n_components": 20})
    assert "01_data" not in stamps({"n_components": 20})
    assert "05_supervision" in stamps({"budgets": [20]})
    assert "02_model" not in stamps({"budgets": [20]})
    assert {"01_data", "02_model"} <= stamps({"dataset": "x.npz"})


def test_what_reads_every_model_depends_on_which_models_there_are():
    """A model that is no longer of the run stays in its directory."""
    reading = [one for one in load_chapters() if "models/seed_*/posterior.npz" in (one.reads or ())]
    assert len(reading) >= 5
    assert all("model_seeds" in one.parameters for one in reading)
