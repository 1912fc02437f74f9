"""``gmvae bound``: how many random labels cover every cluster, on the command line.

::

    gmvae bound --clusters 100 --confidence 0.95 --population 145600
    gmvae bound --weights runs/mnist/posterior.npz --confidence 0.95
"""

import argparse
import codecs
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from gmvae.checks import named, shown
from gmvae.coverage.clusters import Floats, as_clusters
from gmvae.coverage.probability import (
    BOUND_METHODS,
    coverage_probability,
    covered_share,
    labels_to_cover,
)
from gmvae.data.archive import Archive
from gmvae.decoding.clusters import cluster_sizes
from gmvae.errors import InputError
from gmvae.files import expanded, is_file

_DESCRIPTION = """\
Print how many labels, drawn at random, reach every cluster with the given confidence, and which
fraction of the images that is.  With --population N labels are drawn without replacement; without
it the draws are independent and no fraction can be given, unless the weights come from a
posterior.npz, which holds its own number of images.  Clusters of weight zero hold no image and are
left out."""


def add_parser(subparsers: Any) -> None:
    """Add the subcommand ``bound`` to the parser of ``gmvae``."""
    parser = subparsers.add_parser(
        "bound", help="how many random labels reach every cluster", description=_DESCRIPTION
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--clusters", metavar="K", help="K clusters of equal size")
    source.add_argument(
        "--weights",
        metavar="FILE",
        type=expanded,
        help="one cluster weight a line, or a posterior.npz, whose images are counted by "
        "their most probable component",
    )
    parser.add_argument(
        "--confidence", metavar="P", default="0.95", help="between 0 and 1 (default: 0.95)"
    )
    parser.add_argument(
        "--population",
        metavar="N",
        help="number of images, drawn without replacement; equal clusters then hold floor(N/K) or "
        "ceil(N/K) of them, weights are whole counts that sum to N",
    )
    parser.add_argument("--method", choices=BOUND_METHODS, default="exact", help="(default: exact)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the answer; return the exit code 0.

    Raises
    ------
    InputError
        On a value outside its range or a weights file that cannot be used.
    """
    confidence = _number(args.confidence, "the confidence")
    population = None
    if args.population is not None:
        population = _whole(args.population, "the population")
    n_images = population
    clusters: int | Floats
    if args.clusters is not None:
        clusters = _whole(args.clusters, "the number of clusters")
    else:
        clusters, counted = read_weights(args.weights)
        n_images = n_images if counted is None else counted
    n = labels_to_cover(clusters, confidence, population, args.method)
    lines = _report(n, clusters, population, n_images, args.method)
    if args.method != "exact":
        exact = labels_to_cover(clusters, confidence, population)
        lines.append(f"exact method: {exact} labels, {n - exact:+d} by {args.method}")
    print("\n".join(lines))
    return 0


def _report(
    n: int, clusters: int | Floats, population: int | None, n_images: int | None, method: str
) -> list[str]:
    """Return the lines to print: first the number of labels, then the fraction."""
    to_cover = as_clusters(clusters, population)
    draws = "with replacement" if population is None else "without replacement"
    empty = f", {to_cover.n_empty} empty ones left out" if to_cover.n_empty else ""
    if n_images is None:
        fraction = "fraction: unknown without --population"
    else:
        fraction = f"fraction: {n / n_images:.6g} ({n / n_images:.4%} of {n_images} images)"
    probability = coverage_probability(n, clusters, population)
    return [
        f"labels: {n}",
        fraction,
        f"clusters: {to_cover.n_clusters}{empty}",
        f"drawn: {draws}",
        f"method: {method}",
        f"probability that all are covered: {probability:.7f}",
        f"covered share of the images: {covered_share(n, clusters, population):.7f}",
    ]


def read_weights(path: Path) -> tuple[Floats, int | None]:
    """Read cluster weights from a text file or from a ``posterior.npz``.

    Returns
    -------
    weights : ndarray of shape (K,)
        The numbers of the text file, or how many images have each component as their most
        probable one.
    n_images : int or None
        N for a posterior, None for a text file.

    Raises
    ------
    InputError
        If the file is missing, unreadable, empty, or holds something else.
    """
    if not is_file(path):
        raise InputError(f"{named(path)} is not a file; give a file of weights or a posterior.npz")
    if zipfile.is_zipfile(path):
        counts = cluster_sizes(_responsibilities(path))
        return counts.astype(np.float64), int(counts.sum())
    return _read_text(path), None


def _responsibilities(path: Path) -> np.ndarray:
    """Read the responsibilities (N, K) of a posterior."""
    array = Archive(path).read("responsibilities")
    where = f"the responsibilities in {named(path)}"
    if array.ndim != 2 or array.size == 0 or not np.issubdtype(array.dtype, np.floating):
        raise InputError(
            f"{where} are {array.dtype} of shape {array.shape}; they must be real numbers of shape"
            " (images, components)"
        )
    if np.isnan(array.sum()):  # one pass, and cheaper than testing every number
        raise InputError(f"{where} hold NaN")
    return array


def _read_text(path: Path) -> Floats:
    """Read one number a line; a byte order mark, as some editors write it, says the encoding."""
    try:
        content = path.read_bytes()
        marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        lines = content.decode("utf-16" if marked else "utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputError(
            f"{named(path)} is neither text with one weight a line nor an npz"
        ) from None
    weights = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            weights.append(_number(line, f"line {number} of {named(path)}"))
    if not weights:
        raise InputError(f"{named(path)} holds no weights; give one weight a line")
    return np.array(weights)


def _number(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{name} is {shown(text.strip())}, which is not a number") from None


def _whole(text: str, name: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InputError(
            f"{name} is {shown(text)}; it must be a whole number of at least 1"
        ) from None
