"""Pieces to play with: the data cannot leave its script, and the scripts are small."""

import json

import pytest
from bs4 import BeautifulSoup

from gmvae.files import PROJECT
from gmvae.pages.play import LARGEST_CODE, LONGEST_NAME, Piece, as_json, short

STATIC = PROJECT / "book" / "_static" / "play"
SCRIPTS = sorted(path.stem for path in STATIC.glob("*.js") if path.stem != "play")
NASTY = "</script><script>alert(1)</script>\u2028$a|b$"


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_small(name):
    sizes = [(STATIC / f"{part}.js").stat().st_size for part in ("play", name)]
    assert sum(sizes) < LARGEST_CODE


def test_data_come_back_as_they_are_and_end_no_script():
    text = Piece("naming", NASTY, "<p>still</p>", {"names": [NASTY]})._repr_html_()
    page = BeautifulSoup(text, "html.parser")
    (data,) = page.select("script[type='application/json']")
    assert json.loads(data.string) == {"names": [NASTY]}
    assert len(page.select("script")) == 3
    assert page.select_one(".play-title").get_text() == NASTY.replace("\u2028", " ")


def test_numbers_that_json_lacks_are_refused():
    with pytest.raises(ValueError, match="JSON"):
        as_json({"x": float("nan")})


def test_a_long_name_is_cut():
    assert short("a" * 100) == "a" * (LONGEST_NAME - 1) + "…"
    assert short("b") == "b"
