"""What to remember of each chapter follows from its numbers, whichever way they fall."""

import json

import pytest

from gmvae.files import PROJECT
from gmvae.pages.take_away import _CHAPTERS, take_away

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
RECORD = PROJECT / "book" / "record" / "mnist"


def recorded(chapter):
    return json.loads((RECORD / f"{chapter}.json").read_text(encoding="utf-8"))


def test_every_chapter_ends_with_its_box():
    assert sorted(_CHAPTERS) == sorted(path.stem for path in NOTEBOOKS)
    for path in NOTEBOOKS:
        last = json.loads(path.read_text(encoding="utf-8"))["cells"][-1]
        shown = "".join(last["source"])  # an empty box would show as the name of an object
        assert f'box = take_away("{path.stem}", ' in shown
        assert shown.endswith("\nMarkdown(box) if box else None")
        assert last["metadata"]["tags"] == ["remove-input"]


@pytest.mark.parametrize(
    "chapter", sorted(p.stem for p in RECORD.glob("[0-9]*.json") if p.stem in _CHAPTERS)
)
def test_what_is_on_record_can_be_told(chapter):
    told = take_away(chapter, recorded(chapter))
    assert told.startswith("> **Take away.** ")
    assert told.endswith(".")
    assert "nan" not in told
    assert "None" not in told
    assert "\n" not in told


def test_a_chapter_without_numbers_tells_nothing():
    assert take_away("08_mixture_size", None) == ""


@pytest.mark.parametrize(
    ("chapter", "change", "said"),
    [
        ("02_model", {"purity": None}, "Without a label, 100 of 100 components are in use."),
        ("03_label_bound", {"unequal": {"exact": 10}}, "they take 10, no more than that"),
        (
            "04_decoding",
            {"accuracy": {"hard": 0.9, "hard-covered": 0.8, "soft": 0.85}},
            "-10.0 points come from the rule for components without a label and +5.0 from soft",
        ),
        ("04_decoding", {"accuracy": {"hard": 0.9}}, ""),
        ("05_supervision", {"label_ratio": []}, "No competitor was measured"),
        ("09_choosing", {"choices": []}, ""),
        ("10_sureness", {"told": []}, ""),
        ("07_diagnostics", {"confusions": []}, "of their images in one class."),
    ],
)
def test_figures_that_fall_the_other_way(chapter, change, said):
    told = take_away(chapter, recorded(chapter) | change)
    assert said in told
    assert bool(told) == bool(said)


def test_a_rival_that_needs_more_labels_is_told_so():
    row = {"method": "mlp", "accuracy": 0.9, "reference": 100, "n_labels": 300, "ratio": 3.0}
    rows = [row | {"bound": "at most", "largest": 300}]
    rows.append({"method": "xgboost", "ratio": None, "bound": "more than", "largest": 700})
    told = take_away("05_supervision", recorded("05_supervision") | {"label_ratio": rows})
    assert "small neural network (mlp), needs at most 300: no fewer labels." in told
    assert told.endswith("Boosted trees (xgboost) does not get there with 700.")


def test_names_of_classes_stay_text():
    confused = [{"class": "<b>", "decoded_as": "*x*", "share": 0.1}]
    told = take_away("07_diagnostics", recorded("07_diagnostics") | {"confusions": confused})
    assert "<b>" not in told
    assert "*x*" not in told
