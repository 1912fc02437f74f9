"""``gmvae label``: every image labelled from the few that a person has labelled, and how well."""

import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gmvae.checks import real
from gmvae.decoding.few_labels import Decoded, answered, decode_labelled
from gmvae.errors import InputError
from gmvae.files import atomic_path, check_writable
from gmvae.paper.label_file import GivenLabels, read_labels
from gmvae.runs.directory import Run

Array = NDArray[Any]


def checked_labels(path: Path, n_images: int, names: Array | None) -> GivenLabels:
    """Read labels and check that there are two classes among them.

    Where files have other numbers than when they were labelled, that is printed.

    Raises
    ------
    InputError
        If the file cannot be used, see :func:`gmvae.paper.label_file.read_labels`, or all its
        labels are equal.
    """
    labels = read_labels(path, n_images, names)
    if len(np.unique(labels.label)) < 2:
        raise InputError(
            f"{path} holds one class, {labels.label[0]!s}; it takes labels of two at least."
        )
    if labels.n_moved:
        print(
            f"Note: {labels.n_moved} labels are of files that had another number when they were"
            " given; the name counts."
        )
    if labels.names_unknown:
        print(
            f"Note: {path} has a column file, but the images of this run have no names; the index"
            " counts. Is it of another data set?"
        )
    return labels


def file_names(run: Run) -> Array | None:
    """Return the names of a run's image files, or None if its data set is no folder of images.

    Raises
    ------
    InputError
        If the folder is no longer there, or no longer the same.
    """
    place = Path(run.configuration["dataset"])
    if not (run.summary["data"].get("image_files") or place.is_dir()):
        return None
    return run.dataset().extra.get("file")


def check_folder(out: Path) -> Path:
    """Return `out`, where files are to be written, unless it is named like one of them.

    Raises
    ------
    InputError
        If it ends like a table, a picture or a page.
    """
    if out.suffix.lower() in (".csv", ".png", ".html"):
        raise InputError(f"--out is {out}; it must be a folder, in which files have names already.")
    return out


def check_apart_from_labels(labels: Path, *written: Path) -> None:
    """Check that none of the files to be `written` is the one with the `labels` of a person.

    Raises
    ------
    InputError
        If one is.
    """
    for path in written:
        if path.resolve() == labels.resolve():
            raise InputError(
                f"{labels} holds the labels, and {path.name} would be written over it: give it"
                " another name, or name another folder with --out."
            )


def label_images(run_dir: Path, labels_path: Path, out: Path | None, abstain: float) -> Path:
    """Write ``predictions.csv``: `index`, `label` and `probability` of every image.

    Images from a folder also have `file`, their name in it. Prints how accurate the labels are.

    Parameters
    ----------
    run_dir
        A run with a posterior.
    labels_path
        A CSV file with the columns ``index`` and ``label``, see
        :func:`gmvae.paper.label_file.read_labels`.
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
    names = file_names(run)
    labels = checked_labels(labels_path, len(Z), names)
    path = (run_dir if out is None else check_folder(out)) / "predictions.csv"
    check_apart_from_labels(labels_path, path)
    check_writable(path, "--out")
    decoded = decode_labelled(Z, labels.index, labels.label)
    kept = answered(decoded, abstain)  # (N,)
    table = pd.DataFrame(
        {
            "index": np.arange(len(Z)),
            "label": np.where(kept, decoded.label, ""),
            "probability": decoded.probability.round(4),
        }
    )
    if names is not None:
        table["file"] = names
    with atomic_path(path) as temporary:
        table.to_csv(temporary, index=False)
    print("\n".join(_report(run_dir, labels_path, labels, decoded, kept, path)))
    return path


def _report(
    run_dir: Path,
    labels_path: Path,
    labels: GivenLabels,
    decoded: Decoded,
    kept: Array,
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
    if not kept.all():
        asked = ~decoded.given & kept
        lines.append(f"{(~kept).sum()} of the least certain images have no label.")
        lines.append(_accuracy("Estimated accuracy of the others", decoded, asked))
    n_open = len(decoded.label) - len(labels)
    then = decoded.estimate_with_twice_the_labels()
    if then is not None and n_open > len(labels):
        lines.append(
            f"With {len(labels)} more labels of this kind it would be about {then:.1%}, judging by"
            " what the last half of them brought."
        )
    if n_open:
        n = str(min(len(labels), n_open))
        more = ["--run", str(run_dir), "--n", n, "--after", str(labels_path)]
        lines.append(f"To label more: {shlex.join(['gmvae', 'select', *more])}")
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
