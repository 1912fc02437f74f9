"""All methods of the comparison, by the name they have in tables, figures and parameters."""

from functools import partial

from gmvae.baselines import PUBLISHED
from gmvae.baselines_clusters import CLUSTERS
from gmvae.baselines_encoder import ENCODER
from gmvae.baselines_tuned import TUNED
from gmvae.decoding import BayesDecoder, HardDecoder, SoftDecoder
from gmvae.errors import InputError
from gmvae.methods import Method, decode


def _decoder(name: str, decoder: type, **options: object) -> Method:
    return Method(name, "responsibilities", partial(decode, decoder), options)


DECODERS = (
    _decoder("hard", HardDecoder, uncovered="first-class"),
    _decoder("hard-covered", HardDecoder, uncovered="covered-only"),
    _decoder("soft", SoftDecoder),
    _decoder("soft-cosine", SoftDecoder, similarity="cosine"),
    _decoder("bayes", BayesDecoder, alpha=1.0),
)

METHODS: dict[str, Method] = {
    method.name: method for method in (*DECODERS, *PUBLISHED, *TUNED, *ENCODER, *CLUSTERS)
}


def find_method(name: str) -> Method:
    """Return the method called `name`.

    Raises
    ------
    InputError
        If there is none; the sentence lists the names there are.
    """
    if name not in METHODS:
        raise InputError(f"Unknown method {name!r}; known are {', '.join(METHODS)}.")
    return METHODS[name]
