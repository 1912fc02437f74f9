"""One page holds all pages in their order, and is printed whole or not at all."""

import subprocess
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from gmvae.errors import FailedError, InputError
from gmvae.paper import pdf

PAGE = """<html><head><title>{0}</title></head><body>
<nav class="bd-links"><a class="reference internal" href="#">here</a>
<a class="reference internal" href="../notebooks/01_data.html">01</a>
<a class="reference external" href="https://example.org">out</a></nav>
<article class="bd-article"><section id="top"><h1>{0}</h1>
<p><a href="#top">a</a> <a href="{1}">b</a> <a href="https://example.org/">c</a></p>
<div class="cell_input">x = 1</div><div class="admonition run-yourself">run</div>
<details class="dropdown"><p>folded</p></details>
<script>play()</script><img loading="lazy" src="../_images/a.svg"/></section></article>
</body></html>
"""


@pytest.fixture
def html(tmp_path):
    for name, other in (
        ("book/index", "../notebooks/01_data.html#top"),
        ("notebooks/01_data", "../book/index.html"),
    ):
        path = tmp_path / f"{name}.html"
        path.parent.mkdir()
        path.write_text(PAGE.format(name, other), encoding="utf-8")
    return tmp_path


def test_all_pages_stand_on_one(html):
    page = BeautifulSoup(pdf.single_page(html), "html.parser")
    titles = [heading.text for heading in page.select("article h1")]
    assert titles == ["book/index", "notebooks/01_data"]
    names = {tag["id"] for tag in page.select("[id]")}
    assert names == {"page-0", "page-0-top", "page-1", "page-1-top"}
    links = [link["href"] for link in page.select("a")]
    assert links[:3] == ["#page-0-top", "#page-1-top", "https://example.org/"]
    assert links[3:5] == ["#page-1-top", "#page-0"]
    assert not page.select("nav, .cell_input, .run-yourself, script, img[loading]")
    assert len(page.select("details[open]")) == 2


def test_without_a_chromium_nothing_is_begun(html, monkeypatch, tmp_path):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="none was found: install one, or name it with CHROMIUM"):
        pdf.check_chromium()
    monkeypatch.setenv("CHROMIUM", "/no/such/program")
    with pytest.raises(InputError, match="CHROMIUM=/no/such/program is no program"):
        pdf.print_book(html, tmp_path / "book.pdf")


@pytest.mark.parametrize(
    ("status", "said", "reason"),
    [(1, b"first\nno display\n", r"no display\."), (0, b"", r"no reason\.")],
)
def test_a_chromium_that_fails_leaves_nothing(html, monkeypatch, tmp_path, status, said, reason):
    def fails(command, **options):
        return subprocess.CompletedProcess(command, status, b"", said)

    monkeypatch.setattr(pdf, "check_chromium", lambda: "chromium")
    monkeypatch.setattr(pdf.subprocess, "run", fails)
    with pytest.raises(FailedError, match=rf"did not print the book: {reason}"):
        pdf.print_book(html, tmp_path / "book.pdf")
    assert not (tmp_path / "book.pdf").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book", "notebooks"]
    assert [path.name for path in (tmp_path / "book").iterdir()] == ["index.html"]


def test_a_relative_folder_is_printed_too(html, monkeypatch):
    def prints(command, **options):
        printed = next(x for x in command if x.startswith("--print-to-pdf="))
        Path(printed.partition("=")[2]).write_text(command[-1])
        return subprocess.CompletedProcess(command, 0, b"", b"")

    monkeypatch.setattr(pdf, "check_chromium", lambda: "chromium")
    monkeypatch.setattr(pdf.subprocess, "run", prints)
    monkeypatch.chdir(html.parent)
    pdf.print_book(Path(html.name), Path("book.pdf"))
    assert Path("book.pdf").read_text() == (html / "book" / "whole.html").resolve().as_uri()
