"""What chapter 07 looks at in a trained model: its latent space, components and certainty."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.metrics import confusion_matrix

from gmvae.baselines.registry import find_method
from gmvae.chapters.plane import two_wide
from gmvae.data.dataset import Dataset
from gmvae.decoding.clusters import entropy, label_counts, mean_entropy, purity
from gmvae.errors import InputError
from gmvae.experiments.scoring import Draw, predict
from gmvae.pages.escape import escape

if TYPE_CHECKING:  # torch takes seconds to import, and a command asks this module for UMAP
    from gmvae.training.trained import TrainedModel

Array = NDArray[Any]
SHOWN = 1000  # images in a map; more would hide each other
_SEED = 0
_ROUNDING = 1e-6  # relative; points that differ by less are in one place


def maps(latent_mean: Array, with_umap: bool = False) -> tuple[Array, dict[str, Array]]:
    """Project latent means to the plane in several ways.

    PCA keeps large distances, t-SNE (van der Maaten and Hinton 2008) and UMAP (McInnes, Healy and
    Melville 2018) keep neighbours; in the latter two, distances between groups mean little.

    Parameters
    ----------
    latent_mean : ndarray of shape (N, D)
    with_umap : bool
        Needs the extra ``umap``.

    Returns
    -------
    rows : ndarray of shape (n,)
        At most 1,000 images, drawn at random.
    points : dict of ndarrays of shape (n, 2)
        By name of the projection.

    Raises
    ------
    InputError
        If UMAP is asked for and not installed.
    """
    order = np.random.default_rng(_SEED).permutation(len(latent_mean))
    rows = np.sort(order[:SHOWN])
    Z = two_wide(latent_mean[rows])  # (n, D)
    perplexity = min(30.0, (len(Z) - 1) / 3)
    projections: dict[str, Any] = {"PCA": PCA(2, random_state=_SEED)}
    projections["t-SNE"] = TSNE(2, perplexity=perplexity, init="pca", random_state=_SEED)
    if with_umap:
        projections["UMAP"] = umap_class()(random_state=_SEED, n_jobs=1)
    if np.ptp(Z, axis=0).max() <= _ROUNDING * np.abs(Z).max():  # of points in one place t-SNE dies
        return rows, dict.fromkeys(projections, Z[:, :2])
    return rows, {name: method.fit_transform(Z) for name, method in projections.items()}


def umap_class() -> Any:
    """Return UMAP; raise InputError where it is not installed."""
    try:
        from umap import UMAP
    except ImportError:
        raise InputError(
            'umap=true needs the package umap-learn: pip install "gmvae[umap]".'
        ) from None
    return UMAP


def soft_confusion(q: Array, y: Array, draw: Draw, n_classes: int) -> Array:
    """Return the share of each class's images that soft decoding gives each label, ``(L, L)``.

    Parameters
    ----------
    q : ndarray of shape (N, K)
        Responsibilities.
    y : ndarray of shape (N,)
        Labels.
    draw : Draw
        The images whose label is known, and those that are scored.
    n_classes : int
        L. A class without a scored image has a row of zeros; other rows sum to 1.
    """
    predicted = predict(find_method("soft"), q, y, n_classes, draw)  # (M,)
    true = y[draw.scored]  # (M,)
    return confusion_matrix(true, predicted, labels=np.arange(n_classes), normalize="true")


def largest_confusions(shares: Array, n: int) -> list[tuple[int, int, float]]:
    """Return the `n` largest entries off the diagonal: class, label, share."""
    off = shares.copy()
    np.fill_diagonal(off, -1)
    order = np.argsort(-off, axis=None, kind="stable")[:n]
    rows, columns = np.unravel_index(order, off.shape)
    return [(int(a), int(b), float(off[a, b])) for a, b in zip(rows, columns, strict=True)]


def by_certainty(R: Array, n: int) -> tuple[Array, Array]:
    """Return the `n` images with the smallest and the `n` with the largest entropy of q(c|x)."""
    order = np.argsort(entropy(R), kind="stable")
    return order[:n], order[::-1][:n]


def reconstructions(trained: "TrainedModel", images: Array) -> Array:
    """Return pixel probabilities ``(n, 28, 28)`` decoded from the mean of q(z|x).

    `images` are uint8 ``(n, 28, 28)``.
    """
    import torch  # only this function needs it

    _, latent_mean = trained.posterior(images)  # (n, D)
    device = trained.model.prior_mean.device
    with torch.inference_mode():
        log_odds = trained.model.decode(torch.from_numpy(latent_mean).to(device))  # (n, 784)
        pixels = torch.sigmoid(log_odds.float()).cpu().numpy()
    return pixels.reshape(-1, *images.shape[1:])


def case_purity(q: Array, dataset: Dataset) -> dict[str, float] | None:
    """Return how pure components are in label and in case; None where no case is told.

    Only images whose case the data set's file tells are counted.

    Parameters
    ----------
    q : ndarray of shape (N, K)
    dataset : Dataset
        ``extra["case"]``, if it is there, is 0 for upper case and 1 for lower case.

    Returns
    -------
    dict or None
        ``images``, their number; ``label``, the share with their component's majority label;
        ``label_and_case``, the share with its majority pair of label and case; ``by_chance``,
        what the latter would be if a component held the cases of a label as all images do.
    """
    case = np.asarray(dataset.extra.get("case", np.full(len(dataset), -1)))  # (N,)
    known = np.isin(case, (0, 1))
    if not known.any():
        return None
    component, y = q.argmax(axis=1)[known], dataset.labels[known]  # (N',) each
    pair = 2 * y + case[known].astype(np.int64)  # (N',)
    by_label = label_counts(component, y, q.shape[1])  # (K, L)
    pairs = np.bincount(pair, minlength=2 * by_label.shape[1]).reshape(-1, 2)  # (L, 2)
    more = pairs.max(axis=1) / np.maximum(pairs.sum(axis=1), 1)  # (L,), share of its usual case
    return {
        "images": int(known.sum()),
        "label": purity(component, y),
        "label_and_case": purity(component, pair),
        "by_chance": float((by_label * more).max(axis=1).sum() / known.sum()),
    }


def describe_case_purity(found: Mapping[str, float] | None) -> str:
    """Tell whether upper and lower case of a letter lie in components of their own."""
    if found is None:
        return "The data set's file does not tell upper from lower case, or has no letters."
    return (
        f"Of the {found['images']:,} images whose case is known, {found['label']:.1%} have their"
        f" component's majority label, and {found['label_and_case']:.1%} its majority label and"
        f" case. If components knew nothing of case the latter would be {found['by_chance']:.1%}."
    )


def numbers(
    components: pd.DataFrame, q: Array, shares: Array, class_names: Sequence[str], n_labels: int
) -> dict[str, Any]:
    """Return the numbers on record.

    Parameters
    ----------
    components : DataFrame
        From :func:`gmvae.decoding.components.describe_components`.
    q : ndarray of shape (N, K)
    shares : ndarray of shape (L, L)
        From :func:`soft_confusion` with `n_labels`.
    class_names : sequence of L names
    n_labels : int
    """
    used = components[components["weight"] > 0]
    return {
        "n_labels": n_labels,
        "components_with_images": len(used),
        "largest_weight": float(used["weight"].max()),
        "share_of_components_over_95_percent_pure": float((used["purity"] > 0.95).mean()),
        "entropy": mean_entropy(q),
        "confusions": [
            {"class": class_names[a], "decoded_as": class_names[b], "share": share}
            for a, b, share in largest_confusions(shares, 5)
        ],
    }


def describe_components(components: pd.DataFrame) -> str:
    """Tell how many components hold images, how large they are and how many are pure."""
    used = components[components["weight"] > 0]
    return (
        f"{len(used)} of {len(components)} components hold images; the largest holds"
        f" {used['weight'].max():.1%} of all images, the smallest {used['weight'].min():.2%}."
        f" {(used['purity'] > 0.95).mean():.0%} of these components are more than 95 % pure."
    )


def describe_confusions(numbers: Mapping[str, Any]) -> str:
    """Tell the most frequent confusions."""
    listed = ", ".join(
        f"“{escape(row['class'])}” as “{escape(row['decoded_as'])}” ({row['share']:.0%})"
        for row in numbers["confusions"]
    )
    return f"With {numbers['n_labels']} labels the most frequent confusions are {listed}."
