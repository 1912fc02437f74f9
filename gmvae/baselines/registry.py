"""All methods of the comparison, by the name they have in tables, figures and parameters."""

from collections.abc import Iterable
from functools import partial

from gmvae.baselines.chosen import CHOSEN_METHODS
from gmvae.baselines.clusters import CLUSTER_METHODS
from gmvae.baselines.encoder import ENCODER_METHODS
from gmvae.baselines.graphs import GRAPH_METHODS
from gmvae.baselines.method import Method, decode
from gmvae.baselines.normalised import NORMALISED_METHODS
from gmvae.baselines.pixels import PUBLISHED_METHODS
from gmvae.baselines.students import STUDENT_METHODS
from gmvae.baselines.tuned import TUNED_METHODS
from gmvae.decoding.decoders import BayesDecoder, HardDecoder, SoftDecoder
from gmvae.errors import InputError


def _decoder(name: str, decoder: type, **options: object) -> Method:
    return Method(name, ("responsibilities",), partial(decode, decoder), options)


DECODER_METHODS = (
    _decoder("hard", HardDecoder, uncovered="first-class"),
    _decoder("hard-covered", HardDecoder, uncovered="covered-only"),
    _decoder("soft", SoftDecoder),
    _decoder("soft-cosine", SoftDecoder, similarity="cosine"),
    _decoder("bayes", BayesDecoder, alpha=1.0),
)

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        *DECODER_METHODS,
        *GRAPH_METHODS,
        *STUDENT_METHODS,
        *CHOSEN_METHODS,
        *PUBLISHED_METHODS,
        *NORMALISED_METHODS,
        *TUNED_METHODS,
        *ENCODER_METHODS,
        *CLUSTER_METHODS,
    )
}


def find_method(name: str) -> Method:
    """Return the method called `name`.

    Raises
    ------
    InputError
        If there is none; the sentence lists the names there are.
    """
    if name not in METHODS:
        raise InputError(
            f"No method {name!r}; known are {_listed(METHODS)}; in brackets: endings of more names."
        )
    return METHODS[name]


def _listed(names: Iterable[str]) -> str:
    """Return names shortly: several that begin with another as their endings, in its brackets."""
    endings: dict[str, list[str]] = {}
    for name in names:
        start = next((known for known in endings if name.startswith(f"{known}-")), name)
        endings.setdefault(start, []).extend([name.removeprefix(start)] if name != start else [])
    told = []
    for start, rest in endings.items():
        few = len(rest) < 2
        told += [start, *(start + end for end in rest)] if few else [f"{start} ({', '.join(rest)})"]
    return ", ".join(told)
