"""What chapter 01 tells of a data set: its images, its classes and how many of each."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gmvae.data.dataset import Dataset
from gmvae.pages.escape import escape

_EMBEDDED = (
    " These *embedded digits* come with scikit-learn in 8 × 8 pixels and are enlarged to 28 × 28."
)


def class_sizes(dataset: Dataset) -> np.ndarray:
    """Return the number of images of each class, int64 (L,)."""
    known = dataset.labels[dataset.labels >= 0]  # (N',)
    return np.bincount(known, minlength=len(dataset.class_names))


def examples(dataset: Dataset, n: int = 10, seed: int = 0) -> tuple[np.ndarray, list[str]]:
    """Draw `n` images of each class that has any: ``(L', n, 28, 28)`` and the classes' names."""
    rng = np.random.default_rng(seed)
    present = np.flatnonzero(class_sizes(dataset))  # (L',)
    rows = [rng.choice(np.flatnonzero(dataset.labels == label), n) for label in present]
    return dataset.images[np.array(rows)], [dataset.class_names[label] for label in present]


def numbers(dataset: Dataset) -> dict[str, Any]:
    """Return the numbers on record."""
    sizes = class_sizes(dataset)  # (L,)
    return {
        "dataset": dataset.name,
        "fingerprint": dataset.fingerprint,
        "n_images": len(dataset),
        "n_train": int((dataset.split == 0).sum()),
        "n_test": int((dataset.split == 1).sum()),
        "n_classes": len(dataset.class_names),
        "class_names": list(dataset.class_names),
        "smallest_class": int(sizes.min()),
        "largest_class": int(sizes.max()),
    }


def describe_dataset(numbers: Mapping[str, Any]) -> str:
    """Tell what a build is made from, and that it is not the article's data where it is not."""
    made_from = (
        f"**This build** is made from the data set {escape(numbers['dataset'])}:"
        f" {numbers['n_images']:,} images in {numbers['n_classes']} classes,"
        f" {numbers['n_train']:,} for training and {numbers['n_test']:,} for testing."
    )
    if numbers["dataset"] == "emnist-letters":
        return made_from
    origin = _EMBEDDED if numbers["dataset"] == "digits" else ""
    return (
        f"{made_from}{origin} It is not EMNIST Letters, so the figures on these pages are not the"
        " article's; they are what the same method does on these images."
    )


def describe_balance(numbers: Mapping[str, Any]) -> str:
    """Tell the sizes of the smallest and the largest class, and their ratio."""
    smallest, largest = numbers["smallest_class"], numbers["largest_class"]
    return (
        f"The smallest class has {smallest:,} images and the largest {largest:,}, a ratio of"
        f" {largest / max(smallest, 1):.2f}."
    )
