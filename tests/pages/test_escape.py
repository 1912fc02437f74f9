"""Names on pages: rendered, they are what they were, in Markdown and in HTML."""

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from gmvae.pages.escape import code_block, code_span, escape

MARKDOWN = MarkdownIt("commonmark").enable("table")
for plugin in (amsmath_plugin, colon_fence_plugin, dollarmath_plugin):
    MARKDOWN.use(plugin)
MARKDOWN.use(myst_block_plugin).use(myst_role_plugin)
HOSTILE = [
    "<script>alert(1)</script>",
    "a|b",
    "`x`",
    "$x$",
    "**bold** _it_ ~~no~~",
    "{math}`x`",
    "[a](http://b)",
    "![a](b)",
    "&lt;",
    "\\(x\\)",
    "# heading",
    "- item",
    "1. item",
    "a\nb",
    "  a",
    "% comment",
    "+++",
    ":::{note}",
    "___",
    "\u202eabc",
    '" onload="x',
]
visible = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1)


def texts(markdown):
    """Text of the only paragraph, with the types of all tokens."""
    tokens = [t for token in MARKDOWN.parse(markdown) for t in [token, *(token.children or [])]]
    return "".join(t.content for t in tokens if t.type in ("text", "text_special")), {
        t.type for t in tokens
    }


@given(visible)
@example("a_b_c *d* _e_")
@pytest.mark.parametrize("around", [("", ""), ("**This** is ", " images")])
def test_markdown_shows_a_name_and_nothing_else(around, name):
    shown, kinds = texts(around[0] + escape(name) + around[1])
    before = around[0].replace("*", "")
    assert shown == before + name + around[1]
    kinds -= {"strong_open", "strong_close"} if around[0] else set()
    assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text_everywhere(name):
    kinds = texts(escape(name))[1]
    assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
    assert not re.search("[<>\"'`$|*\\\\{}\\n\u202e]", escape(name))
    row = MARKDOWN.render(f"| a | b |\n|---|---|\n| {escape(name)} | x |\n")
    assert row.count("<td>") == 2
    assert "<script" not in row


@given(visible)
def test_html_shows_the_same(name):
    assert html.unescape(escape(name)) == name


@given(st.text(min_size=1))
def test_no_text_leaves_its_block_of_code(text):
    tokens = MARKDOWN.parse(code_block(text.replace("\r", " ")))
    assert [token.type for token in tokens] == ["fence"]


@pytest.mark.parametrize("line", ["gmvae paper", "a `b` c", "a ``b"])
def test_no_line_leaves_its_code(line):
    assert [t.type for t in MARKDOWN.parseInline(f"x ({code_span(line)})")[0].children] == [
        "text",
        "code_inline",
        "text",
    ]


def test_common_names_stay_readable():
    for name in ("nist_letters", "emnist-letters", "MNIST", "v1.2 final", "Größe"):
        assert escape(name) == name
