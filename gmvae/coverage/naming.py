"""The accuracy that hard decoding is to be expected to have, from a table of a model alone.

Let the table say how many images lie in component c and have label l. n of all images are drawn
at random and labelled. A component takes the label most frequent among its labelled images, a
tie goes to the first label, and every other image takes the label of its component. What is
right on average then follows without a draw:

    sum over c, l, k of P(X_cl = k) P(X_cj < k for j < l) P(X_cj <= k for j > l) (N_cl - k)

out of N - n, where X_cl, the number of labelled images, is taken as independent of the others:
Binomial(N_cl, n / N) without replacement. With replacement it is Poisson(n m_cl), m_cl being the
share of all images, and the last factor is m_cl. The total of the X_cl then varies around n, by
a standard deviation s. A curve F(n) that bends is too low or too high by half of its second
derivative times s^2, which 2 F(n) - (F(n - s) + F(n + s)) / 2 takes back (Jacquet & Szpankowski,
1998). What is left is below 0.2 points of accuracy from about 18 labels on.

Images of an *uncovered* component, one without a labelled image, follow one of two rules, those
of ``HardDecoder`` in :mod:`gmvae.decoding.decoders`:

``first-class``
    The published rule: they take the first label, as in a tie of all labels at none.
``covered-only``
    They take the label of the most likely component that is covered. The table does not say
    which one this is; `order`, the components from the most to the least likely one, does. Images
    of one row of the table are taken to share one order. With a row an image this is no
    assumption, with a row a component it is, see :func:`component_order`.

References
----------
Jacquet and Szpankowski (1998), Analytical depoissonization and its applications, Theoretical
Computer Science 201.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, pdtr

from gmvae.checks import one_of, real, refusal
from gmvae.coverage.inputs import Floats, checked_labels
from gmvae.coverage.probability import first_true
from gmvae.coverage.purity import _checked, _reach
from gmvae.errors import InputError

UNCOVERED = ("first-class", "covered-only")
MOST_LABELS = 10**6  # searched with replacement, where nothing else ends the search
_NEGLIGIBLE = 1e-12  # share of the images


def expected_accuracy(
    n: int,
    label_weights: ArrayLike,
    population: int | None = None,
    uncovered: str = "first-class",
    order: ArrayLike | None = None,
) -> float:
    """Return the expected accuracy of hard decoding on the images without a label.

    Parameters
    ----------
    n : int
        Number of labels, below the population.
    label_weights : array of shape (K, L), or (G, L) with `order`
        How much of the images lies in component c (or in group g) and has label l, in any unit;
        labels in the decoder's order of classes.
    population : int, optional
        N, to draw without replacement; the weights are then whole numbers of images summing to N.
    uncovered : {"first-class", "covered-only"}
        The rule for images of a component without a labelled image; see the module's docstring.
    order : int array of shape (G, J), optional
        For each row of `label_weights` different components 0..K-1, from the most likely one on,
        which is the component that its images lie in. Needed for "covered-only". Where none of
        the J is covered, images count as wrong.

    Returns
    -------
    float
        In [0, 1], and not above the purity but by the error of the approximation. It comes near
        the purity as n grows, not to it where clusters hold few images, which are not scored
        when they name themselves.

    Raises
    ------
    InputError
        If n or the population is out of range, or the weights, the rule or the order are not as
        described.
    """
    groups, population = _checked(label_weights, population)  # (G, L)
    ranks = _checked_order(order, len(groups), uncovered)  # (G, J)
    n = int(checked_labels(n, population))
    if n == population:
        raise refusal("the number of labels", n, "below the population, to leave images to score")
    components = _by_component(groups, ranks)  # (K, L)

    def expected(around: float) -> float:
        """Return what is right on average if the number of labels varies `around` a mean."""
        right, named, missed = _name_components(around, components, population)
        if uncovered == "first-class":
            return right + float(missed @ components[:, 0])
        return right + _right_elsewhere(groups, ranks, named, missed)

    scored = 1 if population is None else population - n
    deviation = float(np.sqrt(n if population is None else n * scored / population))
    both_sides = (expected(n - deviation) + expected(n + deviation)) / 2
    return float(np.clip((2 * expected(n) - both_sides) / scored, 0, 1))


def labels_for_accuracy(
    accuracy: float,
    label_weights: ArrayLike,
    population: int | None = None,
    uncovered: str = "first-class",
    order: ArrayLike | None = None,
) -> int:
    """Return the smallest n for which :func:`expected_accuracy` reaches `accuracy`, in (0, 1).

    The expected accuracy is taken to grow with n. Other parameters as there.

    Raises
    ------
    InputError
        Also if it is not reached with all images but one (with replacement, a million) labelled.
    """
    accuracy = real("the accuracy", accuracy, above=0, below=1)

    def expected(n: int) -> float:
        return expected_accuracy(n, label_weights, population, uncovered, order)

    most = MOST_LABELS if population is None else population - 1
    if (highest := expected(most)) < accuracy:
        raise InputError(
            f"the accuracy is {accuracy:g}; with {most} labels hard decoding is expected to reach "
            f"{highest:.4f}"
        )
    return first_true(lambda n: expected(n) >= accuracy, 1, most)


def component_order(responsibilities: ArrayLike) -> NDArray[np.int64]:
    """Return for each component which ones its images go to next, ``(K, K)``, for `order`.

    Row c holds c, then the others by the mean responsibility that the images of c give them. It
    is the order of the average image: single images differ, so an accuracy that uses it is an
    approximation.

    Parameters
    ----------
    responsibilities : array of shape (N, K)
        q(c|x), not negative.
    """
    R = np.asarray(responsibilities)
    n_components = R.shape[1]
    component = R.argmax(axis=1)  # (N,)
    mean = np.zeros((n_components, n_components))  # (K, K)
    for c in np.unique(component):
        mean[c] = R[component == c].mean(axis=0, dtype=np.float64)
    np.fill_diagonal(mean, np.inf)
    return np.argsort(-mean, axis=1, kind="stable")  # (K, K)


def _name_components(
    n: float, components: Floats, population: int | None
) -> tuple[float, Floats, Floats]:
    """Return images that covered components get right, P(c covered, named l), P(c missed)."""
    right, named = 0.0, np.zeros_like(components)  # (K, L)
    missed = np.ones(len(components))  # (K,)
    for c, weights in enumerate(components):
        held = np.flatnonzero(weights)  # no other label can name c: (L',)
        if len(held):
            counts, wins = _wins(n, weights[held], population)  # (A,), (L', A)
            named[c, held] = wins.sum(axis=1)
            # the labelled images are not scored
            used = 0 if population is None else counts
            right += float((wins * (weights[held, None] - used)).sum())
            missed[c] = _at_most(np.zeros(1), weights[held], n, population).prod()
    return right, named, missed


def _wins(n: float, weights: Floats, population: int | None) -> tuple[Floats, Floats]:
    """Return counts ``(A,)`` from 1 on and P(label l names the component with a of them)."""
    mean = weights.max() * n / (population or 1)  # of the most frequent label
    # the window of counts that the most frequent label can have at all
    lowest = max(0.0, np.floor(mean - _reach(mean)) - 1)
    counts = np.arange(lowest, mean + _reach(mean))  # (A + 1,)
    at_most = _at_most(counts, weights, n, population)  # (L, A + 1)
    fewer, no_more = at_most[:, :-1], at_most[:, 1:]  # (L, A) each
    before, after = np.ones_like(fewer), np.ones_like(fewer)  # (L, A) each
    before[1:] = np.cumprod(fewer[:-1], axis=0)  # every label before l has fewer
    after[:-1] = np.cumprod(no_more[:0:-1], axis=0)[::-1]  # every label after l has no more
    return counts[1:], (no_more - fewer) * before * after


def _at_most(counts: Floats, weights: Floats, n: float, population: int | None) -> Floats:
    """Return P(the sample holds at most a images of label l), ``(L, A)``."""
    if population is None:
        return pdtr(counts, n * weights[:, None])
    held = weights[:, None]  # (L, 1)
    return bdtr(np.minimum(counts, held), held.astype(np.int64), n / population)


def _right_elsewhere(
    groups: Floats, order: NDArray[np.int64], named: Floats, missed: Floats
) -> float:
    """Return how many images of uncovered components the next covered one gets right."""
    right, waiting = 0.0, missed[order[:, 0]]  # (G,) P(no component up to here is covered)
    for component in order.T[1:]:
        right += float(np.einsum("g,gl,gl->", waiting, named[component], groups))
        waiting = waiting * missed[component]
        if waiting.max() < _NEGLIGIBLE:
            break
    return right


def _by_component(groups: Floats, order: NDArray[np.int64]) -> Floats:
    """Return the weights of components ``(K, L)`` from those of the groups that lie in them."""
    total = np.zeros((int(order.max()) + 1, groups.shape[1]))  # (K, L)
    np.add.at(total, order[:, 0], groups)
    return total


def _checked_order(order: Any, n_groups: int, uncovered: str) -> NDArray[np.int64]:
    """Return the order ``(G, J)``, by default that each row is a component of its own."""
    one_of("uncovered", uncovered, UNCOVERED)
    if order is None:
        if uncovered == "covered-only":
            raise refusal("order", order, "an array (G, J) where uncovered is covered-only")
        return np.arange(n_groups)[:, None]  # (K, 1)
    ranks = np.asarray(order)
    if not (ranks.ndim == 2 and len(ranks) == n_groups and ranks.size and ranks.dtype.kind in "iu"):
        raise refusal(
            "order", order, f"an array of {n_groups} rows of components, as many as of weights"
        )
    ordered = np.sort(ranks, axis=1)
    if ordered.min() < 0 or (ordered[:, 1:] == ordered[:, :-1]).any():
        raise refusal("order", order, "of different components, from 0 on, in each row")
    return ranks.astype(np.int64)
