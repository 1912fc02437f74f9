"""Names and commands as text: one escape for Markdown and HTML alike, and code in Markdown."""

import html
import re
import unicodedata


def escape(name: object) -> str:
    """Return a name so that a page shows it as it is, in Markdown, its tables, and in HTML.

    Letters, digits, single blanks, and ``-``, ``_``, ``.`` and ``,`` between letters or digits
    stay; every other character becomes its number, ``&#42;`` for ``*``. Both languages show that
    as the character and neither reads it as markup: formulas, roles, links and cells of tables
    are found before numbers are read (CommonMark 0.31, section 2.5). A line break becomes a
    blank; characters that nobody sees, such as those that turn the direction of writing, become
    a question mark in a diamond.

    Parameters
    ----------
    name : object
        Shown as ``str(name)``, such as the name of a class, a data set, a file or a processor.
    """
    text = f" {_visible(str(name))} "
    shown = [
        here if _is_plain(before, here, after) else _by_number(here)
        for before, here, after in zip(text, text[1:], text[2:], strict=False)
    ]
    return "".join(shown)


def _by_number(character: str) -> str:
    """Return what stands for a character, with the name it has in HTML if it has to have one."""
    named = html.escape(character, quote=False)
    return f"&#{ord(character)};" if named == character else named


def code_block(text: str, language: str = "bash") -> str:
    """Return a text as a block of code, in Markdown, that no backtick in it ends."""
    fence = "`" * max(3, 1 + _longest_ticks(text))
    return f"{fence}{language}\n{text}\n{fence}"


def code_span(line: str) -> str:
    """Return a line as code within a sentence, in Markdown, that no backtick in it ends."""
    ticks = "`" * (1 + _longest_ticks(line))
    return f"{ticks}{line}{ticks}"


def _longest_ticks(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _visible(text: str) -> str:
    """Replace line breaks by blanks and what nobody sees by a question mark."""
    return "".join(
        " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" if _is_hidden(c) else c for c in text
    )


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character).startswith("C")  # controls, formats, surrogates


def _is_plain(before: str, here: str, after: str) -> bool:
    """Whether a character has no meaning but itself between its two neighbours."""
    if here.isalnum() or ord(here) > 127:
        return True
    if here == " ":
        return before != " " and after != " "
    return here in "-_.," and before.isalnum() and after.isalnum()
