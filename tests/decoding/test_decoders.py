"""The decoders: exact rules, scikit-learn's conventions, bad input."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.utils.estimator_checks import parametrize_with_checks

from gmvae.decoding.decoders import BayesDecoder, HardDecoder, SoftDecoder
from gmvae.errors import InputError

DECODERS = [
    HardDecoder(),
    HardDecoder(uncovered="covered-only"),
    SoftDecoder(),
    SoftDecoder(similarity="cosine"),
    BayesDecoder(),
]
ALL = [*DECODERS, HardDecoder(classes=range(5))]


@parametrize_with_checks(DECODERS)
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


@st.composite
def samples(draw, dtype=np.float64):
    """A labelled sample (R, y) and unlabelled rows; responsibilities are small whole numbers,
    so that all sums are exact and ties are frequent."""
    K = draw(st.integers(2, 6))
    n = draw(st.integers(2, 12))
    y = draw(hnp.arrays(np.int64, n, elements=st.integers(0, 4)))
    y[:2] = [1, 3]  # two classes at least
    whole = st.integers(0, 3)
    R = draw(hnp.arrays(dtype, (n, K), elements=whole))
    X = draw(hnp.arrays(dtype, (draw(st.integers(1, 8)), K), elements=whole))
    return R, y, X


def hard_by_definition(R, y, X, covered_only):
    """One image at a time, in words."""
    classes = sorted(set(y))
    members = {}
    for row, label in zip(R, y, strict=True):
        members.setdefault(int(np.argmax(row)), []).append(label)
    predicted = []
    for row in X:
        allowed = sorted(members) if covered_only else range(len(row))
        component = max(allowed, key=lambda c: (row[c], -c))
        votes = members.get(component, [])
        predicted.append(max(classes, key=lambda label: (votes.count(label), -label)))
    return np.array(predicted)


@pytest.mark.parametrize("covered_only", [False, True])
@given(sample=samples())
def test_hard_is_the_majority_of_the_most_likely_component(covered_only, sample):
    R, y, X = sample
    decoder = HardDecoder("covered-only" if covered_only else "first-class").fit(R, y)
    np.testing.assert_array_equal(decoder.predict(X), hard_by_definition(R, y, X, covered_only))


@given(sample=samples())
def test_soft_is_arg_max_of_mean_responsibilities(sample):
    from fractions import Fraction

    R, y, X = sample
    classes = sorted(set(y))
    m = [[Fraction(int(s), int((y == label).sum())) for s in R[y == label].sum(0)]
         for label in classes]  # fmt: skip
    scores = [[sum(a * int(b) for a, b in zip(row, q, strict=True)) for row in m] for q in X]
    expected = [classes[s.index(max(s))] for s in scores]  # exact; a tie to the first class
    np.testing.assert_array_equal(SoftDecoder().fit(R, y).predict(X), expected)


@pytest.mark.parametrize("decoder", ALL, ids=str)
@given(sample=samples())
def test_probabilities_sum_to_one_and_agree_with_predictions(decoder, sample):
    R, y, X = sample
    decoder.fit(R, y)
    P = decoder.predict_proba(X)
    assert P.shape == (len(X), len(decoder.classes_))
    np.testing.assert_allclose(P.sum(axis=1), 1)
    np.testing.assert_array_equal(decoder.classes_[P.argmax(axis=1)], decoder.predict(X))


@pytest.mark.parametrize("decoder", ALL, ids=str)
@given(sample=samples())
def test_string_labels_and_float32_change_nothing(decoder, sample):
    R, y, X = sample
    expected = decoder.fit(R, y).predict(X)
    names = np.array(["a", "b", "c", "d", "e"])
    if getattr(decoder, "classes", None) is not None:
        decoder = HardDecoder(classes=names)
    predicted = decoder.fit(R.astype(np.float32), names[y]).predict(X.astype(np.float32))
    np.testing.assert_array_equal(predicted, names[expected])


@pytest.mark.parametrize("decoder", ALL, ids=str)
@settings(max_examples=5)
@given(seed=st.integers(0, 1000))
def test_prediction_does_not_depend_on_the_other_rows(decoder, seed):
    """The order of summation in a matrix product changes with its shape; the tie rule holds."""
    rng = np.random.default_rng(seed)
    R = rng.dirichlet(np.full(30, 0.05), 90).astype(np.float32)
    half = R[:40]
    decoder.fit(np.vstack([half, half]), np.repeat([0, 1], 40))  # m(0) = m(1): a tie everywhere
    X = R[40:]
    together = decoder.predict(X)
    alone = np.concatenate([decoder.predict(X[i : i + 1]) for i in range(len(X))])
    np.testing.assert_array_equal(together, alone)
    if isinstance(decoder, SoftDecoder):
        assert set(together) == {0}


def test_uncovered_components():
    R = np.eye(3)[[0, 1]]
    X = np.array([[0.1, 0.3, 0.6]])  # its component holds no labelled image
    assert HardDecoder().fit(R, ["a", "b"]).predict(X) == ["a"]
    assert HardDecoder("covered-only").fit(R, ["a", "b"]).predict(X) == ["b"]


def test_an_uncovered_component_takes_the_first_of_all_classes():
    R = np.eye(3)[[0, 1]]
    X = np.array([[0.1, 0.3, 0.6], [0.1, 0.9, 0.0]])
    decoder = HardDecoder(classes=["d", "a", "c", "b"]).fit(R, ["c", "d"])
    assert decoder.classes_.tolist() == ["a", "b", "c", "d"]
    assert decoder.predict(X).tolist() == ["a", "d"]
    np.testing.assert_array_equal(decoder.predict_proba(X), [[0.25] * 4, [0, 0, 0, 1]])
    covered = HardDecoder("covered-only", classes=["a", "c", "d"]).fit(R, ["c", "d"])
    assert covered.predict(X).tolist() == ["d", "d"]


@given(sample=samples())
def test_classes_that_the_sample_holds_change_nothing(sample):
    R, y, X = sample
    expected = HardDecoder().fit(R, y).predict(X)
    np.testing.assert_array_equal(HardDecoder(classes=y[::-1]).fit(R, y).predict(X), expected)


def test_soft_is_right_where_hard_is_wrong():
    """Several components that agree outweigh the most likely one."""
    R = np.eye(3)[[0, 1, 2]]
    X = np.array([[0.4, 0.3, 0.3]])
    y = ["c", "e", "e"]
    assert HardDecoder().fit(R, y).predict(X) == ["c"]
    assert BayesDecoder().fit(R, y).predict(X) == ["e"]
    assert SoftDecoder().fit(R, y).predict(X) == ["c"]  # m(e) is halved by its two components
    assert SoftDecoder("cosine").fit(R, y).predict(X) == ["e"]


def test_bayes_shares_are_the_posterior_mean():
    decoder = BayesDecoder(alpha=2).fit(np.eye(3)[[0, 0, 1]], [0, 1, 1])
    np.testing.assert_allclose(decoder.label_shares_, [[0.5, 0.5], [1 / 3, 2 / 3], [0.5, 0.5]])


@pytest.mark.parametrize(
    ("decoder", "y", "named"),
    [
        (HardDecoder("nearest"), [0, 1], "nearest"),
        (SoftDecoder("euclidean"), [0, 1], "euclidean"),
        (BayesDecoder(0), [0, 1], "alpha is 0; it must be"),
        (BayesDecoder(np.inf), [0, 1], "alpha is inf; it must be"),
        (SoftDecoder(), [0, 1, 2], "2 rows and y has 3 labels"),
        (HardDecoder(), [4, 4], "single class"),
        (HardDecoder(classes=[4, 5]), [4, 4], "single class"),
        (HardDecoder(classes=[0, 1]), [1, 2], "label 2, which is not among the 2 classes"),
        (HardDecoder(classes=[0, 1]), ["a", "b"], "label a, which is not among"),
    ],
)
def test_bad_input_is_one_sentence(decoder, y, named):
    with pytest.raises(InputError, match=named) as error:
        decoder.fit(np.eye(2), y)
    assert str(error.value).count(". ") == 0


def test_few_labels_of_many_classes_are_no_matter_for_a_warning():
    R = np.random.default_rng(0).dirichlet(np.ones(4), 12)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        SoftDecoder().fit(R, np.arange(12) % 8)
