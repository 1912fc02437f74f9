"""Supervised competitors on the images as the model sees them, normalised.

The published settings on raw pixels leave open how much of the distance to the model is what was
done to the images. These see what the model sees, at any number of labels, and the support vector
machine is the strongest supervised method without a network that we know for so few labels.

References
----------
Cortes and Vapnik (1995), Support-vector networks, Machine Learning 20.
Pedregosa et al. (2011), Scikit-learn: Machine Learning in Python.
"""

from typing import Any

from numpy.typing import NDArray
from sklearn.svm import SVC

from gmvae.baselines.method import Method, Sample
from gmvae.baselines.pixels import PUBLISHED_METHODS
from gmvae.baselines.precomputed import PIXEL_COMPONENTS

Array = NDArray[Any]


def svm(sample: Sample, **settings: Any) -> Array:
    """Support vector machine with a Gaussian kernel on principal components, scaled alike.

    The components keep their own variances; the kernel's width is 1 / (P Var(Z)) over the labelled
    rows, scikit-learn's default. Nothing is tuned.
    """
    Z = sample.X["features"]  # (N, P)
    classifier = SVC(random_state=sample.seed, **settings)
    classifier.fit(Z[sample.labelled], sample.y)
    return classifier.predict(Z[sample.scored])  # (M,)


NORMALISED_METHODS = (
    Method(
        "svm",
        (),
        svm,
        {"kernel": "rbf", "C": 10.0, "gamma": "scale"},
        (PIXEL_COMPONENTS,),
        seconds_per_label=0.01,
    ),
    *(
        Method(
            f"{method.name}-normalised",
            ("normalised",),
            method.predict,
            method.settings,
            seconds_per_label=method.seconds_per_label,
        )
        for method in PUBLISHED_METHODS
    ),
)
