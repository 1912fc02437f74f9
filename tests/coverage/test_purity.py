"""Labels until majority labels are right, for clusters that are not pure."""

import time

import numpy as np
import pytest
from scipy.stats import norm

from gmvae.coverage import purity
from gmvae.coverage.probability import coverage_probability, covered_share, labels_to_cover
from gmvae.coverage.purity import (
    labels_for_majority,
    labels_for_named_share,
    majority_probability,
    named_share,
)
from gmvae.errors import InputError


def named_correctly(drawn, weights):
    """Whether the most frequent drawn label of each cluster is its majority label."""
    ordered = np.sort(drawn, axis=2)
    unique = ordered[..., -1] > ordered[..., -2]
    return unique & (drawn.argmax(axis=2) == weights.argmax(axis=1))


@pytest.fixture
def counts():
    rng = np.random.default_rng(3)
    shares = rng.dirichlet(np.full(5, 0.3), size=8)
    return np.round(shares * rng.integers(100, 600, size=(8, 1)))


@pytest.mark.parametrize("n", [8, 40, 200])
@pytest.mark.parametrize("replacement", [True, False])
def test_agrees_with_drawing_labels(counts, n, replacement):
    rng = np.random.default_rng(4)
    total, runs = int(counts.sum()), 20_000
    flat = counts.astype(int).ravel()
    if replacement:
        drawn = rng.multinomial(n, flat / total, size=runs)
    else:
        drawn = rng.multivariate_hypergeometric(flat, n, size=runs, method="marginals")
    right = named_correctly(drawn.reshape(runs, *counts.shape), counts).mean(axis=0)
    p = majority_probability(n, counts, None if replacement else total)
    # the total is taken as random, which is good to a few per cent at so few labels
    assert np.abs(p - right).max() < 0.03 if n < 40 else np.abs(p - right).max() < 0.02


def test_pure_clusters_need_only_be_covered():
    p = majority_probability(754, np.eye(100))
    assert p.prod() == pytest.approx(coverage_probability(754, 100, method="poisson"), rel=1e-12)
    assert labels_for_majority(np.eye(100)) == labels_to_cover(100, method="poisson")
    pure = np.eye(10) * 7
    n = labels_for_majority(pure, population=70)
    assert n == labels_to_cover(10, population=70, method="poisson")


def test_impurity_needs_more_labels_and_all_labels_suffice(counts):
    total = int(counts.sum())
    covered = labels_to_cover(counts.sum(axis=1), population=total)
    assert covered < labels_for_majority(counts, population=total) <= total
    assert np.all(majority_probability(total, counts, total) == 1)
    part = labels_for_majority(counts, population=total, share=0.5)
    assert part <= labels_for_majority(counts, population=total)


def test_search_is_exact_to_one_label():
    counts = np.array([[60, 40], [30, 5]])
    n = labels_for_majority(counts, 0.9)
    assert (
        majority_probability(n - 1, counts).prod() < 0.9 <= majority_probability(n, counts).prod()
    )


@pytest.mark.parametrize(
    ("weights", "population", "n"),
    [
        ([50_000, 49_900, 30_000], None, 400_000),
        ([50_000, 50_000, 49_900], None, 400_000),
        ([50_000, 49_900, 100], 100_000, 50_000),
        ([40_000, 40_000, 40_000, 39_900], 159_900, 80_000),
    ],
)
def test_few_counts_give_what_all_counts_give(weights, population, n, monkeypatch):
    (few,) = majority_probability(n, [weights], population)
    monkeypatch.setattr(purity, "_PER_SIGMA", 1e9)  # every whole number
    (every,) = majority_probability(n, [weights], population)
    assert 0.1 < every < 0.999
    assert few == pytest.approx(every, abs=1e-12)


def test_nearly_equal_shares_are_told_apart_in_reasonable_time():
    n = labels_for_majority([[0.5, 0.4999]])  # of two normal counts: n = (z / gap)^2 / shares
    assert n == pytest.approx(norm.ppf(0.95) ** 2 * 0.9999 * 0.9999 / 0.0001**2, rel=1e-4)
    before = time.process_time()
    assert labels_for_majority([[0.5, 0.499999]] * 3) > 10**12
    assert time.process_time() - before < 20


def test_labels_tied_for_the_majority_are_all_right():
    assert majority_probability(2000, [[50, 50, 0]])[0] > 0.97  # wrong only when they tie
    assert majority_probability(2000, [[50, 0, 50]])[0] == majority_probability(2000, [[5, 5]])[0]


def test_a_cluster_without_images_has_no_majority():
    p = majority_probability(50, [[3, 1], [0, 0]])
    assert np.isnan(p[1])
    assert labels_for_majority([[3, 1], [0, 0]]) == labels_for_majority([[3, 1]])


@pytest.mark.parametrize("bad", [[], [1, 2], [[-1, 2]], [[np.nan]], [[0, 0]], [["a"]]])
def test_bad_label_weights(bad):
    with pytest.raises(InputError):
        majority_probability(5, bad)


def test_other_bad_input():
    with pytest.raises(InputError):
        majority_probability(5, [[1, 2]], population=4)
    with pytest.raises(InputError):
        labels_for_majority([[1, 2]], share=0)
    with pytest.raises(InputError):
        labels_for_majority([[1, 2]], confidence=1)


@pytest.mark.parametrize("replacement", [True, False])
def test_named_share_is_the_mean_over_images(counts, replacement):
    population = None if replacement else int(counts.sum())
    sizes = counts.sum(axis=1)
    for n in (10, 100, 1000):
        p = majority_probability(n, counts, population)
        share = named_share(n, counts, population)
        assert share == pytest.approx(p @ sizes / sizes.sum())
        assert share < covered_share(n, sizes, population) + 0.01
    n = labels_for_named_share(0.9, counts, population)
    below, reached = (named_share(m, counts, population) for m in (n - 1, n))
    assert below < 0.9 <= reached
    with pytest.raises(InputError):
        labels_for_named_share(1, counts, population)
