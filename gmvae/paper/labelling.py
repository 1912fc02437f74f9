"""``gmvae label``: every image labelled from the few that a person has labelled, and how well."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gmvae.checks import real
from gmvae.decoding.estimated_accuracy import AccuracyEstimator, Estimate
from gmvae.decoding.graph import GraphDecoder
from gmvae.decoding.leave_one_out import leave_one_out, margins
from gmvae.decoding.neighbours import nearest_neighbours
from gmvae.decoding.poisson import neighbour_graph
from gmvae.errors import InputError
from gmvae.files import atomic_path, check_writable
from gmvae.paper.label_file import GivenLabels, read_labels
from gmvae.runs.directory import Run

Array = NDArray[Any]


@dataclass(frozen=True)
class Decoded:
    """All images with the labels that a few have led to.

    Attributes
    ----------
    label : str array (N,)
    probability : float64 array (N,)
        That the label is right; 1 for a given one, NaN where that cannot be estimated.
    margin : float64 array (N,)
        Best score minus the second.
    given : bool array (N,)
    estimator : AccuracyEstimator or None
        None where no class has two labels.
    """

    label: Array
    probability: Array
    margin: Array
    given: Array
    estimator: AccuracyEstimator | None

    def estimate(self, asked: Array) -> Estimate | None:
        """Estimate the accuracy of the images in the mask `asked (N,)`, if anything tells it."""
        return self.estimator.estimate(self.margin[asked]) if self.estimator else None


def decode(Z: Array, labels: GivenLabels) -> Decoded:
    """Label the images with latent means `Z (N, D)` from `labels`, which have two classes or more.

    The scores are those of the graph decoder, see :class:`gmvae.decoding.graph.GraphDecoder`.
    """
    classes, code = np.unique(labels.label, return_inverse=True)  # (L,), (n,)
    y = np.full(len(Z), -1)  # (N,)
    y[labels.index] = code
    W = neighbour_graph(*nearest_neighbours(Z, GraphDecoder().n_neighbors))  # (N, N)
    decoder = GraphDecoder().fit(Z, y, graph=W)
    margin = margins(decoder.scores_)  # (N,)
    given = y >= 0  # (N,)
    right, left_out_margin = leave_one_out(W, Z, labels.index, code, len(classes))  # (n,), (n,)
    alone = np.bincount(code)[code] == 1  # (n,)
    probability = np.full(len(Z), np.nan)  # (N,)
    estimator = None
    if not alone.all() and not given.all():
        estimator = AccuracyEstimator(margin[~given], left_out_margin, right, alone)
        probability = estimator.probability(margin)
    probability[given] = 1
    return Decoded(classes[decoder.transduction_], probability, margin, given, estimator)


def checked_labels(path: Path, n_images: int) -> GivenLabels:
    """Read labels and check that there are two classes among them.

    Raises
    ------
    InputError
        If the file cannot be used, see :func:`gmvae.paper.label_file.read_labels`, or all its
        labels are equal.
    """
    labels = read_labels(path, n_images)
    if len(np.unique(labels.label)) < 2:
        raise InputError(
            f"{path} holds one class, {labels.label[0]!s}; it takes labels of two at least."
        )
    return labels


def file_names(run: Run) -> Array | None:
    """Return the names of a run's image files, or None if its data set is no folder of images."""
    if not Path(run.configuration["dataset"]).is_dir():
        return None
    return run.dataset().extra.get("file")


def label_images(run_dir: Path, labels_path: Path, out: Path | None, abstain: float) -> Path:
    """Write ``predictions.csv``: `index`, `label` and `probability` of every image.

    Images from a folder also have `file`, their name in it. Prints how accurate the labels are.

    Parameters
    ----------
    run_dir
        A run with a posterior.
    labels_path
        A CSV file with the columns ``index`` and ``label``.
    out
        Where to write; None: the run directory.
    abstain
        Share of all images whose label is left empty, from 0 to below 1: those with the smallest
        margin.

    Raises
    ------
    InputError
        If the run, the labels or `abstain` cannot be used; nothing has been written then.
    """
    abstain = real("abstain", abstain, least=0, below=1)
    run = Run(run_dir)
    Z = run.posterior().latent_mean  # (N, D)
    labels = checked_labels(labels_path, len(Z))
    names = file_names(run)
    path = (run_dir if out is None else out) / "predictions.csv"
    check_writable(path, "--out")
    decoded = decode(Z, labels)
    answered = _answered(decoded, abstain)  # (N,)
    table = pd.DataFrame(
        {
            "index": np.arange(len(Z)),
            "label": np.where(answered, decoded.label, ""),
            "probability": decoded.probability.round(4),
        }
    )
    if names is not None:
        table["file"] = names
    with atomic_path(path) as temporary:
        table.to_csv(temporary, index=False)
    print("\n".join(_report(run_dir, labels_path, labels, decoded, answered, path)))
    return path


def _answered(decoded: Decoded, abstain: float) -> Array:
    """Return the mask ``(N,)`` of images whose label is written."""
    answered = np.ones(len(decoded.label), dtype=bool)
    unknown = np.flatnonzero(~decoded.given)
    n_open = min(int(abstain * len(answered)), len(unknown))
    answered[unknown[np.argsort(decoded.margin[unknown], kind="stable")[:n_open]]] = False
    return answered


def _report(
    run_dir: Path,
    labels_path: Path,
    labels: GivenLabels,
    decoded: Decoded,
    answered: Array,
    path: Path,
) -> list[str]:
    """Return the lines that say what was written, how good it is and what to do next."""
    classes, counts = np.unique(labels.label, return_counts=True)
    lines = [
        f"{path} has {len(decoded.label)} images; {len(labels)} labels of {len(classes)} classes"
        " were given."
    ]
    if single := [str(name) for name in classes[counts == 1]]:
        shown = ", ".join(single[:8]) + (", …" if len(single) > 8 else "")
        lines.append(f"One label only: {shown}. Whether such a class is recognised cannot be told.")
    lines.append(_accuracy("Estimated accuracy", decoded, ~decoded.given))
    if not answered.all():
        asked = ~decoded.given & answered
        lines.append(f"{(~answered).sum()} of the least certain images have no label.")
        lines.append(_accuracy("Estimated accuracy of the others", decoded, asked))
    lines.append(
        f"To label more: gmvae select --run {run_dir} --n {len(labels)} --after {labels_path}"
    )
    return lines


def _accuracy(what: str, decoded: Decoded, asked: Array) -> str:
    """Return the sentence on the accuracy of the images in the mask `asked (N,)`."""
    estimate = decoded.estimate(asked) if asked.any() else None
    if estimate is None:
        return f"{what}: unknown; it takes a class with two labels and images without one."
    return (
        f"{what}: {estimate.accuracy:.1%}, 95 % interval {estimate.low:.1%} to"
        f" {estimate.high:.1%}, from the given labels alone, each left out once."
    )
