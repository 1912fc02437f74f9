"""Chapter 04, to play with: every accuracy is that of the decoders themselves."""

import numpy as np
import pytest
from toys import L, N, make_dataset, make_posterior

from gmvae.baselines.registry import find_method
from gmvae.chapters.play_naming import RULES, follow, naming
from gmvae.experiments.scoring import draw_labels, score
from gmvae.pages.play import LARGEST_DATA, as_json


@pytest.fixture(scope="module")
def toy():
    dataset = make_dataset()
    return dataset, make_posterior(dataset, 3)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("rule", RULES)
def test_each_step_is_what_the_decoder_scores(toy, rule, seed):
    R, y = toy[1].responsibilities, toy[1].labels
    labelled = draw_labels(y, 60, seed).labelled
    right = follow(R, y, labelled, L).right[rule]
    for n in range(2, 61):
        if right[n - 1] >= 0:
            wanted = score(find_method(rule), R, y, L, draw_labels(y, n, seed))
            assert right[n - 1] / (N - n) == pytest.approx(wanted)


def test_nothing_is_decoded_from_labels_of_one_class(toy):
    R, y = toy[1].responsibilities, toy[1].labels
    of_first = np.flatnonzero(y == y[0])[:3]
    course = follow(R, y, np.append(of_first, np.flatnonzero(y != y[0])[0]), L)
    for right in course.right.values():
        assert (right >= 0).tolist() == [False, False, False, True]


def test_the_piece_is_small_and_has_a_still_picture(toy):
    dataset, posterior = toy
    piece = naming(posterior, dataset, [0, 1, 2, 3], 20)
    assert len(as_json(piece.data).encode()) < LARGEST_DATA
    assert [draw["seed"] for draw in piece.data["draws"]] == [0, 1, 2]
    assert "After 20 random labels" in piece.still
