"""A training at full size is on warped copies."""

import numpy as np
from samples import embedded_digits

from gmvae.bench import full_training as full


def test_made_images_are_warped_copies_each_in_its_own_way():
    images, _ = embedded_digits(60)
    made = full.make_images(images, 2001)
    assert made.shape == (2001, 28, 28)
    assert made.dtype == "uint8"
    assert made.max() > 200
    assert (made[0] != made[60]).any()  # the same digit, warped differently
    ink, of = made[:60].mean((1, 2)), images.mean((1, 2))
    assert np.corrcoef(ink, of)[0, 1] > 0.5
