"""The number of covered clusters, Good and Turing's estimate, and the simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rational import exact_distribution

from gmvae.coverage.distribution import (
    covered_distribution,
    good_turing_share,
    simulate_labels_to_cover,
)
from gmvae.coverage.probability import (
    coverage_probability,
    covered_share,
    expected_covered,
    expected_labels,
)
from gmvae.errors import InputError

counts = st.lists(st.integers(0, 60), min_size=1, max_size=12).filter(any)


@given(counts, st.data())
@settings(deadline=None, max_examples=60)
def test_distribution_agrees_with_its_mean_and_its_last_entry(sizes, data):
    total = sum(sizes)
    n = data.draw(st.integers(0, total))
    for population in (None, total):
        d = covered_distribution(n, sizes, population)
        assert np.all(d >= 0)
        assert d.sum() == pytest.approx(1)
        mean = d @ np.arange(len(d))
        assert mean == pytest.approx(expected_covered(n, sizes, population), abs=1e-10)
        assert d[-1] == pytest.approx(coverage_probability(n, sizes, population), abs=1e-11)


@given(
    st.lists(st.integers(1, 15), min_size=1, max_size=6),
    st.one_of(st.floats(0, 1), st.just(0.5)),  # half of the images was once the hardest
    st.booleans(),
)
@settings(max_examples=60)
def test_distribution_of_small_populations_in_fractions(sizes, part, replacement):
    total = sum(sizes)
    n = int(part * total)
    found = covered_distribution(n, sizes, None if replacement else total)
    exact = [float(p) for p in exact_distribution(n, sizes, replacement)]
    assert np.abs(found - exact).max() < 1e-14


def test_distribution_next_to_half_of_the_images():
    exact = [float(p) for p in exact_distribution(8, [9, 7], False)]
    assert covered_distribution(8, [9, 7], 16) == pytest.approx(exact, abs=1e-15)


def test_distribution_of_many_images_is_finite():
    probabilities = covered_distribution(50_000, [40_000, 59_990, 10], 100_000)
    assert np.isfinite(probabilities).all()
    p = coverage_probability(50_000, [40_000, 59_990, 10], 100_000)
    assert probabilities[-1] == pytest.approx(p, abs=1e-12)


def test_distribution_of_a_case_done_by_hand():
    # 3 draws from 3 equal clusters: 3 / 27, 18 / 27, 6 / 27
    assert covered_distribution(3, 3) == pytest.approx([0, 1 / 9, 6 / 9, 2 / 9])
    # 2 of 4 images in clusters of 2 and 2: the second is in the other cluster in 2 of 3 cases
    assert covered_distribution(2, 2, population=4) == pytest.approx([0, 1 / 3, 2 / 3])


@pytest.mark.parametrize("population", [None, 1000])
@pytest.mark.parametrize("shape", [0.0, 1.0, 3.0])
def test_simulation_agrees_with_the_exact_probability(population, shape):
    rng = np.random.default_rng(5)
    sizes = np.exp(shape * np.linspace(-1, 1, 12))
    sizes = np.maximum(1, np.floor(1000 * sizes / sizes.sum())).astype(int)
    sizes[-1] += 1000 - sizes.sum()
    runs = 100_000
    drawn = simulate_labels_to_cover(sizes, runs, rng, population)
    for quantile in (0.05, 0.5, 0.95):
        n = int(np.quantile(drawn, quantile))
        p = coverage_probability(n, sizes, population)
        assert abs(np.mean(drawn <= n) - p) < 4 * np.sqrt(p * (1 - p) / runs)
    error = drawn.std() / np.sqrt(runs)
    assert abs(drawn.mean() - expected_labels(sizes, population)) < 4 * error
    assert drawn.min() >= 12


def test_good_turing_estimates_the_covered_share():
    rng = np.random.default_rng(2)
    shares = rng.dirichlet(np.ones(100))
    n, runs = 200, 4000
    samples = rng.multinomial(n, shares, size=runs)
    truth = ((samples > 0) * shares).sum(axis=1)
    estimates = [good_turing_share(row) for row in samples]
    error = np.array([e.share for e in estimates]) - truth
    # its bias is at most 1 / n (Good, 1953)
    assert abs(error.mean()) < 1 / n
    assert np.mean([e.standard_error for e in estimates]) == pytest.approx(error.std(), rel=0.1)
    assert truth.mean() == pytest.approx(covered_share(n, shares), abs=0.002)


def test_good_turing_by_hand():
    estimate = good_turing_share([1, 1, 2, 0, 6])
    assert estimate.share == pytest.approx(0.8)
    assert estimate.standard_error == pytest.approx(np.sqrt(2 * 0.8 + 2) / 10)


@pytest.mark.parametrize("bad", [[], [0, 0], [1, -1], [0.5, 1]])
def test_good_turing_refuses_what_are_not_counts(bad):
    with pytest.raises(InputError):
        good_turing_share(bad)
