"""What a race found, as text."""

from collections.abc import Mapping
from typing import Any


def race_report(f: Mapping[str, Any]) -> str:
    """Return the figures of :func:`gmvae.bench.race.race`, and where it ran, as lines of text."""
    published, ours = f["published"], f["ours"]
    # a race on record that is older than the sides' own precision has one for both
    theirs, mine = (side.get("precision") or f["precision"] for side in (published, ours))
    precision = mine if mine == theirs else f"published in {theirs}, defaults in {mine}"
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
        f"{f['device']}, threads: {f['threads']}, {precision}; seconds are of training alone\n"
        f"{f['dataset']}, {f['n_images']:,} images, soft decoding with {f['n_labels']}"
        f" labels, mean of {len(f['label_seeds'])} draws:\n"
        f"  published  {published['accuracy']:.1%} after {published['seconds']:.1f} s"
        f" ({published['epochs']} epochs)\n"
        f"  defaults   {end}"
    )
