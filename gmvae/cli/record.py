"""``gmvae record``: put results on record in the book."""

import argparse

from gmvae.cli.options import Subparsers
from gmvae.errors import InputError
from gmvae.files import expanded


def add_parser(commands: Subparsers) -> None:
    """Add the command ``record``."""
    parser = commands.add_parser("record", help="put results on record in the book")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--run", type=expanded, metavar="DIR", dest="run_dir", help="those of a run")
    what.add_argument(
        "--bench", type=expanded, metavar="FILE", help="what gmvae bench or growth wrote"
    )
    parser.add_argument(
        "--setting",
        metavar="NAME",
        help="with --run: only its accuracies, beside the record of the same data, as those of"
        " other settings, such as large",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Put a run or a bench on record; see :mod:`gmvae.paper.record`."""
    from gmvae.paper.record import put_bench_on_record, put_on_record, put_setting_on_record

    if args.bench and args.setting is not None:
        raise InputError("--setting goes with --run, not with --bench.")
    if args.bench:
        made = put_bench_on_record(args.bench)
    elif args.setting is not None:
        made = put_setting_on_record(args.run_dir, args.setting)
    else:
        made = put_on_record(args.run_dir)
    print(f"On record: {made}")
