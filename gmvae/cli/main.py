"""The command line: ``python -m gmvae`` and ``gmvae``."""

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from gmvae import __version__
from gmvae.checks import named
from gmvae.cli import bench, bound, growth, label, paper, record, select, train, verify
from gmvae.errors import FailedError, InputError

DONE, FAILED, BAD_INPUT = 0, 1, 2
PIPE_CLOSED = 128 + 13  # as a shell says that SIGPIPE has ended a command
# Of an OSError what the machine is to blame for, and neither this program nor what it was told.
_OF_THE_MACHINE = {
    errno.EACCES,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EIO,
    errno.ENAMETOOLONG,
    errno.ENOSPC,
    errno.EPERM,
    errno.EROFS,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Returns
    -------
    int
        0 done, 1 failed, 2 bad input, 141 nobody reads the output any more.
    """
    try:
        try:
            return _run(arguments)
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()  # while what fails can still be told
    except BrokenPipeError:
        _close_output()
        return PIPE_CLOSED
    except OSError as error:
        if error.errno not in _OF_THE_MACHINE:
            raise
        _close_output()
        where = f": {named(error.filename)}" if error.filename else ""
        _tell(f"{error.strerror}{where}")
        return FAILED


def _run(arguments: Sequence[str] | None) -> int:
    """Run one command; whatever it refuses or fails in is told line by line."""
    parsed = _parser().parse_args(arguments)
    try:
        return parsed.run(parsed) or DONE
    except InputError as error:
        _tell(str(error))
        return BAD_INPUT
    except FailedError as error:
        _tell(str(error))
        return FAILED
    except KeyboardInterrupt:
        _tell("stopped; the same command goes on from here.")
        return FAILED


def _tell(message: str) -> None:
    for line in message.splitlines():
        print(f"gmvae: {line}", file=sys.stderr)


def _close_output() -> None:
    """Send the rest of the output nowhere, or Python would fail in it once more at its end."""
    with suppress(OSError, ValueError):  # what stands in for the output has no number
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gmvae", description="How few labels turn an unsupervised model into a classifier."
    )
    parser.add_argument("--version", action="version", version=f"gmvae {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in (paper, train, select, label, bound, bench, growth, record, verify):
        command.add_parser(commands)
    return parser
