"""Exact nearest neighbours by matrix products.

An image's neighbours are the images whose latent means (or principal components) are nearest in
Euclidean distance. For 100,000 points of 24 or 50 dimensions all N^2 products are cheap; what
takes long is to find the smallest of each row. Here a row is cut into groups, and only the groups
with the smallest minima are looked at again. Nothing is lost: the s smallest values of a row lie
in the s groups with the smallest minima, as each of these groups holds a value that is no larger
than any value elsewhere.

The products are in float32 and only make a short list. Its distances are then computed from
differences in float64, and a bound on the rounding error tells whether a point that is not listed
could belong there. Where it could, as with many copies of one point, the row is searched again by
definition. So the result is exact, equal distances go to the smaller position, and the number of
threads does not matter.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from numpy.typing import NDArray
from sklearn.utils import check_array
from threadpoolctl import threadpool_limits

from gmvae.checks import refusal, whole
from gmvae.errors import InputError

Array = NDArray[Any]
_BLOCK = 64  # rows of the product at a time: 28 MB at 111,638 points, for each thread
_SPARE = 10  # places of the short list beyond those asked for; fewer mean more rows in doubt


def nearest_neighbours(Z: Any, k: int, rows: Any = None) -> tuple[Array, Array]:
    """Return the nearest neighbours of each point, itself not among them.

    Parameters
    ----------
    Z : array-like of shape (N, D)
        Finite numbers.
    k : int
        Neighbours of each point, at least 1.
    rows : array-like of shape (M,), int, optional
        Positions of the points that may be neighbours, such as the training split; None: all.

    Returns
    -------
    indices : ndarray of shape (N, k'), int32
        Positions in `Z`, the nearest first, equally near ones by position. k' is `k`, or M - 1
        where that is smaller.
    squared_distances : ndarray of shape (N, k'), float32

    Raises
    ------
    InputError
        If `Z` is no table of finite numbers, `k` is below 1, or `rows` does not name two points
        or more, each once.
    """
    Z = _points("Z", Z)  # (N, D)
    k = whole("k", k, least=1)
    allowed = np.arange(len(Z)) if rows is None else _positions(rows, len(Z))  # (M,)
    if len(allowed) < 2:
        raise InputError(
            f"There are {len(allowed)} point(s) that may be neighbours; it takes at least two."
        )
    own = np.full(len(Z), -1)  # (N,) position of a point among those allowed
    own[allowed] = np.arange(len(allowed))
    found, squared = _search(Z, Z[allowed], min(k, len(allowed) - 1), own)
    return allowed[found].astype(np.int32), squared


def nearest_points(X: Any, Z: Any, k: int) -> tuple[Array, Array]:
    """Return the points of `Z (N, D)` that are nearest to each row of `X (M, D)`.

    As :func:`nearest_neighbours`, but `X` need not be in `Z`, and a row that is finds itself.
    There are min(k, N) of them.
    """
    X, Z = _points("X", X), _points("Z", Z)  # (M, D), (N, D)
    k = min(whole("k", k, least=1), len(Z))
    found, squared = _search(X, Z, k, np.full(len(X), -1))
    return found.astype(np.int32), squared


def _points(name: str, Z: Any) -> Array:
    """Return a table of finite numbers in its own precision, float32 or float64."""
    try:
        return check_array(Z, dtype=[np.float64, np.float32], input_name=name)
    except ValueError as error:
        raise InputError(f"{name} is no table of finite numbers: {error}") from error


def _positions(rows: Any, n: int) -> Array:
    """Return `rows`, checked, in ascending order."""
    rows = np.asarray(rows)
    unique = np.unique(rows)
    inside = rows.dtype.kind in "iu" and rows.ndim == 1 and np.isin(unique, np.arange(n)).all()
    if not inside or len(unique) < len(rows):
        raise refusal("rows", rows, f"different positions from 0 to {n - 1}")
    return unique


@dataclass(frozen=True)
class _Problem:
    """What all blocks of rows share."""

    X: Array  # (M, D) whose neighbours are sought
    Z: Array  # (N, D) among these
    own: Array  # (M,) position of a row in Z, or -1
    k: int
    left: Array  # (M, D + 1) float32, [-2 x, 1]
    right: Array  # (D + 1, g G) float32, [z; |z|^2]: the product is |x - z|^2 - |x|^2
    length: Array  # (M,) float64, |x|
    unit: float  # lengths above are in this unit
    n_groups: int  # G; group j holds the columns j, j + G, j + 2 G, ...
    listed: int  # s, the length of the short list


def _problem(X: Array, Z: Array, k: int, own: Array) -> _Problem:
    """Bring the points near 0 and to length 1 at most, where float32 is at its best."""
    listed = min(k + 1 + _SPARE, len(Z))
    size = max(1, int(np.sqrt(len(Z) / listed)))  # g: as many groups as values looked at again
    n_groups = -(-len(Z) // size)
    centre = Z.mean(axis=0, dtype=np.float64)  # (D,)
    x, z = X - centre, Z - centre  # (M, D), (N, D) float64
    unit = float(max(np.abs(x).max(), np.abs(z).max())) or 1.0
    x, z = x / unit, z / unit
    right = np.zeros((Z.shape[1] + 1, size * n_groups), np.float32)
    right[-1] = 16 * Z.shape[1]  # columns that fill the last group up are farther than any point
    right[:-1, : len(Z)] = z.T
    right[-1, : len(Z)] = (z**2).sum(axis=1)
    left = np.concatenate([-2 * x, np.ones((len(x), 1))], axis=1).astype(np.float32)
    length = np.linalg.norm(x, axis=1)  # (M,)
    return _Problem(X, Z, own, k, left, right, length, unit, n_groups, listed)


def _search(X: Array, Z: Array, k: int, own: Array) -> tuple[Array, Array]:
    """Return positions ``(M, k)`` in `Z`, a row's own left out, and their squared distances."""
    problem = _problem(X, Z, k, own)
    found = np.empty((len(X), k), np.int64)
    squared = np.empty((len(X), k), np.float32)
    starts = np.arange(0, len(X), _BLOCK)
    # one thread a product: the same sums whatever the number of threads
    with threadpool_limits(1, "blas"):
        jobs = min(effective_n_jobs(-1), len(starts))
        Parallel(jobs, prefer="threads", require="sharedmem")(
            delayed(_fill)(problem, starts[job::jobs], found, squared) for job in range(jobs)
        )
    return found, squared


def _fill(problem: _Problem, starts: Array, found: Array, squared: Array) -> None:
    """Search the blocks that begin at `starts` and write what they give."""
    buffer = np.empty((_BLOCK, problem.right.shape[1]), np.float32)  # new memory each time is slow
    for start in starts:
        rows = np.arange(start, min(start + _BLOCK, len(problem.X)))  # (B,)
        product = np.matmul(problem.left[rows], problem.right, out=buffer[: len(rows)])
        listed, beyond = _short_list(problem, product)
        found[rows], exact, doubtful = _ordered(problem, rows, listed, beyond)
        for i in np.flatnonzero(doubtful):
            found[rows[i]], exact[i] = _by_definition(problem, rows[i])
        squared[rows] = exact


def _short_list(problem: _Problem, product: Array) -> tuple[Array, Array]:
    """Return the columns ``(B, s)`` of the smallest products, ascending, and the largest of these.

    The second, ``(B,)``, is infinite where no column is left out.
    """
    s, n_groups = problem.listed, problem.n_groups
    grouped = product.reshape(len(product), -1, n_groups)  # (B, g, G)
    groups = np.argpartition(grouped.min(axis=1), s - 1, axis=1)[:, :s]  # (B, s)
    offsets = n_groups * np.arange(grouped.shape[1])  # (g,)
    columns = (groups[:, None, :] + offsets[:, None]).reshape(len(product), -1)  # (B, g s)
    values = np.take_along_axis(product, columns, axis=1)  # (B, g s)
    places = np.argpartition(values, s - 1, axis=1)[:, :s]  # (B, s)
    largest = np.take_along_axis(values, places, axis=1).max(axis=1)  # (B,)
    if s == len(problem.Z):
        largest[:] = np.inf
    return np.sort(np.take_along_axis(columns, places, axis=1), axis=1), largest


def _ordered(
    problem: _Problem, rows: Array, listed: Array, beyond: Array
) -> tuple[Array, Array, Array]:
    """Return the k nearest of the short list, their squared distances, and which rows are in doubt.

    A point z that is not listed but nearer than the last of the k, at r, has |z| <= |x| + r; this
    bounds the rounding error of its product, and so how much nearer than `beyond` it can be.
    """
    exact = _squared_distances(problem.Z[listed], problem.X[rows, None])  # (B, s)
    exact[listed == problem.own[rows, None]] = np.inf
    order = np.argsort(exact, axis=1, kind="stable")[:, : problem.k]  # (B, k)
    nearest = np.take_along_axis(exact, order, axis=1)  # (B, k)
    r = np.sqrt(nearest[:, -1]) / problem.unit  # (B,)
    x = problem.length[rows]  # (B,)
    largest = 2 * x * (x + r) + (x + r) ** 2  # (B,) of the sum of a product's terms
    rounding = (problem.Z.shape[1] + 8) * float(np.finfo(np.float32).eps) * largest
    doubtful = r**2 >= beyond + x**2 - rounding  # (B,)
    return np.take_along_axis(listed, order, axis=1), nearest, doubtful


def _by_definition(problem: _Problem, row: int) -> tuple[Array, Array]:
    """Return the k nearest points of one row, all distances computed."""
    exact = _squared_distances(problem.Z, problem.X[row])  # (N,)
    if problem.own[row] >= 0:
        exact[problem.own[row]] = np.inf
    order = np.argsort(exact, kind="stable")[: problem.k]
    return order, exact[order]


def _squared_distances(a: Array, b: Array) -> Array:
    """Return the squared distances along the last axis, float64."""
    difference = np.subtract(a, b, dtype=np.float64)
    return np.einsum("...d,...d->...", difference, difference)
