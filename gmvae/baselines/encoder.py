"""The model's own encoder and warps, supervised: what the architecture does without clusters.

If soft decoding beats a multilayer perceptron, it might be for the encoder's size, for the
normalised images it is given or for the warped ones it was trained on. This competitor has all
three, and the labelled images alone.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmvae.baselines.method import Method, Sample
from gmvae.baselines.network import Recipe, fit_network, predict_network

Array = NDArray[Any]


def same_encoder(sample: Sample, **recipe: Any) -> Array:
    """Train the encoder with a softmax head on warped labelled images; return predictions.

    `recipe`: the fields of :class:`gmvae.baselines.network.Recipe`.
    """
    classes, label = np.unique(sample.y, return_inverse=True)  # (L',), (n,)
    network = fit_network(sample.X[sample.labelled], label, sample.seed, Recipe(**recipe))
    return classes[predict_network(network, sample.X, sample.scored)]  # (M,)


ENCODER_METHODS = (
    Method(
        "same-encoder",
        ("normalised",),
        same_encoder,
        {
            "channels": [],
            "hidden": [256, 256],
            "warp_strength": 1.0,
            "warp_elastic": 1.0,
            "steps": 4000,  # on nist_letters 400 are 3 to 6 points below, 2000 one
            "batch_size": 64,
            "learning_rate": 3e-3,
        },
        seconds_per_label=0.02,
    ),
)
