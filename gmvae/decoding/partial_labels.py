"""Samples of which some labels are unknown, with scikit-learn's convention: -1."""

from collections.abc import Sized
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from gmvae.errors import InputError

Array = NDArray[Any]
UNLABELLED = -1
_validated: Any = validate_data  # arrays out, whatever array-like goes in


def partly_labelled(estimator: Any, X: Any, y: Any) -> tuple[Array, Array, Array]:
    """Return what an estimator is fitted on, checked, and where the labels are.

    Parameters
    ----------
    estimator
        Takes note of the number of features.
    X : array-like of shape (N, p)
        All rows.
    y : array-like of shape (N,)
        Labels, -1 where unknown; texts are all known.

    Returns
    -------
    X : ndarray of shape (N, p), float32 or float64
    y : ndarray of shape (N,)
    labelled : ndarray of shape (n,), int64
        Rows whose label is known, ascending.

    Raises
    ------
    InputError
        If `X` and `y` differ in length, or fewer than two classes are among the known labels.
    """
    if isinstance(X, Sized) and isinstance(y, Sized) and not issparse(X) and len(X) != len(y):
        raise InputError(
            f"There are {len(X)} rows and {len(y)} labels: inconsistent numbers of samples, "
            "each row needs a label or -1."
        )
    X, y = _validated(estimator, X, y, dtype=[np.float64, np.float32])  # (N, p), (N,)
    check_classification_targets(y)
    is_known = y != UNLABELLED if y.dtype.kind in "iuf" else np.ones(len(y), dtype=bool)  # (N,)
    labelled = np.flatnonzero(is_known)  # (n,)
    n_classes = len(np.unique(y[labelled]))
    if n_classes < 2:
        raise InputError(
            f"The known labels of {len(y)} sample(s) are of {n_classes} class(es); "
            "it takes at least two classes."
        )
    return X, y, labelled
