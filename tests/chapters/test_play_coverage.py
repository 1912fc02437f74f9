"""The piece on coverage begins with a run's own numbers and tells exact ones."""

import re

import pytest
from bs4 import BeautifulSoup

from gmvae.chapters.play_coverage import CONFIDENCES, LARGEST, coverage
from gmvae.coverage.probability import labels_to_cover


def test_it_begins_where_the_run_is():
    data = coverage(50, 1797, 0.9).data
    assert data["k"] == 50
    assert data["images"][data["at"]] == 1797
    assert data["confidences"][data["confident"]] == 0.9
    assert data["images"] == sorted(data["images"])
    assert data["confidences"] == list(CONFIDENCES)


@pytest.mark.parametrize(
    ("k", "n", "most"), [(1, 4, 400), (3, 3, 400), (50, 1797, LARGEST), (1000, 5000, 1000)]
)
def test_the_sliders_hold_small_and_large_runs_as_they_are(k, n, most):
    data = coverage(k, n, 0.97).data
    assert (data["k"], data["most"]) == (k, most)
    assert data["images"][data["at"]] == n
    assert min(set(data["images"]) - {n}) >= most  # the run's own images alone may be too few
    assert data["confidences"][data["confident"]] == 0.97


def test_the_still_table_is_exact():
    page = BeautifulSoup(coverage(30, 2000, 0.95).still, "html.parser")
    rows = page.select("tbody tr")
    assert [row.th.get_text() for row in rows] == ["25", "30", "50", "100", "200"]
    column = CONFIDENCES.index(0.95)
    told = [int(re.sub(",", "", row.select("td")[column].get_text())) for row in rows]
    assert told == [labels_to_cover(k, 0.95, 2000) for k in (25, 30, 50, 100, 200)]
