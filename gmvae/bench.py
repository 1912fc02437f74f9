"""``gmvae bench``: speed and memory, as ratios measured in one run on one machine."""

import argparse
from pathlib import Path
from typing import Any

from gmvae.errors import InputError
from gmvae.files import write_json

FULL_SIZE = 145_600  # images of EMNIST Letters, train and test
_LEAST_IMAGES = 1000


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command ``bench``."""
    parser = subparsers.add_parser("bench", help="print speed and memory as ratios of one run")
    parser.add_argument(
        "--repeats",
        type=int,
        default=5,
        metavar="N",
        help="take medians of N (default %(default)s)",
    )
    parser.add_argument(
        "--images", type=int, default=FULL_SIZE, metavar="N", help="full size (default %(default)s)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures as JSON, too")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and print; return exit code 0."""
    from gmvae.speed import measure  # imports torch, which other commands need not wait for

    if args.repeats < 1:
        raise InputError(f"--repeats is {args.repeats}; it must be at least 1")
    if args.images < _LEAST_IMAGES:
        raise InputError(f"--images is {args.images}; it must be at least {_LEAST_IMAGES}")
    figures = measure(args.repeats, args.images)
    print(report(figures))
    if args.out:
        write_json(args.out, figures)
    return 0


def report(figures: dict[str, Any]) -> str:
    """Return the figures as lines of text."""
    f = figures
    step = f["step_seconds"]
    rest = step - sum(f["parts_seconds"].values())
    table = [
        f"  {name:<10} {1e3 * seconds:9.2f} ms {seconds / step:6.1%}"
        for name, seconds in {**f["parts_seconds"], "rest": rest}.items()
    ]
    lines = [
        f"{f['device']}, {f['threads']} threads, {f['precision']}, medians of {f['repeats']}",
        f"training: {f['images_per_second']:,.0f} images/s, {f['share_of_matrix_products']:.0%} "
        "of what its matrix products reach alone",
        f"one step: {1e3 * step:.1f} ms, of which",
        *table,
        f"an image costs {f['times_cheaper']:,.0f} times less than in the published configuration, "
        f"with {f['times_fewer_operations']:,.0f} times fewer operations "
        f"({f['operations_per_image'] / 1e6:,.1f} against "
        f"{f['published_operations_per_image'] / 1e6:,.0f} million)",
        f"{f['n_images']:,} images: an epoch {f['epoch_seconds']:.1f} s, all epochs "
        f"{f['training_seconds'] / 60:.1f} min (from one), responsibilities "
        f"{f['responsibilities_seconds']:.1f} s, peak memory "
        f"{f['peak_memory_bytes'] / 2**30:.2f} GiB",
    ]
    return "\n".join(lines)
