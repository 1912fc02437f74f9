"""Label decoders: scikit-learn classifiers over the responsibilities of a mixture model.

A mixture of K components, fitted without labels, gives every image x its responsibilities
q(c|x), a row of ``R (N, K)``. A decoder learns from a few labelled rows what the components
mean. It reads responsibilities only, so any mixture model or clustering will do; rows need not
sum to 1, but must not be negative.

======================  =========================================================  ============
class                   the label of x is                                          theory
======================  =========================================================  ============
:class:`HardDecoder`    arg max_l P(l|c(x)), c(x) = arg max_c q(c|x)               pure clusters
:class:`SoftDecoder`    arg max_l m(l) . q(x), m(l) = mean of q(x) over label l    p(c|l) = m(l)
:class:`BayesDecoder`   arg max_l sum_c P(l|c) q(c|x), P(l|c) smoothed             l independent
                                                                                   of x given c
======================  =========================================================  ============

Notation: K components, L labels, n labelled images.

References
----------
Murex S.A.S. and Universite Paris Dauphine-PSL (2026), "You Don't Need Many Labels to Learn":
hard and soft decoding.
"""

import warnings
from abc import ABC, abstractmethod
from collections.abc import Sized
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, check_non_negative, validate_data

from gmvae.checks import one_of, real
from gmvae.errors import InputError

Array = NDArray[Any]
_FLOATS = [np.float64, np.float32]
_validated: Any = validate_data  # arrays out, whatever array-like goes in


class _Decoder(ClassifierMixin, BaseEstimator, ABC):
    """What all decoders share: validation, and a prediction that breaks ties by rule.

    A subclass learns in ``_fit`` and scores labels in ``_scores``; a higher score is better.
    """

    classes_: Array

    def fit(self, R: Any, y: Any) -> Self:
        """Learn from labelled images.

        Parameters
        ----------
        R : array-like of shape (n, K), float32 or float64
            Responsibilities q(c|x) of the labelled images, none negative.
        y : array-like of shape (n,)
            Their labels: numbers or strings, at least two different ones.

        Returns
        -------
        self
            With ``classes_ (L,)``, the labels of the sample in sorted order.

        Raises
        ------
        InputError
            If `R` and `y` differ in length, or `y` holds a single class.
        """
        if isinstance(R, Sized) and isinstance(y, Sized) and not issparse(R) and len(R) != len(y):
            raise InputError(
                f"R has {len(R)} rows and y has {len(y)} labels: inconsistent numbers of samples, "
                "each labelled image needs one row and one label."
            )
        R, y = _validated(self, R, y, dtype=_FLOATS)  # (n, K), (n,)
        check_non_negative(R, type(self).__name__)
        with warnings.catch_warnings():  # of a handful of labels many are alone in their class
            warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
            check_classification_targets(y)
        seen = np.unique(y)
        if len(seen) < 2:
            raise InputError(
                f"The labels of {len(R)} sample(s) are of a single class ({seen[0]!s}); "
                "a decoder needs images of at least two classes."
            )
        self.classes_ = self._all_classes(seen)  # (L,), sorted
        self._fit(R, np.searchsorted(self.classes_, y))  # (n,) in 0..L-1
        return self

    def predict(self, R: Any) -> Array:
        """Return the label of each row of `R (N, K)`; a tie goes to the first of ``classes_``."""
        scores = self._untied_scores(R)  # (N, L)
        return self.classes_[scores.argmax(axis=1)]  # (N,)

    def predict_proba(self, R: Any) -> Array:
        """Return the scores of each row of `R (N, K)` as shares ``(N, L)`` that sum to 1.

        The largest share is the predicted label's. Where nothing is known, all scores being 0,
        every label has the share 1/L.
        """
        scores = self._untied_scores(R)  # (N, L)
        scores[scores.max(axis=1) == 0] = 1
        return scores / scores.sum(axis=1, keepdims=True)  # (N, L)

    def _untied_scores(self, R: Any) -> Array:
        """Return scores ``(N, L)`` in which a tie is exact.

        Sums of K terms carry a rounding error that depends on the order of summation, hence on
        the machine and on how many rows are scored at once. Scores nearer to the best than that
        error are set equal to it, so that arg max means the same label everywhere.
        """
        check_is_fitted(self)
        R = _validated(self, R, reset=False, dtype=_FLOATS)  # (N, K)
        check_non_negative(R, type(self).__name__)
        scores = self._scores(R)  # (N, L) float64
        best = scores.max(axis=1, keepdims=True)  # (N, 1)
        rounding = 4 * R.shape[1] * np.finfo(np.float64).eps
        return np.where(scores >= best * (1 - rounding), best, scores)

    def _all_classes(self, seen: Array) -> Array:
        """Return what becomes ``classes_``, given the labels of the sample in sorted order."""
        return seen

    @abstractmethod
    def _fit(self, R: Array, label: Array) -> None:
        """Learn from `R (n, K)` and `label (n,)`, positions in ``classes_``."""

    @abstractmethod
    def _scores(self, R: Array) -> Array:
        """Score each label for each row of `R (N, K)`: ``(N, L)``, float64, none negative."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True  # responsibilities
        tags.classifier_tags.poor_score = True  # arbitrary features are no responsibilities
        return tags


class HardDecoder(_Decoder):
    """Each component takes the label most frequent among its labelled images.

    Every image belongs to its component c(x) = arg max_c q(c|x) alone, and takes the label
    arg max_l P(l|c(x)), where P(l|c) is the share of label l among the labelled images of c.

    Parameters
    ----------
    uncovered : {"first-class", "covered-only"}
        What becomes of an image whose component holds no labelled image. ``"first-class"`` is
        the published rule: P(.|c) is empty and its arg max is the first of ``classes_``.
        ``"covered-only"`` takes the arg max of q(c|x) over the components that hold a labelled
        image.
    classes : array-like, optional
        All labels there are, of which the sample may miss some; None: those of the sample. The
        published rule knows all: its first class is the first of the data set, which a small
        sample need not hold.

    Attributes
    ----------
    classes_ : ndarray of shape (L,)
        `classes`, or the labels of the sample, in sorted order.
    label_shares_ : ndarray of shape (K, L)
        P(l|c); rows sum to 1, and are uniform where the component holds no labelled image.
    covered_ : ndarray of shape (K,), bool
        Whether the component holds a labelled image.

    References
    ----------
    Murex S.A.S. and Universite Paris Dauphine-PSL (2026), section "Hard decoding".
    """

    def __init__(
        self,
        uncovered: Literal["first-class", "covered-only"] = "first-class",
        classes: Any = None,
    ):
        self.uncovered = uncovered
        self.classes = classes

    def _all_classes(self, seen: Array) -> Array:
        if self.classes is None:
            return seen
        classes = np.unique(np.asarray(self.classes))
        missing = sorted(set(seen.tolist()) - set(classes.tolist()))
        if missing:
            raise InputError(
                f"The sample has the label {missing[0]!s}, which is not among the {len(classes)} "
                "classes given."
            )
        return classes

    def _fit(self, R: Array, label: Array) -> None:
        one_of("uncovered", self.uncovered, ("first-class", "covered-only"))
        counts = np.zeros((R.shape[1], len(self.classes_)))  # (K, L)
        np.add.at(counts, (R.argmax(axis=1), label), 1)
        totals = counts.sum(axis=1, keepdims=True)  # (K, 1)
        self.covered_ = totals[:, 0] > 0  # (K,)
        uniform = np.full_like(counts, 1 / len(self.classes_))
        self.label_shares_ = np.divide(counts, totals, out=uniform, where=totals > 0)  # (K, L)

    def _scores(self, R: Array) -> Array:
        if self.uncovered == "covered-only":
            R = np.where(self.covered_, R, -1)  # no responsibility is below 0
        return self.label_shares_[R.argmax(axis=1)]  # (N, L)


class SoftDecoder(_Decoder):
    """The label whose mean responsibilities m(l) are most similar to q(x).

    m(l) = mean of q(.|x_i) over the labelled images with y_i = l, an estimate of p(c|l); the
    label of x is arg max_l m(l) . q(x) = arg max_l sum_c m(l)_c q(c|x). All components vote,
    each with its responsibility, and a component may vote for several labels.

    Parameters
    ----------
    similarity : {"dot", "cosine"}
        ``"dot"`` is the published m(l) . q(x). It is proportional to p(l|x) =
        sum_c p(l|c) q(c|x) only where all classes are equally frequent, and all components
        too; elsewhere it neglects p(l) / p(c). ``"cosine"`` divides it by the length of m(l): a
        label spread over many components has a short m(l) and would otherwise lose to a label
        that sits in one.

    Attributes
    ----------
    classes_ : ndarray of shape (L,)
    mean_responsibilities_ : ndarray of shape (L, K), float64
        m(l).

    References
    ----------
    Murex S.A.S. and Universite Paris Dauphine-PSL (2026), section "Soft decoding".
    """

    def __init__(self, similarity: Literal["dot", "cosine"] = "dot"):
        self.similarity = similarity

    def _fit(self, R: Array, label: Array) -> None:
        one_of("similarity", self.similarity, ("dot", "cosine"))
        self.mean_responsibilities_ = np.stack(
            [R[label == c].mean(axis=0, dtype=np.float64) for c in range(len(self.classes_))]
        )  # (L, K)

    def _votes(self) -> Array:
        """Return what each component votes for each label with, (L, K)."""
        m = self.mean_responsibilities_  # (L, K)
        if self.similarity == "cosine":
            length = np.linalg.norm(m, axis=1, keepdims=True)  # (L, 1)
            m = np.divide(m, length, out=np.zeros_like(m), where=length > 0)
        return m

    def _scores(self, R: Array) -> Array:
        return R @ self._votes().T  # (N, L)


class BayesDecoder(_Decoder):
    """Bayes' rule through the components, with a smoothed P(l|c).

    If the label depends on the image only through its component, then
    p(l|x) = sum_c P(l|c) q(c|x). The labelled images give each component a soft count
    n(c, l) = sum of q(c|x_i) over y_i = l, and P(l|c) = (n(c, l) + alpha/L) / (n(c) + alpha)
    is the posterior mean under a Dirichlet prior worth `alpha` labelled images. A component
    without labelled images then votes for all labels alike, that is, it abstains.

    Parameters
    ----------
    alpha : float, positive
        Weight of the uniform prior of each component, in labelled images.

    Attributes
    ----------
    classes_ : ndarray of shape (L,)
    label_shares_ : ndarray of shape (K, L)
        P(l|c); rows sum to 1.
    """

    def __init__(self, alpha: float = 1.0):
        self.alpha = alpha

    def _fit(self, R: Array, label: Array) -> None:
        real("alpha", self.alpha, above=0)
        n = np.stack(
            [R[label == c].sum(axis=0, dtype=np.float64) for c in range(len(self.classes_))],
            axis=1,
        )  # (K, L)
        prior = self.alpha / len(self.classes_)
        self.label_shares_ = (n + prior) / (n.sum(axis=1, keepdims=True) + self.alpha)  # (K, L)

    def _scores(self, R: Array) -> Array:
        return R @ self.label_shares_  # (N, L)
