"""``gmvae verify``: compare a run with the results on record."""

import argparse
from pathlib import Path

from gmvae.cli.options import Subparsers
from gmvae.errors import FailedError
from gmvae.files import expanded


def add_parser(commands: Subparsers) -> None:
    """Add the command ``verify``."""
    parser = commands.add_parser("verify", help="compare a run with the results on record")
    parser.add_argument(
        "--run",
        type=expanded,
        default=Path("runs/digits"),
        metavar="DIR",
        dest="run_dir",
        help="the run directory (default: %(default)s)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Compare and tell; see :func:`gmvae.paper.verify.verify`."""
    from gmvae.paper.verify import verify

    compared, outside = verify(args.run_dir)
    if outside:
        raise FailedError(
            f"{len(outside)} of {compared} figures are outside their intervals:\n"
            + "\n".join(outside)
        )
    print(f"All {compared} figures hold.")
