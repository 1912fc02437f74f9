"""``gmvae bench``: speed and memory, as ratios measured in one run on one machine."""

import argparse
import os
import shlex
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from gmvae.checks import real, whole
from gmvae.errors import InputError
from gmvae.files import check_writable, write_json

FULL_SIZE = 145_600  # images of EMNIST Letters, train and test
_DEFAULTS = {"repeats": 5, "images": FULL_SIZE, "epochs": 1}  # of what has no effect with --race,
_RACE_DEFAULTS = {"labels": 100}  # and without it
_LEAST = {"repeats": 1, "images": 1000, "epochs": 1}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command ``bench``."""
    parser = subparsers.add_parser("bench", help="print speed and memory as ratios of one run")
    counts = {
        "repeats": "take medians of at least N",
        "images": "full size",
        "epochs": "train so long at full size",
        "labels": "with --race: labels that accuracy is measured with",
    }
    for name, default in (_DEFAULTS | _RACE_DEFAULTS).items():
        told = f"{counts[name]} (default {default})"
        parser.add_argument(f"--{name}", type=int, metavar="N", help=told)
    parser.add_argument(
        "--dataset",
        default="digits",
        metavar="NAME",
        help="data set or file that the images of the full size are warped copies of, and that"
        " --race is on (default %(default)s)",
    )
    parser.add_argument(
        "--race",
        type=float,
        metavar="SECONDS",
        help="in place of all this, train the published configuration for so long on at most 10,000"
        " images, and print when the defaults have its accuracy",
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the figures as JSON, too")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and print; return exit code 0, or 1 if it was stopped or a training failed."""
    args = _checked(args)
    from gmvae.pages.costs import report
    from gmvae.runs.machine import machine  # slow imports, for which bad options need not wait
    from gmvae.training.trainer import TrainingError

    try:
        measured = _measure(args) if args.race is None else _race(args)
    except (TrainingError, BrokenProcessPool) as error:
        print(f"gmvae: the bench failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("gmvae: stopped; a bench keeps nothing and starts anew.", file=sys.stderr)
        return 1
    figures = {"command": command(args), "machine": machine(), **measured}
    if args.out:
        write_json(args.out, figures)
    print(report(figures))
    return 0


def _checked(args: argparse.Namespace) -> argparse.Namespace:
    """Return the options with their defaults, or refuse them before any work."""
    racing = args.race is not None
    own, other = (_RACE_DEFAULTS, _DEFAULTS) if racing else (_DEFAULTS, _RACE_DEFAULTS)
    for name in other:
        if getattr(args, name) is not None:
            raise InputError(f"--{name} has no effect {'with' if racing else 'without'} --race")
    args = argparse.Namespace(**vars(args))
    for name, default in own.items():
        if getattr(args, name) is None:
            setattr(args, name, default)
        whole(f"--{name}", getattr(args, name), _LEAST.get(name, 1))
    if racing:
        real("--race", args.race, above=0)
    if args.out:
        check_writable(args.out, "--out")
    return args


def command(args: argparse.Namespace) -> str:
    """Return the command that measures this again; of a data file only the name."""
    threads = os.environ.get("OMP_NUM_THREADS")
    words = ["gmvae", "bench", "--dataset", Path(args.dataset).name]
    if args.race is None:
        words += ["--repeats", args.repeats, "--images", args.images, "--epochs", args.epochs]
    else:
        words += ["--race", f"{args.race:g}", "--labels", args.labels]
    return (f"OMP_NUM_THREADS={threads} " if threads else "") + shlex.join(map(str, words))


def _measure(args: argparse.Namespace) -> dict[str, Any]:
    from gmvae.bench.speed import measure
    from gmvae.data.sources import load_dataset

    data = load_dataset(args.dataset)
    return measure(args.repeats, data, args.images, args.epochs)


def _race(args: argparse.Namespace) -> dict[str, Any]:
    from gmvae.bench import race

    return race.measure(args.race, args.dataset, args.labels)
