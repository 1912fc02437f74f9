"""Small files in the formats the project reads, for tests."""

import gzip
import struct
from pathlib import Path

import numpy as np


def write_idx(path: Path, array: np.ndarray) -> Path:
    """Write unsigned bytes as IDX, gzipped if `path` ends in ``.gz``."""
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    content = header + array.astype(np.uint8).tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def write_pair(
    folder: Path, prefix: str, images: np.ndarray, labels: np.ndarray, suffix=""
) -> None:
    """Write ``<prefix>-images-idx3-ubyte`` and its labels as they are given."""
    write_idx(folder / f"{prefix}-images-idx3-ubyte{suffix}", images)
    write_idx(folder / f"{prefix}-labels-idx1-ubyte{suffix}", labels)


def random_images(n: int, seed: int = 0) -> np.ndarray:
    """Return grey noise, uint8 (n, 28, 28)."""
    return np.random.default_rng(seed).integers(0, 256, (n, 28, 28), dtype=np.uint8)


def embedded_digits(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return `n` of scikit-learn's digits in a frame of 28 x 28, and their labels."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    eight = (digits.images[:n] * 15.9).astype(np.uint8)  # (n, 8, 8)
    images = np.pad(np.kron(eight, np.ones((1, 3, 3), dtype=np.uint8)), ((0, 0), (2, 2), (2, 2)))
    return images, digits.target[:n]


def stroke_letters(n_each: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return upright images of 26 unsymmetric shapes, uint8 (N, 28, 28), and labels 0 .. 25."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat(np.arange(26), n_each))  # (N,)
    images = np.zeros((len(labels), 28, 28), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        row, column = 3 + 4 * (label // 6), 3 + 4 * (label % 6)
        shift = rng.integers(-1, 2)
        image[3:25, 2 + shift : 4 + shift] = 160  # a stem on the left tells up from across
        image[row : row + 3, column : column + 4] = rng.integers(180, 256)
    return images, labels
