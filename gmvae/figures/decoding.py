"""Figure of chapter 04: arrays in, a matplotlib figure out."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from gmvae.figures.names import as_text
from gmvae.figures.style import DARK, LIGHT, TEXT_WIDTH, styled


@styled
def decoding_example(
    image: np.ndarray,
    truth: str,
    responsibilities: Mapping[str, float],
    names: Sequence[str],
    votes: Mapping[str, np.ndarray],
) -> Figure:
    """Show one image, its largest responsibilities and how each rule votes (Figure 2).

    Parameters
    ----------
    image : array (28, 28)
    truth : str
        The image's label.
    responsibilities : mapping from component, as it is called, to q(c|x)
        The largest of them.
    names : sequence of V label names
    votes : mapping from rule to array (V,)
        The share of its vote that goes to each label of `names`.
    """
    figure, axes = plt.subplots(1, 3, figsize=(TEXT_WIDTH, 2.8), width_ratios=(1, 1.5, 1.5))
    axes[0].imshow(image, cmap="gray_r", vmin=0, vmax=255)
    axes[0].set_title(f"an image of “{as_text(truth)}”")
    axes[0].set_axis_off()
    axes[1].barh(range(len(responsibilities)), responsibilities.values(), color=LIGHT, ec="black")
    called = [as_text(component, 60) for component in responsibilities]
    axes[1].set_yticks(range(len(responsibilities)), called)
    axes[1].set_title("responsibilities q(c|x)")
    height = 0.8 / len(votes)
    looks = ((DARK, ""), ("white", "///"))
    for place, ((rule, shares), (face, hatch)) in enumerate(
        zip(votes.items(), looks, strict=False)
    ):
        at = np.arange(len(names)) + (place - 0.5) * height  # (V,)
        axes[2].barh(at, shares, height, color=face, hatch=hatch, ec="black", label=rule)
    axes[2].set_yticks(range(len(names)), list(map(as_text, names)))
    axes[2].set_title("share of the vote")
    axes[2].legend()
    for axis in axes[1:]:
        axis.invert_yaxis()
    return figure
