"""How the numbers of chapter 08 are told, whichever way they fall."""

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


def describe(table: pd.DataFrame, n_labels: int) -> dict[str, str]:
    """Tell a comparison's table: a sentence or two each on ``cost``, ``top``, ``yield``.

    Whichever way they fall: nothing here takes for granted which model is ahead.
    """
    shared, per = table.loc["shared"], table.loc["per-component"]
    seconds = per["seconds_per_epoch"] / shared["seconds_per_epoch"]
    counted = per["operations_per_image"] / shared["operations_per_image"]
    better = shared["negative_elbo"] - per["negative_elbo"]  # nats
    ahead = 100 * (per["accuracy"] - shared["accuracy"])  # points
    return {
        "cost": (
            f"Here an epoch of the per-component model takes {seconds:.1f} times as long as one of"
            f" the shared model ({per['seconds_per_epoch']:.2g} s against"
            f" {shared['seconds_per_epoch']:.2g} s) and does {counted:.1f} times as many"
            " floating-point operations."
        ),
        "top": " ".join(_describe_top(row, shared, per) for row in _reduced(table)),
        "yield": (
            f"On images that no training has seen, the negative ELBO of the per-component model is"
            f" {abs(better):.1f} nats {'lower' if better >= 0 else 'higher'} than that of the"
            f" shared one ({per['negative_elbo']:.1f} against {shared['negative_elbo']:.1f}), and"
            f" with {n_labels} labels soft decoding gets {per['accuracy']:.1%} of the other images"
            f" right against {shared['accuracy']:.1%}, {abs(ahead):.1f} points"
            f" {'more' if ahead >= 0 else 'fewer'}."
        ),
    }


def _reduced(table: pd.DataFrame) -> list[pd.Series]:
    """Return the rows of the models that decode only some components."""
    return [row for name, row in table.iterrows() if name not in ("shared", "per-component")]


def _describe_top(row: pd.Series, shared: pd.Series, per: pd.Series) -> str:
    """Tell what decoding only the most probable components costs and yields."""
    m = row["top_components"]
    seconds = row["seconds_per_epoch"] / shared["seconds_per_epoch"]
    worse = row["negative_elbo"] - per["negative_elbo"]  # nats
    which = f"{m} most probable components" if m > 1 else "most probable component"
    return (
        f"Decoding only the {which} takes {seconds:.1f} times as long as the shared model and"
        f" leaves {row['left_out']:.1%} of q(c|x) out; the whole negative ELBO is then"
        f" {abs(worse):.1f} nats {'higher' if worse >= 0 else 'lower'} than where all are decoded"
        f" in training, and the accuracy {row['accuracy']:.1%}."
    )
