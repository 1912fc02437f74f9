"""What a method of the comparison is: one interface for decoders and competitors.

A method turns a :class:`Sample` (a few labelled rows, all other rows without labels) into
predicted labels of the rows to be scored. It never sees the labels of those rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from numpy.typing import NDArray

Array = NDArray[Any]

RowsOfModel = Literal["responsibilities", "latent_mean"]
Rows = RowsOfModel | Literal["pixels", "normalised"]
"""Of a posterior; or grey levels 0..255 as uint8 (N, 28, 28), normalised: as the model sees them,
see :func:`gmvae.training.normalisation.normalise`."""


@dataclass(frozen=True, eq=False)  # one object per name: identity is equality
class Precomputed:
    """What is worked out once from all rows, without a label, for all methods that need it.

    Attributes
    ----------
    name : str
        Of the file that keeps it.
    source : one of :data:`Rows`, or Precomputed
        What it is made from.
    compute : callable
        ``compute(X, training, n_components)`` returns arrays by name. `X` is the rows, or the
        arrays of `source`; `training (T,)` the rows that may be learned from.
    """

    name: str
    source: "Rows | Precomputed"
    compute: Callable[[Any, Array, int], dict[str, Array]]

    @property
    def rows(self) -> Rows:
        """The rows that it is made from in the end."""
        return self.source.rows if isinstance(self.source, Precomputed) else self.source


@dataclass(frozen=True)
class Sample:
    """What a method is given.

    Attributes
    ----------
    X : ndarray of shape (N, ...), or ndarrays by name
        What :meth:`Method.given` returns.
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
    reads : tuple of :data:`Rows`
        The rows it is given.
    predict : callable
        ``predict(sample, **settings)`` returns the labels of ``sample.scored``, shape (M,): a
        function of a module, or a partial of one, so that its code is known and workers find it.
    settings : mapping
        Keyword arguments of `predict`, plain values: they are part of a result's identity.
    precomputed : tuple of Precomputed
        What it is given beside them.
    choose : callable, optional
        ``choose(X, n, seed)`` returns the rows that are labelled; None: they are drawn at random.
        Labels play no part in it.
    most_labels : int, optional
        The largest number of labels it is run at where a sweep names none; None: no limit.
    seconds, seconds_per_label : float
        Rough cost of a draw and of one more label in it, to start long cells first and to estimate
        the time left.
    """

    name: str
    reads: tuple[Rows, ...]
    predict: Callable[..., Array]
    settings: Mapping[str, Any] = field(default_factory=dict)
    precomputed: tuple[Precomputed, ...] = ()
    choose: Callable[[Any, int, int], Array] | None = None
    most_labels: int | None = None
    seconds: float = 0.1
    seconds_per_label: float = 0.0

    @property
    def rows(self) -> set[Rows]:
        """The rows that it reads, or that what it is given was made from."""
        return {*self.reads, *(each.rows for each in self.precomputed)}

    @property
    def needs_model(self) -> bool:
        """Whether it needs a model's posterior; others leave ``model_seed`` empty."""
        return not self.rows.isdisjoint(get_args(RowsOfModel))

    def given(
        self,
        rows: Callable[[Rows], Array],
        precomputed: Callable[[Precomputed], Mapping[str, Array]],
    ) -> Any:
        """Return the X of its samples: all arrays by name, or the only one of rows alone.

        Parameters
        ----------
        rows, precomputed : callable
            They return what is asked for.
        """
        arrays: dict[str, Array] = {name: rows(name) for name in self.reads}
        if not self.precomputed and len(arrays) == 1:
            return arrays[self.reads[0]]
        for each in self.precomputed:
            arrays |= precomputed(each)
        return arrays

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
