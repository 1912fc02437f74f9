"""The map to walk through shows images, components and labels as they are."""

import numpy as np
import pytest
from toys import K, N, make_dataset, make_posterior

from gmvae.chapters.play_latent import MOST, latent, marks_of
from gmvae.pages.play import LARGEST_DATA, as_json


def piece(n=N):
    data = make_dataset()
    rows = np.arange(n)
    points = np.random.default_rng(0).normal(size=(n, 2)).astype(np.float32)
    return latent(points, rows, make_posterior(data, 0), data).data


def test_every_point_is_an_image_of_the_run():
    data, posterior = piece(), make_posterior(make_dataset(), 0)
    component = posterior.responsibilities.argmax(axis=1)
    assert data["component"] == component.tolist()
    assert data["label"] == posterior.labels.tolist()
    assert len(data["majority"]) == K
    assert min(data["x"]) == 0
    assert max(data["y"]) == 1
    assert len(as_json(data).encode()) < LARGEST_DATA


@pytest.mark.parametrize("n", [1, 4])
def test_few_images_or_one(n):
    assert len(piece(n)["x"]) == n
    assert np.isfinite(piece(n)["x"]).all()


def test_many_images_are_thinned():
    assert MOST >= 100
    data = make_dataset()
    rows = np.arange(3 * MOST) % N
    thinned = latent(np.zeros((3 * MOST, 2)), rows, make_posterior(data, 0), data).data
    assert len(thinned["x"]) == MOST


@pytest.mark.parametrize(
    ("names", "marks"),
    [
        (("a", "b"), ["a", "b"]),
        (("apple", "bee"), ["a", "b"]),
        (("class 1", "class 2"), ["0", "1"]),
        ((" ", "<b>"), ["0", "<"]),
        ((10, 11), ["10", "11"]),
    ],
)
def test_marks_are_short_and_differ(names, marks):
    assert marks_of(names) == marks
