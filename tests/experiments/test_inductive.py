"""The inductive setting: the test split takes no part in the training."""

from dataclasses import replace

import numpy as np
import pytest
from toys import make_dataset

from gmvae.errors import InputError
from gmvae.experiments.inductive import inductive_posteriors

SMALL = {
    "n_components": 4,
    "latent_dim": 2,
    "epochs": 1,
    "batch_size": 60,
    "encoder_hidden": (8,),
    "decoder_hidden": (8,),
    "dataset": "toy",
}


def test_test_images_do_not_change_the_model(tmp_path):
    dataset = make_dataset()
    images = dataset.images.copy()
    images[dataset.split == 1] = 0
    other = replace(dataset, images=images)
    one = inductive_posteriors(dataset, SMALL, [0, 1], tmp_path / "one")
    two = inductive_posteriors(other, SMALL, [0], tmp_path / "two")
    assert set(one) == {0, 1}
    assert one[0].responsibilities.shape == (len(dataset), 4)
    training = dataset.split == 0
    # equal but for rounding, which depends on the images beside it in a batch
    np.testing.assert_allclose(one[0].latent_mean[training], two[0].latent_mean[training], 1e-4)
    assert not np.allclose(one[0].latent_mean[training], one[1].latent_mean[training])


def test_a_data_set_without_a_test_split_is_refused(tmp_path):
    dataset = make_dataset()
    whole = replace(dataset, split=np.zeros_like(dataset.split))
    with pytest.raises(InputError, match="not split"):
        inductive_posteriors(whole, SMALL, [0], tmp_path / "models")
    assert not (tmp_path / "models").exists()
