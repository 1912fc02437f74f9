"""Tables that stand on record beside a run's own: the same data under other settings."""

import shlex
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gmvae.pages.command import settings
from gmvae.pages.escape import code_block, escape
from gmvae.pages.method_names import in_words
from gmvae.pages.results import counted

TOLD = {
    "inductive": "Images the model has never seen: trained and labelled on the training split, "
    "scored on the test split.",
    "stratified": "Labels that keep every class's share, which takes labels to know.",
    "many_labels": "What many labels give XGBoost, which the article compares with.",
    "students": "Students: a network learns the labels that a graph has given to all images, and "
    "corrects them. `graph-student` learns from the graph of latent means, `graph-pixels-student` "
    "from that of pixels, which no model is needed for.",
    "students_chosen": "Students of labels that are chosen, by the graph of latent means or, where "
    "there is no model, by that of pixels. Each model chooses once, as do the pixels; only the"
    " labels of soft decoding are drawn.",
    "large": "A wider network, trained longer, with weaker warps: the profile `large`. These "
    "settings were found with labels of a quarter of the EMNIST letters in sight, so figures on "
    "EMNIST letters count as chosen with labels. Those above were not found on these letters.",
    "students_large": "The profile `large` and students. Its settings were found with labels of "
    "EMNIST letters in sight, as said above.",
    "students_chosen_large": "The profile `large`, labels that are chosen and students of these. "
    "Its settings were found with labels of EMNIST letters in sight, as said above. Each model "
    "chooses once; only the labels of soft decoding are drawn.",
}
_LARGE = {
    "encoder_hidden": [768, 512],
    "decoder_hidden": [512, 512],
    "epochs": 100,
    "warp_strength": 0.8,
}
SWITCHES: Mapping[str, Mapping[str, Any]] = {
    "inductive": {"inductive": True},
    "stratified": {"stratified": True},
    "large": _LARGE,
    "students_large": _LARGE,
    "students_chosen_large": _LARGE,
}
"""The parameters in which each differs; a test says that those of `large` are its profile's."""
OF_THEIR_OWN = (
    "many_labels",
    "students",
    "students_chosen",
    "large",
    "students_large",
    "students_chosen_large",
)
"""Made by a run of their own; `inductive` and `stratified` by the run beside which they stand."""
_ONCE = (
    "the pixels chose once, and what another seed of their choice would change is in no interval,"
    " though with few labels it can be more than that (see the table of chapter 09 below)"
)
GAINED = {
    "students": "Points that students gain on equal draws and models, with intervals:",
    "students_chosen": f"Points that students gain, with intervals over the models; {_ONCE}:",
    "large": "Points that these settings gain on equal draws and models, with intervals:",
    "students_large": "Points that these settings gain on equal draws and models, with intervals:",
    "students_chosen_large": "Points that these settings gain on equal models, with intervals over "
    f"the models; {_ONCE}:",
}
"""What stands above the gains of a setting; of others none are told."""


def setting_heading(setting: str, table: pd.DataFrame) -> str:
    """Return in Markdown what ``supervision_<setting>.csv`` holds, how made, over which seeds."""
    models, draws = table["model_seed"].nunique(), table["label_seed"].nunique()
    differing = dict(SWITCHES.get(setting, {}))
    if setting in OF_THEIR_OWN and models:
        differing["model_seeds"] = sorted({int(seed) for seed in table["model_seed"].dropna()})
    differing["methods"] = list(dict.fromkeys(table["method"]))
    differing["budgets"] = sorted({int(n) for n in table["n_labels"]})
    differing["label_seeds"] = sorted({int(seed) for seed in table["label_seed"]})
    added = code_block(shlex.join(settings(differing)))
    told = TOLD.get(setting, escape(setting))
    with_models = f" and {counted(models, 'model')}" if models else ""
    return (
        f"**{told}** Means over {counted(draws, 'draw')} of labels{with_models}. To the command"
        f" above it adds\n\n{added}\n"
    )


def gains_table(gains: pd.DataFrame) -> pd.DataFrame:
    """Return, as text, by how many points other settings are ahead on equal draws and models.

    Parameters
    ----------
    gains : DataFrame
        From :func:`gmvae.experiments.settings.gains`.

    Returns
    -------
    DataFrame
        A row for each comparison and a column for each number of labels: points, and the ends of
        their interval in brackets, where there is one.
    """
    points = gains[["mean", "low", "high"]].mul(100)
    text = [
        f"{m:+.1f}" if np.isnan(a) else f"{m:+.1f} ({a:+.1f} to {b:+.1f})"
        for m, a, b in points.to_numpy()
    ]
    what = [
        f"{in_words(method)}, against {'its figure above' if method == other else in_words(other)}"
        for method, other in zip(gains["method"], gains["reference"], strict=True)
    ]
    shown = gains.assign(text=text, points=what)
    wide = shown.pivot(index="points", columns="n_labels", values="text").fillna("")
    wide = wide.loc[list(dict.fromkeys(what))]
    wide.columns = [f"{n:,} labels" for n in wide.columns]
    return wide
