"""Figure of chapter 04: arrays in, a matplotlib figure out."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from gmvae.figures.style import DARK, LIGHT


def decoding_example(
    image: np.ndarray,
    components: Sequence[str],
    responsibilities: np.ndarray,
    votes: dict[str, np.ndarray],
    names: Sequence[str],
    truth: str,
) -> Figure:
    """Show one image, its largest responsibilities and how each rule votes (Figure 2).

    Parameters
    ----------
    image : array (28, 28)
    components : sequence of M texts
        The components with the largest responsibilities and their majority labels.
    responsibilities : array (M,)
    votes : dict of arrays (V,)
        For each rule, the share of its vote that goes to each label of `names`.
    names : sequence of V label names
    truth : str
        The image's label.
    """
    figure, axes = plt.subplots(
        1, 3, figsize=(9, 2.6), layout="constrained", width_ratios=(1, 1.5, 1.5)
    )
    axes[0].imshow(image, cmap="gray_r", vmin=0, vmax=255)
    axes[0].set_title(f"an image of “{truth}”", fontsize=10)
    axes[0].set_axis_off()
    axes[1].barh(range(len(components)), responsibilities, color=LIGHT, edgecolor="black")
    axes[1].set_yticks(range(len(components)), components, fontsize=8)
    axes[1].invert_yaxis()
    axes[1].set_title("responsibilities q(c|x)", fontsize=10)
    height = 0.8 / len(votes)
    styles = ((DARK, ""), ("white", "///"))
    for place, ((rule, shares), (face, hatch)) in enumerate(
        zip(votes.items(), styles, strict=False)
    ):
        at = np.arange(len(names)) + (place - 0.5) * height
        axes[2].barh(at, shares, height, color=face, hatch=hatch, edgecolor="black", label=rule)
    axes[2].set_yticks(range(len(names)), names)
    axes[2].invert_yaxis()
    axes[2].set_title("share of the vote", fontsize=10)
    axes[2].legend(frameon=False, fontsize=8)
    for axis in axes[1:]:
        axis.spines[["top", "right"]].set_visible(False)
    return figure
