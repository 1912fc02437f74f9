"""How the numbers of chapter 12 are told, whichever way they fall."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gmvae.pages.escape import escape


def describe_experiment(numbers: Mapping[str, Any], name: str) -> str:
    """Tell what was trained on the data set of that `name`, and on how many images."""
    config = numbers["training"]
    return (
        f"The models have K = {config['n_components']} components, D = {config['latent_dim']}"
        f" dimensions and one hidden layer of {config['encoder_hidden'][0]} units in each network."
        f" They are trained on {numbers['n_training']:,} images of {escape(name)} for"
        f" {config['epochs']} epochs in batches of {config['batch_size']}, and their ELBO is"
        f" measured on {numbers['n_held_out']:,} others."
    )


def describe(table: pd.DataFrame) -> dict[str, str]:
    """Tell what a comparison's models cost: a sentence or two each on ``cost`` and ``top``.

    What they yield is not told: after so short a training it says nothing of the factorisation.
    """
    shared, per = table.loc["shared"], table.loc["per-component"]
    seconds = per["seconds_per_epoch"] / shared["seconds_per_epoch"]
    counted = per["operations_per_image"] / shared["operations_per_image"]
    return {
        "cost": (
            f"Here an epoch of the per-component model takes {seconds:.1f} times as long as one of"
            f" the shared model ({per['seconds_per_epoch']:.2g} s against"
            f" {shared['seconds_per_epoch']:.2g} s) and does {counted:.1f} times as many"
            " floating-point operations."
        ),
        "top": " ".join(_describe_top(row, shared) for row in _reduced(table)),
    }


def _reduced(table: pd.DataFrame) -> list[pd.Series]:
    """Return the rows of the models that decode only some components."""
    return [row for name, row in table.iterrows() if name not in ("shared", "per-component")]


def _describe_top(row: pd.Series, shared: pd.Series) -> str:
    """Tell what decoding only the most probable components costs, and how much it leaves out."""
    m = row["top_components"]
    seconds = row["seconds_per_epoch"] / shared["seconds_per_epoch"]
    which = f"{m} most probable components" if m > 1 else "most probable component"
    return (
        f"Decoding only the {which} takes {seconds:.1f} times as long as the shared model and"
        f" leaves {row['left_out']:.1%} of q(c|x) out."
    )
