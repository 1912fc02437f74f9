"""Chapter 07: descriptions of a model agree with counts by hand."""

import numpy as np
import pandas as pd
import pytest

from gmvae.chapters.diagnostics import (
    by_certainty,
    case_purity,
    describe_case_purity,
    describe_components,
    describe_confusions,
    largest_confusions,
    maps,
    numbers,
    soft_confusion,
)
from gmvae.data.dataset import Dataset
from gmvae.experiments.scoring import as_draw

SHARES = np.array([[2 / 3, 0, 1 / 3], [1, 0, 0], [0, 0, 0]])
COMPONENTS = pd.DataFrame({"weight": [0.7, 0.3, 0.0], "purity": [0.96, 0.5, np.nan]})


def test_confusion_rows_are_shares():
    q = np.eye(3)[[0, 1, 2, 0, 0, 2, 0]]
    y = np.array([0, 1, 2, 0, 0, 0, 1])  # the first three are labelled
    np.testing.assert_allclose(soft_confusion(q, y, as_draw(np.arange(3), 7, 0), 3), SHARES)


def test_the_largest_confusions_are_off_the_diagonal():
    assert largest_confusions(SHARES, 2) == [(1, 0, 1.0), (0, 2, pytest.approx(1 / 3))]


def test_certain_images_have_small_entropy():
    R = np.array([[0.5, 0.5], [1, 0], [0.9, 0.1]])
    sure, unsure = by_certainty(R, 1)
    assert (sure.tolist(), unsure.tolist()) == ([1], [0])


def test_maps_are_planar():
    rows, points = maps(np.random.default_rng(0).normal(size=(60, 5)))
    assert set(points) == {"PCA", "t-SNE"}
    assert all(at.shape == (len(rows), 2) for at in points.values())


def test_empty_components_do_not_count():
    recorded = numbers(COMPONENTS, np.full((4, 2), 0.5), SHARES, "abc", 3)
    assert (recorded["components_with_images"], recorded["largest_weight"]) == (2, 0.7)
    assert recorded["share_of_components_over_95_percent_pure"] == 0.5
    assert recorded["entropy"] == pytest.approx(np.log(2))
    assert recorded["confusions"][0] == {"class": "b", "decoded_as": "a", "share": 1.0}
    sentence = describe_components(COMPONENTS)
    assert "2 of 3 components hold images; the largest holds 70.0%" in sentence
    assert "the smallest 30.00%. 50% of these components" in sentence
    assert "“b” as “a” (100%), “a” as “c” (33%)" in describe_confusions(recorded)


def cases(component, case):
    """One letter in two cases; the image of unknown case is not counted."""
    y = np.zeros(9, int)
    case = np.array([*case, 255])
    data = Dataset("toy", np.zeros((9, 28, 28), np.uint8), y, y, ("a",), "", {"case": case})
    return case_purity(np.eye(2)[[*component, 1]], data)


def test_cases_in_components_of_their_own():
    apart = cases([0] * 4 + [1] * 4, [0] * 4 + [1] * 4)
    assert apart == {"images": 8, "label": 1.0, "label_and_case": 1.0, "by_chance": 0.5}
    assert "100.0% its majority label and case" in describe_case_purity(apart)
    mixed = cases([0] * 4 + [1] * 4, [0, 1] * 4)
    assert mixed["label_and_case"] == mixed["by_chance"] == 0.5


def test_without_cases_there_is_no_purity_of_case():
    data = Dataset("toy", np.zeros((2, 28, 28)), np.zeros(2, int), np.zeros(2, int), ("a",), "")
    assert case_purity(np.eye(2), data) is None
    assert "does not tell" in describe_case_purity(None)


@pytest.mark.parametrize("Z", [np.full((9, 3), 0.7), np.zeros((9, 1)), np.full((4, 2), -2.0)])
def test_points_in_one_place_have_maps(Z):
    rows, points = maps(Z.astype(np.float32))
    assert len(rows) == len(Z)
    for at in points.values():
        assert at.shape == (len(Z), 2)
        assert np.isfinite(at).all()


def test_a_single_latent_dimension_has_maps():
    Z = np.random.default_rng(0).normal(size=(20, 1)).astype(np.float32)
    for at in maps(Z)[1].values():
        assert at.shape == (20, 2)
        assert np.isfinite(at).all()
