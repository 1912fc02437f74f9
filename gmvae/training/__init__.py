"""Training: images in, a trained model and its files out. No label ever comes in here."""

from gmvae.training.configuration import PUBLISHED_CONFIG, TrainingConfig
from gmvae.training.trained import TrainedModel, load_model
from gmvae.training.trainer import TrainingError, train

__all__ = [
    "PUBLISHED_CONFIG",
    "TrainedModel",
    "TrainingConfig",
    "TrainingError",
    "load_model",
    "train",
]
