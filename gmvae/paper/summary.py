"""``results/summary.json``: what a run was made from, with what, and how long it took."""

import json
import platform
from pathlib import Path
from typing import Any

import gmvae
from gmvae.data.dataset import Dataset
from gmvae.files import write_json
from gmvae.paper.chapter import Chapter, library_versions
from gmvae.runs.machine import machine
from gmvae.runs.parameters import Profile


def write_summary(
    run_dir: Path, profile: Profile, dataset: Dataset, chapters: list[Chapter]
) -> dict[str, Any]:
    """Write the summary from the parameters, the data and what the chapters have recorded.

    The file is left alone if it would not change, so that a second run touches nothing.
    """
    path = run_dir / "results" / "summary.json"
    recorded = {chapter.name: chapter.recorded(run_dir) for chapter in chapters}
    done = {name: record for name, record in recorded.items() if record}
    summary: dict[str, Any] = {
        "data": {
            "name": dataset.name,
            "fingerprint": dataset.fingerprint,
            "n_images": len(dataset),
            "n_classes": len(dataset.class_names),
        },
        "profile": profile.origin,
        "configuration": profile.values,
        "versions": {
            "gmvae": gmvae.__version__,
            "python": platform.python_version(),
            **library_versions(),
        },
        "machine": machine(),
        "seconds": {name: record["seconds"] for name, record in done.items()},
        "date": max((record["finished"] for record in done.values()), default=None),
    }
    summary |= _read(run_dir / "results" / "02_model.json")
    if _read(path) != json.loads(json.dumps(summary)):
        write_json(path, summary)
    return summary


def _read(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
