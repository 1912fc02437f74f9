"""``gmvae race``: when the defaults are as accurate as the published configuration."""

import argparse

from gmvae.checks import real, whole
from gmvae.cli.measuring import add_measuring_options, print_measured
from gmvae.cli.options import Subparsers


def add_parser(commands: Subparsers) -> None:
    """Add the command ``race``."""
    parser = commands.add_parser("race", help="train against the published configuration")
    parser.add_argument(
        "--seconds",
        type=float,
        default=60.0,
        metavar="S",
        help="of the published configuration's training (default %(default)g)",
    )
    parser.add_argument(
        "--labels",
        type=int,
        default=100,
        metavar="N",
        help="labels that accuracy is measured with (default %(default)s)",
    )
    add_measuring_options(parser, "data set or file, of which at most 10,000 images are taken")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Race and print; see :mod:`gmvae.bench.race`."""
    seconds = real("--seconds", args.seconds, above=0)
    labels = whole("--labels", args.labels, 1)
    from gmvae.bench import race

    print_measured("race", race.measure, args, {"seconds": seconds, "labels": labels})
