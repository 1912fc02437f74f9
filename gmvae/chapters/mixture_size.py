"""What chapter 09 shows of models of several K: accuracy, what needs no label, and its price."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gmvae.files import finite

SHOWN = ("hard-covered", "soft", "graph")
CRITERIA = {  # name: column of the description of a size, and whether more is better
    "ELBO": ("elbo", True),
    "adjusted Rand index of two seeds": ("adjusted_rand", True),
    "mutual information of two seeds": ("mutual_information", True),
    "entropy of q(c|x)": ("entropy", False),
}
WAYS = {  # in the table of preparations: what a method is called there
    "logistic-regression": "supervised: logistic regression",
    "kmeans-majority": "clusters of pixels",
    "graph-pixels": "graph of pixels",
    "soft": "the model, soft decoding",
    "graph": "the model, graph on z",
}


def accuracy_by_size(table: pd.DataFrame) -> pd.DataFrame:
    """Return the mean accuracy of each decoder at each size and budget, over draws and models.

    Parameters
    ----------
    table : DataFrame
        From :func:`gmvae.experiments.mixture_study.score_sizes`.

    Returns
    -------
    DataFrame
        ``method, n_labels, n_components, accuracy``, without clusters of k-means.
    """
    own = table[(table["clusters"] != "k-means") & table["method"].isin(SHOWN)]
    keys = ["method", "n_labels", "n_components"]
    return own.groupby(keys, as_index=False)["accuracy"].mean()


def choices(sizes: pd.DataFrame) -> dict[str, int]:
    """Return the K that each criterion without labels would choose among mixtures.

    A criterion that says nothing, as agreement with one seed, is left out; of equal ones the
    smaller K is taken.
    """
    mixtures = sizes[sizes["n_components"] > 1].sort_values("n_components")
    chosen = {}
    for name, (column, more) in CRITERIA.items():
        value = mixtures[column] if more else -mixtures[column]
        if value.notna().any():
            chosen[name] = int(mixtures.loc[value.idxmax(), "n_components"])
    return chosen


def regrets(accuracy: pd.DataFrame, chosen: Mapping[str, int]) -> pd.DataFrame:
    """Return what each choice of K loses against the K that is best at a budget.

    Parameters
    ----------
    accuracy : DataFrame
        From :func:`accuracy_by_size`. A plain model, K = 1, does not take part.
    chosen : mapping from a criterion to K

    Returns
    -------
    DataFrame
        ``choice, n_components, method, n_labels, best`` (K) and ``regret`` in points, at least 0.
    """
    rows = []
    mixtures = accuracy[accuracy["n_components"] > 1]
    for (method, n), group in mixtures.groupby(["method", "n_labels"]):
        by_size = group.set_index("n_components")["accuracy"]
        best = {"method": method, "n_labels": n, "best": int(by_size.idxmax())}
        for name, k in chosen.items():
            lost = 100 * float(by_size.max() - by_size[k])
            rows.append({"choice": name, "n_components": k, **best, "regret": lost})
    return pd.DataFrame(rows)


def mixture_minus_plain(table: pd.DataFrame, k: int) -> pd.DataFrame:
    """Return what a mixture of size `k` is worth beside a plain model, on the same draws.

    For both, the same k-means cuts z, or the graph is made of z. Each draw's difference is averaged
    over models first.

    Returns
    -------
    DataFrame
        ``method, n_labels, plain, mixture``, ``components`` (the mixture's own, NaN for graph),
        the ``difference`` mixture - plain and ``lowest`` and ``highest`` over draws.
    """
    rows = []
    for method in SHOWN:
        clusters = "none" if method == "graph" else "k-means"
        mine = table[table["method"] == method]
        for n, group in mine.groupby("n_labels"):
            means = group.groupby(["n_components", "clusters", "label_seed"])["accuracy"].mean()
            plain, mixture = means[1, clusters], means[k, clusters]  # by label seed
            apart = mixture - plain
            own = np.nan if method == "graph" else means[k, "components"].mean()
            rows.append(
                {
                    "method": method,
                    "n_labels": n,
                    "plain": plain.mean(),
                    "mixture": mixture.mean(),
                    "components": own,
                    "difference": apart.mean(),
                    "lowest": apart.min(),
                    "highest": apart.max(),
                }
            )
    return pd.DataFrame(rows)


def by_preparation(table: pd.DataFrame) -> pd.DataFrame:
    """Return the mean accuracy of each way on raw and normalised images, and the difference.

    Returns
    -------
    DataFrame
        ``method, n_labels, raw, normalised, gain``.
    """
    means = table.groupby(["method", "n_labels", "images"])["accuracy"].mean().unstack()
    means = means.assign(gain=means["normalised"] - means["raw"]).reset_index()
    order = means["method"].map(list(WAYS).index)
    return means.assign(order=order).sort_values(["order", "n_labels"]).drop(columns="order")


def numbers(
    table: pd.DataFrame, sizes: pd.DataFrame, prepared: pd.DataFrame, k: int
) -> dict[str, Any]:
    """Return the numbers on record: accuracy, criteria, regrets, the plain model, preparation.

    Parameters
    ----------
    table, sizes, prepared : DataFrame
        From :mod:`gmvae.experiments.mixture_study`.
    k : int
        K of the run, whose own regret is listed as ``K = <k>``.
    """
    accuracy, chosen = accuracy_by_size(table), choices(sizes)
    lost = regrets(accuracy, {**chosen, f"K = {k}": k})

    def rows(frame: pd.DataFrame) -> Any:
        return finite(frame.to_dict("records"))

    return {
        "n_components": k,
        "model_seeds": sorted(int(seed) for seed in table["model_seed"].unique()),
        "label_seeds": sorted(int(seed) for seed in table["label_seed"].unique()),
        "accuracy": rows(accuracy),
        "sizes": rows(sizes),
        "choices": chosen,
        "regret": rows(lost),
        "plain": rows(mixture_minus_plain(table, k)),
        "preparation": rows(by_preparation(prepared)),
    }


def wide(rows: Sequence[Mapping[str, Any]], index: str | list[str], value: str) -> pd.DataFrame:
    """Return rows of :func:`numbers` as a table with a column for each budget, in percent."""
    frame = pd.DataFrame(rows)
    shown = frame.pivot_table(index=index, columns="n_labels", values=value, sort=False)
    return shown.sort_index(axis=1)
