"""The precision of a training is the faster one, and stays with its model."""

import dataclasses

import pytest
import torch
from tiny_training import TINY, assert_same_weights, make_images

from gmvae.training import precision
from gmvae.training.precision import choose_precision
from gmvae.training.trainer import is_trained, train

CPU = torch.device("cpu")
AUTO = dataclasses.replace(TINY, precision="auto")


@pytest.fixture
def hardware(monkeypatch):
    """Pretend that a step takes so many seconds in either precision."""

    def pretend(float32, bfloat16):
        seconds = {"float32": float32, "bfloat16": bfloat16}
        monkeypatch.setattr(precision, "precisions", lambda device: list(seconds))
        monkeypatch.setattr(precision, "_seconds", lambda step, device: seconds[step.precision])
        precision._faster.cache_clear()

    yield pretend
    precision._faster.cache_clear()


def test_what_is_asked_for_is_taken(hardware):
    hardware(1.0, 0.1)
    assert choose_precision(TINY, CPU) == "float32"
    assert choose_precision(dataclasses.replace(TINY, precision="bfloat16"), CPU) == "bfloat16"


@pytest.mark.parametrize(
    ("bfloat16", "taken"), [(0.5, "bfloat16"), (0.95, "float32"), (1.5, "float32")]
)
def test_auto_takes_what_is_clearly_faster(hardware, bfloat16, taken):
    hardware(1.0, bfloat16)
    assert choose_precision(AUTO, CPU) == taken


def test_without_the_hardware_nothing_is_timed(monkeypatch):
    monkeypatch.setattr(precision, "precisions", lambda device: ["float32"])
    monkeypatch.setattr(precision, "_seconds", None)
    precision._faster.cache_clear()
    assert choose_precision(AUTO, CPU) == "float32"


def test_real_steps_are_timed_and_leave_the_generator_alone(monkeypatch):
    monkeypatch.setattr(precision, "precisions", lambda device: ["float32", "bfloat16"])
    precision._faster.cache_clear()
    before = torch.random.get_rng_state()
    assert choose_precision(AUTO, CPU) in ("float32", "bfloat16")
    assert torch.equal(before, torch.random.get_rng_state())
    precision._faster.cache_clear()


def test_a_model_keeps_the_precision_it_was_trained_in(tmp_path, hardware):
    hardware(1.0, 0.1)
    first = train(make_images(), AUTO, tmp_path, progress=False)
    assert first.precision == "bfloat16"
    hardware(1.0, 10.0)  # another machine
    assert is_trained(make_images(), AUTO, tmp_path)
    again = train(make_images(), AUTO, tmp_path, progress=False)
    assert again.precision == "bfloat16"
    assert_same_weights(first, again)
    assert not is_trained(make_images(), TINY, tmp_path)  # which asks for float32
    asked = dataclasses.replace(TINY, precision="bfloat16")
    assert is_trained(make_images(), asked, tmp_path)
