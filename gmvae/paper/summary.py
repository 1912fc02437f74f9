"""``results/summary.json``: what a run was made from, with what, and how long it took."""

import json
import platform
from pathlib import Path
from typing import Any

import gmvae
from gmvae.data.dataset import Dataset
from gmvae.data.sources import DATASET_NAMES
from gmvae.files import expanded, write_json
from gmvae.paper.chapter import Chapter, library_versions
from gmvae.runs.machine import machine
from gmvae.runs.profiles import PROFILES, Profile, load_profile


def write_summary(
    run_dir: Path,
    profile: Profile,
    dataset: Dataset,
    chapters: list[Chapter],
    complete: bool = False,
) -> dict[str, Any]:
    """Write the summary from the parameters, the data and what the chapters have recorded.

    `complete`: every chapter was run with these parameters; else results of others may lie beside.
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
            **({"image_files": True} if "file" in dataset.extra else {}),
        },
        "profile": reproducible_origin(profile),
        "configuration": {**profile.values, "dataset": _whole(profile.values["dataset"])},
        "versions": {
            "gmvae": gmvae.__version__,
            "python": platform.python_version(),
            **library_versions(),
        },
        "machine": machine(),
        "complete": complete,
        "seconds": {name: record["seconds"] for name, record in done.items()},
        "date": max((record["finished"] for record in done.values()), default=None),
    }
    model = _read(run_dir / "results" / "02_model.json")
    summary |= {name: value for name, value in model.items() if name not in summary}
    if _read(path) != json.loads(json.dumps(summary)):
        write_json(path, summary)
    return summary


def reproducible_origin(profile: Profile) -> dict[str, Any]:
    """Return the name of a profile of the project and settings that together give `profile`.

    A profile file of one's own is not kept with the run, so all that it states become settings;
    so do budgets that were dropped.
    """
    origin = profile.origin
    for name in (profile.name, "letters"):  # of all profiles, letters adds least to the base
        if not (PROFILES / f"{name}.yml").is_file():
            continue
        settings = origin["settings"] | {"dataset": profile.values["dataset"]}
        known = origin if name == profile.name else {"name": name, "settings": settings}
        by_name = load_profile(name, settings).values
        differing = {k: v for k, v in profile.values.items() if v != by_name[k]}
        more = {"name": name, "settings": known["settings"] | differing}
        for candidate in (known, more):
            if load_profile(name, candidate["settings"]).values == profile.values:
                return candidate
    return origin


def _whole(dataset: str) -> str:
    """Return a path from the root, so that the run is used from any folder; a name stays."""
    path = expanded(dataset)
    return str(path.absolute()) if path.exists() and dataset not in DATASET_NAMES else dataset


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
