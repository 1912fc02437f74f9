"""Figure of chapter 12: a table in, a matplotlib figure out."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from gmvae.figures.style import DARK, MARKERS, TEXT_WIDTH, log_axis, percent_axis, styled


@styled
def cost_and_yield(table: pd.DataFrame) -> Figure:
    """Show the accuracy and the negative ELBO of models against the time of an epoch.

    Parameters
    ----------
    table : DataFrame
        One row a model, by name, with ``seconds_per_epoch``; ``accuracy``, ``accuracy_low`` and
        ``accuracy_high`` over draws of labels, in [0, 1]; ``negative_elbo`` in nats per image.
        Times are shown in multiples of the first model's.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(TEXT_WIDTH, 3.3), sharex=True)
    first = table["seconds_per_epoch"].iloc[0]
    for i, (name, row) in enumerate(table.iterrows()):
        time = row["seconds_per_epoch"] / first
        look = {
            "marker": MARKERS[i % len(MARKERS)],
            "markersize": 8,
            "color": DARK,
            "markerfacecolor": DARK if i == 0 else "white",
            "linestyle": "none",
        }
        mean = row["accuracy"]
        reach = [[mean - row["accuracy_low"]], [row["accuracy_high"] - mean]]
        left.errorbar(time, mean, yerr=reach, label=name, **look)
        right.plot(time, row["negative_elbo"], **look)
    times = table["seconds_per_epoch"] / first
    left.set(xlim=(0.7 * times.min(), 1.4 * times.max()), ylabel="accuracy of soft decoding")
    percent_axis(left.yaxis)
    right.set(ylabel="negative ELBO, nats an image")
    for axis in (left, right):
        log_axis(axis)
        axis.set_xlabel(f"time of an epoch ({table.index[0]}: 1)")
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return figure
