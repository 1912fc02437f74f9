"""Chapter 03: the bound for a run's components, the article's setting, and what the prose names."""

import json
import re

import numpy as np
import pytest

from gmvae.chapters import label_bound_prose as prose
from gmvae.chapters.label_bound import (
    ARTICLE_K,
    LabelBound,
    article_distributions,
    article_readings,
)
from gmvae.coverage.probability import coverage_probability
from gmvae.coverage.purity import named_share
from gmvae.decoding.posterior import Posterior
from gmvae.errors import InputError
from gmvae.files import PROJECT

SIZES = [40, 30, 20, 0, 10]


def make_bound(**changed):
    components = np.repeat(np.arange(5), SIZES)
    labels = np.where(np.arange(100) % 10 == 0, 2, components % 2)  # impure by a tenth
    posterior = Posterior(np.eye(5)[components], np.zeros((100, 2)), labels)
    return LabelBound(posterior, 0.9, **changed)


@pytest.fixture(scope="module")
def bound():
    return make_bound()


def test_the_run_says_how_many_components_and_images_there_are(bound):
    assert (bound.K, bound.N, bound.n_unequal) == (5, 100, 4)
    assert bound.sizes.tolist() == SIZES
    np.testing.assert_allclose(bound.purity, [0.9, 0.9, 0.9, np.nan, 0.9])


def test_the_numbers_of_labels_are_the_smallest_that_are_enough(bound):
    equal = bound.equal_table.loc["exact", "labels"]
    assert coverage_probability(equal, 5, 100) >= 0.9 > coverage_probability(equal - 1, 5, 100)
    unequal = bound.unequal_table.loc["exact", "labels"]
    sizes = [40, 30, 20, 10]
    assert coverage_probability(unequal, sizes, 100) >= 0.9
    assert coverage_probability(unequal - 1, sizes, 100) < 0.9
    assert bound.equal_same_number < unequal  # equal clusters need the fewest labels


def test_partial_cover_needs_fewer_labels(bound):
    labels = bound.unequal_table["labels"].to_list()
    assert labels[-3] >= labels[-2] >= labels[-1]
    assert (bound.naming_table["labels to cover"] <= bound.naming_table.iloc[:, 1]).all()
    assert bound.naming_table.iloc[0, 0] == bound.unequal_table.loc["exact", "labels"]


def test_curves_meet_their_simulation(bound):
    n, curves, (at, share) = bound.equal_curves()
    np.testing.assert_allclose(share, np.interp(at, n, curves["exact"]), atol=0.03)
    n, curves, (at, share) = bound.unequal_curves()
    np.testing.assert_allclose(share, np.interp(at, n, curves["this run's components"]), atol=0.03)


def test_what_is_named_correctly_is_covered(bound):
    n, curves = bound.share_curves()
    _, covered, named = curves.values()
    assert (named <= covered + 1e-9).all()
    assert 2 == n[0] < n[-1] <= 99


def test_clusters_by_hand_take_the_place_of_the_runs():
    bound = make_bound(n_components=4, population=50, weights=[3, 1])
    assert (bound.K, bound.N, bound.n_unequal, bound.unequal_N) == (4, 50, 2, None)
    assert "components by hand" in bound.unequal_curves()[1]
    assert bound.numbers()["n_images"] == 50
    assert make_bound(weights=[60, 40]).unequal_N == 100  # counts: without replacement


def test_the_articles_percentage_covers_more_surely_than_it_says():
    table = article_readings()
    assert table["labels"].to_list() == [752, 754, 757, 757, 874]
    assert table["percent"].iloc[3] == pytest.approx(0.607, abs=5e-4)
    assert table["probability, without replacement"].iloc[4] == pytest.approx(0.985, abs=5e-4)


def test_numbers_on_record_are_plain(bound):
    recorded = json.loads(json.dumps(bound.numbers(), allow_nan=False))
    assert list(recorded["equal"]) == ["exact", "union", "poisson", "gumbel"]
    assert list(recorded["unequal"]) == ["exact", "union", "poisson", "gumbel"]
    assert recorded["n_empty"] == 1
    assert list(recorded["covered_share"]) == ["73"]  # there are fewer than 291 images


def test_the_prose_finds_every_number_that_it_names(bound):
    facts = prose.facts(bound, 20)
    text = (PROJECT / "notebooks" / "03_label_bound.ipynb").read_text(encoding="utf-8")
    named = dict(re.findall(r"\{glue:text\}`([^:`]+):([^`]+)`", text))
    assert set(named) <= set(facts)
    assert set(facts) - set(named) <= set(prose._flat(bound.numbers()))  # nothing is in vain
    for name, form in named.items():
        assert type(facts[name]) in (int, float), name  # whose text is a number that can be read
        assert f"{facts[name]:{form}}"


def test_numbers_of_the_article_in_the_prose(bound):
    facts = prose.facts(bound, 20)
    for name in ("few", "more"):
        probability = article_distributions()[facts[f"{name}-labels"]]
        missed = ARTICLE_K - np.arange(ARTICLE_K + 1)
        assert facts[f"{name}-missed"] == pytest.approx(probability @ missed)
        low, high = facts[f"{name}-missed-low"], facts[f"{name}-missed-high"]
        assert probability[(missed >= low) & (missed <= high)].sum() >= 0.95
    assert "The probability is exactly 0." in prose.describe_alternating_sum()


def test_the_sample_is_estimated_from_its_own_labels(bound):
    facts = prose.facts(bound, 99)
    assert facts["sample-truth"] == 1
    assert facts["sample-estimate"] == 1
    assert facts["sample-expected"] == pytest.approx(1, abs=0.01)
    with pytest.raises(InputError, match="101"):
        prose.facts(bound, 101)


def test_the_commands_give_the_same_numbers(bound):
    text = prose.describe_commands(bound)
    equal = bound.numbers()["equal"]["exact"]
    assert f"--clusters 5 --population 100 --confidence 0.9\nlabels: {equal}" in text
    assert "--weights RUN/posterior.npz --population 100 --confidence 0.9\nlabels: " in text


def test_the_curve_of_names_is_worked_out_to_its_end(bound):
    n, curves = bound.share_curves()
    named = list(curves.values())[2]
    assert named[-1] == pytest.approx(named_share(int(n[-1]), bound.counts, bound.n_images))
    assert named[-1] > named[-2]
