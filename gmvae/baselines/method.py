"""What a method of the comparison is: one interface for decoders and competitors.

A method turns a :class:`Sample` (a few labelled rows, all other rows without labels) into
predicted labels of the rows to be scored. It never sees the labels of those rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from numpy.typing import NDArray

Array = NDArray[Any]

Reads = Literal[
    "responsibilities",
    "latent_mean",
    "posterior",
    "pixels",
    "normalised",
    "latent_mean and normalised",
]


@dataclass(frozen=True)
class Sample:
    """What a method is given.

    Attributes
    ----------
    X : ndarray of shape (N, p)
        One row per image: responsibilities, latent means, or grey levels 0..255 as uint8.
        A method with a ``prepare`` step is given that step's arrays, by name, instead.
    labelled : ndarray of shape (n,)
        Rows whose labels are given.
    y : ndarray of shape (n,)
        Their labels.
    scored : ndarray of shape (M,)
        Rows to be predicted; none of them labelled.
    seed : int
        For the method's own randomness; the label seed of the draw.
    classes : ndarray of shape (L,), optional
        All labels there are in sorted order, of which `y` may miss some; None: those in `y`.
    """

    X: Any
    labelled: Array
    y: Array
    scored: Array
    seed: int
    classes: Array | None = None


@dataclass(frozen=True, eq=False)  # one object per name: identity is equality
class Method:
    """A named way from a sample to predicted labels.

    Attributes
    ----------
    name : str
        As in the table of results.
    reads : one of :data:`Reads`
        The rows it is given; posterior: the first two side by side, (N, K + D); normalised: the
        pixels as the model sees them, see :func:`gmvae.training.normalisation.normalise`; the
        last of all: a pair of arrays.
    predict : callable
        ``predict(sample, **settings)`` returns the labels of ``sample.scored``, shape (M,): a
        function of a module, or a partial of one, so that its code is known and workers find it.
    settings : mapping
        Keyword arguments of `predict`, plain values: they are part of a result's identity.
    prepare : callable, optional
        ``prepare(X, training, n_components)`` is called once per data set with all rows and the
        positions of the rows that may be learned from, and returns arrays by name. Labels play
        no part in it.
    choose : callable, optional
        ``choose(X, n, seed)`` returns the rows that are labelled, from the arrays of `prepare`;
        None: they are drawn at random. Labels play no part in it either.
    most_labels : int, optional
        The largest number of labels it is run at where a sweep names none; None: no limit.
    seconds, seconds_per_label : float
        Rough cost of a draw and of one more label in it, to start long cells first and to estimate
        the time left.
    """

    name: str
    reads: Reads
    predict: Callable[..., Array]
    settings: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[Any, Array, int], dict[str, Array]] | None = None
    choose: Callable[[Any, int, int], Array] | None = None
    most_labels: int | None = None
    seconds: float = 0.1
    seconds_per_label: float = 0.0

    @property
    def needs_model(self) -> bool:
        """Whether it reads a model's posterior; others leave ``model_seed`` empty."""
        return self.reads not in ("pixels", "normalised")

    def cost(self, n_labels: int) -> float:
        """Return rough seconds for `n_labels` labels."""
        return self.seconds + self.seconds_per_label * n_labels


def decode(decoder: type[Any], sample: Sample, **options: Any) -> Array:
    """Return the labels that a class of :mod:`gmvae.decoding.decoders` gives the scored rows."""
    R = sample.X["responsibilities"] if isinstance(sample.X, dict) else sample.X  # (N, K)
    estimator = decoder(**options)
    if "classes" in estimator.get_params():
        estimator.set_params(classes=sample.classes)
    return estimator.fit(R[sample.labelled], sample.y).predict(R[sample.scored])  # (M,)
