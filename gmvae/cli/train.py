"""``gmvae train``: a model alone, from images that need no labels."""

import argparse

from gmvae.cli.options import Subparsers, add_run_options


def add_parser(commands: Subparsers) -> None:
    """Add the command ``train``."""
    parser = commands.add_parser("train", help="train a model alone; labels are not needed")
    add_run_options(parser, "letters")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Train; see :func:`gmvae.paper.train.train_alone`."""
    from gmvae.paper.train import train_alone
    from gmvae.runs.parameters import parse_settings

    settings = parse_settings(args.settings, find_data=True)
    train_alone(args.profile, settings, args.out)
