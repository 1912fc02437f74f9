"""The pieces to play with, moved in a browser as a reader would, from a file."""

import json
import re
import shutil

import pytest

from gmvae.chapters.play_coverage import coverage
from gmvae.coverage.probability import labels_to_cover
from gmvae.files import PROJECT
from gmvae.pages.play import LARGEST_DATA

visiting = pytest.importorskip("visit", reason="the browser's packages are not installed")
visit = visiting.visit

PHONE, DESK = 360, 1280

pytestmark = pytest.mark.slow


def piece_of(opened, name):
    """The piece of a page, brought into sight, and its data."""
    piece = opened.locator(f"[data-play='{name}']")
    piece.locator(".play-live").wait_for(state="visible", timeout=5000)
    piece.scroll_into_view_if_needed()
    text = piece.locator("script[type='application/json']").text_content()
    assert len(text.encode()) < LARGEST_DATA
    return piece, json.loads(text)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_labels_drawn_one_by_one_name_components(browser, html, width):
    with visit(browser, html / "notebooks/04_decoding.html", width) as (opened, faults):
        piece, data = piece_of(opened, "naming")
        assert piece.locator(".tile.named").count() == 0
        draw = piece.get_by_role("button", name="Draw a label")
        draw.focus()
        opened.keyboard.press("Enter")  # by keyboard alone
        assert piece.locator(".tile.named").count() == 1
        first = data["names"][data["draws"][0]["label"][0]]
        assert piece.locator(".tile.named b").text_content() == first
        piece.get_by_role("button", name="Draw ten").click()
        slider = piece.get_by_role("slider")
        assert slider.input_value() == "11"
        named = len(set(data["draws"][0]["component"][:11]))
        assert piece.locator(".tile.named").count() == named
        soft = data["draws"][0]["right"][data["rules"].index("soft")][10] / (data["images"] - 11)
        told = piece.locator(".play-legend strong").last.text_content()
        assert told == ("–" if soft < 0 else f"{100 * soft:.1f}%")
        assert piece.locator("svg polyline").count() == len(data["rules"])
        piece.get_by_role("button", name="Start again").click()
        assert piece.locator(".tile.named").count() == 0
        assert faults == []


def test_a_still_picture_is_left_in_print(browser, html):
    with visit(browser, html / "notebooks/04_decoding.html", DESK) as (opened, _):
        piece, data = piece_of(opened, "naming")
        opened.emulate_media(media="print")
        assert piece.locator(".play-still").is_visible()
        assert not piece.locator(".play-live").is_visible()
        names = re.findall(r"\S+", piece.locator(".play-names").text_content())
        assert len(names) == len(data["majority"])


CASES = [(100, 145_600, 0.95), (100, 145_600, 0.999), (400, 1_000, 0.95), (37, 2_000, 0.8)]


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_labels_that_reach_every_component_are_exact(browser, html, width):
    with visit(browser, html / "notebooks/03_label_bound.html", width) as (opened, faults):
        piece, data = piece_of(opened, "coverage")
        own = (data["k"], data["images"][data["at"]], data["confidences"][data["confident"]])
        sliders = piece.get_by_role("slider")
        for K, N, confidence in [own, *CASES, (2, 1_000_000, 0.5), (400, 1_000_000, 0.99)]:
            places = (K, data["confidences"].index(confidence), data["images"].index(N))
            for slider, place in zip(sliders.all(), places, strict=True):
                slider.fill(str(place))
            told = piece.locator("[role=status] strong").text_content()
            assert told == f"{labels_to_cover(K, confidence, N):,} random labels", (K, N)
        sliders.first.focus()
        opened.keyboard.press("ArrowLeft")  # by keyboard alone
        fewer = labels_to_cover(399, 0.99, 1_000_000)
        assert piece.locator("[role=status] strong").text_content().startswith(f"{fewer:,}")
        assert piece.locator("svg polyline").count() == 1
        assert faults == []


@pytest.mark.parametrize(
    ("k", "n", "others"), [(1, 4, [2, 4]), (12, 29, [29, 7]), (1000, 5000, [998, 3])]
)
def test_a_run_of_any_size_has_its_own_numbers(browser, tmp_path, k, n, others):
    shutil.copytree(PROJECT / "book" / "_static", tmp_path / "_static")
    page = tmp_path / "notebooks" / "piece.html"
    page.parent.mkdir()
    page.write_text(f"<!doctype html><meta charset=utf-8>{coverage(k, n, 0.9)._repr_html_()}")
    with visit(browser, page, PHONE) as (opened, faults):
        piece, _ = piece_of(opened, "coverage")
        told = piece.locator("[role=status] strong")
        assert told.text_content().startswith(f"{labels_to_cover(k, 0.9, n):,} random")
        for other in others:
            piece.get_by_role("slider").first.fill(str(other))
            assert told.text_content().startswith(f"{labels_to_cover(other, 0.9, n):,} random")
        if n < 400:  # else n + 1 is beyond the slider's end
            piece.get_by_role("slider").first.fill(str(n + 1))
            said = piece.locator("[role=status]").text_content()
            assert said == f"{n} images cannot reach {n + 1} components."
        assert faults == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_methods_are_switched_and_read_at_a_budget(browser, html, width):
    with visit(browser, html / "notebooks/05_supervision.html", width) as (opened, faults):
        piece, data = piece_of(opened, "supervision")
        lines = piece.locator("svg polyline")
        assert lines.count() == len(data["on"])
        slider = piece.get_by_role("slider")
        slider.fill("0")
        values = [(method["mean"][0], method["name"]) for method in data["methods"]]
        best, name = max((mean, name) for mean, name in values if mean is not None)
        first = piece.locator(".play-methods li").first
        assert first.text_content().startswith(f"{name} {100 * best:.1f}%")
        pressed = piece.locator("button[aria-pressed=true]").first
        pressed.focus()
        opened.keyboard.press("Space")  # by keyboard alone
        assert lines.count() == len(data["on"]) - 1
        piece.locator("button[aria-pressed=false]").first.click()
        assert lines.count() == len(data["on"])
        assert faults == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_walk_through_the_latent_space(browser, html, width):
    with visit(browser, html / "notebooks/07_diagnostics.html", width) as (opened, faults):
        piece, data = piece_of(opened, "latent")
        said, chart = piece.locator("[role=status]"), piece.locator("svg.map")
        assert piece.locator("svg.map text").count() == len(data["x"])
        before = said.text_content()
        assert f"“{data['names'][data['label'][0]]}”" in before
        chart.focus()
        for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
            opened.keyboard.press(key)
        walked = said.text_content()
        box = chart.bounding_box()
        far = max(range(len(data["x"])), key=lambda i: data["x"][i])
        at = (
            14 + data["x"][far] * (box["width"] - 28),
            14 + (1 - data["y"][far]) * (box["height"] - 28),
        )
        chart.click(position={"x": at[0], "y": at[1]})
        clicked = said.text_content()
        assert f"An image of “{data['names'][data['label'][far]]}”" in clicked
        assert f"number {data['component'][far]}," in clicked
        assert len({before, walked, clicked}) > 1
        same = sum(c == data["component"][far] for c in data["component"])
        assert piece.locator("svg.map text.same").count() == same
        assert faults == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_picked_image_shows_its_votes(browser, html, width):
    with visit(browser, html / "notebooks/04_decoding.html", width) as (opened, faults):
        piece, data = piece_of(opened, "votes")
        buttons = piece.locator("button.picture")
        assert buttons.count() == len(data["images"])
        last = len(data["images"]) - 1
        for place in (0, last):
            buttons.nth(place).focus()
            opened.keyboard.press("Enter")  # by keyboard alone
            image = data["images"][place]
            said = piece.locator("[role=status]").text_content()
            assert said.startswith(f"An image of “{data['names'][image['label']]}”.")
            (kind,) = (g["say"] for g in data["groups"] if g["from"] <= place < g["to"])
            verdicts = re.findall(r"which is (right|wrong)", said)
            assert (
                verdicts
                == {
                    "soft right, hard wrong": ["wrong", "right"],
                    "hard right, soft wrong": ["right", "wrong"],
                    "both right, though unsure": ["right", "right"],
                    "both wrong": ["wrong", "wrong"],
                }[kind]
            )
            first = piece.locator(".play-bars").first.locator("li")
            assert first.count() == len(image["components"])
            assert f"{100 * image['components'][0][1]:.0f}%" in first.first.text_content()
        assert piece.locator("button[aria-pressed=true]").count() == 1
        assert faults == []
