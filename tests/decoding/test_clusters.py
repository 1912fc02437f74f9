"""Clusters and components, on posteriors small enough to count by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics.cluster import contingency_matrix

from gmvae.decoding.clusters import (
    cluster_sizes,
    components_in_use,
    label_counts,
    mean_entropy,
    purity,
)
from gmvae.decoding.components import describe_components, spread_of_components
from gmvae.decoding.decoders import HardDecoder

Q = np.array(
    [
        [0.9, 0.1, 0.0, 0.0],
        [0.8, 0.2, 0.0, 0.0],
        [0.6, 0.4, 0.0, 0.0],
        [0.1, 0.9, 0.0, 0.0],
        [0.2, 0.8, 0.0, 0.0],
        [0.0, 0.1, 0.9, 0.0],
    ]
)  # (6, 4); the last component is empty
LABELS = np.array([0, 0, 2, 1, 2, 2])
CLUSTERS = np.array([0, 0, 0, 1, 1, 2])


def certain(clusters, n_components):
    return np.eye(n_components)[clusters]


def test_sizes_count_the_most_likely_component():
    assert cluster_sizes(Q).tolist() == [3, 2, 1, 0]


def test_components_in_use_hold_a_twentieth_of_an_equal_share():
    clusters = np.repeat([0, 1, 2], [990, 6, 4])  # N / (20 K) = 1000 / 200 = 5
    assert components_in_use(certain(clusters, 10)) == 2
    clusters = np.repeat([0, 1], [995, 5])
    assert components_in_use(certain(clusters, 10)) == 1  # more than, not as many as


def test_label_counts_by_hand():
    counts = label_counts(CLUSTERS, LABELS, 4)
    assert counts.tolist() == [[2, 0, 1], [0, 1, 1], [0, 0, 1], [0, 0, 0]]


def test_images_without_a_label_are_not_counted():
    counts = label_counts(CLUSTERS, np.array([0, -1, -1, 1, -1, -1]), 3)
    assert counts.tolist() == [[1, 0], [0, 1], [0, 0]]
    assert label_counts(CLUSTERS, np.full(6, -1), 3).sum() == 0


@given(
    st.integers(1, 40).flatmap(
        lambda n: st.tuples(
            arrays(int, n, elements=st.integers(0, 5)), arrays(int, n, elements=st.integers(0, 3))
        )
    )
)
def test_counts_and_purity_against_scikit_learn(drawn):
    clusters, labels = drawn
    expected = contingency_matrix(clusters, labels)
    counts = label_counts(clusters, labels, 6)
    present = counts[np.ix_(counts.any(axis=1), counts.any(axis=0))]
    np.testing.assert_array_equal(present, expected)
    assert purity(clusters, labels) == pytest.approx(expected.max(axis=1).sum() / len(labels))


def test_purity_is_hard_decoding_with_every_label_known():
    decoder = HardDecoder().fit(Q, LABELS)
    assert purity(CLUSTERS, LABELS) == (decoder.predict(Q) == LABELS).mean() == 4 / 6


def test_entropy_between_certain_and_ignorant():
    assert mean_entropy(certain(CLUSTERS, 4)) == 0
    assert mean_entropy(np.full((5, 8), 1 / 8, dtype=np.float32)) == pytest.approx(np.log(8))
    mixed = np.array([[1.0, 0.0], [0.5, 0.5]])
    assert mean_entropy(mixed) == pytest.approx(np.log(2) / 2)


def test_components_are_described_from_the_largest_down():
    described = describe_components(Q, LABELS, ["a", "b", "c"])
    assert described["component"].tolist() == [0, 1, 2, 3]
    assert described["size"].tolist() == [3, 2, 1, 0]
    assert described["weight"].tolist() == pytest.approx([1 / 2, 1 / 3, 1 / 6, 0])
    assert described["purity"].tolist()[:3] == pytest.approx([2 / 3, 1 / 2, 1])
    assert np.isnan(described["purity"].iloc[3])
    assert described["label"].tolist() == ["a", "b", "c", ""]
    assert described["caption"].tolist() == [
        "c = 0: a 67%, c 33%",
        "c = 1: b 50%, c 50%",
        "c = 2: c 100%",
        "c = 3: empty",
    ]


def test_a_caption_names_at_most_three_labels_and_none_below_a_tenth():
    labels = np.repeat(np.arange(20), 1)
    described = describe_components(np.ones((20, 1)), labels, [str(i) for i in range(20)])
    assert described["caption"].iloc[0] == "c = 0: mixed"
    labels = np.repeat(np.arange(5), [40, 20, 20, 15, 5])
    described = describe_components(np.ones((100, 1)), labels, list("abcde"))
    assert described["caption"].iloc[0] == "c = 0: a 40%, b 20%, c 20%"


def test_components_shown_reach_from_the_largest_to_the_smallest():
    clusters = np.repeat(np.arange(9), np.arange(9, 0, -1))
    described = describe_components(certain(clusters, 12), np.zeros(45, dtype=int), ["a"])
    assert spread_of_components(described, 3)["component"].tolist() == [0, 4, 8]
    assert spread_of_components(described, 20)["component"].tolist() == list(range(9))
