"""The report of a bench says what was compared, and how much it varied."""

import pytest
from bench_figures import FIGURES, OLDER

from gmvae.pages.bench_report import bench_report


def test_the_report_says_which_precisions_and_images_it_compares():
    lines = bench_report(FIGURES).splitlines()
    assert any("61% of what its matrix products reach alone, in bfloat16" in x for x in lines)
    assert [x.split()[:6] for x in lines if "times less" in x] == [
        ["both", "in", "float32", "100.0", "times", "less"],
        ["both", "in", "bfloat16", "80.0", "times", "less"],
        ["bfloat16", "against", "float32", "200.0", "times", "less"],
    ]
    assert lines[-5] == "2,000 images (some pictures):"
    assert lines[-4].split() == ["an", "epoch", "12.0", "s"]
    assert lines[-3].split() == ["all", "50", "epochs", "10.0", "min", "(from", "2)"]
    whole = bench_report({**FIGURES, "epochs_measured": 50}).splitlines()
    assert whole[-3].split() == ["all", "50", "epochs", "10.0", "min"]
    assert max(map(len, lines)) < 90
    without = {
        **FIGURES,
        "precision": "float32",
        "image_seconds": {"default": {"float32": 2e-4}, "published": {"float32": 2e-2}},
    }
    assert "bfloat16" not in bench_report(without)


@pytest.mark.parametrize(
    ("start", "iqr"),
    [
        ("one step in float32: 5,000 images/s", "1.1%"),
        ("training in bfloat16: 12,800 images/s", "1.2%"),
        ("  data ", "1.3%"),
        ("beside another process: 30.0 ms with 2 threads, 1.20 times that of one", "1.7%"),
        ("  both in float32 ", "1.4%"),
        ("  both in bfloat16 ", "1.5%"),
        ("  responsibilities ", "1.6%"),
    ],
)
def test_the_report_says_how_much_the_turns_differ(start, iqr):
    (line,) = (x for x in bench_report(FIGURES).splitlines() if x.startswith(start))
    assert line.endswith(f"IQR {iqr}")


def test_both_precisions_are_shown():
    lines = bench_report(FIGURES).splitlines()
    assert any("72% of what its matrix products reach alone, in float32" in x for x in lines)


def test_a_bench_without_spreads_is_shown_without():
    text = bench_report(OLDER)
    assert "IQR" not in text
    assert "one step in float32" not in text
    assert "beside another process" not in text
    assert "61% of what its matrix products reach alone, in bfloat16" in text
