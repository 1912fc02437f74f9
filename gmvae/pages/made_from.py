"""What a run was made from: data, model, seeds, versions, and where its time went."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gmvae.pages.results import Results, which_model


def made_from(results: Results) -> str:
    """Return a table, in HTML, of what a run was made from."""
    summary = results.summary
    configuration, data = summary["configuration"], summary["data"]
    rows = {
        "data set": data["name"],
        "images N": f"{data['n_images']:,}",
        "classes L": data["n_classes"],
        "components K": configuration["n_components"],
        "latent dimensions D": configuration["latent_dim"],
        "model seeds": _listed(configuration["model_seeds"]),
        "label seeds": _label_seeds(configuration),
        "training": f"{summary['training_seconds']:.0f} s, {configuration['epochs']} epochs"
        f"{which_model(results)}"
        f"{', beside the others' if len(configuration['model_seeds']) > 1 else ''}",
        "chapters": ", ".join(
            f"{name.replace('_', ' ')} {seconds:.0f} s"
            for name, seconds in summary["seconds"].items()
        ),
        **_dearest_cells(results.chapters),
        "machine": f"{summary['machine']['processor']}, {summary['machine']['cores']} cores",
        "versions": ", ".join(
            f"{name} {summary['versions'][name]}"
            for name in ("gmvae", "python", "torch", "scikit-learn", "xgboost")
        ),
        "finished": summary["date"],
        "data fingerprint": f"{data['fingerprint'][:16]}…",
    }
    frame = pd.DataFrame({"this run": [str(value) for value in rows.values()]}, index=list(rows))
    with pd.option_context("display.max_colwidth", None):  # else long cells are cut
        return frame.to_html(header=False, border=0)


def _label_seeds(configuration: Mapping[str, Any]) -> str:
    seeds = _listed(configuration["label_seeds"])
    fewer = configuration.get("competitor_label_seeds")
    return f"{seeds}; {_listed(fewer)} for methods without a model" if fewer else seeds


def _dearest_cells(chapters: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the row of the cells of chapter 05 that took longest; none of older records."""
    cells = chapters.get("05_supervision", {}).get("dearest_cells", [])
    told = ", ".join(
        f"{cell['method']} with {cell['n_labels']:,} labels {cell['seconds']:.1f} s"
        f" ({cell['n_cells']} cells)"
        for cell in cells
    )
    return {"slowest of chapter 05": told} if told else {}


def _listed(seeds: list[int]) -> str:
    return ", ".join(map(str, seeds))
