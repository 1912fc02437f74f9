"""``bench`` and ``growth`` refuse bad options before any work, and write what they print."""

import dataclasses
import json
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from bench_figures import FIGURES
from tiny_training import TINY

from gmvae.bench import cost_ratios, growth, turns
from gmvae.cli.main import BAD_INPUT, DONE, FAILED, main
from gmvae.cli.measuring import command
from gmvae.training.trainer import TrainingError

MEASURES = [("bench", cost_ratios), ("growth", growth)]
PER_COMPONENT = dataclasses.replace(TINY, factorisation="per-component")
PARTS = {"data", "warp", "encoder", "decoder", "loss", "optimiser"}


@pytest.mark.parametrize(("name", "module"), MEASURES)
@pytest.mark.parametrize("error", [TrainingError("no number"), BrokenProcessPool("killed")])
def test_a_bench_that_fails_says_so_and_writes_nothing(
    name, module, error, tmp_path, monkeypatch, capsys
):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(module, "measure", fail)
    assert main([name, "--out", str(tmp_path / "bench.json")]) == FAILED
    assert capsys.readouterr().err == f"gmvae: the {name} failed: {error}\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "module"), MEASURES)
def test_an_interrupted_bench_promises_nothing(name, module, monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "measure", interrupt)
    assert main([name]) == FAILED
    assert "starts anew" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["bench", "--repeats", "0"], "--repeats is 0; it must be"),
        (["bench", "--images", "5"], "--images is 5; it must be"),
        (["bench", "--epochs", "0"], "--epochs is 0; it must be"),
        (["bench", "--out", str(Path(__file__).parent)], "a folder"),
        (["bench", "--dataset", "nothing"], "dataset=nothing"),
        (["growth", "--sizes", "5"], "an entry of --sizes is 5; it must be"),
        (["growth", "--sizes", "1000", "1000"], "without repetition"),
        (["growth", "--sizes", "1000", "--labels", "1000"], "fewer than the 1000 images"),
        (["growth", "--epochs", "0"], "--epochs is 0; it must be"),
        (["growth", "--out", str(Path(__file__).parent)], "a folder"),
        (["growth", "--dataset", "nothing"], "dataset=nothing"),
    ],
)
def test_bad_options_are_refused(given, words, monkeypatch, capsys):
    def work(*_, **__):
        raise AssertionError("it has begun to measure")

    monkeypatch.setattr(cost_ratios, "step_costs", work)
    monkeypatch.setattr(growth, "make_images", work)
    assert main(given) == BAD_INPUT
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["bench", "--labels", "60"], "unrecognized arguments: --labels"),
        (["growth", "--repeats", "3"], "unrecognized arguments: --repeats"),
    ],
)
def test_each_command_has_its_own_options(given, words, capsys):
    with pytest.raises(SystemExit) as left:
        main(given)
    assert left.value.code == BAD_INPUT
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "dataset", "settings", "said"),
    [
        (
            "bench",
            "digits",
            {"repeats": 1, "images": 1_234_567, "epochs": 2},
            "gmvae bench --dataset digits --repeats 1 --images 1234567 --epochs 2",
        ),
        (
            "growth",
            "digits",
            {"sizes": [1000, 2000], "labels": 291},
            "gmvae growth --dataset digits --sizes 1000 2000 --labels 291",
        ),
        (
            "growth",
            "/home/me/my a.npz",
            {"sizes": [1000], "labels": 60},
            "gmvae growth --dataset 'my a.npz' --sizes 1000 --labels 60",
        ),
    ],
)
def test_the_command_says_how_to_measure_again(name, dataset, settings, said, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert command(name, dataset, settings) == said
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert command(name, dataset, settings) == f"OMP_NUM_THREADS=1 {said}"


@pytest.mark.slow
def test_the_bench_writes_what_it_says(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(cost_ratios, "PUBLISHED_CONFIG", PER_COMPONENT)
    out = tmp_path / "bench.json"
    given = ["--repeats", "4", "--images", "1000", "--epochs", "2", "--out", str(out)]
    assert main(["bench", *given]) == DONE
    text = capsys.readouterr().out
    assert "images/s" in text
    assert "GiB" in text
    assert "IQR" in text
    assert "1,000 images (warped copies of 1,000 images of digits)" in text
    assert "(from 2)" in text
    figures = json.loads(out.read_text())
    epochs = figures["epochs"] * figures["epoch_seconds"]
    assert epochs < figures["training_seconds"] < epochs + 30  # what is done once
    assert set(figures) == {*FIGURES, "command", "machine"}
    assert set(figures["parts_seconds"]) == PARTS
    assert figures["peak_memory_bytes"] > 2**26
    ours, published = (figures["image_seconds"][name] for name in ("default", "published"))
    ratio = published["float32"] / ours["float32"]
    assert figures["times_cheaper"]["float32"] == pytest.approx(ratio)
    assert {"step in float32", "both in float32", "responsibilities", *PARTS} < {
        *figures["spreads"]
    }
    assert figures["spreads"]["an epoch"] is None  # of two


@pytest.mark.parametrize(("name", "module"), MEASURES)
def test_no_file_of_somebody_else_is_written_over(name, module, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(module, "measure", lambda *_, **__: {})
    for content in (b"PK\x03\x04 images", b"[1, 2]", b'{"accuracy": 1}'):
        out = tmp_path / "mine.npz"
        out.write_bytes(content)
        assert main([name, "--out", str(out)]) == BAD_INPUT
        assert "holds something else than figures of an earlier bench" in capsys.readouterr().err
        assert out.read_bytes() == content


@pytest.mark.parametrize(
    "given",
    [["bench", "--repeats", "1.5"], ["growth", "--labels", "1.5"], ["growth", "--sizes", "x"]],
)
def test_what_is_no_whole_number_is_refused_in_a_sentence(given, capsys):
    assert main(given) == BAD_INPUT
    said = capsys.readouterr().err
    assert f"is {given[2]!r}; it must be a whole number" in said
    assert said.count("\n") == 1
