"""Figure of chapter 08: arrays in, a matplotlib figure out."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, PercentFormatter, StrMethodFormatter

from gmvae.figures.style import DARK, MARKERS


def cost_and_yield(
    names: Sequence[str], times: np.ndarray, accuracy: np.ndarray, negative_elbo: np.ndarray
) -> Figure:
    """Show the accuracy and the negative ELBO of M models against the time of an epoch.

    Parameters
    ----------
    names : sequence of M texts
    times : array (M,)
        In multiples of the first model's.
    accuracy : array (3, M)
        Mean, smallest and largest over draws of labels, in [0, 1].
    negative_elbo : array (M,)
        Nats per image.
    """
    figure, axes = plt.subplots(1, 2, figsize=(7.6, 3.3), layout="constrained", sharex=True)
    mean, low, high = accuracy  # (M,) each
    for i, name in enumerate(names):
        look = {
            "marker": MARKERS[i % len(MARKERS)],
            "markersize": 8,
            "color": DARK,
            "markerfacecolor": DARK if i == 0 else "white",
            "linestyle": "none",
        }
        reach = [[mean[i] - low[i]], [high[i] - mean[i]]]
        axes[0].errorbar(times[i], mean[i], yerr=reach, capsize=3, label=name, **look)
        axes[1].plot(times[i], negative_elbo[i], **look)
    limits = (0.7 * min(times), 1.4 * max(times))
    axes[0].set(xscale="log", xlim=limits, ylabel="accuracy of soft decoding")
    axes[0].yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes[1].set(ylabel="negative ELBO, nats an image")
    for axis in axes:
        axis.set_xlabel(f"time of an epoch ({names[0]}: 1)")
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axis.xaxis.set_minor_locator(NullLocator())
        axis.spines[["top", "right"]].set_visible(False)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=2, frameon=False, fontsize=8)
    return figure
