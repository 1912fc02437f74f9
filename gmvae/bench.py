"""``gmvae bench``: speed and memory, as ratios measured in one run on one machine."""

import argparse
import math
import os
import shlex
import sys
from collections.abc import Mapping
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

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
    from gmvae.summary import machine  # slow imports, for which bad options need not wait
    from gmvae.training import TrainingError

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
        value, least = getattr(args, name), _LEAST.get(name)
        if least is not None and value < least:
            raise InputError(f"--{name} is {value}; it must be at least {least}")
    if racing and not 0 < args.race < math.inf:
        raise InputError(f"--race is {args.race:g}; it must be a finite number of seconds above 0")
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
    from gmvae.data import load_dataset
    from gmvae.speed import measure

    data = load_dataset(args.dataset)
    return measure(args.repeats, data, args.images, args.epochs)


def _race(args: argparse.Namespace) -> dict[str, Any]:
    from gmvae import race

    return race.measure(args.race, args.dataset, args.labels)


def report(figures: Mapping[str, Any]) -> str:
    """Return the figures of a race, or of all else, as lines of text."""
    return _race_report(figures) if "times_sooner" in figures else _report(figures)


def _report(f: Mapping[str, Any]) -> str:
    step = f["step_seconds"]
    rest = step - sum(f["parts_seconds"].values())
    table = [
        f"  {name:<10} {1e3 * seconds:9.2f} ms {seconds / step:6.1%}"
        for name, seconds in {**f["parts_seconds"], "rest": rest}.items()
    ]
    so_far, all_epochs = f["epochs_measured"], f["epochs"]
    estimated = "" if so_far >= all_epochs else f" (from {so_far})"
    lines = [
        f"{f['device']}, threads: {f['threads']}, medians of at least {f['repeats']}; a step is on"
        " random images",
        f"training in {f['precision']}: {f['images_per_second']:,.0f} images/s,",
        f"  {f['share_of_matrix_products']:.0%} of what its matrix products reach alone, in"
        f" {f['precision']} too",
        f"one step: {1e3 * step:.1f} ms, of which",
        *table,
        *_against_published(f),
        f"{f['n_images']:,} images ({f['images']}):",
        f"  {'an epoch':<24} {f['epoch_seconds']:8.1f} s",
        f"  {f'all {all_epochs} epochs':<24} {f['training_seconds'] / 60:8.1f} min{estimated}",
        f"  {'responsibilities':<24} {f['responsibilities_seconds']:8.1f} s",
        f"  {'peak memory':<24} {f['peak_memory_bytes'] / 2**30:8.2f} GiB",
    ]
    return "\n".join(lines)


def _against_published(f: Mapping[str, Any]) -> list[str]:
    """Tell how much cheaper a step is per image than in the published configuration."""
    default, published = (f["image_seconds"][name] for name in ("default", "published"))
    pairs = {f"both in {precision}": (precision, precision) for precision in default}
    if "bfloat16" in default:
        pairs["bfloat16 against float32"] = ("bfloat16", "float32")
    lines = [
        f"  {name:<24} {published[theirs] / default[ours]:8,.1f} times less"
        f" ({1e6 * default[ours]:,.1f} against {1e6 * published[theirs]:,.1f} µs)"
        for name, (ours, theirs) in pairs.items()
    ]
    return [
        "a training step costs per image, against the published configuration,",
        *lines,
        f"  {'operations':<24} {f['times_fewer_operations']:8,.1f} times fewer"
        f" ({f['operations_per_image'] / 1e6:,.1f} against"
        f" {f['published_operations_per_image'] / 1e6:,.0f} million)",
    ]


def _race_report(f: Mapping[str, Any]) -> str:
    published, ours = f["published"], f["ours"]
    if f["reached"]:
        end = (
            f"at least as much, {ours['accuracy']:.1%}, after {ours['seconds']:.1f} s"
            f" ({ours['epochs']} of {ours['config']['epochs']} epochs),\n"
            f"{'':13}{f['times_sooner']:,.1f} times sooner than the end of that time"
        )
    else:
        end = (
            f"not as much: {ours['accuracy']:.1%} at the end, after {ours['seconds']:.1f} s"
            f" ({ours['epochs']} epochs)"
        )
    return (
        f"{f['device']}, threads: {f['threads']}, {f['precision']}; seconds are of training alone\n"
        f"{f['dataset']}, {f['n_images']:,} images, soft decoding with {f['n_labels']}"
        f" labels, mean of {len(f['label_seeds'])} draws:\n"
        f"  published  {published['accuracy']:.1%} after {published['seconds']:.1f} s"
        f" ({published['epochs']} epochs)\n"
        f"  defaults   {end}"
    )
