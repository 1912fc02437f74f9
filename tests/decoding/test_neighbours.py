"""Nearest neighbours: the definition, ties, copies, rounding, threads, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from joblib import parallel_config

from gmvae.decoding import neighbours
from gmvae.decoding.neighbours import nearest_neighbours, nearest_points
from gmvae.errors import InputError


def by_definition(Z, k, rows=None):
    Z = np.asarray(Z, dtype=np.float64)
    D = ((Z[:, None] - Z[None]) ** 2).sum(axis=2)
    D[np.arange(len(Z)), np.arange(len(Z))] = np.inf
    if rows is not None:
        D[:, np.setdiff1d(np.arange(len(Z)), rows)] = np.inf
    order = np.argsort(D, axis=1, kind="stable")[:, :k]
    return order, np.take_along_axis(D, order, axis=1)


@given(
    Z=hnp.arrays(
        st.sampled_from([np.float32, np.float64]),
        st.tuples(st.integers(2, 120), st.integers(1, 3)),
        elements=st.integers(-2, 2),
    ),
    k=st.integers(1, 5),
)
def test_neighbours_by_definition_with_many_ties(Z, k):
    found, squared = nearest_neighbours(Z, k)
    expected, distances = by_definition(Z, min(k, len(Z) - 1))
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(squared, distances)


@pytest.mark.parametrize("offset", [0, 1e4])
@pytest.mark.parametrize("scale", [1e-12, 1, 1e12])
def test_neighbours_of_many_points_at_any_scale(offset, scale):
    Z = (np.random.default_rng(0).normal(size=(1500, 12)) + offset) * scale
    found, squared = nearest_neighbours(Z, 10)
    expected, distances = by_definition(Z, 10)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_allclose(squared, distances, rtol=1e-6)
    assert found.dtype == np.int32
    assert squared.dtype == np.float32


def test_points_that_float32_cannot_tell_apart():
    """The product says nothing about them; the rows in doubt are searched by definition."""
    rng = np.random.default_rng(0)
    Z = np.concatenate([rng.normal(size=(400, 3)), 5 + 1e-7 * rng.normal(size=(200, 3))])
    np.testing.assert_array_equal(nearest_neighbours(Z, 5)[0], by_definition(Z, 5)[0])


def test_the_certain_rows_are_not_searched_twice(monkeypatch):
    monkeypatch.setattr(neighbours, "_by_definition", None)
    nearest_neighbours(np.random.default_rng(0).normal(size=(2000, 24)), 10)


def test_only_the_rows_given_are_neighbours():
    Z = np.random.default_rng(0).normal(size=(300, 4))
    rows = np.random.default_rng(1).permutation(300)[:120]
    found, squared = nearest_neighbours(Z, 6, rows)
    expected, distances = by_definition(Z, 6, rows)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_allclose(squared, distances, rtol=1e-6)


def test_more_neighbours_than_points():
    found, _ = nearest_neighbours([[0.0], [1.0], [3.0]], 10)
    assert found.tolist() == [[1, 2], [0, 2], [1, 0]]
    found, squared = nearest_points([[2.9]], [[0.0], [3.0]], 10)
    assert found.tolist() == [[1, 0]]
    np.testing.assert_allclose(squared, [[0.01, 8.41]], rtol=1e-5)


def test_a_new_point_finds_its_copy():
    Z = np.random.default_rng(0).normal(size=(50, 3))
    found, squared = nearest_points(Z, Z, 1)
    assert found[:, 0].tolist() == list(range(50))
    assert not squared.any()


def test_the_number_of_threads_does_not_matter():
    Z = np.random.default_rng(0).normal(size=(1000, 24)).astype(np.float32)
    results = []
    for n_jobs in (1, 3):
        with parallel_config("threading", n_jobs=n_jobs):
            results.append(nearest_neighbours(Z, 10))
    np.testing.assert_array_equal(results[0][0], results[1][0])
    np.testing.assert_array_equal(results[0][1], results[1][1])


@pytest.mark.parametrize(
    ("Z", "k", "rows", "named"),
    [
        ([[0.0], [np.nan]], 1, None, "Z is no table of finite numbers"),
        ([0.0, 1.0], 1, None, "Z is no table of finite numbers"),
        ([[0.0], [1.0]], 0, None, "k is 0; it must be"),
        ([[0.0]], 1, None, "1 point"),
        ([[0.0], [1.0]], 1, [0], "1 point"),
        ([[0.0], [1.0]], 1, [0, 2], "rows is"),
        ([[0.0], [1.0]], 1, [0, 0], "rows is"),
        ([[0.0], [1.0]], 1, [True, True], "rows is"),
    ],
)
def test_bad_input_is_refused(Z, k, rows, named):
    with pytest.raises(InputError, match=named):
        nearest_neighbours(Z, k, rows)
