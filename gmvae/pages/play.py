"""Pieces to play with on a page: data within the page, one script each, a still picture for all.

A piece is one block of HTML. It holds a still picture, the data as JSON, and an empty place that
the script ``book/_static/play/<name>.js`` fills. Without scripts, and in print, the still picture
is what a reader sees. Nothing is fetched, so a page opened from a file works, too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gmvae.pages.escape import escape

LARGEST_DATA = 200_000  # bytes of JSON in one page's piece
LARGEST_CODE = 10_000  # bytes of script, the shared part included
LONGEST_NAME = 24  # characters of a class's name, beyond which it is cut
_STATIC = "../_static/play"  # as seen from a chapter's page


@dataclass(frozen=True)
class Piece:
    """A piece, which a notebook shows as HTML.

    Attributes
    ----------
    name : str
        That of its script.
    title : str
        Plain text.
    still : str
        What is shown without scripts and in print, HTML whose names are escaped.
    data : mapping
        Plain numbers, texts, lists and mappings that the script reads.
    """

    name: str
    title: str
    still: str
    data: Mapping[str, Any]

    def __repr__(self) -> str:
        """Return what a page without HTML shows."""
        return f"{self.title}: a figure to play with, in the pages of the book."

    def _repr_html_(self) -> str:
        """Return the block of HTML; Jupyter calls it by this name."""
        return (
            f'<link rel="stylesheet" href="{_STATIC}/play.css">\n'
            f'<div class="play" data-play="{self.name}" role="group"'
            f' aria-label="{escape(self.title)}">\n'
            f'<p class="play-title">{escape(self.title)}</p>\n'
            f'<div class="play-still">{self.still}</div>\n'
            '<div class="play-live" hidden></div>\n'
            f'<script type="application/json">{as_json(self.data)}</script>\n</div>\n'
            f'<script defer src="{_STATIC}/play.js"></script>\n'
            f'<script defer src="{_STATIC}/{self.name}.js"></script>'
        )


def as_json(data: Mapping[str, Any]) -> str:
    """Return data as JSON that cannot end the script it stands in, nor open another."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def short(name: object) -> str:
    """Return a name, cut where it is longer than a tile or a bar has room for."""
    text = str(name)
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"
