"""Where the time of a sweep goes: its dearest cells."""

from typing import Any

import pandas as pd

DEAREST = 5


def dearest_cells(
    table: pd.DataFrame, seconds: pd.Series, n: int = DEAREST
) -> list[dict[str, Any]]:
    """Return the methods and budgets whose cells took most seconds together, the dearest first.

    Parameters
    ----------
    table : DataFrame
        A row for each cell, see :func:`gmvae.experiments.engine.timed_sweep`.
    seconds : Series
        What each row's cell took, when it was computed. What methods prepare once is not in it.
    n : int
        How many are returned, at most.

    Returns
    -------
    list of dict
        Each with ``method``, ``n_labels``, ``n_cells`` over all draws and models, and their
        ``seconds``.
    """
    grouped = table.assign(seconds=seconds).groupby(["method", "n_labels"], sort=False)["seconds"]
    total = grouped.agg(n_cells="size", seconds="sum").nlargest(n, "seconds").reset_index()
    return total.round({"seconds": 3}).to_dict("records")
