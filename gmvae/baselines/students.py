"""Students: a network learns the labels that a graph has given to all images, and corrects them.

A graph labels each image by its neighbours, and where these are few or mixed it errs at random. A
network that is shown all images with such labels, warped anew at every step, cannot learn errors
that follow no rule, and answers by the rule. It is the self-training of Iscen et al. with one
round: a second one gains less, and a graph on what the network has learned gains nothing.

``graph-student`` learns from ``graph``, ``graph-pixels-student`` from ``graph-pixels``: the same
network, from nothing, so that the difference is what the latent space is worth to a student.

References
----------
Scudder (1965), Probability of error of some adaptive pattern-recognition machines. Iscen, Tolias,
Avrithis and Chum (2019), Label propagation for deep semi-supervised learning, CVPR. Xie, Luong,
Hovy and Le (2020), Self-training with noisy student improves ImageNet classification, CVPR.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmvae.baselines.graphs import decode_graph
from gmvae.baselines.method import Method, Precomputed, Sample
from gmvae.baselines.network import Recipe, fit_network, predict_network
from gmvae.baselines.precomputed import LATENT_GRAPH, PIXEL_GRAPH

Array = NDArray[Any]


def student(sample: Sample, **recipe: Any) -> Array:
    """Return the scored rows' labels by a network that has learned those of the graph.

    `recipe`: the fields of :class:`gmvae.baselines.network.Recipe`.
    """
    images, training = sample.X["normalised"], sample.X["training"]  # (N, 28, 28), (T,)
    labels = decode_graph(replace(sample, scored=training))  # (T,), the given ones among them
    classes, label = np.unique(labels, return_inverse=True)  # (L',), (T,)
    learned = images if len(training) == len(images) else images[training]  # (T, 28, 28)
    network = fit_network(learned, label, sample.seed, Recipe(**recipe))
    return classes[predict_network(network, images, sample.scored)]  # (M,)


STUDENT_SECONDS = 12.0  # of a draw, on 100,000 images
_MOST_LABELS = 291  # it takes ten seconds and more a draw, and gains most where labels are few
STUDENT = {
    "channels": [],
    "hidden": [256, 256],
    "warp_strength": 1.0,
    "warp_elastic": 1.0,
    "steps": 2000,  # at 73 of nist_letters 1000 gain a third as much, 4000 a quarter more
    "batch_size": 256,
    "learning_rate": 4e-3,
}


def _student(name: str, graph: Precomputed) -> Method:
    return Method(
        name,
        ("normalised",),
        student,
        STUDENT,
        (graph,),
        most_labels=_MOST_LABELS,
        seconds=STUDENT_SECONDS,
    )


STUDENT_METHODS = (
    _student("graph-student", LATENT_GRAPH),
    _student("graph-pixels-student", PIXEL_GRAPH),
)
