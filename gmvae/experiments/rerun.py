"""Decoding of one posterior at one budget, for a chapter that is rerun by hand."""

from typing import Any

import numpy as np

from gmvae.experiments import scoring
from gmvae.experiments.correctness import accuracies as decode_draws

__all__ = ["class_votes", "decode_draws", "draw_labels"]


def draw_labels(labels: np.ndarray, n_labels: int, label_seed: int) -> np.ndarray:
    """Draw the images to be labelled, indices (n,)."""
    return scoring.draw_labels(labels, n_labels, label_seed).labelled


def class_votes(decoder: Any, responsibilities: np.ndarray, n_classes: int) -> np.ndarray:
    """Return a fitted decoder's vote for every class (N, L), 0 for those it has not seen."""
    votes = np.zeros((len(responsibilities), n_classes))
    votes[:, decoder.classes_] = decoder.predict_proba(responsibilities)
    return votes  # (N, L)
