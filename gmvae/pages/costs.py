"""What the book shows of the benches on record, the files that ``gmvae bench --out`` writes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def costs_on_record(folder: str | Path) -> list[dict[str, Any]]:
    """Read every bench on record below `folder`, by file name."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(Path(folder).glob("*.json"))]


def cost_section(figures: Mapping[str, Any]) -> str:
    """Return in Markdown the command of a bench, where it ran, and what it printed."""
    where = "On {processor}, {cores} cores, {system}:".format_map(figures["machine"])
    return f"```bash\n{figures['command']}\n```\n\n{where}\n\n```text\n{report(figures)}\n```\n"


def cost_sentences(figures: Mapping[str, Any]) -> str:
    """Say what a step costs against the published configuration, and what a whole training does."""
    machine, name = figures["machine"], figures["device_name"]
    where = f"a {name}" if name else f"{figures['threads']} cores of {machine['processor']}"
    estimated = figures["epochs_measured"] < figures["epochs"]
    ratios = [
        f"{ratio:,.0f} times less in {precision}"
        for precision, ratio in figures["times_cheaper"].items()
    ]
    return (
        f"On {where} a training step costs per image"
        f" {' and '.join(ratios)} than with the settings of the article's published code, and a"
        f" training on {figures['n_images']:,} images ({figures['images']})"
        f" {'would take' if estimated else 'takes'} {figures['training_seconds'] / 60:.1f} minutes"
        f" (`.venv/bin/{figures['command']}`)."
    )


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
