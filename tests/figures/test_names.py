"""Names in figures: no formula, no missing character, no loss."""

import warnings

import matplotlib.pyplot as plt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.cbook import is_math_text

from gmvae.figures.names import as_text, class_marker

HOSTILE = ["$x$", r"\$a$", "$", "$$", r"\frac{", "a_b^c", "%", "<script>", "|", "`", " ", "\n"]
FOREIGN = ["中", "ب", "\u202e", "𐍈", "\x00", "é", "Ж"]


def draw(text, marker="o"):
    """Draw a name as a label and its marker; raise on any warning."""
    figure, axis = plt.subplots(figsize=(1, 1))
    axis.scatter([0], [0], marker=marker)
    label = axis.set_xlabel(text)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.canvas.draw()
    plt.close(figure)
    return label


@pytest.mark.parametrize("name", [*HOSTILE, *FOREIGN])
def test_a_name_is_drawn_as_it_is(name):
    label = draw(as_text(name), class_marker(name))
    shown, is_math = label._preprocess_math(label.get_text())
    assert not is_math
    if name not in ("\n", *FOREIGN[:5]):
        assert shown == name


@settings(max_examples=500)
@given(st.text(max_size=24))
def test_no_name_is_mathematics_and_none_has_a_missing_character(name):
    text = as_text(name)
    assert not is_math_text(text)
    assert text.isprintable()


@settings(max_examples=20)
@given(st.text(min_size=1, max_size=3))
def test_every_name_can_be_drawn(name):
    draw(as_text(name), class_marker(name))


def test_another_script_is_told_by_number():
    assert as_text("中 a") == "U+4E2D a"


def test_a_long_name_is_cut_short():
    assert as_text("x" * 5000) == "x" * 23 + "…"


def test_a_class_of_one_plain_character_is_its_own_marker():
    markers = [class_marker(c) for c in ("a", "7", "ab", "$", "{", " ", "")]
    assert markers == ["$a$", "$7$", "o", "o", "o", "o", "o"]
