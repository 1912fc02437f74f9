"""The images to pick from are of the kind they are said to be."""

import json

import numpy as np
import pytest
from toys import L, N, make_dataset, make_posterior

from gmvae.chapters import decoding
from gmvae.chapters.play_votes import (
    BOTH_RIGHT,
    BOTH_WRONG,
    HARD_WINS,
    MOST,
    SOFT_WINS,
    pick,
    votes,
)
from gmvae.pages.play import LARGEST_DATA, as_json


@pytest.fixture(scope="module")
def run():
    data = make_dataset()
    posterior = make_posterior(data, 0)
    labelled = np.arange(0, N, 12)
    q, y = posterior.responsibilities, posterior.labels
    return data, posterior, labelled, decoding.votes(q, y, labelled, L)


def test_kinds_are_what_they_say(run):
    _, posterior, labelled, shares = run
    y = posterior.labels
    kinds = pick(posterior.responsibilities, y, labelled, shares["hard"], shares["soft"])
    right = {rule: share.argmax(axis=1) == y for rule, share in shares.items()}
    for kind, hard, soft in (
        (SOFT_WINS, False, True),
        (HARD_WINS, True, False),
        (BOTH_RIGHT, True, True),
        (BOTH_WRONG, False, False),
    ):
        rows = kinds[kind]
        assert len(rows) <= MOST[kind]
        assert not np.isin(rows, labelled).any()
        assert (right["hard"][rows] == hard).all()
        assert (right["soft"][rows] == soft).all()
    assert len(kinds[BOTH_RIGHT])


def test_an_image_shows_the_chapters_own_votes(run):
    data, posterior, labelled, shares = run
    piece = votes(posterior, data, labelled, shares).data
    kinds = pick(
        posterior.responsibilities, posterior.labels, labelled, shares["hard"], shares["soft"]
    )
    rows = np.concatenate(list(kinds.values()))
    assert len(piece["images"]) == len(rows) == piece["groups"][-1]["to"]
    for row, image in zip(rows, piece["images"], strict=True):
        assert image["label"] == posterior.labels[row]
        for label, hard, soft in image["votes"]:
            assert hard == pytest.approx(shares["hard"][row, label], abs=1e-4)
            assert soft == pytest.approx(shares["soft"][row, label], abs=1e-4)
        c, share, _ = image["components"][0]
        assert share == pytest.approx(posterior.responsibilities[row].max(), abs=1e-3)
        assert c == posterior.responsibilities[row].argmax()
    assert len(as_json(piece).encode()) < LARGEST_DATA
    json.loads(as_json(piece))


def test_no_image_left_no_piece(run):
    data, posterior, _, shares = run
    assert votes(posterior, data, np.arange(N), shares) is None
