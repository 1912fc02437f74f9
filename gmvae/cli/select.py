"""``gmvae select``: choose which images to label, and make the page to label them on."""

import argparse

from gmvae.checks import LARGEST_SEED
from gmvae.cli.options import Subparsers, number
from gmvae.errors import InputError
from gmvae.files import expanded


def add_parser(commands: Subparsers) -> None:
    """Add the command ``select``."""
    parser = commands.add_parser("select", help="choose images to label, and a page to do it on")
    parser.add_argument("--run", type=expanded, metavar="DIR", required=True, dest="run_dir")
    parser.add_argument("--n", metavar="N", required=True, help="how many images")
    parser.add_argument("--out", type=expanded, metavar="DIR", help="(default: the run directory)")
    parser.add_argument(
        "--strategy",
        metavar="S",
        help="spectral (default), clusters, typiclust, components, herding or random",
    )
    parser.add_argument(
        "--after",
        type=expanded,
        metavar="FILE",
        help="labels that are there: choose further images",
    )
    parser.add_argument("--seed", metavar="SEED", default="0", help="(default: 0)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Choose images; see :func:`gmvae.paper.selection.select_images`.

    Raises
    ------
    InputError
        If an option or what it names cannot be used.
    """
    from gmvae.decoding.selection import DEFAULT_STRATEGY
    from gmvae.paper.selection import select_images

    if args.after and args.strategy:
        raise InputError("--strategy chooses without labels; it cannot be given with --after.")
    strategy = args.strategy or DEFAULT_STRATEGY
    n, seed = number("--n", args.n, 1), number("--seed", args.seed, 0, LARGEST_SEED)
    select_images(args.run_dir, n, args.out, strategy, args.after, seed)
