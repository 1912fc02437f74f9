"""The study of chapter 08 scores, so it asks for labels; tests of its stages are elsewhere."""

import numpy as np
import pytest
from samples import random_images

from gmvae.chapters.mixture_size_study import study_of_sizes
from gmvae.errors import InputError
from gmvae.runs.directory import Output


def test_images_without_labels_are_refused_before_any_training(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, images=random_images(7), labels=np.array([0, 1, -1, -1, 0, 1, 0]))
    with pytest.raises(InputError, match="has 2 of 7 images without a label"):
        study_of_sizes({"dataset": str(path)}, Output(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
