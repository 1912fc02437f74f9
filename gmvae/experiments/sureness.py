"""The study of sureness: how well a few labels tell their own worth, and what leaving out gains.

Each draw is decoded by the graph as ``gmvae label`` does it, and so are labels of images that were
chosen as ``gmvae select`` chooses them. The accuracy that the labels tell of themselves, with its
interval, stands beside the true one of the same images.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gmvae.data.draws import draw_order
from gmvae.decoding.few_labels import Decoded, answered, decode_labelled
from gmvae.decoding.graph import GraphDecoder, graph_of
from gmvae.decoding.selection import DEFAULT_STRATEGY, Points, choose
from gmvae.errors import FailedError
from gmvae.experiments.choosing import RANDOM

Array = NDArray[Any]
_COLUMNS = (
    *("strategy", "n_labels", "label_seed", "abstain", "accuracy", "told", "low", "high"),
    *("twice", "told_twice"),
)
ABSTAIN = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)  # shares of the images that are left without an answer


def score_sureness(
    Z: Array,
    y: Array,
    budgets: Sequence[int],
    label_seeds: Sequence[int],
    W: Any = None,
    points: Points | None = None,
) -> pd.DataFrame:
    """Compare told and true accuracy at every budget and draw, with some images left out.

    Parameters
    ----------
    Z : ndarray of shape (N, D)
        Latent means of one model.
    y : int array (N,), 0..L-1
        Beyond the labels drawn it is looked at for the true accuracy alone.
    budgets, label_seeds : sequences of int
    W : sparse array (N, N), optional
        The nearest-neighbour graph of `Z`, where it is known.
    points : Points, optional
        `Z`, and what was worked out of it for choosing: the images are then chosen, with
        `label_seeds` as the seeds of the choice, and not drawn.

    Returns
    -------
    DataFrame
        ``strategy`` (random where drawn), ``n_labels, label_seed, abstain, accuracy`` of the images
        that are answered, and what the labels tell of it: ``told``, ``low`` and ``high``. Beside
        them, of all images, the accuracy ``twice`` with twice as many labels and what the first
        ones tell of it, ``told_twice``; not a number where that is more than half of the images, or
        not told, or they are chosen. Draws of one class, draws whose graph is not solved, and draws
        without two labels of a class are not in it.
    """
    W = graph_of(Z) if W is None else W  # (N, N)
    rows = []
    for n in budgets:
        for seed in label_seeds:
            order = draw_order(y, seed) if points is None else _chosen(points, n, seed)
            labelled = order[:n]  # (n,) of all N in the order of a draw, or of n that are chosen
            if len(np.unique(y[labelled])) < 2:
                continue
            try:
                decoded = decode_labelled(Z, labelled, y[labelled], W)
                more = _twice(decoded, Z, y, order[: 2 * n], W)
            except FailedError:  # a graph in parts that hardly touch is not solved
                continue
            for row in _told_and_true(decoded, y):
                rows.append({"n_labels": n, "label_seed": seed, **row, **more})
    strategy = RANDOM if points is None else DEFAULT_STRATEGY
    return pd.DataFrame(rows, columns=_COLUMNS).assign(strategy=strategy)


def _chosen(points: Points, n: int, seed: int) -> Array:
    """Return the `n` images that ``gmvae select`` would ask for, without a look at components."""
    return choose(DEFAULT_STRATEGY, None, points, n, seed)  # (n,)


def _twice(decoded: Decoded, Z: Array, y: Array, labelled: Array, W: Any) -> dict[str, float]:
    """Return the accuracy from `labelled (2n,)`, and what the first n in `decoded` tell of it.

    Not numbers where there are fewer, as of images that were chosen.
    """
    told = decoded.estimate_with_twice_the_labels()
    n = int(decoded.given.sum())
    if told is None or len(labelled) < 2 * n or len(labelled) > len(y) // 2:
        return {"twice": np.nan, "told_twice": np.nan}
    known = np.full(len(y), -1)  # (N,)
    known[labelled] = y[labelled]
    found = GraphDecoder().fit(Z, known, graph=W).transduction_  # (N,)
    return {"twice": float(np.mean((found == y)[known < 0])), "told_twice": told}


def _told_and_true(decoded: Decoded, y: Array) -> list[dict[str, float]]:
    """Return the true accuracy and the told one for every share of images that is left out."""
    rows = []
    for share in ABSTAIN:
        asked = answered(decoded, share) & ~decoded.given  # (N,)
        told = decoded.estimate(asked) if asked.any() else None
        if told is None:
            continue
        true = float(np.mean(decoded.label[asked] == y[asked]))
        said = {"told": told.accuracy, "low": told.low, "high": told.high}
        rows.append({"abstain": share, "accuracy": true, **said})
    return rows
