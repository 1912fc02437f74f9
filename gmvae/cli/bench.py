"""``gmvae bench``: speed and memory, as ratios measured in one run on one machine."""

import argparse

from gmvae.cli.measuring import add_measuring_options, print_measured
from gmvae.cli.options import Subparsers, number

_COUNTS = {  # option: its default, the least that is allowed, and what it is
    "repeats": (5, 1, "take medians over N turns"),
    "images": (145_600, 1000, "full size; the default is that of EMNIST Letters, train and test"),
    "epochs": (1, 1, "train so long at full size"),
}


def add_parser(commands: Subparsers) -> None:
    """Add the command ``bench``."""
    parser = commands.add_parser("bench", help="print speed and memory as ratios of one run")
    for name, (default, _, told) in _COUNTS.items():
        told = f"{told} (default %(default)s)"
        parser.add_argument(f"--{name}", default=str(default), metavar="N", help=told)
    add_measuring_options(
        parser, "data set or file that the images of the full size are warped copies of"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Measure and print; see :func:`gmvae.bench.cost_ratios.measure`."""
    counts = {n: number(f"--{n}", getattr(args, n), least) for n, (_, least, _) in _COUNTS.items()}
    from gmvae.bench import cost_ratios

    print_measured("bench", cost_ratios.measure, args, counts)
