"""The book is built again when what its pages are made from has changed."""

import re

import pytest

from gmvae.files import PROJECT
from gmvae.paper import book

PAGES = sorted((PROJECT / "book").glob("*.md"))
IMPORT = re.compile(r"^(?:from|import) (gmvae[\w.]*)", re.M)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_line_of_code_of_a_page_is_seen(page):
    text = page.read_text("utf-8")
    cells = book._CELL.findall(text)
    assert len(cells) == text.count("```{code-cell}")
    for cell in cells:
        compile(re.sub(r"^[%!].*", "", cell, flags=re.M), page.name, "exec")
        assert cell.strip()
        assert not cell.startswith(":")
    assert IMPORT.findall("\n".join(cells)) == IMPORT.findall(text)


def test_a_change_of_what_a_page_imports_makes_the_book_anew():
    seen = set(book._code_of_pages())
    imported = {name for page in PAGES for name in IMPORT.findall(page.read_text("utf-8"))}
    assert imported <= seen
    assert {"gmvae.pages.claims", "gmvae.figures.style", "gmvae.paper.html"} <= seen


def test_options_and_prose_are_no_code():
    cell = "```{code-cell} ipython3\n:tags: [x]\n:mystnb: {y: 1}\na = 1\n```\n"
    assert book._CELL.findall(f"text\n{cell}\n```sh\nb\n```\n") == ["a = 1\n"]
