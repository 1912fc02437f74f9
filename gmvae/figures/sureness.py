"""Figure of chapter 10: a table in, a matplotlib figure out."""

from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from gmvae.figures.style import COLOURS, LINES, MARKERS, percent_axis, styled


@styled
def risk_against_coverage(told: pd.DataFrame) -> Figure:
    """Show the share of wrong answers against the share of images answered, a line a budget.

    Parameters
    ----------
    told : DataFrame
        ``n_labels, abstain, accuracy``, the last two in [0, 1].
    """
    figure, axis = plt.subplots(figsize=(6.4, 3.6))
    for place, (n, rows) in enumerate(told.groupby("n_labels")):
        look: Any = {
            "linestyle": LINES[place % len(LINES)],
            "marker": MARKERS[place % len(MARKERS)],
            "color": COLOURS[place % len(COLOURS)],
        }
        risk = 1 - rows["accuracy"]
        axis.plot(1 - rows["abstain"], risk, label=f"{n:,} labels", **look)
    percent_axis(axis.xaxis)
    percent_axis(axis.yaxis)
    axis.set(xlabel="images answered", ylabel="wrong among them", ylim=(0, None))
    figure.legend(loc="outside right upper", handlelength=3.2)
    return figure
