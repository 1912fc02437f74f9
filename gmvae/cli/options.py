"""Options that several commands have."""

import argparse
from importlib.util import find_spec
from typing import TypeAlias

from gmvae.errors import InputError
from gmvae.files import PROJECT, expanded

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_run_options(parser: argparse.ArgumentParser, profile: str) -> None:
    """Add what says which run is made: profile, settings and directory."""
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
    parser.add_argument("--out", type=expanded, metavar="DIR", help="the run directory")


def check_installation(runs: bool = True) -> None:
    """Check that the package lies in a checkout of the project, with its notebooks and pages.

    Raises
    ------
    InputError
        If it does not; or, for a command that `runs` chapters or trainings, if this is Windows,
        which cannot lock a run directory as this project does.
    """
    if not (PROJECT / "_toc.yml").is_file() or not (PROJECT / "notebooks").is_dir():
        raise InputError(
            f"this command needs a checkout of the project, which {PROJECT} is not: clone the"
            " project, and run `make setup` there and then its .venv/bin/gmvae."
        )
    if runs and find_spec("fcntl") is None:
        raise InputError(
            "this command runs on Linux and macOS: on Windows, use the Windows Subsystem for Linux."
        )
