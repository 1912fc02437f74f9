"""What is on record is shown as it was printed, whichever version measured it."""

import json

import pytest
from bench_figures import FIGURES, ON_RECORD

from gmvae.errors import InputError
from gmvae.pages.costs_on_record import cost_section, cost_sentences, costs_on_record, report
from gmvae.paper import record


def test_a_bench_on_record_is_shown_as_it_was_printed(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(ON_RECORD))
    (read,) = costs_on_record(tmp_path)
    text = cost_section(read)
    assert text.startswith(
        "```bash\ngmvae bench --dataset digits\n```\n\nOn a chip, 2 cores, Linux"
    )
    assert f"```text\n{report(FIGURES)}\n```" in text
    assert "100 times less in float32 and 80 times less in bfloat16 than" in cost_sentences(read)
    assert "images (some pictures) would take 10.0 minutes (`.venv/bin/" in cost_sentences(read)
    assert cost_sentences(read).startswith("On 2 cores of a chip a training step")
    whole = {**read, "epochs_measured": 50, "device_name": "GPU 1"}
    assert "takes 10.0 minutes" in cost_sentences(whole)
    assert cost_sentences(whole).startswith("On a GPU 1 a training step")
    assert costs_on_record(tmp_path / "none") == []


def test_the_readme_says_what_a_bench_on_record_found(tmp_path):
    bench_file = tmp_path / "full_size.json"
    bench_file.write_text(json.dumps(ON_RECORD))
    target = record.put_bench_on_record(bench_file, tmp_path)
    assert target == tmp_path / "costs" / "full_size.json"
    assert json.loads(target.read_text()) == ON_RECORD
    readme = f"Before\n{record._START}{record._END}After\n"
    text = record.with_results(readme, tmp_path)
    assert f"\n{cost_sentences(ON_RECORD)}\n{record._END}After\n" in text
    assert record.with_results(text, tmp_path) == text


@pytest.mark.parametrize("content", ["{}", "no JSON", "[1]"])
def test_what_is_no_bench_does_not_get_on_record(content, tmp_path):
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(InputError, match="is no file that `gmvae bench --out` has written"):
        record.put_bench_on_record(tmp_path / "x.json", tmp_path)
    assert not (tmp_path / "costs").exists()


def test_what_is_on_record_in_the_book_is_still_read():
    kept = costs_on_record(record.RECORD / "costs")
    assert any("times_cheaper" in figures for figures in kept)
    for figures in kept:
        text = cost_section(figures)
        assert f"```bash\n{figures['command']}\n```" in text
        assert report(figures) in text
