"""How costs grow with the number of images, as text."""

from collections.abc import Mapping
from typing import Any


def growth_report(f: Mapping[str, Any]) -> str:
    """Return the figures of :func:`gmvae.bench.growth.measure`, and where it ran, as lines."""
    sizes = "".join(f"{n:>16,}    " for n in f["sizes"])
    width = max(len(name) for name in f["works"]) + 1
    return "\n".join(
        [
            f"{f['device']}, threads: {f['threads']}, {f['precision']}; {f['images']}",
            f"an epoch of {f['epochs_measured']} trained (defaults); one draw of"
            f" {f['n_labels']} labels in one thread;",
            "what is prepared serves all draws; GiB: the peak of a process of its own, with its"
            " libraries;",
            "power: b where seconds grow like N^b with N images",
            f"{'':<{width}}{sizes}  power",
            *(f"{name:<{width}}{_work(work)}".rstrip() for name, work in f["works"].items()),
        ]
    )


def _work(work: Mapping[str, Any]) -> str:
    """Tell what one work takes at each size, and how that grows."""
    costs = zip(work["seconds"], work["peak_memory_bytes"], strict=True)
    told = "".join(f"{_seconds(s):>8} s {b / 2**30:5.2f} GiB" for s, b in costs)
    power = "" if work["exponent"] is None else f"{work['exponent']:7.2f}"
    return f"{told}{power}"


def _seconds(seconds: float) -> str:
    """Return seconds with three digits that count, or all before the point."""
    return f"{seconds:,.0f}" if seconds >= 100 else f"{seconds:.3g}"
