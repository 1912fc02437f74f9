"""Chapter 07, to play with: the map of the latent space, image by image."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmvae.chapters.play_pictures import sheet_of, side_for
from gmvae.data.dataset import Dataset
from gmvae.decoding.clusters import label_counts
from gmvae.decoding.posterior import Posterior
from gmvae.pages.play import Piece, short

Array = NDArray[Any]
MOST = 600  # images on the map; more hide each other and make the page heavy
_COLUMNS = 20  # of the sheet of pictures, as its script knows
_PIXELS = 160_000  # of all pictures together


def latent(points: Array, rows: Array, posterior: Posterior, dataset: Dataset) -> Piece:
    """Return the piece of a run.

    Parameters
    ----------
    points : ndarray of shape (n, 2)
        Where images lie in the plane.
    rows : int array (n,)
        Which images these are.
    posterior : Posterior
    dataset : Dataset
    """
    some = np.unique(np.linspace(0, len(rows) - 1, min(MOST, len(rows))).astype(int))  # (m,)
    at, which = points[some].astype(np.float64), rows[some]  # (m, 2), (m,)
    R, y = posterior.responsibilities, posterior.labels  # (N, K), (N,)
    component = R.argmax(axis=1)  # (N,)
    majority = label_counts(component, y, R.shape[1]).argmax(axis=1)  # (K,)
    low, span = at.min(axis=0), np.maximum(np.ptp(at, axis=0), 1e-9)  # (2,), (2,)
    x, height = ((at - low) / span).round(3).T  # (m,), (m,)
    side = side_for(len(which), _PIXELS, 20)
    data = {
        "names": [short(name) for name in dataset.class_names],
        "marks": marks_of(dataset.class_names),
        "x": x.tolist(),
        "y": height.tolist(),
        "label": y[which].tolist(),
        "component": component[which].tolist(),
        "share": R[which].max(axis=1).astype(float).round(2).tolist(),
        "majority": majority.tolist(),
        "pictures": sheet_of(dataset.images[which], side, _COLUMNS),
    }
    still = (
        f"<p>The map above, image by image: {len(which):,} images, in"
        f" {len(np.unique(component[which])):,} components. It needs scripts.</p>"
    )
    return Piece("latent", "Walk through the latent space", still, data)


def marks_of(names: Sequence[object]) -> list[str]:
    """Return a mark of one or two characters for each class; its number where names are alike."""
    first = [str(name).strip()[:2] if len(str(name).strip()) <= 2 else "" for name in names]
    first = [mark or str(name).strip()[:1] for mark, name in zip(first, names, strict=True)]
    counts = Counter(first)
    return [mark if mark and counts[mark] == 1 else str(place) for place, mark in enumerate(first)]
