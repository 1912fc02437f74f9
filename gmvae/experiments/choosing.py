"""The study of choosing: which images get a label, by which rule, and what that is worth.

Images are chosen without a label, then their labels are looked up. Random draws, those of all
other chapters, stand beside them. What is chosen by the model is decoded by the model; what is
chosen by normalised pixels is decoded by a graph of them, so that the rival without a model may
choose as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gmvae.baselines.precomputed import LATENT_CHOICE, PIXEL_CHOICE, stored_points
from gmvae.baselines.registry import find_method
from gmvae.data.draws import draw_order
from gmvae.decoding.selection import NESTED, Points, choose
from gmvae.experiments.execution import Execution, results_of
from gmvae.experiments.precomputed import Store
from gmvae.experiments.scoring import Draw, as_draw, score_if_solved

Array = NDArray[Any]
RANDOM = "random"
COMPARED = ("spectral", "clusters", "typiclust", "herding")
NO_MODEL = -1


@dataclass(frozen=True)
class Space:
    """What images are chosen by, and the methods that decode them.

    Attributes
    ----------
    points : Points
        Where each of N images lies, near ones alike, and what choosing needs of that.
    responsibilities : ndarray of shape (N, K), optional
        None: there is no model, and so no choice by components.
    methods : mapping
        By the name of a method: what it reads.
    seed : int
        Of the choices that are partly random.
    model_seed : int
        Of the model; -1: none.
    """

    points: Points
    responsibilities: Array | None
    methods: Mapping[str, Any]
    seed: int
    model_seed: int


def space_of_model(store: Store, model_seed: int) -> Space:
    """Return the latent means of a model, decoded by ``soft`` and ``graph``."""
    arrays, R = store.together(LATENT_CHOICE), store.rows("responsibilities")  # (N, K)
    methods: dict[str, Any] = {"graph": arrays}
    if R.shape[1] > 1:  # a single component tells nothing apart
        methods["soft"] = R
    return Space(stored_points(arrays), R, methods, model_seed, model_seed)


def spaces_of_pixels(store: Store, seeds: Sequence[int]) -> list[Space]:
    """Return principal components of normalised images, decoded by ``graph-pixels``."""
    arrays = store.together(PIXEL_CHOICE)
    methods = {"graph-pixels": arrays}
    return [Space(stored_points(arrays), None, methods, seed, NO_MODEL) for seed in seeds]


def score_choices(
    spaces: Sequence[Space],
    y: Array,
    budgets: Sequence[int],
    label_seeds: Sequence[int],
    execution: Execution | None = None,
) -> pd.DataFrame:
    """Score every method on images that are chosen, and on images that are drawn.

    Draws are scored once in the space of pixels, which is the same whatever the seed of a choice.

    Parameters
    ----------
    spaces : sequence of Space
    y : int array (N,), 0..L-1
        A choice never looks at it.
    budgets : sequence of int
        Numbers of labels, each from 2 to N-1.
    label_seeds : sequence of int
        Of the random draws.
    execution : Execution, optional
        Where spaces go side by side; None: one after another.

    Returns
    -------
    DataFrame
        ``strategy, method, n_labels, seed, model_seed, n_classes`` (of which a label is there),
        ``accuracy`` (NaN where a graph is not solved) and ``n_scored``.
    """
    execution = execution or Execution(progress=False)
    first = next((space for space in spaces if space.model_seed == NO_MODEL), None)
    drawn = [space is first or space.model_seed != NO_MODEL for space in spaces]
    tasks = [
        (space, y, budgets, label_seeds if draws else ())
        for space, draws in zip(spaces, drawn, strict=True)
    ]
    costs = [1.0 + draws for draws in drawn]
    scored = results_of(_score_space, tasks, execution, "choosing", costs)
    return pd.DataFrame([row for rows in scored for row in rows])


def _score_space(
    space: Space, y: Array, budgets: Sequence[int], label_seeds: Sequence[int]
) -> list[dict[str, Any]]:
    """Return the rows of one space."""
    n_classes = int(y.max()) + 1
    draws = [
        (RANDOM, as_draw(draw_order(y, seed)[:n], len(y), seed))
        for n in budgets
        for seed in label_seeds
    ]
    return [
        {
            "strategy": strategy,
            "method": method,
            "n_labels": len(draw.labelled),
            "seed": draw.label_seed,
            "model_seed": space.model_seed,
            "n_classes": len(np.unique(y[draw.labelled])),
            "accuracy": score_if_solved(find_method(method), X, y, n_classes, draw),
            "n_scored": len(draw.scored),
        }
        for strategy, draw in [*_chosen(space, budgets), *draws]
        for method, X in space.methods.items()
    ]


def _chosen(space: Space, budgets: Sequence[int]) -> list[tuple[str, Draw]]:
    """Return what every strategy chooses at every budget."""
    points, R = space.points, space.responsibilities  # (N, K)
    names = COMPARED if R is None else (*COMPARED, "components")
    found = []
    for name in names:
        longest = choose(name, R, points, max(budgets), space.seed)  # (n,)
        for n in budgets:
            nested = name in NESTED or n == len(longest)
            rows = longest[:n] if nested else choose(name, R, points, n, space.seed)
            found.append((name, as_draw(rows, len(points), space.seed)))
    return found
