"""Chapter 04, to play with: pick an image, and see how its components vote."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmvae.chapters.play_pictures import sheet_of
from gmvae.data.dataset import Dataset
from gmvae.decoding.clusters import label_counts
from gmvae.decoding.posterior import Posterior
from gmvae.pages.play import Piece, short

Array = NDArray[Any]
SOFT_WINS, HARD_WINS = "soft right, hard wrong", "hard right, soft wrong"
BOTH_RIGHT, BOTH_WRONG = "both right, though unsure", "both wrong"
MOST = {SOFT_WINS: 8, HARD_WINS: 8, BOTH_RIGHT: 4, BOTH_WRONG: 4}  # images of each kind
_COMPONENTS, _LABELS = 6, 5  # listed of an image
_COLUMNS, _SIDE = 8, 28  # of the sheet of pictures, as its script knows


def pick(q: Array, y: Array, labelled: Array, hard: Array, soft: Array) -> dict[str, Array]:
    """Return the images to pick from, by kind; no labelled image is among them.

    Where the rules differ, those come first on which the rule that is right is surest; where they
    agree, those whose largest responsibility is smallest.

    Parameters
    ----------
    q : ndarray of shape (N, K)
        Responsibilities.
    y : int array (N,)
    labelled : int array (n,)
    hard, soft : ndarray of shape (N, L)
        From :func:`gmvae.chapters.decoding.votes`.
    """
    open_ = np.ones(len(y), dtype=bool)  # (N,)
    open_[labelled] = False
    by_hard, by_soft = hard.argmax(axis=1) == y, soft.argmax(axis=1) == y  # (N,), (N,)
    unsure = 1 - q.max(axis=1)  # (N,)
    kinds = {
        SOFT_WINS: (by_soft & ~by_hard, soft.max(axis=1)),
        HARD_WINS: (by_hard & ~by_soft, hard.max(axis=1)),
        BOTH_RIGHT: (by_hard & by_soft, unsure),
        BOTH_WRONG: (~by_hard & ~by_soft, unsure),
    }
    found = {}
    for kind, (mask, worth) in kinds.items():
        rows = np.flatnonzero(mask & open_)  # (M,)
        found[kind] = rows[np.argsort(-worth[rows], kind="stable")[: MOST[kind]]]
    return found


def votes(
    posterior: Posterior, dataset: Dataset, labelled: Array, shares: Mapping[str, Array]
) -> Piece | None:
    """Return the piece of a run, None where no image is left to pick.

    Parameters
    ----------
    posterior : Posterior
    dataset : Dataset
    labelled : int array (n,)
        The images whose labels are known.
    shares : mapping from "hard" and "soft" to ndarrays of shape (N, L)
        From :func:`gmvae.chapters.decoding.votes`.
    """
    q, y = posterior.responsibilities, posterior.labels  # (N, K), (N,)
    kinds = pick(q, y, labelled, shares["hard"], shares["soft"])
    rows = np.concatenate(list(kinds.values()))  # (m,)
    if not len(rows):
        return None
    groups: list[dict[str, Any]] = []
    start = 0
    for kind, some in kinds.items():
        if len(some):
            groups.append({"say": kind, "from": start, "to": start + len(some)})
            start += len(some)
    clusters = q[labelled].argmax(axis=1)  # (n,)
    counts = label_counts(clusters, y[labelled], q.shape[1])  # (K, L)
    named = np.where(counts.any(axis=1), counts.argmax(axis=1), -1)  # (K,)
    data = {
        "names": [short(name) for name in dataset.class_names],
        "groups": groups,
        "images": [_image(row, q, y, named, shares) for row in rows.tolist()],
        "pictures": sheet_of(dataset.images[rows], _SIDE, _COLUMNS),
    }
    told = ", ".join(f"{len(some)} {kind}" for kind, some in kinds.items() if len(some))
    still = f"<p>{len(rows)} images to pick from: {told}. It needs scripts.</p>"
    return Piece("votes", "Pick an image, and see how its components vote", still, data)


def _image(
    row: int, q: Array, y: Array, named: Array, shares: Mapping[str, Array]
) -> dict[str, Any]:
    """Return what is shown of an image: its components and the votes that labels get."""
    components = np.argsort(-q[row], kind="stable")[:_COMPONENTS]  # (M,)
    hard, soft = shares["hard"][row], shares["soft"][row]  # (L,), (L,)
    labels = np.argsort(-np.maximum(hard, soft), kind="stable")[:_LABELS]  # (V,)
    return {
        "label": int(y[row]),
        "components": [[int(c), round(float(q[row, c]), 3), int(named[c])] for c in components],
        "votes": [[int(v), round(float(hard[v]), 4), round(float(soft[v]), 4)] for v in labels],
    }
