"""What an experiment consists of: the sweep asked for, checked before any work, and its cells."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmvae.baselines.method import Method
from gmvae.baselines.registry import find_method
from gmvae.checks import whole
from gmvae.data.draws import draw_order
from gmvae.errors import InputError

Array = NDArray[Any]


@dataclass(frozen=True)
class Sweep:
    """Budgets x label seeds x methods, and the setting they are compared in.

    Attributes
    ----------
    budgets : sequence of int
        Numbers of labelled images n, at least 1.
    label_seeds : sequence of int
        One random draw of labelled images each, not negative.
    competitor_label_seeds : sequence of int or None
        Those of the methods that need no model, which take longer; None: the same.
    methods : sequence of str
        Names from :data:`gmvae.baselines.registry.METHODS`.
    max_labels : mapping from str to int or None
        A method's largest budget; None is no limit, no entry the method's own, if it has one.
        Larger budgets are left out of the table, not guessed.
    stratified : bool
        Whether draws keep every class's share, see :func:`gmvae.data.draws.draw_order`.
    inductive : bool
        False, transductive: labels are drawn from all images, and all others are scored. True:
        labels are drawn from the training split and the test split is scored; the posteriors
        must then come from models trained on the training split alone.
    """

    budgets: Sequence[int]
    label_seeds: Sequence[int]
    methods: Sequence[str]
    max_labels: Mapping[str, int | None] = field(default_factory=dict)
    stratified: bool = False
    inductive: bool = False
    competitor_label_seeds: Sequence[int] | None = None

    def seeds_of(self, method: Method) -> list[int]:
        """Return the label seeds of a method, in ascending order; labels are chosen once only."""
        own = None if method.needs_model else self.competitor_label_seeds
        seeds = sorted(set(self.label_seeds if own is None else own))
        return seeds[:1] if method.choose else seeds

    def chosen_methods(self) -> list[Method]:
        """Return the methods asked for, in that order, each once."""
        return [find_method(name) for name in dict.fromkeys(self.methods)]

    def cap(self, method: Method) -> int | None:
        """Return the largest budget that `method` runs at, None for no limit."""
        return self.max_labels.get(method.name, method.most_labels)


@dataclass(frozen=True)
class Cell:
    """One number of the table: a method at a budget, with one draw and one model."""

    method: Method
    n_labels: int
    label_seed: int
    model_seed: int | None

    @property
    def seed(self) -> int:
        """Of its labels: the draw's, or the model's where a model chooses them."""
        if self.method.choose and self.model_seed is not None:
            return self.model_seed
        return self.label_seed

    @property
    def cost(self) -> float:
        """Rough seconds."""
        return self.method.cost(self.n_labels)


def cells(sweep: Sweep, model_seeds: Sequence[int]) -> Iterator[Cell]:
    """Yield the cells of a sweep in the order of the table: by method, budget, seeds."""
    for method in sweep.chosen_methods():
        cap = sweep.cap(method)
        seeds = sorted(set(model_seeds)) if method.needs_model else [None]
        for n in sorted(set(sweep.budgets)):
            if cap is not None and n > cap:
                continue
            for label_seed in sweep.seeds_of(method):
                for model_seed in seeds:
                    yield Cell(method, n, label_seed, model_seed)


def drawable_rows(labels: Array, split: Array, inductive: bool) -> Array:
    """Return the rows that may be labelled: all, or the training split."""
    return np.flatnonzero(split == 0) if inductive else np.arange(len(labels))


def draw(labels: Array, rows: Array, label_seed: int, stratified: bool) -> Array:
    """Return `rows` in the order in which they are labelled under `label_seed`."""
    return rows[draw_order(labels[rows], label_seed, stratified)]


def check_sweep(sweep: Sweep, labels: Array, split: Array) -> None:
    """Refuse a sweep that cannot be run on these images, before any work.

    Raises
    ------
    InputError
        For an unknown method, a budget or seed that is not allowed, images without labels, or a
        draw whose images are all of one class.
    """
    sweep.chosen_methods()
    for name, cap in sweep.max_labels.items():
        find_method(name)
        if cap is not None:
            whole(f"max_labels of {name}", cap, 1)
    for name in ("methods", "budgets", "label_seeds"):
        if not len(getattr(sweep, name)):
            raise InputError(f"{name} is empty; at least one is needed.")
    if not any(cells(sweep, (0,))):
        raise InputError(
            f"budgets is {list(sweep.budgets)}, above the largest of every method of"
            f" {', '.join(sweep.methods)}: lift it with max_labels, or take smaller budgets."
        )
    if (labels < 0).any():
        raise InputError(
            f"{int((labels < 0).sum())} of {len(labels)} images have no label (-1); accuracy can "
            "only be measured where all have one."
        )
    seeds = [*sweep.label_seeds, *(sweep.competitor_label_seeds or [])]
    for seed in seeds:
        whole("a label seed", seed)
    rows = drawable_rows(labels, split, sweep.inductive)
    _check_split(sweep, split)
    _check_budgets(sweep, len(rows))
    smallest = min(sweep.budgets)
    for seed in dict.fromkeys(seeds):
        drawn = labels[draw(labels, rows, seed, sweep.stratified)[:smallest]]
        if len(np.unique(drawn)) < 2:
            raise InputError(
                f"A budget of {smallest} with label seed {seed} draws a single class; take a "
                "larger budget, so that there are at least two classes to tell apart."
            )


def _check_split(sweep: Sweep, split: Array) -> None:
    if sweep.inductive and not (split == 1).any():
        raise InputError("The data set has no test split, which inductive scoring needs.")


def _check_budgets(sweep: Sweep, n_candidates: int) -> None:
    # in the transductive setting one image at least must be left to be scored
    most = n_candidates if sweep.inductive else n_candidates - 1
    for n in sweep.budgets:
        whole("a budget", n, 1, most, f", of {n_candidates} images")
