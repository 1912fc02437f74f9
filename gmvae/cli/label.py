"""``gmvae label``: label every image from the few that a person has labelled."""

import argparse

from gmvae.cli.options import Subparsers
from gmvae.files import expanded


def add_parser(commands: Subparsers) -> None:
    """Add the command ``label``."""
    parser = commands.add_parser("label", help="label every image from the labels of a few")
    parser.add_argument("--run", type=expanded, metavar="DIR", required=True, dest="run_dir")
    parser.add_argument(
        "--labels", type=expanded, metavar="FILE", required=True, help="CSV: index,label"
    )
    parser.add_argument("--out", type=expanded, metavar="DIR", help="(default: the run directory)")
    parser.add_argument(
        "--abstain",
        metavar="SHARE",
        default="0",
        help="share of the images, the least certain, whose label stays empty (default: 0)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Label; see :func:`gmvae.paper.labelling.label_images`."""
    from gmvae.paper.labelling import label_images

    label_images(args.run_dir, args.labels, args.out, args.abstain)
