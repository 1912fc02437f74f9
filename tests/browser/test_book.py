"""The book as its readers meet it: on phone and desk, light and dark, without a network."""

import json
import re
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup

from gmvae.paper.chapter import TOC

visiting = pytest.importorskip("visit", reason="the browser's packages are not installed")
look, visit = visiting.look, visiting.visit

_toc = yaml.safe_load(TOC.read_text(encoding="utf-8"))
PAGES = [_toc["root"], *(page["file"] for part in _toc["parts"] for page in part["chapters"])]
PHONE, DESK = 360, 1280
SIZES = (360, 390, 768, 1280)
SIDES = ("top", "right", "bottom", "left")

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_fault(browser, html, name):
    with visit(browser, html / f"{name}.html", PHONE) as (opened, faults):
        for width in (PHONE, DESK):
            opened.set_viewport_size({"width": width, "height": 800})
            for scheme in ("light", "dark"):
                opened.emulate_media(color_scheme=scheme)
                opened.wait_for_function(f"document.documentElement.dataset.theme === '{scheme}'")
                assert [(width, scheme, fault) for fault in look(opened, scheme) + faults] == []


@pytest.mark.parametrize("width", SIZES)
def test_the_menu_opens_and_leads_to_a_chapter(browser, html, width):
    with visit(browser, html / "book/index.html", width) as (opened, faults):
        entry = opened.locator(".bd-sidebar-primary a[href$='03_label_bound.html']")
        toggle = opened.locator(".primary-toggle:visible, .pst-navbar-icon.sidebar-toggle:visible")
        was_open = entry.is_visible() and _within(opened, entry)
        toggle.first.click()
        opened.wait_for_timeout(500)
        assert (entry.is_visible() and _within(opened, entry)) != was_open
        if was_open:
            toggle.first.click()
            opened.wait_for_timeout(500)
        entry.click()
        opened.wait_for_url("**/03_label_bound.html")
        assert faults == []


def _within(opened, locator) -> bool:
    """Whether something lies on the screen, not beside it."""
    box = locator.bounding_box()
    return box is not None and 0 <= box["x"] < opened.viewport_size["width"]


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_search_finds_a_word(browser, html, width):
    with visit(browser, html / "book/index.html", width) as (opened, faults):
        opened.locator(".search-button__button:visible").first.click()
        opened.locator("input[type=search]:visible").first.fill("responsibilities")
        opened.keyboard.press("Enter")
        opened.wait_for_url("**/search.html?*")
        found = opened.locator("ul.search a[href*='04_decoding.html']")
        found.first.wait_for(timeout=5000)
        assert faults == []


def test_the_root_leads_to_the_first_page(browser, html):
    with visit(browser, html / "index.html", DESK) as (opened, faults):
        opened.wait_for_url("**/book/index.html")
        assert faults == []


@pytest.mark.parametrize("name", PAGES)
def test_a_printed_page_is_not_cut(browser, html, name):
    with visit(browser, html / f"{name}.html", DESK) as (opened, faults):
        opened.emulate_media(media="print")
        opened.set_viewport_size({"width": 718, "height": 1047})  # A4 within margins of 1 cm
        opened.wait_for_timeout(100)
        cut = opened.evaluate(
            """() => [...document.querySelectorAll(".bd-article *")]
                .filter(box => !box.closest("mjx-assistive-mml"))  // heard, not seen
                .filter(box => box.getBoundingClientRect().right > innerWidth + 1)
                .map(box => box.outerHTML.slice(0, 120))"""
        )
        assert cut == []
        assert opened.pdf(format="A4", margin=dict.fromkeys(SIDES, "1cm")).startswith(b"%PDF")
        assert faults == []


@pytest.mark.parametrize("width", [PHONE])
def test_a_tap_opens_a_figure_by_itself(browser, html, width):
    with visit(browser, html / "notebooks/05_supervision.html", width) as (opened, faults):
        opened.locator("a.picture").first.click()
        opened.wait_for_url("**/*.svg")
        assert faults == []


@pytest.fixture(scope="module")
def soups(html):
    """Every page, read once."""
    pages = [path for path in html.rglob("*.html") if "_static" not in path.parts]
    return {path: BeautifulSoup(path.read_text("utf-8"), "html.parser") for path in pages}


def test_internal_links_and_anchors_resolve(soups):
    anchors = {path: {tag["id"] for tag in page.select("[id]")} for path, page in soups.items()}
    for path, page in soups.items():
        for link in page.select("a[href]"):
            parts = urlsplit(link["href"])
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert target.is_file(), (path.name, link["href"])
            if parts.fragment and target in anchors:
                assert unquote(parts.fragment) in anchors[target], (path.name, link["href"])


def test_every_page_says_what_it_is(soups, html):
    for name in PAGES:
        page = soups[html / f"{name}.html"]
        said = {
            meta.get("name") or meta.get("property"): meta["content"]
            for meta in page.select("meta[content]")
        }
        assert {"description", "og:title", "og:description", "og:image", "viewport"} <= set(said)
        assert len(said["description"]) > 40, name
        assert (html / name).parent.joinpath(said["og:image"]).is_file()
        first, _, second = page.title.get_text().partition(" — ")
        assert first
        assert first != second
        assert page.select_one("link[rel~=icon]")
        assert "Licence and how to cite" in page.select_one(".bd-footer-content").get_text()


def test_header_cells_say_what_they_head(soups):
    cells = [cell for page in soups.values() for cell in page.select("article th")]
    assert len(cells) > 20
    assert [cell for cell in cells if not cell.get("scope")] == []


def test_no_bar_stands_over_code_that_shows_nothing(soups):
    for path, page in soups.items():
        first = page.select_one("article h1 ~ .cell, article h1 ~ section")
        bar = ":scope > details:not(.sd-dropdown)"  # a folded derivation is no code
        assert first is None or not first.select_one(bar), path.name


def test_the_notebooks_offered_know_nothing_of_this_machine(html, tmp_path_factory):
    offered = [*(html / "_downloads").rglob("*.ipynb"), *(html / "_sources").rglob("*.ipynb")]
    chapters = [name for name in PAGES if name.startswith("notebooks/")]
    assert len(offered) == 3 * len(chapters)
    here = str(tmp_path_factory.getbasetemp())
    for path in offered:
        text = path.read_text(encoding="utf-8")
        assert here not in text, path
        json.loads(text)
    executed = [path for path in offered if '"execution_count": 1' in path.read_text("utf-8")]
    assert len(executed) == 2 * len(chapters)


def test_the_book_is_light(html):
    """Pages and all that they load; MathJax alone once made 24 MB of 35."""
    files = [path for path in html.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 15e6


@pytest.mark.parametrize("name", PAGES)
def test_letters_of_figures_are_as_large_as_those_of_the_text(browser, html, name):
    least = 9.5  # points, of the 10 that were asked for, at the width of the text
    with visit(browser, html / f"{name}.html", DESK) as (opened, _):
        shown = opened.evaluate(
            """async () => {
                const images = [...document.querySelectorAll("article a.picture img")];
                for (const image of images) {
                    image.loading = "eager";
                    await image.decode();
                }
                return images.map(image => [image.src, image.width]);
            }"""
        )
    for address, width in shown:
        path = html / "_images" / unquote(urlsplit(address).path).rsplit("/", 1)[1]
        if path.suffix == ".svg":
            drawing = path.read_text("utf-8")
            wide = float(re.search(r'width="([\d.]+)pt"', drawing)[1])  # points
            letters = re.findall(r"scale\((\d\.\d+) -\d\.\d+\)", drawing)  # of a hundredth
            smallest = min([100 * float(size) for size in letters], default=least)
            assert smallest * width * 0.75 / wide >= least, path.name
