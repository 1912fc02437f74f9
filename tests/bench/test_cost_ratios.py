"""What is compared is compared in the same precision, in every one that the machine has."""

import dataclasses

import pytest
import torch
from tiny_training import TINY

from gmvae.bench import cost_ratios, turns


@pytest.mark.parametrize(
    ("has_bf16", "trained_in"), [(False, "float32"), (True, "float32"), (True, "bfloat16")]
)
def test_a_step_is_measured_in_every_precision(has_bf16, trained_in, monkeypatch):
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(cost_ratios, "PUBLISHED_CONFIG", TINY)
    monkeypatch.setattr("gmvae.training.step.has_bf16", lambda _: has_bf16)
    config = dataclasses.replace(TINY, precision=trained_in)
    costs = cost_ratios.step_costs(config, torch.device("cpu"), 4)
    known = ["float32", "bfloat16"] if has_bf16 else ["float32"]
    assert costs["precision"] == trained_in
    assert list(costs["other_precisions"]) == [p for p in known if p != trained_in]
    assert list(costs["times_cheaper"]) == known
    assert costs["times_fewer_operations"] == 1  # it is the same configuration
    ours, published = costs["image_seconds"]["default"], costs["image_seconds"]["published"]
    for precision in known:
        assert costs["times_cheaper"][precision] == published[precision] / ours[precision]
        assert costs["spreads"][f"both in {precision}"] > 0
    assert costs["step_seconds"] == pytest.approx(ours[trained_in] * TINY.batch_size)
    assert costs["images_per_second"] == pytest.approx(1 / ours[trained_in])
    assert costs["share_of_matrix_products"] > 0
