"""Several models together: their decoded probabilities averaged, their latent means side by side.

Models of several seeds cut the images into other components and make other mistakes. A person who
has trained several need not choose one of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gmvae.baselines.precomputed import latent_graph
from gmvae.baselines.registry import find_method
from gmvae.decoding.decoders import SoftDecoder
from gmvae.decoding.diffusion import DiffusedSoftDecoder, component_walk
from gmvae.decoding.posterior import Posterior
from gmvae.experiments.execution import Execution, results_of
from gmvae.experiments.scoring import Draw, draw_labels, score_if_solved

Array = NDArray[Any]
METHODS = ("soft", "soft-diffused", "graph")


def joint_latent_means(latent_means: Sequence[Array]) -> Array:
    """Return the latent means of M models as one point each, float32 (N, M D).

    Each model's are divided by their standard deviation over images and dimensions, so that none
    counts more for having a wider latent space.
    """
    return np.hstack([Z / max(float(Z.std()), 1e-12) for Z in latent_means]).astype(np.float32)


def mean_probability_accuracy(
    responsibilities: Sequence[Array], y: Array, draw: Draw, walks: Sequence[Array] | None = None
) -> float:
    """Return the accuracy of the mean over models of soft decoding's probabilities.

    Parameters
    ----------
    responsibilities : sequence of M arrays (N, K)
    y : int array (N,)
    draw : Draw
    walks : sequence of M arrays (K, K), optional
        From :func:`gmvae.decoding.diffusion.component_walk`: votes spread over like components
        before they are averaged. None: they do not.

    Labels of one class alone name all images by it.
    """
    if (y[draw.labelled] == y[draw.labelled[0]]).all():
        return float(np.mean(y[draw.scored] == y[draw.labelled[0]]))
    shares = []
    for i, R in enumerate(responsibilities):
        decoder = SoftDecoder() if walks is None else DiffusedSoftDecoder()
        walk = {} if walks is None else {"walk": walks[i]}
        decoder.fit(R[draw.labelled], y[draw.labelled], **walk)
        shares.append(decoder.predict_proba(R[draw.scored]))  # (M', L')
    found = decoder.classes_[np.mean(shares, axis=0).argmax(axis=1)]  # (M',)
    return float(np.mean(found == y[draw.scored]))


def score_ensembles(
    posteriors: Mapping[int, Posterior],
    y: Array,
    budgets: Sequence[int],
    label_seeds: Sequence[int],
    execution: Execution | None = None,
) -> pd.DataFrame:
    """Score the first two models, the first four, and so on up to all, together.

    Parameters
    ----------
    posteriors : mapping from model seed to Posterior
        At least two.
    y : int array (N,), 0 .. L-1
    budgets, label_seeds : sequences of int
    execution : Execution, optional
        Where draws go side by side; None: one after another.

    Returns
    -------
    DataFrame
        ``method, models`` (how many), ``n_labels, label_seed, accuracy``.
    """
    execution = execution or Execution(progress=False)
    models = list(posteriors.values())
    walks = [component_walk(p.responsibilities) for p in models]  # (K, K) each
    cells, tasks = [], []
    for size in sizes(len(models)):
        together = models[:size]
        R = [p.responsibilities for p in together]  # (N, K) each
        Z = joint_latent_means([p.latent_mean for p in together])  # (N, M D)
        graph = latent_graph(Z, np.arange(len(y)), R[0].shape[1])
        for n in budgets:
            for seed in label_seeds:
                cells.append({"models": size, "n_labels": n, "label_seed": seed})
                tasks.append((R, walks[:size], graph, y, n, seed))
    scored = results_of(_score_draw, tasks, execution, "ensembles")
    rows = [
        {"method": method, **cell, "accuracy": accuracy}
        for cell, by_method in zip(cells, scored, strict=True)
        for method, accuracy in by_method.items()
    ]
    return pd.DataFrame(rows, columns=["method", "models", "n_labels", "label_seed", "accuracy"])


def sizes(n_models: int) -> list[int]:
    """Return how many models are put together: 2, 4, ... and all."""
    doubled = [2**i for i in range(1, n_models.bit_length())]
    return sorted({*doubled, n_models})


def _score_draw(
    R: Sequence[Array],
    walks: Sequence[Array],
    graph: Mapping[str, Array],
    y: Array,
    n_labels: int,
    label_seed: int,
) -> dict[str, float]:
    """Return the accuracy of each method on one draw."""
    draw = draw_labels(y, n_labels, label_seed)
    accuracy = score_if_solved(find_method("graph"), dict(graph), y, int(y.max()) + 1, draw)
    return {
        "soft": mean_probability_accuracy(R, y, draw),
        "soft-diffused": mean_probability_accuracy(R, y, draw, walks),
        "graph": accuracy,
    }
