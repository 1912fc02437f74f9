"""What chapter 08 shows of models of several K: accuracy, what needs no label, and its price."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas.io.formats.style import Styler

from gmvae.files import finite

SHOWN = ("hard-covered", "soft", "graph")
CRITERIA = {  # name: column of the description of a size, and whether more is better
    "held-out ELBO": ("held_out", True),
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
        value = mixtures[column].astype(float) * (1 if more else -1)
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

    Only draws that have both count; a way without any has no row.

    Returns
    -------
    DataFrame
        ``method, n_labels, raw, normalised, gain``.
    """
    keys = ["method", "n_labels", "label_seed", "images"]
    draws = table.groupby(keys)["accuracy"].mean().unstack().dropna()  # those that both have
    means = draws.groupby(["method", "n_labels"]).mean()
    means = means.assign(gain=means["normalised"] - means["raw"]).reset_index()
    order = means["method"].map(list(WAYS).index)
    return means.assign(order=order).sort_values(["order", "n_labels"]).drop(columns="order")


def best_in_theory(table: pd.DataFrame, predicted: pd.DataFrame) -> pd.DataFrame:
    """Return the K that is best for the published rule at each budget, by formula and measured.

    Parameters
    ----------
    table, predicted : DataFrame
        From :func:`score_sizes` and :func:`predict_sizes` of
        :mod:`gmvae.experiments.mixture_study`.

    Returns
    -------
    DataFrame
        ``n_labels, predicted_best, measured_best`` (K each), ``apart`` (the largest distance of a
        predicted accuracy from the measured one among the sizes, in points).
    """
    own = table[(table["clusters"] == "components") & (table["method"] == "hard")]
    measured = own.groupby(["n_labels", "n_components"])["accuracy"].mean()
    by_formula = predicted.set_index(["n_labels", "n_components"])["predicted"]
    both = pd.DataFrame({"predicted": by_formula, "measured": measured}).dropna()
    rows = []
    for n, group in both.groupby(level="n_labels"):
        best = group.idxmax()  # (n_labels, K) of each column
        apart = 100 * float((group["predicted"] - group["measured"]).abs().max())
        rows.append((n, best["predicted"][1], best["measured"][1], apart))
    return pd.DataFrame(rows, columns=["n_labels", "predicted_best", "measured_best", "apart"])


def numbers(
    table: pd.DataFrame,
    sizes: pd.DataFrame,
    prepared: pd.DataFrame,
    k: int,
    predicted: pd.DataFrame,
) -> dict[str, Any]:
    """Return the numbers on record: accuracy, criteria, regrets, the plain model, preparation.

    Parameters
    ----------
    table, sizes, prepared, predicted : DataFrame
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
        "theory": rows(best_in_theory(table, predicted)),
        "preparation": rows(by_preparation(prepared)),
    }


def accuracy_of(numbers: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows of :func:`accuracy_by_size` that went on record."""
    return pd.DataFrame(numbers["accuracy"])


def table_of_sizes(numbers: Mapping[str, Any]) -> Styler:
    """Return what each size says of itself, and its purities, as a table to be shown."""
    names = {
        "n_components": "K",
        "held_out": "held-out ELBO",
        "entropy": "entropy / log K",
        "adjusted_rand": "adjusted Rand",
        "mutual_information": "mutual information",
        "purity": "purity",
        "purity_kmeans": "purity, k-means on z",
    }
    sizes = pd.DataFrame(numbers["sizes"])[list(names)].astype(float).rename(columns=names)
    style = sizes.style.hide(axis="index").format("{:.3f}", na_rep="")
    style = style.format("{:.0f}", subset="K").format("{:.1f}", subset="held-out ELBO")
    return style.set_caption("The held-out ELBO is in nats per image")


def table_of_plain(numbers: Mapping[str, Any]) -> Styler:
    """Return accuracy on the z of a plain model and of the mixture, as a table to be shown."""
    names = {
        "method": "decoder",
        "n_labels": "labels",
        "plain": "plain z, k-means",
        "mixture": "mixture's z, k-means",
        "components": "mixture's components",
    }
    rows = pd.DataFrame(numbers["plain"])[list(names)].astype({"components": float})
    shown = rows.rename(columns=names)
    style = shown.style.hide(axis="index")
    return style.format("{:.1%}", na_rep="", subset=list(names.values())[2:])


def table_of_preparation(numbers: Mapping[str, Any]) -> Styler:
    """Return the accuracy of each way on raw and normalised images, as a table to be shown."""
    rows = pd.DataFrame(numbers["preparation"])
    rows["method"] = rows["method"].map(WAYS)
    wide = rows.pivot(index="method", columns="n_labels", values=["raw", "normalised"])
    wide = wide.reindex([way for way in WAYS.values() if way in wide.index])
    wide.index.name, wide.columns.names = None, ["images", "labels"]
    return wide.style.format("{:.1%}")
