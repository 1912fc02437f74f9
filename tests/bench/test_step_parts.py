"""The parts of a step run alone, and its matrix products are all of them and nothing else."""

import dataclasses

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from gmvae.bench import turns
from gmvae.bench.step_parts import matrix_products, step_parts
from gmvae.bench.turns import in_turns
from gmvae.training.configuration import TrainingConfig
from gmvae.training.step import Step, operations

TINY = TrainingConfig(
    n_components=4,
    latent_dim=3,
    batch_size=8,
    encoder_channels=(2,),
    encoder_hidden=(16,),
    decoder_hidden=(16,),
)
CPU = torch.device("cpu")


def test_every_part_and_the_products_run(monkeypatch):
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.0)
    step = Step(TINY, CPU)
    works = {**step_parts(step), "products": matrix_products(step)}
    taken = in_turns(works, 1)
    assert list(taken) == list(works)
    assert (taken > 0).all(axis=None)


def test_products_are_those_of_the_layers_with_no_gradient_of_the_images():
    config = dataclasses.replace(TINY, encoder_channels=())
    layers = [784 * 16, 16 * 6, 3 * 16, 16 * 784]
    kl = 2 * 8 * 3 * 4  # multiply-adds of the two products of N x D with D x K
    warp = 8 * 2 * 3 * 784  # one affine map of every pixel
    by_hand = 2 * (8 * (3 * sum(layers) - 784 * 16) + 3 * kl + warp)
    assert flops(matrix_products(Step(config, CPU))) == by_hand


@pytest.mark.parametrize("factorisation", ["shared", "per-component"])
def test_products_are_all_that_a_step_has_and_leave_it_alone(factorisation):
    step = Step(dataclasses.replace(TINY, factorisation=factorisation), CPU)
    work = matrix_products(step)
    before = [p.detach().clone() for p in step.model.parameters()]
    gradients = [p.grad.clone() for p in step.model.parameters()]
    assert flops(work) == operations(Step(step.config, CPU))
    for p, weights, gradient in zip(step.model.parameters(), before, gradients, strict=True):
        assert torch.equal(p, weights)
        assert torch.equal(p.grad, gradient)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_products_are_in_the_precision_of_the_step(precision):
    step = Step(dataclasses.replace(TINY, encoder_channels=()), CPU, precision)
    work = matrix_products(step)
    (calls,) = (cell.cell_contents.calls for cell in work.__wrapped__.__closure__)
    decoded = [args[-1].dtype for _, args, _ in calls if args[-1].shape[-1:] == (784,)]
    assert getattr(torch, precision) in decoded


def flops(work):
    with FlopCounterMode(display=False) as counter:
        work()
    return counter.get_total_flops()
