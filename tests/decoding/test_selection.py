"""Which images to label: n different ones, always the same, one of each heap before a second."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning

from gmvae.decoding import selection
from gmvae.decoding.selection import (
    STRATEGIES,
    choose,
    parts,
    typicality,
    uncertain_of_clusters,
)
from gmvae.errors import InputError

HEAPS = 6


def heaps(sizes=(60, 50, 40, 30, 25, 22), seed=0):
    """Points in well separated heaps, their responsibilities and heaps."""
    rng = np.random.default_rng(seed)
    heap = rng.permutation(np.repeat(np.arange(HEAPS), sizes))  # (N,)
    centre = 20 * np.eye(HEAPS)
    Z = (centre[heap] + rng.normal(size=(len(heap), HEAPS))).astype(np.float32)  # (N, D)
    return 0.9 * np.eye(HEAPS)[heap] + 0.1 / HEAPS, Z, heap


@settings(max_examples=25)
@given(st.sampled_from(sorted(STRATEGIES)), st.integers(1, 60), st.integers(0, 3))
def test_a_strategy_gives_n_different_images_and_always_the_same(strategy, n, seed):
    R, Z, _ = heaps()
    chosen = choose(strategy, R, Z, n, seed)
    assert chosen.shape == (n,)
    assert len(set(chosen.tolist())) == n
    assert chosen.min() >= 0
    assert chosen.max() < len(Z)
    np.testing.assert_array_equal(choose(strategy, R, Z, n, seed), chosen)


@pytest.mark.parametrize("strategy", sorted(set(STRATEGIES) - {"random"}))
def test_each_heap_is_reached_before_a_second_image_of_one(strategy):
    R, Z, heap = heaps()
    for seed in range(3):
        assert sorted(heap[choose(strategy, R, Z, HEAPS, seed)]) == list(range(HEAPS))


@pytest.mark.parametrize("strategy", ["spectral", "clusters", "typiclust", "components"])
def test_large_heaps_come_first_each_by_its_most_typical_image(strategy):
    R, Z, heap = heaps()
    chosen = choose(strategy, R, Z, HEAPS)
    assert heap[chosen].tolist() == list(range(HEAPS))  # they are sorted by size
    typical = typicality(Z)
    for c, image in enumerate(chosen):
        assert typical[image] == typical[heap == c].max()


def test_typiclust_leaves_out_what_lies_alone():
    R, Z, heap = heaps((60, 50, 40, 30, 25, 2))
    assert 5 not in heap[choose("typiclust", R, Z, HEAPS)]
    assert 5 in heap[choose("clusters", R, Z, HEAPS)]


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_all_images_can_be_chosen_and_copies_of_one_image_do_no_harm(strategy):
    Z = np.zeros((12, 2), dtype=np.float32)
    R = np.full((12, 3), 1 / 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer clusters than asked
        assert sorted(choose(strategy, R, Z, 12)) == list(range(12))


@pytest.mark.parametrize(
    ("strategy", "n", "reason"),
    [("magic", 3, "strategy is 'magic'; it must be spectral,"), ("random", 228, "to 227, the 227")],
)
def test_another_strategy_and_too_many_images_are_refused(strategy, n, reason):
    R, Z, _ = heaps()
    with pytest.raises(InputError, match=reason):
        choose(strategy, R, Z, n)


def test_further_images_are_the_uncertain_ones_of_different_heaps():
    _, Z, heap = heaps()
    uncertainty = np.where(np.isin(heap, (1, 3, 4)), 0.5, 0.0)
    uncertainty[np.flatnonzero(heap == 3)[:5]] = 0
    chosen = uncertain_of_clusters(Z, uncertainty, 3)
    assert sorted(heap[chosen]) == [1, 3, 4]
    assert (uncertainty[chosen] > 0).all()


def test_what_is_certain_is_never_chosen():
    _, Z, _ = heaps()
    uncertainty = np.zeros(len(Z))
    uncertainty[[3, 7]] = 0.1
    assert sorted(uncertain_of_clusters(Z, uncertainty, 2)) == [3, 7]
    with pytest.raises(InputError, match="from 1 to 2, the images that are not certain"):
        uncertain_of_clusters(Z, uncertainty, 3)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=12), st.data())
def test_clusters_are_divided_in_proportion_to_their_sizes(sizes, data):
    n = data.draw(st.integers(len(sizes), sum(sizes)))
    found = parts(np.array(sizes), n)
    assert found.sum() == n
    assert (found >= 1).all()
    assert (found <= sizes).all()
    # no part could be taken from one cluster and given to another whose parts are larger
    more_than_one = found > 1
    if more_than_one.any():
        given_last = (np.array(sizes) / np.maximum(found - 1, 1))[more_than_one]
        assert given_last.min() >= (sizes / found).max() - 1e-9


def test_more_labels_than_spectral_clusters_divide_these(monkeypatch):
    R, Z, heap = heaps((120, 60, 30, 20, 10, 10))
    monkeypatch.setattr(selection, "MOST", HEAPS)
    chosen = choose("spectral", R, Z, 25)
    assert np.bincount(heap[chosen]).tolist() == [12, 6, 3, 2, 1, 1]
    assert sorted(heap[chosen[:HEAPS]]) == list(range(HEAPS))  # for whom stops early
    assert sorted(heap[chosen[HEAPS : HEAPS + 4]]) == [0, 1, 2, 3]
