"""The command line: ``python -m gmvae`` and ``gmvae``."""

import argparse
import sys
from collections.abc import Sequence

from gmvae import __version__
from gmvae.cli import bench, bound, label, paper, race, record, select, train
from gmvae.errors import FailedError, InputError

DONE, FAILED, BAD_INPUT = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 bad input."""
    parsed = _parser().parse_args(arguments)
    try:
        return parsed.run(parsed) or DONE
    except InputError as error:
        print(f"gmvae: {error}", file=sys.stderr)
        return BAD_INPUT
    except FailedError as error:
        print(f"gmvae: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("gmvae: stopped; the same command goes on from here.", file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gmvae", description="How few labels turn an unsupervised model into a classifier."
    )
    parser.add_argument("--version", action="version", version=f"gmvae {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in (paper, train, select, label, bound, bench, race, record):
        command.add_parser(commands)
    return parser
