"""Options that several commands have."""

import argparse
import math
from typing import TypeAlias

from gmvae.checks import whole
from gmvae.files import expanded

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_run_options(parser: argparse.ArgumentParser, profile: str) -> None:
    """Add what says which run is made: profile, settings and directory."""
    parser.add_argument(
        "--profile",
        default=profile,
        help="digits, mnist, letters, emnist, large or a .yml file (default: %(default)s)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="override a parameter; may be repeated",
    )
    parser.add_argument(
        "--out",
        type=expanded,
        metavar="DIR",
        help="the run directory (default: runs/NAME, after the profile or the data set)",
    )


def number(option: str, text: str, least: int, most: float = math.inf, because: str = "") -> int:
    """Return a whole number from `least` to `most` that was given as text, or raise InputError."""
    value = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else text
    return whole(option, value, least, most, because)
