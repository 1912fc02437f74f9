"""The page on which a person labels images, by keyboard alone; and the whole way from a folder."""

import csv
import re

import numpy as np
import pytest
from handwriting import write_letters
from tiny_run import make_run

from gmvae.cli.main import DONE, main

visiting = pytest.importorskip("visit", reason="the browser's packages are not installed")
look, visit = visiting.look, visiting.visit

pytestmark = pytest.mark.slow
PHONE, DESK = 390, 1280


def read(path):
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def status(opened):
    return opened.locator("#place").inner_text()


def save(opened, path):
    """Save the labels by keyboard and return the rows of the file."""
    with opened.expect_download() as download:
        opened.keyboard.press("Control+s")
    assert download.value.suggested_filename == "labels.csv"
    download.value.save_as(path)
    return read(path)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labelling")
    run, _ = make_run(folder)
    assert main(["select", "--run", str(run), "--n", "5"]) == DONE
    return run / "selection.html", [int(row["index"]) for row in read(run / "selection.csv")]


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_page_has_no_fault_in_light_and_dark(browser, page, width):
    with visit(browser, page[0], width) as (opened, faults):
        for scheme in ("light", "dark"):
            opened.emulate_media(color_scheme=scheme)
            assert look(opened, scheme) + faults == []
        opened.keyboard.type("a")
        opened.keyboard.press("Enter")
        assert look(opened, "light") + faults == []
        for _ in range(4):
            opened.keyboard.press("Enter")
        assert status(opened) == "All images seen, 1 labelled"
        for scheme in ("light", "dark"):
            opened.emulate_media(color_scheme=scheme)
            assert look(opened, scheme) + faults == []
        edge = opened.evaluate("document.documentElement.scrollWidth")
        assert edge <= width


def test_labels_are_typed_skipped_changed_and_saved_by_keyboard(browser, page, tmp_path):
    path, chosen = page
    with visit(browser, path, DESK) as (opened, faults):
        assert status(opened) == "Image 1 of 5, 0 labelled"
        for text in ("a", "", 'b, "bent"', "ü"):
            opened.keyboard.type(text)
            opened.keyboard.press("Enter")
        assert status(opened) == "Image 5 of 5, 3 labelled"
        opened.keyboard.press("Shift+Enter")
        opened.keyboard.type("v")  # the old label is selected, so that typing replaces it
        opened.keyboard.press("Enter")
        opened.keyboard.type("<b>")  # saved though Enter was not pressed
        rows = save(opened, tmp_path / "labels.csv")
        wanted = {chosen[0]: "a", chosen[2]: 'b, "bent"', chosen[3]: "v", chosen[4]: "<b>"}
        assert {int(row["index"]): row["label"] for row in rows} == wanted
        assert "labels.csv has 4 labels. Next: gmvae label" in opened.locator("#saved").inner_text()
        assert faults == []


def test_progress_is_there_again_when_the_page_is_opened_again(browser, page):
    with visit(browser, page[0], DESK) as (opened, faults):
        opened.keyboard.type("a")
        opened.keyboard.press("Enter")
        opened.reload()
        assert status(opened) == "Image 2 of 5, 1 labelled"
        opened.keyboard.press("Shift+Enter")
        assert opened.locator("#text").input_value() == "a"
        assert faults == []


def test_a_label_that_was_used_is_one_button_away(browser, page):
    with visit(browser, page[0], PHONE) as (opened, faults):
        opened.keyboard.type("a")
        opened.keyboard.press("Enter")
        opened.get_by_role("button", name="Label a, next").click()
        assert status(opened) == "Image 3 of 5, 2 labelled"
        opened.get_by_role("button", name="Skip").click()
        opened.get_by_role("button", name="Back").click()
        assert status(opened) == "Image 3 of 5, 2 labelled"
        assert faults == []


def test_what_is_typed_is_a_draft_until_it_is_entered(browser, page, tmp_path):
    with visit(browser, page[0], DESK) as (opened, faults):
        opened.keyboard.type("a")
        opened.keyboard.press("Enter")
        opened.keyboard.type("bc")
        opened.reload()
        assert status(opened) == "Image 2 of 5, 1 labelled"
        assert opened.locator("#text").input_value() == "bc"
        opened.get_by_role("button", name="Skip").click()
        assert status(opened) == "Image 3 of 5, 1 labelled"
        opened.get_by_role("button", name="Back").click()
        assert opened.locator("#text").input_value() == ""
        opened.get_by_role("button", name="Back").click()
        opened.get_by_role("button", name="Skip").click()  # a label that is there stays
        assert status(opened) == "Image 2 of 5, 1 labelled"
        opened.get_by_role("button", name="Back").click()
        opened.locator("#text").fill("")
        assert save(opened, tmp_path / "labels.csv") == []  # a label that is cleared goes
        assert faults == []


def test_a_browser_that_keeps_nothing_says_so(browser, page):
    with visit(browser, page[0], DESK) as (opened, _):
        opened.add_init_script(
            "delete window.localStorage; Object.defineProperty(window,"
            " 'localStorage', {get() { throw new Error('blocked') }})"
        )
        opened.reload()
        opened.keyboard.type("a")
        opened.keyboard.press("Enter")
        assert status(opened) == "Image 2 of 5, 1 labelled"
        assert "keeps nothing" in opened.locator("#kept").inner_text()


def test_the_way_from_a_folder_of_images_to_their_labels(browser, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    truth = write_letters(tmp_path / "scans", "aekmrt", 40)
    settings = ["dataset=scans", "epochs=60", "n_components=15", "latent_dim=8", "batch_size=64"]
    options = [part for setting in settings for part in ("--set", setting)]
    assert main(["train", *options, "--out", "run"]) == DONE
    assert main(["select", "--run", "run", "--n", "24"]) == DONE
    names = [row["file"] for row in read(tmp_path / "run" / "selection.csv")]
    with visit(browser, tmp_path / "run" / "selection.html", DESK) as (opened, faults):
        for name in names:
            opened.keyboard.type(truth[name])
            opened.keyboard.press("Enter")
        rows = save(opened, tmp_path / "labels.csv")
        assert len(rows) == 24
        assert [row["file"] for row in rows] == names
        assert [row["label"] for row in rows] == [truth[name] for name in names]
        assert faults == []
    capsys.readouterr()
    assert main(["label", "--run", "run", "--labels", "labels.csv"]) == DONE
    table = read(tmp_path / "run" / "predictions.csv")
    open_ = [row for row in table if row["file"] not in names]
    accuracy = np.mean([row["label"] == truth[row["file"]] for row in open_])
    assert accuracy > 0.8
    found = re.search(r"interval (.+)% to (.+)%,", capsys.readouterr().out)
    low, high = (float(text) / 100 for text in found.groups())
    assert low <= accuracy <= high + 0.05  # one interval of twenty may miss, but not by far
