"""Soft votes that spread: the formula, what no spreading is, components without a label."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import parametrize_with_checks

from gmvae.decoding.decoders import SoftDecoder
from gmvae.decoding.diffusion import DiffusedSoftDecoder, component_walk
from gmvae.errors import InputError

EXCEPT = {"check_classifiers_classes": "its classes are -1 and 1, and -1 is an unknown label"}


@parametrize_with_checks(
    [DiffusedSoftDecoder(), DiffusedSoftDecoder(similarity="cosine")],
    expected_failed_checks=lambda _: EXCEPT,
)
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


def sample(seed, n=60, n_components=6):
    """Responsibilities and labels 0 .. 2, of which two in three are -1."""
    rng = np.random.default_rng(seed)
    R = rng.dirichlet(np.full(n_components, 0.3), n)
    y = rng.integers(0, 3, n)
    y[:3] = [0, 1, 2]
    y[20:] = -1
    return R, y


@given(seed=st.integers(0, 1000), alpha=st.floats(0, 0.95))
def test_votes_are_the_sum_over_walks(seed, alpha):
    R, y = sample(seed)
    decoder = DiffusedSoftDecoder(alpha).fit(R, y)
    S = np.array([[a @ b for a in R.T] for b in R.T])
    np.fill_diagonal(S, 0)
    P = S / S.sum(axis=1, keepdims=True)
    step = np.stack([R[y == c].mean(axis=0) for c in range(3)], axis=1)  # (K, L)
    votes = np.zeros_like(step)
    for _ in range(1000):
        votes, step = votes + step, alpha * P @ step
    scores = R @ votes
    shares = scores / scores.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(decoder.predict_proba(R), shares, atol=1e-9)


@given(seed=st.integers(0, 1000))
def test_no_spreading_is_soft_decoding(seed):
    R, y = sample(seed)
    known = y >= 0
    expected = SoftDecoder().fit(R[known], y[known]).predict_proba(R)
    np.testing.assert_allclose(DiffusedSoftDecoder(0).fit(R, y).predict_proba(R), expected)


def test_a_component_without_a_label_asks_its_neighbours():
    R = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0.4, 0.6, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    y = np.array([0, 1, -1, -1, -1])
    decoder = DiffusedSoftDecoder().fit(R, y)
    assert decoder.predict([[0, 0, 1, 0]]) == [1]
    np.testing.assert_array_equal(decoder.predict_proba([[0, 0, 0, 1]]), [[0.5, 0.5]])
    np.testing.assert_array_equal(component_walk(R)[[0, 3]], 0)  # no image is shared


@pytest.mark.parametrize(
    ("decoder", "y", "named"),
    [
        (DiffusedSoftDecoder(1.0), [0, 1], "alpha is 1.0; it must be"),
        (DiffusedSoftDecoder(-0.1), [0, 1], "alpha is -0.1; it must be"),
        (DiffusedSoftDecoder(similarity="none"), [0, 1], "similarity is 'none'"),
        (DiffusedSoftDecoder(), [0, -1], "1 class"),
        (DiffusedSoftDecoder(), [0], "2 rows and 1 labels"),
    ],
)
def test_bad_input_is_one_sentence(decoder, y, named):
    with pytest.raises(InputError, match=named) as error:
        decoder.fit(np.eye(2), y)
    assert str(error.value).count(". ") == 0


def test_a_class_without_a_vote_has_none_whatever_the_similarity():
    R = np.array([[0.9, 0.1], [0.0, 0.0], [0.2, 0.8], [0.7, 0.3]])
    y = [0, 1, 2, -1]
    for decoder in (DiffusedSoftDecoder(similarity="cosine"), SoftDecoder("cosine")):
        known = slice(None) if isinstance(decoder, DiffusedSoftDecoder) else slice(3)
        decoder.fit(R[known], y[known])
        assert np.isfinite(decoder.predict_proba(R)).all()
        assert decoder.predict(R[[0, 2, 3]]).tolist() == [0, 2, 0]
