"""Names of classes and data sets in figures: shown as text, whatever characters they have."""

import functools
import unicodedata

from matplotlib.font_manager import FontProperties, findfont, get_font

_MARKER_SAFE = "!?+-*/=<>()[].,:;@"  # beside letters and digits


def as_text(name: object, longest: int = 24) -> str:
    r"""Return a name so that matplotlib shows it as it is, and never as mathematics.

    A dollar sign is escaped, which takes its meaning from all of ``$ _ ^ { } \``. A line break
    becomes a blank. A character that the font lacks, such as one of another script, is shown by
    its number, ``U+4E2D``, as text tools do. A long name is cut short.

    Parameters
    ----------
    name : object
        Shown as ``str(name)``.
    longest : int
        Characters, beyond which it is cut, so as not to take the room of the figure.
    """
    text = str(name)
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return "".join(map(_shown, text)).replace("$", r"\$")


def class_marker(name: str) -> str:
    """Return a marker of matplotlib for the points of a class: its name's one character, or ``o``.

    A name of several characters, or of one that mathematics or the font would not show, has none.
    """
    plain = len(name) == 1 and (name.isalnum() or name in _MARKER_SAFE) and _in_font(name)
    return f"${name}$" if plain else "o"


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    hidden = unicodedata.category(character).startswith("C")
    return f"U+{ord(character):04X}" if hidden or not _in_font(character) else character


@functools.cache
def _in_font(character: str) -> bool:
    """Whether the font of all figures has this character."""
    return bool(get_font(findfont(FontProperties())).get_char_index(ord(character)))
