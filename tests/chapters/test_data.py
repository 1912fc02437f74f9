"""Chapter 01: counts of classes and examples of each."""

import numpy as np

from gmvae.chapters.data import (
    class_sizes,
    describe_balance,
    describe_dataset,
    examples,
    numbers,
)
from gmvae.data.dataset import Dataset

LABELS = np.array([0, 2, 2, -1, 2])
IMAGES = np.arange(5, dtype=np.uint8)[:, None, None] + np.zeros((5, 28, 28), np.uint8)
DATASET = Dataset("few", IMAGES, LABELS, np.array([0, 0, 1, 1, 0]), tuple("abc"), "1f")


def test_classes_are_counted_without_what_has_no_label():
    assert class_sizes(DATASET).tolist() == [1, 0, 3]
    recorded = numbers(DATASET)
    assert (recorded["n_images"], recorded["n_train"], recorded["n_test"]) == (5, 3, 2)
    assert (recorded["smallest_class"], recorded["largest_class"]) == (0, 3)
    assert describe_balance(recorded).endswith("a ratio of 3.00.")
    assert describe_balance({"smallest_class": 4, "largest_class": 6}).endswith("1.50.")


def test_examples_show_their_class():
    images, names = examples(DATASET, 6)
    assert images.shape == (2, 6, 28, 28)
    assert names == ["a", "c"]
    assert (LABELS[images[:, :, 0, 0]] == [[0], [2]]).all()


def test_other_data_are_not_called_the_articles():
    recorded = numbers(DATASET)
    assert "5 images in 3 classes, 3 for training and 2 for testing" in describe_dataset(recorded)
    assert "It is not EMNIST Letters" in describe_dataset(recorded)
    assert "It is not" not in describe_dataset({**recorded, "dataset": "emnist-letters"})
