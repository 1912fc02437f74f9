"""The Sphinx extension of the book: citations, footer, finished pages, no unused file."""

import re
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from gmvae.files import write_text
from gmvae.paper.citations import register
from gmvae.paper.html import Head, finish_page, redirect_page

PREVIEW = "preview.png"  # in the folder of static files, where the build has one
_DESCRIPTION = 200  # characters, about what a search engine shows
_UNUSED = ("locales", "**/*.map", "vendor/fontawesome/*/js", "vendor/**/*.ttf", "sphinx-thebe.*")
_MATHJAX = ("tex-chtml.js", "output/chtml/fonts/", "input/tex/extensions/")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the book's parts to Sphinx, which calls this by its name."""
    register()
    heads: dict[str, dict[str, str]] = {}  # by the name of the page
    app.connect("config-inited", _check_results)
    app.connect("html-page-context", partial(_describe, heads))
    app.connect("build-finished", partial(_finish, heads))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}


def _check_results(app: Sphinx, config: Config) -> None:
    """Stop a build by hand, whose pages would be empty, with a sentence and exit code 2.

    Jupyter Book shows a traceback for every exception but SystemExit.
    """
    if not (Path(app.srcdir) / "results" / "summary.json").is_file():
        print(
            f"{app.srcdir} holds no results of a run: `make paper` makes them, and then the book.",
            file=sys.stderr,
        )
        raise SystemExit(2)


def _describe(
    heads: dict[str, dict[str, str]],
    app: Sphinx,
    name: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Collect what the head of the page will say, and link the licence from its footer."""
    book, title = app.config.html_title, re.sub("<[^>]*>", "", context.get("title", ""))
    heads[name] = {
        "title": book if title == book else f"{title} — {book}",
        "description": _first_paragraph(doctree) if doctree else "",
    }
    here = name == "book/references"
    licence = ("" if here else context["pathto"]("book/references")) + "#licence-and-citation"
    context["theme_extra_footer"] = (
        "<p>Text and figures: CC BY 4.0. Code: BSD 3-Clause."
        f' <a href="{licence}">Licence and how to cite</a></p>'
    )


def _first_paragraph(doctree: nodes.document) -> str:
    """Return the first sentences of a page that stand in a section, notes and cells left aside."""
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if isinstance(paragraph.parent, nodes.section) and len(text) > _DESCRIPTION // 4:
            short = text[:_DESCRIPTION].rsplit(" ", 1)[0] + " …"
            return text if len(text) <= _DESCRIPTION else short
    return ""


def _finish(heads: dict[str, dict[str, str]], app: Sphinx, exception: Exception | None) -> None:
    """Mend every page, add the root, and remove what no page loads."""
    if exception or app.builder.format != "html":
        return
    output = Path(app.outdir)
    for name, described in heads.items():
        path = output / f"{name}.html"
        if path.is_file():
            head = Head(**described, picture=_preview(app, name))
            write_text(path, finish_page(path.read_text(encoding="utf-8"), head))
    write_text(output / "index.html", redirect_page(app.config.html_title, _root(app)))
    _prune(output / "_static")


def _root(app: Sphinx) -> str:
    return f"{app.config.root_doc}.html"


def _preview(app: Sphinx, name: str) -> str | None:
    """Return the address of the preview picture: whole where the book's own is known."""
    if not (Path(app.outdir) / "_static" / PREVIEW).is_file():
        return None
    base = app.config.html_baseurl.rstrip("/") + "/" if app.config.html_baseurl else ""
    return f"{base or '../' * name.count('/')}_static/{PREVIEW}"


def _prune(static: Path) -> None:
    """Remove the static files of themes and MathJax that no page of this book loads."""
    for pattern in _UNUSED:
        for path in list(static.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    mathjax = static / "mathjax"
    for path in list(mathjax.rglob("*")):
        if path.is_file() and not path.relative_to(mathjax).as_posix().startswith(_MATHJAX):
            path.unlink()
