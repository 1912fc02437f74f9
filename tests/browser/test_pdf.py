"""A real Chromium prints the whole book."""

import re

from visit import visit

from gmvae.paper.pdf import print_book, single_page


def test_the_whole_book_is_printed(browser, html, tmp_path):
    before = sorted(html.rglob("*"))
    print_book(html, tmp_path / "book.pdf")
    printed = (tmp_path / "book.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    n_sheets = len(re.findall(rb"/Type /Page\b", printed))
    assert n_sheets > single_page(html).count("<article")  # no page is shorter than a sheet
    assert b"/Outlines" in printed
    assert sorted(html.rglob("*")) == before


def test_nothing_is_missing_on_the_single_page(browser, html, tmp_path):
    page = html / "book" / "whole.html"
    page.write_text(single_page(html), encoding="utf-8")
    try:
        with visit(browser, page, 800) as (opened, faults):
            left = opened.evaluate(
                """() => [...document.querySelectorAll(".math")]
                    .filter(math => !math.querySelector("mjx-container")).length"""
            )
            broken = opened.evaluate(
                "() => [...document.images].filter(i => i.complete && !i.naturalWidth).length"
            )
            assert (faults, left, broken) == ([], 0, 0)
    finally:
        page.unlink()
