"""The exact probability of small cases, all of them finite and right to eleven digits."""

import os
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rational import covering_sets, partitions

from gmvae.coverage import exact
from gmvae.coverage.clusters import as_clusters
from gmvae.coverage.exact import cover_and_miss
from gmvae.errors import FailedError

pytestmark = pytest.mark.filterwarnings("error")  # such as a division by zero


def worst_error(sizes):
    """Return the largest relative error of P(covered) and of P(missed) over all n."""
    total, clusters, worst = sum(sizes), as_clusters(list(sizes), sum(sizes)), 0.0
    for n, sets in enumerate(covering_sets(sizes)):
        found = np.array(cover_and_miss(n, clusters))
        assert np.isfinite(found).all(), (sizes, n)
        true = np.array([sets / comb(total, n), (comb(total, n) - sets) / comb(total, n)])
        assert np.all(found[true == 0] == 0), (sizes, n)
        error = np.abs(found - true)[true > 0] / true[true > 0]
        worst = max(worst, error.max())
    return worst


@pytest.mark.parametrize(
    ("sizes", "n", "value"),
    [((6, 6, 6, 6, 5), 12, 0.845824), ((12, 3), 6, 0.815385), ((12, 2), 6, 9 / 13)],
)
def test_a_cluster_whose_transform_vanishes_at_an_angle(sizes, n, value):
    cover, miss = cover_and_miss(n, as_clusters(list(sizes), sum(sizes)))
    assert cover == pytest.approx(value, abs=1e-6)
    assert cover + miss == pytest.approx(1, rel=1e-15)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6).filter(lambda s: sum(s) <= 60))
@settings(max_examples=60)
def test_every_number_of_labels_of_a_small_population(sizes):
    assert worst_error(sizes) < 1e-12


@pytest.mark.slow
@pytest.mark.skipif(
    "GMVAE_ALL_SMALL_CASES" not in os.environ, reason="GMVAE_ALL_SMALL_CASES=1 takes an hour"
)
@pytest.mark.parametrize("n_clusters", range(1, 7))
def test_all_small_populations(n_clusters):
    cases = (s for total in range(n_clusters, 61) for s in partitions(total, n_clusters))
    assert max(map(worst_error, cases)) < 1e-12


def test_the_logarithm_is_finite_around_its_branch_points():
    near = np.array([0, 1e-16, 1e-12, 1e-3])
    x = 2j * np.pi * np.arange(1, 4)[:, None] + near  # (3, 4)
    for value in (exact._log1mexp(x), exact._log1mexp(-x), exact._log1mexp(x * (1 + 1e-15))):
        assert np.isfinite(value).all()
    assert exact._log1mexp(x).real[:, 2:] == pytest.approx(
        np.tile(np.log(near[2:]), (3, 1)), abs=1e-2
    )


def test_what_is_not_finite_is_never_returned(monkeypatch):
    monkeypatch.setattr(exact, "_log1mexp", lambda x: np.full(np.shape(x), np.nan))
    with np.errstate(invalid="ignore"), pytest.raises(FailedError, match="6 labels"):
        exact._cover(6, as_clusters([12, 3], 15))
