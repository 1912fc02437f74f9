"""The bench measures what it says, on sizes that take no time."""

import argparse
import dataclasses
import json
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pytest
import torch
from samples import embedded_digits
from torch.utils.flop_counter import FlopCounterMode

from gmvae.bench import costs, speed
from gmvae.bench.costs import Parts, matrix_products, median_seconds
from gmvae.cli import bench
from gmvae.errors import InputError
from gmvae.pages.costs import cost_section, cost_sentences, costs_on_record, report
from gmvae.paper import record
from gmvae.training.configuration import TrainingConfig
from gmvae.training.step import Step, operations, precisions
from gmvae.training.trainer import TrainingError

TINY = TrainingConfig(
    n_components=4,
    latent_dim=3,
    batch_size=8,
    encoder_channels=(2,),
    encoder_hidden=(16,),
    decoder_hidden=(16,),
)
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def no_patience(monkeypatch):
    monkeypatch.setattr(costs, "_LEAST_SECONDS", 0.0)


@pytest.mark.parametrize(
    ("repeats", "least", "calls"), [(3, 0.0, 4), (1, 5.0, 6), (7, 5.0, 8)], ids=str
)
def test_a_median_is_of_calls_enough_after_one_for_nothing(repeats, least, calls, monkeypatch):
    monkeypatch.setattr(costs, "_LEAST_SECONDS", least)
    times = iter(range(1000))
    monkeypatch.setattr(costs.time, "perf_counter", lambda: float(next(times)))
    made = []
    assert median_seconds(lambda: made.append(0), repeats) == 1
    assert len(made) == calls


def test_operations_are_those_counted_by_hand():
    """Forwards one product a layer, backwards two, but one where the input needs no gradient."""
    config = dataclasses.replace(TINY, encoder_channels=())
    kl = 2 * 8 * 3 * 4  # multiply-adds of the two products of N x D with D x K
    layers = [784 * 16, 16 * 6, 3 * 16, 16 * 784]
    by_layer = 8 * (3 * sum(layers) - 784 * 16)
    warp = 8 * 2 * 3 * 784  # one affine map of every pixel
    expected = 2 * (by_layer + 3 * kl + warp)
    assert operations(Step(config, CPU)) == pytest.approx(expected, rel=1e-3)


def test_per_component_decodes_k_times():
    shared = operations(Step(TINY, CPU))
    per_component = dataclasses.replace(TINY, factorisation="per-component")
    decoder = 3 * 2 * 8 * (3 * 16 + 16 * 784)
    assert operations(Step(per_component, CPU)) > shared + 2.9 * decoder


def test_every_part_and_the_products_run():
    step = Parts(TINY, CPU)
    for part in step.parts().values():
        assert median_seconds(part, 1) > 0
    assert median_seconds(matrix_products(step), 1) > 0


def test_made_images_are_warped_copies_each_in_its_own_way():
    images, _ = embedded_digits(60)
    made = speed.make_images(images, 2001)
    assert made.shape == (2001, 28, 28)
    assert made.dtype == "uint8"
    assert made.max() > 200
    assert (made[0] != made[60]).any()  # the same digit, warped differently
    ink, of = made[:60].mean((1, 2)), images.mean((1, 2))
    assert np.corrcoef(ink, of)[0, 1] > 0.5


def test_a_step_multiplies_in_the_precision_it_is_told(monkeypatch):
    monkeypatch.setattr("gmvae.training.step.has_bf16", lambda _: True)
    assert Step(TINY, CPU).precision == "bfloat16"  # as training would
    for precision, dtype in zip(precisions(CPU), (torch.float32, torch.bfloat16), strict=True):
        step, seen = Step(TINY, CPU, precision), []
        layer = step.model.decoder.log_odds
        layer.register_forward_hook(lambda *call, seen=seen: seen.append(call[2].dtype))
        step()
        assert set(seen) == {dtype}
    monkeypatch.setattr("gmvae.training.step.has_bf16", lambda _: False)
    assert precisions(CPU) == ["float32"]
    assert Step(TINY, CPU).precision == "float32"


FIGURES = {
    "device": "cpu",
    "device_name": None,
    "threads": 2,
    "precision": "bfloat16",
    "repeats": 5,
    "images": "some pictures",
    "n_images": 2000,
    "step_seconds": 0.02,
    "images_per_second": 12800.0,
    "share_of_matrix_products": 0.61,
    "parts_seconds": {"data": 0.005},
    "image_seconds": {
        "default": {"float32": 2e-4, "bfloat16": 1e-4},
        "published": {"float32": 2e-2, "bfloat16": 8e-3},
    },
    "times_cheaper": {"float32": 100.0, "bfloat16": 80.0},
    "operations_per_image": 8e6,
    "published_operations_per_image": 1e9,
    "times_fewer_operations": 125.0,
    "responsibilities_seconds": 3.0,
    "epochs_measured": 2,
    "epoch_seconds": 12.0,
    "epochs": 50,
    "training_seconds": 600.0,
    "peak_memory_bytes": 2**30,
}


def test_the_report_says_which_precisions_and_images_it_compares():
    lines = report(FIGURES).splitlines()
    assert any("61% of what its matrix products reach alone, in bfloat16" in x for x in lines)
    assert [x.split()[:6] for x in lines if "times less" in x] == [
        ["both", "in", "float32", "100.0", "times", "less"],
        ["both", "in", "bfloat16", "80.0", "times", "less"],
        ["bfloat16", "against", "float32", "200.0", "times", "less"],
    ]
    assert lines[-5] == "2,000 images (some pictures):"
    assert lines[-4].split() == ["an", "epoch", "12.0", "s"]
    assert lines[-3].split() == ["all", "50", "epochs", "10.0", "min", "(from", "2)"]
    whole = report({**FIGURES, "epochs_measured": 50}).splitlines()
    assert whole[-3].split() == ["all", "50", "epochs", "10.0", "min"]
    assert max(map(len, lines)) < 90
    without = {
        **FIGURES,
        "precision": "float32",
        "image_seconds": {"default": {"float32": 2e-4}, "published": {"float32": 2e-2}},
    }
    assert "bfloat16" not in report(without)


def options(**changed):
    usual = {"dataset": "digits", "out": None, "race": None}
    counts = dict.fromkeys(("repeats", "images", "epochs", "labels"))
    if "race" in changed:
        counts["labels"] = 60
    else:
        counts |= {"repeats": 1, "images": 1000, "epochs": 2}
    return argparse.Namespace(**{**usual, **counts, **changed})


def figures_add_up(figures):
    epochs = figures["epochs"] * figures["epoch_seconds"]
    return epochs < figures["training_seconds"] < epochs + 30  # what is done once


@pytest.mark.parametrize("error", [TrainingError("no number"), BrokenProcessPool("killed")])
def test_a_bench_that_fails_says_so_and_writes_nothing(error, tmp_path, monkeypatch, capsys):
    def fail(*_):
        raise error

    monkeypatch.setattr(speed, "measure", fail)
    assert bench.run(options(out=tmp_path / "bench.json")) == 1
    assert f"gmvae: the bench failed: {error}" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_an_interrupted_bench_promises_nothing(monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(speed, "measure", interrupt)
    assert bench.run(options()) == 1
    assert "starts anew" in capsys.readouterr().err


def test_peak_memory_is_that_of_this_process():
    before = speed._peak_memory()
    kept = np.ones(2**26, np.uint8)  # 64 MiB
    assert before > 2**25
    assert before <= speed._peak_memory() <= before + 2 * kept.nbytes


def test_products_are_those_of_the_layers_with_no_gradient_of_the_images():
    config = dataclasses.replace(TINY, encoder_channels=())
    layers = [784 * 16, 16 * 6, 3 * 16, 16 * 784]
    work = matrix_products(Step(config, CPU))
    with FlopCounterMode(display=False) as counter:
        work()
    assert counter.get_total_flops() == 2 * 8 * (3 * sum(layers) - 784 * 16)


@pytest.mark.slow
def test_the_report_and_its_file(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        speed, "PUBLISHED_CONFIG", dataclasses.replace(TINY, factorisation="per-component")
    )
    out = tmp_path / "bench.json"
    assert bench.run(options(out=out)) == 0
    text = capsys.readouterr().out
    assert "images/s" in text
    assert "GiB" in text
    assert "1,000 images (warped copies of 1,000 images of digits)" in text
    assert "(from 2)" in text
    figures = json.loads(out.read_text())
    assert figures_add_up(figures)
    assert set(figures) == {*FIGURES, "command", "machine"}
    assert set(figures["parts_seconds"]) == set(Parts(TINY, CPU).parts())
    assert figures["peak_memory_bytes"] > 2**26
    ours, published = (figures["image_seconds"][name] for name in ("default", "published"))
    ratio = published["float32"] / ours["float32"]
    assert figures["times_cheaper"]["float32"] == pytest.approx(ratio)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "--repeats 1 --images 1000 --epochs 2"),
        ({"race": 60.0}, "--race 60 --labels 60"),
        ({"race": 0.5, "dataset": "/home/me/my a.npz"}, "--race 0.5 --labels 60"),
    ],
)
def test_the_command_says_how_to_measure_again(changed, said, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    name = "'my a.npz'" if "dataset" in changed else "digits"
    command = f"gmvae bench --dataset {name} {said}"
    assert bench.command(options(**changed)) == command
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert bench.command(options(**changed)) == f"OMP_NUM_THREADS=1 {command}"


ON_RECORD = {
    "command": "gmvae bench --dataset digits",
    "machine": {"processor": "a chip", "cores": 2, "system": "Linux x"},
    **FIGURES,
}


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


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"repeats": 0}, "repeats"),
        ({"images": 5}, "images"),
        ({"epochs": 0}, "epochs"),
        ({"out": Path(__file__).parent}, "a folder"),
        ({"dataset": "nothing"}, "dataset=nothing"),
        ({"race": 0.0}, "--race is 0"),
        ({"race": float("nan")}, "--race is nan"),
        ({"labels": 60}, "--labels has no effect without --race"),
        ({"race": 1.0, "epochs": 3}, "--epochs has no effect with --race"),
        ({"race": 1.0, "labels": 5000}, "a budget is 5000; it must be"),
        ({"race": 1.0, "dataset": "nothing"}, "dataset=nothing"),
    ],
)
def test_bad_options_are_refused(changed, words):
    with pytest.raises(InputError, match=words):
        bench.run(options(**changed))
