"""Figure of chapter 08: a table in, a matplotlib figure out."""

import pandas as pd
from matplotlib.figure import Figure

from gmvae.figures.style import line_style, log_axis, panels, percent_axis, styled


@styled
def accuracy_by_size(accuracy: pd.DataFrame) -> Figure:
    """Show accuracy against K, a panel for each budget and a line for each decoder.

    Parameters
    ----------
    accuracy : DataFrame
        ``method, n_labels, n_components, accuracy``, the last in [0, 1].
    """
    budgets = sorted(accuracy["n_labels"].unique())
    figure, axes = panels(len(budgets), 2, 2.4, sharey=True)
    for axis, n in zip(axes, budgets, strict=True):
        here = accuracy[accuracy["n_labels"] == n]
        for method, rows in here.groupby("method", sort=False):
            rows = rows.sort_values("n_components")
            look = line_style(str(method))
            axis.plot(rows["n_components"], rows["accuracy"], label=method, **look)
        log_axis(axis, sorted(here["n_components"].unique()))
        axis.set(title=f"{n:,} labels", xlabel="K")
    percent_axis(axes[0].yaxis)
    figure.supylabel("accuracy", size=10)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure
