"""What the commands that measure share: options, the report, and the file that goes on record."""

import argparse
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, TypeAlias

from gmvae.errors import FailedError, InputError
from gmvae.files import check_writable, expanded, write_json
from gmvae.pages.costs_on_record import read_costs, report

Setting: TypeAlias = int | float | Sequence[int]


def add_measuring_options(parser: argparse.ArgumentParser, dataset: str) -> None:
    """Add ``--dataset``, with what it is for, and ``--out``."""
    told = f"{dataset} (default %(default)s)"
    parser.add_argument("--dataset", default="digits", metavar="NAME", help=told)
    parser.add_argument(
        "--out", type=expanded, metavar="FILE", help="write the figures as JSON, too"
    )


def print_measured(
    name: str,
    measure: Callable[..., dict[str, Any]],
    args: argparse.Namespace,
    settings: Mapping[str, Setting],
) -> None:
    """Print what `measure` returns for a data set and `settings`; write it to ``args.out``, too.

    Raises
    ------
    InputError
        If ``args.out`` cannot be written; nothing has been measured then.
    FailedError
        If a training failed, its process was killed, or the user stopped it.
    """
    if args.out:
        check_writable(args.out, "--out")
        _check_own(args.out)
    try:
        measured = measure(args.dataset, **settings)
    except (FailedError, BrokenProcessPool) as error:
        raise FailedError(f"the {name} failed: {error}") from error
    except KeyboardInterrupt:
        raise FailedError(f"stopped; a {name} keeps nothing and starts anew.") from None
    from gmvae.bench.machine import where_measured  # torch, for which no --help need wait

    figures = {"command": command(name, args.dataset, settings), **where_measured(), **measured}
    if args.out:
        write_json(args.out, figures)
    print(report(figures))


def _check_own(out: Path) -> None:
    """Refuse to write over a file that no earlier bench or growth has written."""
    if out.is_file() and out.stat().st_size:
        try:
            read_costs(out)
        except InputError:
            raise InputError(
                f"--out is {out}, a file that holds something else than figures of an earlier"
                " bench: name another."
            ) from None


def command(name: str, dataset: str, settings: Mapping[str, Setting]) -> str:
    """Return the command that measures this again; of a data file only the name."""
    words = ["gmvae", name, "--dataset", Path(dataset).name]
    for option, value in settings.items():
        values = value if isinstance(value, Sequence) else [value]
        words += [f"--{option}", *(f"{v:g}" if isinstance(v, float) else str(v) for v in values)]
    threads = os.environ.get("OMP_NUM_THREADS")
    return (f"OMP_NUM_THREADS={threads} " if threads else "") + shlex.join(words)
