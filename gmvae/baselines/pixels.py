"""Supervised competitors, as published: they see the pixels of the labelled images only.

Standardised logistic regression, a small multilayer perceptron and gradient-boosted trees,
with the settings of the article's published code. Where a sample is too small for a setting
(a validation split without every class), the docstring says what is done instead.

References
----------
Murex S.A.S. and Universite Paris Dauphine-PSL (2026), published code: the settings.
Chen and Guestrin (2016), XGBoost: A Scalable Tree Boosting System.
Pedregosa et al. (2011), Scikit-learn: Machine Learning in Python.
"""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

from gmvae.baselines.method import Method, Sample

Array = NDArray[Any]
_ROWS = 8192  # predicted at a time, so that the grey levels of all images are never floats at once


def pixels(X: Array, rows: Array) -> Array:
    """Return grey levels of `rows` as float32 in [0, 1], one flat row per image."""
    return X[rows].reshape(len(rows), -1).astype(np.float32) / 255  # (n, 784)


def fit_and_predict(estimator: Any, sample: Sample) -> Array:
    """Fit a scikit-learn classifier on the labelled pixels; return the scored rows' labels.

    The classifier is given labels 0..L'-1 of the L' classes in the sample, which is what
    XGBoost asks for and what the others accept.
    """
    classes, label = np.unique(sample.y, return_inverse=True)  # (L',), (n,)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the published caps on iterations
        estimator.fit(pixels(sample.X, sample.labelled), label)
    blocks = np.array_split(sample.scored, max(1, len(sample.scored) // _ROWS))
    predicted = [estimator.predict(pixels(sample.X, rows)) for rows in blocks]
    return classes[np.concatenate(predicted).astype(int)]  # (M,)


def logistic_regression(sample: Sample, **settings: Any) -> Array:
    """Logistic regression on standardised pixels, L2 penalty with C = 1."""
    model = LogisticRegression(random_state=sample.seed, **settings)
    return fit_and_predict(make_pipeline(StandardScaler(), model), sample)


def hidden_layers(n_labels: int) -> tuple[int, ...]:
    """Return the published layer widths: 64 below 100 labels, 128 below 500, else 256 and 128."""
    if n_labels < 100:
        return (64,)
    return (128,) if n_labels < 500 else (256, 128)


def mlp(sample: Sample, early_stopping_from: int, validation: float, **settings: Any) -> Array:
    """Multilayer perceptron on standardised pixels, stopped early on a tenth of the labels.

    The validation split is stratified, hence needs two images of each class in the sample and
    as many images as classes. Where the sample has too few, as where it has less than
    `early_stopping_from` labels, all of it is trained on until the training loss stalls.
    """
    counts = np.unique(sample.y, return_counts=True)[1]  # (L',)
    n = len(sample.y)
    splits = counts.min() >= 2 and int(validation * n) >= len(counts)
    early = bool(splits and n >= early_stopping_from)
    model = MLPClassifier(
        hidden_layer_sizes=hidden_layers(n),
        batch_size=max(1, min(128, int((1 - validation) * n) if early else n)),
        early_stopping=early,
        validation_fraction=validation,
        n_iter_no_change=8 if early else 20,
        random_state=sample.seed,
        **settings,
    )
    return fit_and_predict(make_pipeline(StandardScaler(), model), sample)


def xgboost(sample: Sample, **settings: Any) -> Array:
    """Gradient-boosted trees on pixels, one thread: the cells run side by side."""
    return fit_and_predict(XGBClassifier(n_jobs=1, random_state=sample.seed, **settings), sample)


PUBLISHED_METHODS = (
    Method(
        "logistic-regression",
        ("pixels",),
        logistic_regression,
        {"max_iter": 2000},
        seconds_per_label=0.003,
    ),
    Method(
        "mlp",
        ("pixels",),
        mlp,
        {
            "early_stopping_from": 50,
            "validation": 0.1,
            "alpha": 1e-4,
            "learning_rate_init": 1e-3,
            "max_iter": 120,
        },
        seconds_per_label=0.003,
    ),
    Method(
        "xgboost",
        ("pixels",),
        xgboost,
        {
            "n_estimators": 200,
            "max_depth": 6,
            "learning_rate": 0.1,
            "subsample": 0.9,
            "colsample_bytree": 0.9,
            "tree_method": "hist",
        },
        seconds_per_label=0.02,
    ),
)
