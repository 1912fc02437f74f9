"""Figures as pages show them: vector graphics, sharp at every width."""

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # matplotlib takes a second to import
    from IPython.display import SVG
    from matplotlib.figure import Figure


def vector(figure: "Figure") -> "SVG":
    """Return `figure` as SVG for a notebook to show, and close it.

    The same figure gives the same text every time: no date, no random identifiers.
    """
    import matplotlib.pyplot as plt
    from IPython.display import SVG

    text = io.StringIO()
    with plt.rc_context({"svg.hashsalt": "gmvae"}):
        figure.savefig(text, format="svg", bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)  # else a notebook shows it twice
    return SVG(text.getvalue())
