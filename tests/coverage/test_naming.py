"""The expected accuracy of hard decoding, against enumeration, the decoder itself and bounds."""

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmvae.coverage.naming import (
    _name_components,
    component_order,
    expected_accuracy,
    labels_for_accuracy,
)
from gmvae.coverage.probability import covered_share
from gmvae.decoding.clusters import label_counts
from gmvae.decoding.decoders import HardDecoder
from gmvae.errors import InputError

RULES = ("first-class", "covered-only")


def purity(table):
    return np.max(table, axis=1).sum() / np.sum(table)


def toy_posterior(seed, N=400, K=12, L=4):
    """Responsibilities that spill over to components of the same label and of others."""
    rng = np.random.default_rng(seed)
    y = rng.choice(L, N, p=[0.2, 0.4, 0.3, 0.1])
    component = (y + L * rng.integers(0, K // L, N) + (rng.random(N) < 0.15)) % K
    alpha = np.full((N, K), 0.15)
    alpha += 0.5 * (np.arange(K) % L == y[:, None])
    alpha[np.arange(N), component] += 6
    return np.array([rng.dirichlet(a) for a in alpha]), y


def measured(R, y, n, rule, draws=200):
    """Mean accuracy of the real decoder over draws, and its standard error."""
    classes, accuracies = np.unique(y), []
    for seed in range(draws):
        order = np.random.default_rng(seed).permutation(len(y))
        labelled, scored = order[:n], order[n:]
        decoder = HardDecoder(uncovered=rule, classes=classes).fit(R[labelled], y[labelled])
        accuracies.append((decoder.predict(R[scored]) == y[scored]).mean())
    return np.mean(accuracies), np.std(accuracies) / np.sqrt(draws)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("n", [20, 60, 200])
def test_agrees_with_the_decoder(seed, n):
    R, y = toy_posterior(seed)
    table = label_counts(R.argmax(axis=1), y, R.shape[1])
    found = expected_accuracy(n, table, len(y))
    accuracy, error = measured(R, y, n, "first-class")
    assert found == pytest.approx(accuracy, abs=3 * error + 0.003)
    ranks = np.argsort(-R, axis=1, kind="stable")
    found = expected_accuracy(n, np.eye(4)[y], len(y), "covered-only", ranks)
    accuracy, error = measured(R, y, n, "covered-only")
    assert found == pytest.approx(accuracy, abs=3 * error + 0.003)
    by_component = expected_accuracy(n, table, len(y), "covered-only", component_order(R))
    # one order for all images of a component is rough where many components are uncovered
    assert by_component == pytest.approx(found, abs=0.05 if n == 20 else 0.01)


def samples(table, n):
    """Every number of labelled images by component and label, with its probability."""
    table, N = np.asarray(table), int(np.sum(table))
    for drawn in product(*(range(size + 1) for size in table.ravel())):
        if sum(drawn) == n:
            ways = np.prod([comb(size, x) for size, x in zip(table.ravel(), drawn, strict=True)])
            yield np.reshape(drawn, table.shape), ways / comb(N, n)


def right_images(table, drawn, rule, order):
    """How many images without a label the rule gets right, given the labelled ones."""
    right = 0
    for c, sizes in enumerate(table):
        named = c
        if rule == "covered-only":
            named = next(j for j in order[c] if drawn[j].any())
        label = drawn[named].argmax()  # the first of a tie, also of none at all
        right += sizes[label] - drawn[c, label]
    return right


TINY = [[3, 1, 0], [0, 2, 2], [1, 0, 4]]
ORDER = [[0, 2, 1], [1, 0, 2], [2, 1, 0]]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("n", [4, 6, 9])
def test_agrees_with_every_sample_of_a_tiny_table(n, rule):
    table = np.array(TINY)
    total = sum(p * right_images(table, drawn, rule, ORDER) for drawn, p in samples(table, n))
    exact = total / (table.sum() - n)
    assert expected_accuracy(n, table, 13, rule, ORDER) == pytest.approx(exact, abs=0.015)


def test_independent_counts_are_summed_exactly():
    """Before the total is mended: every combination of binomial counts of each component."""
    table, q = np.array(TINY), 5 / 13
    right, named, missed = _name_components(5, table.astype(float), 13)
    expected_right, expected_named, expected_missed = 0.0, np.zeros((3, 3)), np.zeros(3)
    for c, sizes in enumerate(table):
        for drawn in product(*(range(size + 1) for size in sizes)):
            p = np.prod(
                [
                    comb(size, x) * q**x * (1 - q) ** (size - x)
                    for size, x in zip(sizes, drawn, strict=True)
                ]
            )
            label = int(np.argmax(drawn))
            if any(drawn):
                expected_named[c, label] += p
                expected_right += p * (sizes[label] - drawn[label])
            else:
                expected_missed[c] += p
    assert right == pytest.approx(expected_right, rel=1e-12)
    np.testing.assert_allclose(named, expected_named, atol=1e-13)
    np.testing.assert_allclose(missed, expected_missed, rtol=1e-12)


tables = st.integers(0, 10**6).map(
    lambda seed: np.random.default_rng(seed).integers(0, 30, (5, 3)) + np.eye(5, 3, dtype=int)
)


@given(table=tables, n=st.integers(1, 60), replacement=st.booleans())
def test_probabilities_are_probabilities_and_purity_is_not_passed(table, n, replacement):
    population = None if replacement else int(table.sum())
    n = n if replacement else min(n, population - 1)
    weights = table / table.sum() if replacement else table.astype(float)
    _, named, missed = _name_components(n, weights, population)
    used = table.sum(axis=1) > 0
    np.testing.assert_allclose(named.sum(axis=1)[used] + missed[used], 1, atol=1e-12)
    order = [[c, *(j for j in range(5) if j != c)] for c in range(5)]
    for rule in RULES:
        accuracy = expected_accuracy(n, table, population, rule, order)
        assert 0 <= accuracy <= purity(table) + 0.03


def test_many_labels_reach_purity():
    for n, table in [(10**4, [[5, 1], [2, 9]]), (10**5, [[20, 19, 7], [0, 3, 4], [6, 6, 0]])]:
        assert expected_accuracy(n, table) == pytest.approx(purity(table), abs=1e-6)


@given(n=st.integers(18, 299))
def test_pure_components_need_only_be_covered(n):
    """Six components of two labels: the first label is right without a name as well."""
    table = np.repeat(np.eye(2, dtype=int) * 50, 3, axis=0)
    expected = (1 + covered_share(n, np.full(6, 50), 300)) / 2
    assert expected_accuracy(n, table, 300) == pytest.approx(expected, abs=2e-3)
    assert expected_accuracy(n, table) <= expected_accuracy(n + 1, table) + 1e-12


def test_the_order_of_labels_decides_only_ties():
    table = np.array([[5, 1], [2, 9]])
    order = [[0, 1], [1, 0]]
    one = expected_accuracy(7, table, 17, "covered-only", order)
    other = expected_accuracy(7, table[:, ::-1], 17, "covered-only", order)
    assert one == pytest.approx(other, abs=0.02)
    assert expected_accuracy(1, table) != pytest.approx(expected_accuracy(1, table[:, ::-1]))


def test_groups_of_one_component_add_up():
    table = np.array([[4, 1], [2, 9], [3, 3]])
    order = np.array([[0, 1, 2], [1, 0, 2], [2, 1, 0]])
    halves = np.concatenate([table - 1, np.ones_like(table)])
    for rule in RULES:
        whole = expected_accuracy(6, table, 22, rule, order)
        assert expected_accuracy(6, halves, 22, rule, np.tile(order, (2, 1))) == pytest.approx(
            whole
        )


def test_an_order_cut_short_counts_the_rest_as_wrong():
    table = [[5, 1], [2, 9]]
    short = expected_accuracy(3, table, 17, "covered-only", [[0], [1]])
    assert short < expected_accuracy(3, table, 17, "covered-only", [[0, 1], [1, 0]])


def test_the_order_of_components_is_that_of_the_mean_responsibilities():
    R = np.array([[0.6, 0.1, 0.3], [0.7, 0.0, 0.3], [0.1, 0.2, 0.7]])
    np.testing.assert_array_equal(component_order(R), [[0, 2, 1], [1, 0, 2], [2, 1, 0]])


@pytest.mark.parametrize("population", [None, 400])
def test_labels_for_accuracy_is_the_smallest_number(population):
    R, y = toy_posterior(3)
    table = label_counts(R.argmax(axis=1), y, R.shape[1])
    for rule in RULES:
        arguments = (table, population, rule, component_order(R))
        n = labels_for_accuracy(0.8, *arguments)
        assert expected_accuracy(n - 1, *arguments) < 0.8 <= expected_accuracy(n, *arguments)


def test_an_accuracy_above_purity_is_refused():
    with pytest.raises(InputError, match=r"the accuracy is 0\.9; with 16 labels"):
        labels_for_accuracy(0.9, [[5, 1], [2, 9]], 17)
    with pytest.raises(InputError, match=r"with 1000000 labels .* reach 0\.8235"):
        labels_for_accuracy(0.9, [[5, 1], [2, 9]])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"n": 17, "population": 17}, "below the population"),
        ({"n": -1}, "number of labels"),
        ({"label_weights": [[0, 0]]}, "label weights"),
        ({"uncovered": "last"}, "uncovered is 'last'"),
        ({"uncovered": "covered-only"}, "order is None"),
        ({"order": [[0, 1]]}, "2 rows"),
        ({"order": [[0, 0], [1, 0]]}, "different components"),
        ({"order": [[0, 1], [1, -1]]}, "different components"),
        ({"order": [[0.5], [1.0]]}, "2 rows"),
    ],
)
def test_bad_input_is_refused(changed, words):
    arguments = {"n": 5, "label_weights": [[5, 1], [2, 9]]} | changed
    with pytest.raises(InputError, match=words):
        expected_accuracy(**arguments)
