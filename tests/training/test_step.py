"""A step on random images computes what it says, in the precision it is told."""

import dataclasses

import pytest
import torch

from gmvae.training.configuration import TrainingConfig
from gmvae.training.step import Step, operations, precisions

TINY = TrainingConfig(
    n_components=4,
    latent_dim=3,
    batch_size=8,
    encoder_channels=(2,),
    encoder_hidden=(16,),
    decoder_hidden=(16,),
)
CPU = torch.device("cpu")


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


def test_a_step_multiplies_in_the_precision_it_is_told(monkeypatch):
    monkeypatch.setattr("gmvae.training.step.has_bf16", lambda _: True)
    assert Step(TINY, CPU).precision == "bfloat16"
    for precision, dtype in zip(precisions(CPU), (torch.float32, torch.bfloat16), strict=True):
        step, seen = Step(TINY, CPU, precision), []
        layer = step.model.decoder.log_odds
        layer.register_forward_hook(lambda *call, seen=seen: seen.append(call[2].dtype))
        step()
        assert set(seen) == {dtype}
    monkeypatch.setattr("gmvae.training.step.has_bf16", lambda _: False)
    assert precisions(CPU) == ["float32"]
    assert Step(TINY, CPU).precision == "float32"
