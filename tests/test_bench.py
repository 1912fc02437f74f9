"""The bench measures what it says, on sizes that take no time."""

import argparse
import dataclasses
import json

import pytest
import torch

from gmvae import bench, speed
from gmvae.configuration import TrainingConfig
from gmvae.costs import Step, matrix_products, median_seconds
from gmvae.errors import InputError

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
    assert speed._operations(Step(config, CPU)) == pytest.approx(expected, rel=1e-3)


def test_per_component_decodes_k_times():
    shared = speed._operations(Step(TINY, CPU))
    per_component = dataclasses.replace(TINY, factorisation="per-component")
    decoder = 3 * 2 * 8 * (3 * 16 + 16 * 784)
    assert speed._operations(Step(per_component, CPU)) > shared + 2.9 * decoder


def test_every_part_and_the_products_run():
    step = Step(TINY, CPU)
    for part in step.parts().values():
        assert median_seconds(part, 1) > 0
    assert median_seconds(matrix_products(step), 1) > 0


def test_made_images_are_letters_of_the_right_kind():
    images = speed.make_images(2001)
    assert images.shape == (2001, 28, 28)
    assert images.dtype == "uint8"
    assert images.max() > 200
    assert (images[0] != images[1797]).any()  # the same digit, warped differently


@pytest.mark.slow
def test_the_report_and_its_file(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        speed, "PUBLISHED", dataclasses.replace(TINY, factorisation="per-component")
    )
    out = tmp_path / "bench.json"
    assert bench.run(argparse.Namespace(repeats=1, images=1000, out=out)) == 0
    text = capsys.readouterr().out
    assert "images/s" in text
    assert "GiB" in text
    figures = json.loads(out.read_text())
    assert set(figures["parts_seconds"]) == set(Step(TINY, CPU).parts())
    assert figures["peak_memory_bytes"] > 2**26


@pytest.mark.parametrize(("repeats", "images", "words"), [(0, 500, "repeats"), (1, 5, "images")])
def test_bad_options_are_refused(repeats, images, words):
    with pytest.raises(InputError, match=words):
        bench.run(argparse.Namespace(repeats=repeats, images=images, out=None))
