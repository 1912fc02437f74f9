"""``gmvae growth``: how costs grow with the number of images."""

import argparse

from gmvae.checks import several
from gmvae.cli.measuring import Setting, add_measuring_options, print_measured
from gmvae.cli.options import Subparsers, number

_SIZES = ["10000", "36000", "111638"]
_LEAST = 1000  # images; fewer are no training with the defaults


def add_parser(commands: Subparsers) -> None:
    """Add the command ``growth``."""
    parser = commands.add_parser("growth", help="print how costs grow with the number of images")
    told = f"numbers of images (default {' '.join(_SIZES)})"
    parser.add_argument("--sizes", nargs="+", default=_SIZES, metavar="N", help=told)
    parser.add_argument(
        "--labels",
        default="291",
        metavar="N",
        help="labels that each method decodes (default %(default)s)",
    )
    parser.add_argument(
        "--epochs",
        default="1",
        metavar="N",
        help="train so long before (default %(default)s)",
    )
    add_measuring_options(parser, "data set or file that the images are warped copies of")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Measure and print; see :func:`gmvae.bench.growth.measure`."""
    sizes = several(
        "--sizes",
        args.sizes,
        lambda name, n: number(name, n, _LEAST),
        "whole numbers, as 1000 2000",
    )
    few = f", fewer than the {min(sizes)} images"
    labels = number("--labels", args.labels, 2, min(sizes) - 1, few)
    epochs = number("--epochs", args.epochs, 1)
    from gmvae.bench import growth

    settings: dict[str, Setting] = {"sizes": sizes, "labels": labels, "epochs": epochs}
    print_measured("growth", growth.measure, args, settings)
