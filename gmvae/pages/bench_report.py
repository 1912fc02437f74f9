"""What a bench found, as text."""

from collections.abc import Mapping
from typing import Any


def bench_report(f: Mapping[str, Any]) -> str:
    """Return the figures of :func:`gmvae.bench.cost_ratios.measure` as lines of text.

    A bench on record that is older than ``spreads``, ``other_precisions`` and ``busy_seconds`` is
    told without.
    """
    spreads = f.get("spreads", {})
    iqr = {name: f"  IQR {x:.1%}" for name, x in spreads.items() if x is not None}
    told = "\nIQR: interquartile range, in percent of the median" if iqr else ""
    others = f.get("other_precisions", {}).items()
    lines = [
        f"{f['device']}, threads: {f['threads']}, medians of at least {f['repeats']}; a step is on"
        f" random images{told}",
        *(_speed(f"one step in {precision}", precision, other, iqr) for precision, other in others),
        _speed(f"training in {f['precision']}", f["precision"], f, iqr),
        *_step(f, iqr),
        *_busy(f, iqr),
        *_against_published(f, iqr),
        *_full_training(f, iqr),
    ]
    return "\n".join(lines)


def _speed(name: str, precision: str, f: Mapping[str, Any], iqr: Mapping[str, str]) -> str:
    """Tell how fast a step is, and how close to the speed of its matrix products."""
    return (
        f"{name}: {f['images_per_second']:,.0f} images/s,{iqr.get(f'step in {precision}', '')}\n"
        f"  {f['share_of_matrix_products']:.0%} of what its matrix products reach alone, in"
        f" {precision} too"
    )


def _step(f: Mapping[str, Any], iqr: Mapping[str, str]) -> list[str]:
    """Tell what the parts of a step take."""
    step = f["step_seconds"]
    rest = step - sum(f["parts_seconds"].values())
    return [
        f"one step: {1e3 * step:.1f} ms, of which",
        *(
            f"  {name:<10} {1e3 * seconds:9.2f} ms {seconds / step:6.1%}{iqr.get(name, '')}"
            for name, seconds in {**f["parts_seconds"], "rest": rest}.items()
        ),
    ]


def _busy(f: Mapping[str, Any], iqr: Mapping[str, str]) -> list[str]:
    """Tell what a step takes beside a process that keeps a core busy."""
    if "busy_seconds" not in f:
        return []
    all_threads, one = (f["busy_seconds"][name] for name in ("all threads", "one thread"))
    return [
        f"beside another process: {1e3 * all_threads:.1f} ms with {f['threads']} threads,"
        f" {all_threads / one:.2f} times that of one"
        f"{iqr.get('beside a busy process', '')}"
    ]


def _against_published(f: Mapping[str, Any], iqr: Mapping[str, str]) -> list[str]:
    """Tell how much cheaper a step is per image than in the published configuration."""
    default, published = (f["image_seconds"][name] for name in ("default", "published"))
    pairs = {f"both in {precision}": (precision, precision) for precision in default}
    if "bfloat16" in default:
        pairs["bfloat16 against float32"] = ("bfloat16", "float32")
    return [
        "a training step costs per image, against the published configuration,",
        *(
            f"  {name:<24} {published[theirs] / default[ours]:8,.1f} times less"
            f" ({1e6 * default[ours]:,.1f} against {1e6 * published[theirs]:,.1f} µs)"
            f"{iqr.get(name, '')}"
            for name, (ours, theirs) in pairs.items()
        ),
        f"  {'operations':<24} {f['times_fewer_operations']:8,.1f} times fewer"
        f" ({f['operations_per_image'] / 1e6:,.1f} against"
        f" {f['published_operations_per_image'] / 1e6:,.0f} million)",
    ]


def _full_training(f: Mapping[str, Any], iqr: Mapping[str, str]) -> list[str]:
    """Tell what a whole training takes, its responsibilities, and memory."""
    so_far, all_epochs = f["epochs_measured"], f["epochs"]
    estimated = "" if so_far >= all_epochs else f" (from {so_far})"
    scoring = iqr.get("responsibilities", "")
    return [
        f"{f['n_images']:,} images ({f['images']}):",
        f"  {'an epoch':<24} {f['epoch_seconds']:8.1f} s{iqr.get('an epoch', '')}",
        f"  {f'all {all_epochs} epochs':<24} {f['training_seconds'] / 60:8.1f} min{estimated}",
        f"  {'responsibilities':<24} {f['responsibilities_seconds']:8.1f} s{scoring}",
        f"  {'peak memory':<24} {f['peak_memory_bytes'] / 2**30:8.2f} GiB",
    ]
