"""Executed notebooks for readers: nothing of this machine, no set-up, a way to rerun."""

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from gmvae.files import PROJECT
from gmvae.paper.readers import for_readers


def shown(run_dir):
    printed = new_output(
        "stream", name="stdout", text=f"wrote {run_dir}/model.pt, read {PROJECT}/x"
    )
    cells = [
        new_markdown_cell("# A chapter"),
        new_code_cell("a = 1", metadata={"tags": ["parameters", "hide-input"]}),
        new_code_cell(
            f'run_dir = "{run_dir}"\ndataset = "/elsewhere/images.npz"\nname = "mnist"',
            metadata={"tags": ["injected-parameters"]},
        ),
        new_markdown_cell("Words."),
        new_code_cell("show()", outputs=[printed], metadata={"tags": ["hide-input"]}),
        new_code_cell("quiet()", metadata={"tags": ["hide-input"]}),
    ]
    return for_readers(new_notebook(cells=cells, metadata={"papermill": {}}), "01_data", run_dir)


def test_no_place_on_this_machine_is_left(tmp_path):
    notebook = shown(tmp_path / "digits")
    text = nbformat.writes(notebook)
    assert str(tmp_path) not in text
    assert str(PROJECT) not in text
    assert "papermill" not in notebook.metadata
    injected = notebook.cells[2].source.splitlines()
    assert injected == ['run_dir = "runs/digits"', 'dataset = "images.npz"', 'name = "mnist"']


def test_only_the_code_before_the_second_piece_of_prose_leaves_the_page(tmp_path):
    cells = shown(tmp_path / "digits").cells
    removed = ["remove-cell" in cell.metadata.get("tags", []) for cell in cells]
    assert removed == [False, True, True, False, False, False, False]


def test_the_last_cell_offers_both_notebooks_and_the_command(tmp_path):
    last = shown(tmp_path / "digits").cells[-1].source
    assert "<../unexecuted/01_data.ipynb>" in last
    assert "<01_data.ipynb>" in last
    assert "papermill notebooks/01_data.ipynb out.ipynb -p run_dir runs/digits" in last


@pytest.mark.parametrize("name", ["out", "run", "digits", "."])
def test_words_like_a_run_directory_stay(monkeypatch, tmp_path, name):
    folder = tmp_path / "digits"
    folder.mkdir()
    monkeypatch.chdir(folder if name == "." else tmp_path)
    run_dir, whole = Path(name), Path(name).resolve()
    prose = f"It ran out of digits at .5, not in {whole}2 and not at {whole}."
    cells = [new_markdown_cell(prose), new_code_cell("1", outputs=[new_output("stream", text="1")])]
    notebook = for_readers(new_notebook(cells=cells), "01_data", run_dir)
    told = f"not in {whole}2 and not at {whole}."  # names that only begin alike
    assert notebook.cells[0].source == f"It ran out of digits at .5, {told}"
    assert notebook.cells[1].outputs[0].text == "1"
    assert f"-p run_dir runs/{whole.name}" in notebook.cells[-1].source


def test_somebody_without_a_home_keeps_the_slashes(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", "/")
    assert "<../unexecuted/01_data.ipynb>" in shown(tmp_path / "digits").cells[-1].source


def test_a_caption_names_the_data_unless_it_is_the_articles(tmp_path):
    def figure(*tags):
        mystnb = {"figure": {"caption": "Bars."}}
        return new_code_cell("show()", metadata={"mystnb": mystnb, "tags": [*tags]})

    def captions():
        cells = for_readers(
            new_notebook(cells=[figure(), figure("of-the-article"), new_code_cell("1")]),
            "01_data",
            tmp_path,
        ).cells
        return [cell.metadata["mystnb"]["figure"]["caption"] for cell in cells[:2]]

    assert captions() == ["Bars.", "Bars."]  # of a run that never said what it is of
    summary = {
        "data": {"name": "a|b", "n_images": 1797, "fingerprint": "ab"},
        "configuration": {"dataset": "a|b", "model_seed": 0, "model_seeds": [0]},
    }
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "summary.json").write_text(json.dumps(summary))
    assert captions() == ["Bars. Data: a&#124;b, 1,797 images; 1 model.", "Bars."]
