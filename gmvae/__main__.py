"""The command line: ``python -m gmvae`` and ``gmvae``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from gmvae import __version__
from gmvae.errors import InputError

DONE, FAILED, BAD_INPUT = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 bad input."""
    parsed = _parser().parse_args(arguments)
    try:
        return parsed.run(parsed)
    except InputError as error:
        print(f"gmvae: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("gmvae: stopped; the same command goes on from here.", file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    from gmvae import bench, bound

    parser = argparse.ArgumentParser(
        prog="gmvae", description="How few labels turn an unsupervised model into a classifier."
    )
    parser.add_argument("--version", action="version", version=f"gmvae {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_paper(commands)
    _add_train(commands)
    bound.add_parser(commands)
    bench.add_parser(commands)
    _add_record(commands)
    return parser


def _add_run_options(parser: argparse.ArgumentParser, profile: str) -> None:
    parser.add_argument(
        "--profile",
        default=profile,
        help="digits, mnist, letters, emnist or a .yml file (default: %(default)s)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="override a parameter; may be repeated",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="the run directory")


def _add_paper(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("paper", help="run every chapter and build the book")
    _add_run_options(parser, "digits")
    parser.add_argument("--force", action="store_true", help="run what is up to date, too")
    parser.add_argument("--no-book", action="store_true", help="stop before the book")
    parser.set_defaults(run=_paper)


def _paper(args: argparse.Namespace) -> int:
    from gmvae.book import BookError
    from gmvae.paper import ChapterError, make_paper
    from gmvae.parameters import parse_settings

    settings = parse_settings(args.settings)
    try:
        make_paper(args.profile, settings, args.out, args.force, not args.no_book)
    except (ChapterError, BookError) as error:
        print(f"gmvae: {error}", file=sys.stderr)
        return FAILED
    return DONE


def _add_train(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("train", help="train a model alone; labels are not needed")
    _add_run_options(parser, "letters")
    parser.set_defaults(run=_train)


def _train(args: argparse.Namespace) -> int:
    from gmvae.parameters import parse_settings
    from gmvae.stages import train_alone
    from gmvae.training import TrainingError

    try:
        train_alone(args.profile, parse_settings(args.settings), args.out)
    except TrainingError as error:
        print(f"gmvae: {error}", file=sys.stderr)
        return FAILED
    return DONE


def _add_record(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("record", help="put results on record in the book")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--run", type=Path, metavar="DIR", dest="run_dir", help="those of a run")
    what.add_argument("--bench", type=Path, metavar="FILE", help="what gmvae bench --out wrote")
    parser.set_defaults(run=_record)


def _record(args: argparse.Namespace) -> int:
    from gmvae.record import put_bench_on_record, put_on_record

    made = put_bench_on_record(args.bench) if args.bench else put_on_record(args.run_dir)
    print(f"On record: {made}")
    return DONE


if __name__ == "__main__":
    sys.exit(main())
