"""The costs on record: what ``gmvae bench`` and ``growth`` wrote with ``--out``."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gmvae.errors import InputError
from gmvae.pages.bench_report import bench_report
from gmvae.pages.escape import code_block, code_span, escape
from gmvae.pages.growth_report import growth_report


def costs_on_record(folder: str | Path) -> list[dict[str, Any]]:
    """Read every bench and growth on record below `folder`, by file name."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(Path(folder).glob("*.json"))]


def read_costs(path: Path) -> dict[str, Any]:
    """Read what ``gmvae bench`` or ``growth`` wrote.

    Raises
    ------
    InputError
        If `path` is not such a file.
    """
    try:
        figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        cost_section(figures)
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"{path} is no file that `gmvae bench --out` has written.") from None
    return figures


def report(figures: Mapping[str, Any]) -> str:
    """Return the figures of a growth or of a bench, as lines of text."""
    return growth_report(figures) if "works" in figures else bench_report(figures)


def cost_section(figures: Mapping[str, Any]) -> str:
    """Return in Markdown the command that measured costs, where it ran, and what it printed."""
    machine = {name: escape(value) for name, value in figures["machine"].items()}
    where = "On {processor}, {cores} cores, {system}:".format_map(machine)
    command, printed = code_block(figures["command"]), code_block(report(figures), "text")
    return f"{command}\n\n{where}\n\n{printed}\n"


def cost_sentences(figures: Mapping[str, Any]) -> str:
    """Say what a step costs against the published configuration, and what a whole training does."""
    name, processor = figures["device_name"], escape(figures["machine"]["processor"])
    where = f"a {escape(name)}" if name else f"{figures['threads']} cores of {processor}"
    estimated = figures["epochs_measured"] < figures["epochs"]
    ratios = [
        f"{ratio:,.0f} times less in {precision}"
        for precision, ratio in figures["times_cheaper"].items()
    ]
    return (
        f"On {where} a training step costs per image"
        f" {' and '.join(ratios)} than with the settings of the article's published code, and a"
        f" training on {figures['n_images']:,} images ({escape(figures['images'])})"
        f" {'would take' if estimated else 'takes'} {figures['training_seconds'] / 60:.1f} minutes"
        f" ({code_span('.venv/bin/' + figures['command'])})."
    )
