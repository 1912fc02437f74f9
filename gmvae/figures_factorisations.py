"""Figure of chapter 08: arrays in, a matplotlib figure out."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from gmvae.figures import DARK, MARKERS


def cost_and_yield(
    names: Sequence[str], seconds: np.ndarray, accuracy: np.ndarray, negative_elbo: np.ndarray
) -> Figure:
    """Show the accuracy and the negative ELBO of M models against the seconds of an epoch.

    Parameters
    ----------
    names : sequence of M texts
    seconds : array (M,)
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
        axes[0].errorbar(seconds[i], mean[i], yerr=reach, capsize=3, label=name, **look)
        axes[1].plot(seconds[i], negative_elbo[i], **look)
    axes[0].set(xscale="log", ylabel="accuracy of soft decoding")
    axes[0].yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes[1].set(ylabel="negative ELBO, nats an image")
    for axis in axes:
        axis.set_xlabel("seconds an epoch")
        axis.margins(x=0.15)
        axis.spines[["top", "right"]].set_visible(False)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=2, frameon=False, fontsize=8)
    return figure
