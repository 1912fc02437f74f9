"""The book as one PDF: its pages in order on a single one, printed by a Chromium."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from gmvae.errors import FailedError, InputError
from gmvae.files import atomic_path, write_text

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_FIRST = "book/index.html"
_UNPRINTED = ".cell_input, details:has(> .cell_input), .run-yourself, script"
_SECONDS = 600  # a book of 400 figures takes half a minute
_FORMULAS = 120_000  # milliseconds of the page's own clock, so that all formulas are there
_STYLE = """@page { size: A4; margin: 2cm; } html { font-size: 85%; }
article { max-width: none; padding: 0; } article + article { break-before: page; }
body { background: #fff; } section { overflow: visible; }"""


def find_chromium() -> str | None:
    """Return the path of a Chromium: what CHROMIUM names, else the first on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def check_chromium() -> str:
    """Return :func:`find_chromium`.

    Raises
    ------
    InputError
        If there is none.
    """
    if (path := find_chromium()) is None or shutil.which(path) is None:
        named = f"CHROMIUM={path} is no program" if path else "none was found"
        raise InputError(
            f"The PDF is printed by a Chromium, and {named}: install one, or name it with"
            " CHROMIUM=PATH."
        )
    return path


def print_book(html: Path, target: Path) -> None:
    """Print a rendered book.

    Parameters
    ----------
    html : Path
        The folder of the rendered pages.
    target : Path
        The PDF, written whole or not at all.

    Raises
    ------
    InputError
        If there is no Chromium.
    FailedError
        If it does not print.
    """
    chromium = check_chromium()
    page = html / "book" / "whole.html"  # beside the first page, whose pictures and styles it has
    write_text(page, single_page(html))
    try:
        with atomic_path(target) as temporary, tempfile.TemporaryDirectory() as profile:
            _print(chromium, page, temporary, profile)
    finally:
        page.unlink()


def _print(chromium: str, page: Path, target: Path, profile: str) -> None:
    command = [
        chromium,
        "--headless",
        "--disable-gpu",
        f"--user-data-dir={profile}",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),  # root has no sandbox
        "--no-pdf-header-footer",
        "--generate-pdf-document-outline",
        f"--virtual-time-budget={_FORMULAS}",
        f"--print-to-pdf={target}",
        page.resolve().as_uri(),
    ]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FailedError(f"{chromium} did not print the book: {error}.") from None
    if done.returncode or not target.stat().st_size:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason"]
        raise FailedError(f"{chromium} did not print the book: {said[-1]}.")


def single_page(html: Path) -> str:
    """Return one page with the text and figures of all pages, in the order of the contents.

    Code is left out, folded derivations are open, links between pages lead within the page.
    """
    whole = _read(html / _FIRST)
    contents = [link["href"] for link in whole.select("nav.bd-links a.internal[href]")]
    places = {(html / _FIRST).resolve(): "page-0"}
    for href in contents:
        path = (html / _FIRST).parent / urlsplit(str(href)).path
        if path.is_file():
            places.setdefault(path.resolve(), f"page-{len(places)}")
    articles = [_article(path, places) for path in places]
    assert whole.head is not None
    assert whole.body is not None
    for script in whole.select("head script"):
        if "mathjax" not in str(script).lower():  # the others work on menus, which are not there
            script.decompose()
    whole.body.clear()
    for article in articles:
        whole.body.append(article)
    style = whole.new_tag("style")
    style.string = _STYLE
    whole.head.append(style)
    return str(whole)


def _article(path: Path, places: dict[Path, str]) -> Tag:
    """Return the text of a page, its names and links made those of the single page."""
    page = _read(path)
    article = page.select_one("article.bd-article")
    assert article is not None, path
    own = places[path]
    for unused in article.select(_UNPRINTED):
        unused.decompose()
    for folded in article.select("details"):
        folded["open"] = ""
    for tag in article.select("[id]"):
        tag["id"] = f"{own}-{tag['id']}"
    for link in article.select("a[href]"):
        parts = urlsplit(str(link["href"]))
        if parts.scheme or parts.netloc:
            continue
        target = (path.parent / parts.path).resolve() if parts.path else path
        if target in places:
            link["href"] = "#" + "-".join(filter(None, [places[target], parts.fragment]))
    article["id"] = own
    return article


def _read(path: Path) -> BeautifulSoup:
    return BeautifulSoup(re.sub(r"\s*loading=\"lazy\"", "", path.read_text("utf-8")), "html.parser")
