"""``gmvae paper``: run every chapter and build the book."""

import argparse

from gmvae.cli.options import Subparsers, add_run_options
from gmvae.errors import InputError


def add_parser(commands: Subparsers) -> None:
    """Add the command ``paper``."""
    parser = commands.add_parser("paper", help="run every chapter and build the book")
    add_run_options(parser, "digits")
    parser.add_argument("--force", action="store_true", help="run what is up to date, too")
    parser.add_argument("--no-book", action="store_true", help="stop before the book")
    parser.add_argument("--pdf", action="store_true", help="also print the book, by a Chromium")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Make the paper; see :func:`gmvae.paper.pipeline.make_paper`.

    Raises
    ------
    InputError
        If options contradict each other or cannot be used.
    """
    from gmvae.paper.pipeline import make_paper
    from gmvae.runs.parameters import parse_settings

    settings = parse_settings(args.settings, find_data=True)
    if args.pdf and args.no_book:
        raise InputError("--pdf prints the book; it cannot be given with --no-book.")
    make_paper(args.profile, settings, args.out, args.force, not args.no_book, args.pdf)
