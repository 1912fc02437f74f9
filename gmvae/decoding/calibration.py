"""Are a decoder's probabilities right? Reliability, calibration error, and a temperature.

References
----------
Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern neural networks, ICML:
expected calibration error, temperature scaling.
"""

from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from gmvae.decoding.decoders import SoftDecoder

Array = NDArray[Any]
_FLOOR = 1e-4  # share of the best score that any other has at least: no label is impossible


def reliability(confidence: Array, right: Array, n_bins: int = 10) -> pd.DataFrame:
    """Compare the probability of the predicted label with how often it is right.

    Parameters
    ----------
    confidence : ndarray of shape (N,)
        Probability of the predicted label, in [0, 1].
    right : ndarray of shape (N,), bool
    n_bins : int
        Bins of equal width between 0 and 1; empty ones are left out.

    Returns
    -------
    DataFrame
        Columns ``confidence, accuracy, share``: means over the images of a bin, and the share
        of all images in it.
    """
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)  # (N,)
    frame = pd.DataFrame({"bin": bins, "confidence": confidence, "accuracy": right})
    grouped = frame.groupby("bin")
    table = grouped[["confidence", "accuracy"]].mean()
    return table.assign(share=grouped.size() / len(bins)).reset_index(drop=True)


def expected_calibration_error(table: pd.DataFrame) -> float:
    """Return sum over bins of share x |accuracy - confidence|, from :func:`reliability`."""
    return float((table["share"] * (table["accuracy"] - table["confidence"]).abs()).sum())


class CalibratedSoftDecoder(SoftDecoder):
    """Soft decoding with one more number, a temperature T: p(l|x) proportional to s_l^(1/T).

    s_l = m(l) . q(x) as in :class:`SoftDecoder`, so that predictions are the same. T maximises the
    likelihood of the labelled images' own labels, each left out of m(l) while its own probability
    is computed. Labels with a single image say nothing then.

    Attributes
    ----------
    temperature_ : float
        1 leaves the shares of the vote as they are, below 1 sharpens them.
    """

    similarity: Literal["dot", "cosine"] = "dot"  # no option here: what is left out is a term of it

    def __init__(self) -> None:
        pass

    def _fit(self, R: Array, label: Array) -> None:
        super()._fit(R, label)
        counts = np.bincount(label)  # (L,)
        known = counts[label] > 1  # (n,)
        q = R[known].astype(np.float64)
        own = label[known]
        scores = q @ self.mean_responsibilities_.T  # (n', L)
        rows = np.arange(len(own))
        # m(l) without the image itself: (n_l m(l) - q) / (n_l - 1)
        n = counts[own]
        without = (n * scores[rows, own] - (q**2).sum(axis=1)) / np.maximum(n - 1, 1)
        scores[rows, own] = np.maximum(without, 0)

        def loss(log_temperature: float) -> float:
            p = _tempered(scores, np.exp(log_temperature))  # (n', L)
            return float(-np.log(p[rows, own]).mean())

        found = minimize_scalar(loss, bounds=(-3, 3), method="bounded").x if len(own) else 0.0
        self.temperature_ = float(np.exp(found))

    def predict_proba(self, R: Any) -> Array:
        """Return p(l|x), shape (N, L); rows sum to 1."""
        return _tempered(self._untied_scores(R), self.temperature_)


def _tempered(scores: Array, temperature: float) -> Array:
    """Return shares proportional to scores^(1/T), none of them 0."""
    best = scores.max(axis=1, keepdims=True)  # (N, 1)
    ratio = np.divide(scores, best, out=np.ones_like(scores), where=best > 0)
    powered = np.maximum(ratio, _FLOOR) ** (1 / temperature)  # (N, L)
    return powered / powered.sum(axis=1, keepdims=True)
