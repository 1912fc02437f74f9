"""Figure of chapter 09: a table in, a matplotlib figure out."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from gmvae.figures.style import (
    COLOURS,
    GREY,
    LINES,
    MARKERS,
    log_axis,
    panels,
    percent_axis,
    styled,
)


@styled
def accuracy_by_choice(choices: pd.DataFrame, words: Mapping[str, str]) -> Figure:
    """Show accuracy against the number of labels, a panel a method and a line a strategy.

    Parameters
    ----------
    choices : DataFrame
        ``method, strategy, n_labels, accuracy``, the last in [0, 1].
    words : mapping
        What a strategy is called, in the order of the lines.
    """
    methods = list(dict.fromkeys(choices["method"]))
    figure, axes = panels(len(methods), 2, 3.0, sharey=True)
    handles = {}
    for axis, method in zip(axes, methods, strict=True):
        here = choices[choices["method"] == method]
        for place, (strategy, name) in enumerate(words.items()):
            rows = here[here["strategy"] == strategy].sort_values("n_labels")
            if rows.empty:
                continue
            color = GREY if place == 0 else COLOURS[place - 1]
            look: Any = {"color": color, "marker": MARKERS[place]}
            line = LINES[place % len(LINES)]
            handles[name] = axis.plot(
                rows["n_labels"], rows["accuracy"], linestyle=line, linewidth=1.4, **look
            )[0]
        log_axis(axis, sorted(here["n_labels"].unique()))
        axis.set(title=method, xlabel="labels")
    percent_axis(axes[0].yaxis)
    figure.supylabel("accuracy on the images without a label", size=10)
    figure.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=2)
    return figure
