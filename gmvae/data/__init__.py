"""Data sets: images with labels that only decoding and evaluation ever see."""

from gmvae.data.dataset import Dataset
from gmvae.data.draws import draw_order
from gmvae.data.sources import load_dataset

__all__ = ["Dataset", "draw_order", "load_dataset"]
