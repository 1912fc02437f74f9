"""Draws are nested and leave something to score, and only what was not drawn is scored."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmvae.decoding.decoders import SoftDecoder
from gmvae.errors import InputError
from gmvae.experiments.correctness import accuracies
from gmvae.experiments.scoring import draw_labels


@given(n=st.integers(3, 50), seed=st.integers(0, 10), data=st.data())
def test_draws_are_nested_distinct_and_repeatable(n, seed, data):
    n_labels = data.draw(st.integers(2, n - 1))
    labels = np.zeros(n, dtype=int)
    drawn = draw_labels(labels, n_labels, seed).labelled
    assert len(np.unique(drawn)) == n_labels
    np.testing.assert_array_equal(drawn, draw_labels(labels, n_labels, seed).labelled)
    np.testing.assert_array_equal(drawn, draw_labels(labels, n - 1, seed).labelled[:n_labels])


@pytest.mark.parametrize("n_labels", [-1, 0, 1, 6, 7])
def test_draws_leave_something_to_learn_from_and_to_score(n_labels):
    with pytest.raises(InputError, match=f"n_labels is {n_labels}; .* from 2 to 5"):
        draw_labels(np.zeros(6), n_labels, 0)


def test_only_images_without_a_label_are_scored():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 40)
    q = rng.dirichlet(np.ones(5), 40)
    table = accuracies(q, labels, 3, 12, [0, 7])
    assert table[["method", "label_seed"]].values.tolist() == [
        [method, seed] for seed in (0, 7) for method in ("hard", "hard-covered", "soft")
    ]
    labelled = draw_labels(labels, 12, 7).labelled
    scored = np.setdiff1d(np.arange(40), labelled)
    soft = SoftDecoder().fit(q[labelled], labels[labelled])
    expected = (soft.predict(q[scored]) == labels[scored]).mean()
    assert table["accuracy"].iloc[-1] == expected
