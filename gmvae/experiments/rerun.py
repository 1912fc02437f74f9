"""Decoding of one posterior at one budget, for a chapter that is rerun by hand."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from gmvae.checks import whole
from gmvae.data.draws import draw_order
from gmvae.decoding.decoders import HardDecoder, SoftDecoder


def draw_labels(labels: np.ndarray, n_labels: int, label_seed: int) -> np.ndarray:
    """Draw the images to be labelled, indices (n,).

    Raises
    ------
    InputError
        If `n_labels` leaves nothing to draw or nothing to score.
    """
    n_images = len(labels)
    whole("n_labels", n_labels, 2, n_images - 1)
    return draw_order(labels, label_seed)[:n_labels]


def class_votes(decoder: Any, responsibilities: np.ndarray, n_classes: int) -> np.ndarray:
    """Return a fitted decoder's vote for every class (N, L), 0 for those it has not seen."""
    votes = np.zeros((len(responsibilities), n_classes))
    votes[:, decoder.classes_] = decoder.predict_proba(responsibilities)
    return votes  # (N, L)


def decode_draws(
    responsibilities: np.ndarray,
    labels: np.ndarray,
    n_classes: int,
    n_labels: int,
    label_seeds: Sequence[int],
) -> pd.DataFrame:
    """Score hard, hard-covered and soft decoding on the images whose label was not drawn.

    Parameters
    ----------
    responsibilities : array (N, K)
    labels : int array (N,), 0 .. L-1
    n_classes : int
        L, of which a draw may miss some.
    n_labels : int
        Labels drawn at random, 2 to N-1.
    label_seeds : sequence of int
        One draw each.

    Returns
    -------
    DataFrame
        Columns `method`, `label_seed`, `accuracy`.

    Raises
    ------
    InputError
        If `n_labels` is out of range or a draw holds a single class.
    """
    rows = []
    for seed in label_seeds:
        labelled = draw_labels(labels, n_labels, seed)  # (n,)
        scored = np.setdiff1d(np.arange(len(labels)), labelled)  # (N - n,)
        decoders = {
            "hard": HardDecoder(classes=np.arange(n_classes)),
            "hard-covered": HardDecoder(uncovered="covered-only"),
            "soft": SoftDecoder(),
        }
        for method, decoder in decoders.items():
            decoder.fit(responsibilities[labelled], labels[labelled])
            right = decoder.predict(responsibilities[scored]) == labels[scored]  # (N - n,)
            rows.append({"method": method, "label_seed": seed, "accuracy": float(right.mean())})
    return pd.DataFrame(rows)
