"""``gmvae record``: put results on record in the book."""

import argparse

from gmvae.cli.options import Subparsers
from gmvae.files import expanded


def add_parser(commands: Subparsers) -> None:
    """Add the command ``record``."""
    parser = commands.add_parser("record", help="put results on record in the book")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--run", type=expanded, metavar="DIR", dest="run_dir", help="those of a run")
    what.add_argument(
        "--bench", type=expanded, metavar="FILE", help="what gmvae bench or growth wrote"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Put a run or a bench on record; see :mod:`gmvae.paper.record`."""
    from gmvae.paper.record import put_bench_on_record, put_on_record

    made = put_bench_on_record(args.bench) if args.bench else put_on_record(args.run_dir)
    print(f"On record: {made}")
