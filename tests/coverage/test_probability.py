"""The exact probability, its approximations and the search, against rational arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rational import exact_equal, exact_with_replacement, exact_without_replacement

from gmvae.coverage.probability import (
    BOUND_METHODS,
    compare_methods,
    coverage_probability,
    covered_share,
    expected_covered,
    expected_labels,
    labels_for_share,
    labels_to_cover,
)
from gmvae.errors import InputError

# Reference values of exact rational arithmetic, K = 100.
WITH_REPLACEMENT = {
    291: 0.0023354,
    752: 0.9490316,
    753: 0.9495291,
    754: 0.9500220,
    757: 0.9514724,
    874: 0.9847893,
}
WITHOUT_REPLACEMENT = {751: 0.9495045, 752: 0.9500001, 753: 0.9504910}  # N = 145,600


@pytest.mark.parametrize(("n", "value"), WITH_REPLACEMENT.items())
def test_reference_with_replacement(n, value):
    assert round(coverage_probability(n, 100), 7) == value
    assert coverage_probability(n, 100) == pytest.approx(float(exact_equal(n, 100)), rel=1e-12)


@pytest.mark.parametrize(("n", "value"), WITHOUT_REPLACEMENT.items())
def test_reference_without_replacement(n, value):
    assert round(coverage_probability(n, 100, population=145_600), 7) == value


@pytest.mark.parametrize(
    ("k", "confidence", "n"), [(10, 0.95, 51), (26, 0.95, 159), (50, 0.99, 422), (100, 0.95, 754)]
)
def test_reference_labels(k, confidence, n):
    assert labels_to_cover(k, confidence) == n


def test_reference_methods_and_waiting_time():
    assert labels_to_cover(100, population=145_600) == 752
    assert labels_to_cover(100, method="union") == 757
    assert round(expected_labels(100), 4) == 518.7378


@pytest.mark.parametrize("method", BOUND_METHODS)
@pytest.mark.parametrize("clusters", [100, np.arange(1, 101.0)])
def test_fewer_labels_than_clusters_never_cover(method, clusters):
    assert np.all(coverage_probability(np.arange(100), clusters, method=method) == 0)


small_counts = st.lists(st.one_of(st.integers(1, 4), st.integers(1, 2000)), min_size=1, max_size=6)


@given(small_counts, st.integers(0, 300))
@settings(deadline=None)
def test_with_replacement_against_inclusion_exclusion(counts, n):
    exact = float(exact_with_replacement(n, counts))
    assert coverage_probability(n, counts) == pytest.approx(exact, rel=1e-11, abs=1e-300)


@given(small_counts, st.data())
@settings(deadline=None)
def test_without_replacement_against_inclusion_exclusion(counts, data):
    total = sum(counts)
    n = data.draw(st.integers(0, total))
    exact = float(exact_without_replacement(n, counts))
    assert coverage_probability(n, counts, total) == pytest.approx(exact, rel=1e-11, abs=1e-300)


@given(st.integers(1, 12), st.integers(0, 60), st.data())
@settings(deadline=None)
def test_equal_clusters_of_a_population_that_k_does_not_divide(k, extra, data):
    population = k + extra
    n = data.draw(st.integers(0, population))
    sizes = [population // k + (i < population % k) for i in range(k)]
    exact = float(exact_without_replacement(n, sizes))
    assert coverage_probability(n, k, population) == pytest.approx(exact, rel=1e-11, abs=1e-300)


weights = st.lists(
    st.one_of(st.just(0.0), st.floats(1e-12, 1.0), st.floats(0, 1e300)), min_size=1, max_size=30
).filter(lambda w: max(w) > 0)


@given(weights, st.integers(0, 10_000), st.sampled_from(BOUND_METHODS))
@settings(deadline=None)
def test_probabilities_lie_in_range_and_rise_with_n(w, n, method):
    p = coverage_probability([n, n + 1, 2 * n + 1, 10**15], w, method=method)
    assert np.all((p >= 0) & (p <= 1))
    assert np.all(np.diff(p) >= -1e-12 * p[:-1])


@given(small_counts, st.data(), st.sampled_from(BOUND_METHODS))
@settings(deadline=None)
def test_without_replacement_lies_in_range_rises_and_ends_at_one(counts, data, method):
    total = sum(counts)
    n = data.draw(st.integers(0, total - 1))
    p = coverage_probability([n, n + 1, total], counts, total, method)
    assert np.all((p >= 0) & (p <= 1))
    assert np.all(np.diff(p) >= -1e-12)
    assert p[-1] == 1


@given(weights, st.integers(0, 5000))
@settings(deadline=None)
def test_union_bound_is_below_the_exact_probability(w, n):
    assert coverage_probability(n, w, method="union") <= coverage_probability(n, w) + 1e-13


@given(
    st.one_of(st.integers(1, 200), st.lists(st.floats(1e-6, 1), min_size=1, max_size=12)),
    st.floats(1e-6, 1 - 1e-12),
    st.sampled_from(BOUND_METHODS),
)
@settings(deadline=None, max_examples=60)
def test_search_is_exact_to_one_label(clusters, confidence, method):
    n = labels_to_cover(clusters, confidence, method=method)
    assert coverage_probability(n, clusters, method=method) >= confidence - 1e-13
    assert coverage_probability(n - 1, clusters, method=method) < confidence + 1e-13


@given(small_counts, st.floats(0.01, 0.999), st.sampled_from(BOUND_METHODS))
@settings(deadline=None, max_examples=60)
def test_search_without_replacement_is_exact_to_one_label(counts, confidence, method):
    total = sum(counts)
    n = labels_to_cover(counts, confidence, total, method)
    assert coverage_probability(n, counts, total, method) >= confidence - 1e-13
    assert n == 0 or coverage_probability(n - 1, counts, total, method) < confidence + 1e-13


def test_confidence_next_to_one_is_kept_apart():
    # what is missed, K (1 - 1/K)^n, is known to full precision although 1 - P is not
    for gap in (1e-12, 2.0**-53):
        n = labels_to_cover(100, 1 - gap)
        miss = [1 - exact_equal(m, 100) for m in (n - 1, n)]
        assert miss[0] > Fraction(1) - Fraction(1 - gap) >= miss[1]


def test_weights_that_differ_by_twelve_orders():
    n = labels_to_cover([1, 1e-12], 0.95)
    rare = 1e-12 / (1 + 1e-12)
    assert n == pytest.approx(np.log(0.05) / np.log1p(-rare), rel=1e-12)


def test_tiny_probabilities_keep_their_digits():
    assert coverage_probability(100, 100) == pytest.approx(float(exact_equal(100, 100)), rel=1e-12)
    assert coverage_probability(103, 100) == pytest.approx(float(exact_equal(103, 100)), rel=1e-12)
    assert coverage_probability(1000, 1000) == 0  # 1000! / 1000^1000 is below the smallest float


@pytest.mark.parametrize("shape", [0.0, 0.3, 3.0])
@pytest.mark.parametrize("population", [None, 4000])
def test_agrees_with_drawing_labels(shape, population):
    """10^5 draws of n labels: equal, mildly and strongly unequal clusters."""
    rng = np.random.default_rng(7)
    runs, k = 100_000, 20
    counts = np.exp(shape * np.linspace(-1, 1, k))
    counts = np.maximum(1, np.round(4000 * counts / counts.sum())).astype(int)
    counts[-1] += 4000 - counts.sum()
    n = min(labels_to_cover(counts, 0.7, population), 3000)
    if population is None:
        drawn = rng.multinomial(n, counts / counts.sum(), size=runs)
    else:
        drawn = rng.multivariate_hypergeometric(counts, n, size=runs, method="marginals")
    covered = (drawn > 0).sum(axis=1)
    p = coverage_probability(n, counts, population)
    assert abs(np.mean(covered == k) - p) < 4 * np.sqrt(p * (1 - p) / runs)
    mean = expected_covered(n, counts, population)
    assert abs(covered.mean() - mean) < 4 * covered.std() / np.sqrt(runs)
    share = ((drawn > 0) @ counts) / counts.sum()
    assert abs(share.mean() - covered_share(n, counts, population)) < 4 * share.std() / runs**0.5


def test_a_thousand_unequal_clusters_and_their_union_bound():
    w = np.random.default_rng(0).gamma(2.0, size=1000)
    n = labels_to_cover(w, 0.95)
    p = w / w.sum()
    missed = np.sum((1 - p) ** n)
    # Bonferroni: the truth lies between one and two terms of inclusion and exclusion
    pairs = 0.5 * (np.sum((1 - p[:, None] - p) ** n) - np.sum((1 - 2 * p) ** n))
    assert 1 - missed <= coverage_probability(n, w) <= 1 - missed + pairs


@given(st.integers(1, 400))
@settings(deadline=None)
def test_expected_labels_of_equal_clusters_is_the_harmonic_sum(k):
    assert expected_labels(k) == pytest.approx(k * sum(1 / j for j in range(1, k + 1)), rel=1e-11)


@given(small_counts.filter(lambda c: sum(c) < 100))
@settings(deadline=None, max_examples=20)
def test_expected_labels_without_replacement_is_the_sum_of_what_is_not_yet_covered(counts):
    total = sum(counts)
    p = coverage_probability(np.arange(total), counts, total)
    assert expected_labels(counts, total) == pytest.approx(np.sum(1 - p), rel=1e-10)


def test_expected_covered_and_covered_share_of_equal_clusters():
    assert expected_covered(73, 100) == pytest.approx(100 * (1 - 0.99**73))
    assert covered_share(291, 100) == pytest.approx(1 - 0.99**291)
    assert expected_covered(5, 5, population=5) == 5
    assert expected_covered(0, [3, 4]) == 0


def test_partial_cover():
    counts = [50, 30, 10, 5, 5]
    both = labels_to_cover(counts, 0.9, share=0.8)
    largest_two = [n for n in range(2, 60) if 1 - 0.5**n - 0.7**n + 0.2**n >= 0.9]
    assert both == largest_two[0]
    assert labels_to_cover(counts, 0.9, share=0.81) > both
    assert labels_to_cover(counts, 0.9, share=1) == labels_to_cover(counts, 0.9)
    assert labels_to_cover(10, 0.9, share=0.5) < labels_to_cover(10, 0.9, share=0.6)
    n = labels_for_share(0.9, counts)
    assert covered_share(n - 1, counts) < 0.9 <= covered_share(n, counts)


def test_partial_cover_equals_drawing_labels():
    rng = np.random.default_rng(1)
    counts = np.array([40, 40, 20, 20, 20, 10, 5, 5])
    n = labels_to_cover(counts, 0.8, population=160, share=0.6)  # 40, 40, 20
    drawn = rng.multivariate_hypergeometric(counts, n, size=100_000)
    reached = np.mean((drawn[:, :3] > 0).all(axis=1))
    assert reached > 0.8 - 4 * np.sqrt(0.16 / 1e5)
    drawn = rng.multivariate_hypergeometric(counts, n - 1, size=100_000)
    assert np.mean((drawn[:, :3] > 0).all(axis=1)) < 0.8 + 4 * np.sqrt(0.16 / 1e5)


def test_empty_clusters_are_left_out():
    assert coverage_probability(30, [3, 0, 4, 0]) == coverage_probability(30, [3, 4])
    assert labels_to_cover([3, 0, 4], population=7) == labels_to_cover([3, 4], population=7)


def test_one_cluster():
    assert labels_to_cover(1, 0.999) == 1
    assert coverage_probability([0, 1, 2], 1).tolist() == [0, 1, 1]
    assert coverage_probability([0, 1, 7], 1, population=7).tolist() == [0, 1, 1]


def test_methods_beside_the_exact_one():
    rows = {row.method: row for row in compare_methods(100)}
    assert rows["exact"].n_labels == 754
    assert rows["exact"].error == 0
    assert rows["union"].error < 0 < rows["union"].exact_probability - 0.95
    assert abs(rows["gumbel"].error) < 0.003
    assert abs(rows["poisson"].error) < 0.003


def test_shapes():
    assert isinstance(coverage_probability(5, 3), float)
    assert coverage_probability([[5, 6]], 3).shape == (1, 2)
    assert coverage_probability([], 3).shape == (0,)


@pytest.mark.parametrize(
    "bad", [0, -1, 2.5, "ten", True, None, [], [0, 0], [1, -1], [np.nan], [[1]]]
)
def test_clusters_that_cannot_be_used(bad):
    with pytest.raises(InputError):
        coverage_probability(5, bad)


@pytest.mark.parametrize("bad", [0, 1, -0.1, 1.1, np.nan, "high", None])
def test_confidence_outside_the_open_interval(bad):
    with pytest.raises(InputError, match="confidence"):
        labels_to_cover(10, bad)


@pytest.mark.parametrize(
    ("n", "clusters", "population"),
    [
        (-1, 10, None),
        (2.5, 10, None),
        (np.nan, 10, None),
        (5, 10, 9),
        (11, 5, 10),
        (5, 10, 0),
        (5, [4, 5], 10),
        (5, [4.5, 5.5], 10),
    ],
)
def test_labels_and_populations_that_cannot_be_used(n, clusters, population):
    with pytest.raises(InputError):
        coverage_probability(n, clusters, population)


def test_other_bad_input():
    with pytest.raises(InputError, match="method"):
        labels_to_cover(10, method="guess")
    with pytest.raises(InputError, match="share"):
        labels_to_cover(10, share=1.5)
    with pytest.raises(InputError, match="share"):
        labels_for_share(1.0, 10)
    with pytest.raises(InputError, match="2\\^53"):
        labels_to_cover([1, 1e-300])
