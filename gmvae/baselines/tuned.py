"""The supervised competitors, tuned by cross-validation within the labels they are given.

The published settings are fixed for all numbers of labels, which may be unfair to a competitor
where they do not suit, and so may images with the position, slant and size that the model is
spared. A tuned one is given normalised images, and picks the best of a few configurations with
nothing but its own labels.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import KFold, StratifiedKFold

from gmvae.baselines.method import Method, Sample
from gmvae.baselines.pixels import PUBLISHED_METHODS

Array = NDArray[Any]
Predict = Callable[..., Array]
FOLDS = 3


def folds(y: Array, seed: int) -> list[tuple[Array, Array]]:
    """Return 3 pairs of training and validation positions, stratified where that is possible.

    Folds whose training part holds a single class are left out: nothing can be fitted there.
    """
    counts = np.unique(y, return_counts=True)[1]  # (L',)
    if len(y) < FOLDS:
        return []
    kind = StratifiedKFold if counts.min() >= FOLDS else KFold
    splits = kind(FOLDS, shuffle=True, random_state=seed).split(np.zeros(len(y)), y)
    return [(train, test) for train, test in splits if len(np.unique(y[train])) > 1]


def tuned(
    predict: Predict, sample: Sample, fixed: dict[str, Any], configurations: list[dict[str, Any]]
) -> Array:
    """Predict with the configuration of best cross-validated accuracy; a tie to the first.

    Parameters
    ----------
    predict : callable
        A function of :mod:`gmvae.baselines.pixels`.
    sample : Sample
    fixed : dict
        Its settings that are not tuned.
    configurations : list of dict
        Settings to choose from.
    """
    splits = folds(sample.y, sample.seed)

    def right(configuration: dict[str, Any]) -> int:
        """Count the labelled images that are predicted rightly when left out."""
        total = 0
        for train, test in splits:
            part = Sample(
                sample.X,
                sample.labelled[train],
                sample.y[train],
                sample.labelled[test],
                sample.seed,
            )
            predicted = predict(part, **fixed, **configuration)  # (n_test,)
            total += int((predicted == sample.y[test]).sum())
        return total

    best = max(configurations, key=right)  # max keeps the first of equals
    return predict(sample, **fixed, **best)


def _tuned(name: str, configurations: list[dict[str, Any]]) -> Method:
    """Return the tuned version of a published method."""
    method = next(method for method in PUBLISHED_METHODS if method.name == name)
    varied = set(configurations[0])
    settings = {
        "fixed": {k: v for k, v in method.settings.items() if k not in varied},
        "configurations": configurations,
    }
    return Method(
        f"{name}-tuned",
        ("normalised",),
        partial(tuned, method.predict),
        settings,
        seconds_per_label=(1 + FOLDS * len(configurations)) * method.seconds_per_label,
    )


TUNED_METHODS = (
    _tuned("logistic-regression", [{"C": 10.0**exponent} for exponent in range(-4, 2)]),
    _tuned(
        "mlp",
        # in place of early stopping, which costs a tenth of the labels: more or less shrinkage
        [
            {"early_stopping_from": 10**9, "alpha": alpha, "learning_rate_init": rate}
            for rate in (1e-3, 3e-3)
            for alpha in (1e-2, 1.0, 10.0)
        ],
    ),
    _tuned(
        "xgboost",
        [
            {"max_depth": depth, "colsample_bytree": share, "min_child_weight": weight}
            for depth in (2, 6)
            for share, weight in ((0.9, 1.0), (0.2, 1.0), (0.2, 0.1))
        ],
    ),
)
