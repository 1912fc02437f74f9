"""Components described by the labels of their images, for tables and captions."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gmvae.decoding.clusters import label_counts


def describe_components(
    responsibilities: np.ndarray, labels: np.ndarray, class_names: Sequence[str]
) -> pd.DataFrame:
    """Describe each component by the images whose most likely component it is.

    Parameters
    ----------
    responsibilities : array (N, K)
    labels : int array (N,), 0 .. L-1
    class_names : sequence of L names

    Returns
    -------
    DataFrame
        A row per component, the largest first: `component`, `size` (images), `weight` (its share
        of all images), `purity` (share of the majority label, NaN for an empty component),
        `label` (the majority label's name, empty for an empty component) and `caption` (the main
        labels with their shares).
    """
    n_components = responsibilities.shape[1]
    clusters = responsibilities.argmax(axis=1)  # (N,)
    counts = label_counts(clusters, labels, n_components)  # (K, L)
    sizes = counts.sum(axis=1)  # (K,)
    with np.errstate(invalid="ignore"):
        shares = counts / sizes[:, None]  # (K, L), NaN where empty
        weights = sizes / sizes.sum()  # (K,)
    rows = [
        {
            "component": c,
            "size": int(sizes[c]),
            "weight": float(weights[c]),
            "purity": float(shares[c].max()),
            "label": class_names[counts[c].argmax()] if sizes[c] else "",
            "caption": _caption(c, shares[c], class_names),
        }
        for c in np.argsort(-sizes, kind="stable")
    ]
    return pd.DataFrame(rows)


def _caption(component: int, shares: np.ndarray, class_names: Sequence[str]) -> str:
    if np.isnan(shares).any():
        return f"c = {component}: empty"
    main = [label for label in np.argsort(-shares, kind="stable")[:3] if shares[label] >= 0.1]
    parts = [f"{class_names[label]} {shares[label]:.0%}" for label in main]
    return f"c = {component}: {', '.join(parts) or 'mixed'}"


def spread_of_components(described: pd.DataFrame, n_shown: int) -> pd.DataFrame:
    """Pick `n_shown` components that are not empty, evenly from the largest to the smallest."""
    used = described[described["size"] > 0]
    places = np.linspace(0, len(used) - 1, min(n_shown, len(used))).round().astype(int)
    return used.iloc[places]
