"""Choices of K, their regrets, and sentences that follow from the numbers."""

import numpy as np
import pandas as pd
import pytest

from gmvae.chapters import mixture_size as chapter
from gmvae.chapters import mixture_size_prose as prose


def cells(plain=0.5):
    """Two models, two draws: of sizes 1, 4 and 8, the larger is better with more labels."""
    rows = []
    for k, accuracies in {1: (plain, plain), 4: (0.8, 0.8), 8: (0.7, 0.9)}.items():
        for n, accuracy in zip((10, 40), accuracies, strict=True):
            for clusters in ("components", "k-means", "none"):
                if (clusters == "components" and k == 1) or (clusters == "k-means" and k == 4):
                    continue
                for method in ["graph"] if clusters == "none" else ["hard", "hard-covered", "soft"]:
                    for seed in (0, 1):
                        row = (k, clusters, method, n, seed, accuracy, 100, 0)
                        rows.append(row)
    columns = ["n_components", "clusters", "method", "n_labels", "label_seed", "accuracy"]
    return pd.DataFrame(rows, columns=[*columns, "n_scored", "model_seed"])


def sizes():
    return pd.DataFrame(
        {
            "n_components": [1, 4, 8],
            "held_out": [-9.0, -8.0, -7.0],
            "entropy": [0.0, 0.1, 0.2],
            "adjusted_rand": [np.nan, 0.9, 0.8],
            "mutual_information": [np.nan, 0.9, 0.9],
            "purity": [0.2, 0.8, 0.9],
            "purity_kmeans": [0.7, np.nan, 0.9],
        }
    )


def prepared():
    rows = [
        (name, method, n, 0, 0.5 + 0.2 * (name == "normalised"), 100, -1)
        for name in ("raw", "normalised")
        for method in chapter.WAYS
        for n in (10, 40)
    ]
    columns = ["images", "method", "n_labels", "label_seed", "accuracy", "n_scored", "model_seed"]
    return pd.DataFrame(rows, columns=columns)


def predicted():
    """The published rule by formula: at 10 labels K = 4 is better, at 40 K = 8."""
    rows = [(4, 10, 0.79), (4, 40, 0.8), (8, 10, 0.72), (8, 40, 0.88)]
    return pd.DataFrame(rows, columns=["n_components", "n_labels", "predicted"])


def numbers(**changes):
    return chapter.numbers(cells(**changes), sizes(), prepared(), 8, predicted())


def test_criteria_choose_among_mixtures_only():
    chosen = chapter.choices(sizes())
    assert chosen["held-out ELBO"] == 8
    assert chosen["entropy of q(c|x)"] == 4  # K = 1 would have none
    assert chosen["mutual information of two seeds"] == 4  # the smaller of equals
    unknown = sizes().assign(held_out=[-9, -8, np.nan])
    assert chapter.choices(unknown)["held-out ELBO"] == 4
    alone = sizes().assign(adjusted_rand=np.nan)
    assert "adjusted Rand index of two seeds" not in chapter.choices(alone)


def test_regret_is_what_the_best_has_more():
    lost = pd.DataFrame(numbers()["regret"])
    own = lost[(lost["choice"] == "K = 8") & (lost["method"] == "soft")]
    assert own["regret"].tolist() == pytest.approx([10, 0])
    assert own["best"].tolist() == [4, 8]
    assert (lost["regret"] >= 0).all()


def test_a_plain_model_is_compared_on_the_same_draws():
    rows = chapter.mixture_minus_plain(cells(), 8).set_index(["method", "n_labels"])
    assert rows.loc[("soft", 10), "difference"] == pytest.approx(0.2)
    assert np.isnan(rows.loc[("graph", 10), "components"])


def test_sentences_follow_the_numbers():
    found = numbers()
    told = prose.describe_compromise(found)
    assert "4 at 10 labels (10.0), 8 at 40 labels (0.0)" in told
    assert told.endswith("K = 8 is at most 10.0 points below the best.")
    best = [{**row, "regret": 0.0} for row in found["regret"]]
    assert prose.describe_compromise({**found, "regret": best}).endswith("is the best everywhere.")
    assert (
        "the held-out ELBO would have chosen K = 8 (up to 10.0 points lost)"
        in prose.describe_choices(found)
    )
    assert "in every draw" in prose.describe_plain(found)
    assert "cannot be said" in prose.describe_plain(numbers(plain=0.95))
    assert "+20.0 for soft" in prose.describe_preparation(found, 33)  # 40 is near
    found["preparation"] = [r for r in found["preparation"] if r["method"] != "graph"]
    assert "could not be solved" in prose.describe_preparation(found, 40)
    assert "K is 1, 4, 8" in prose.describe_sizes(found)
    assert "trains no other models" in prose.describe_sizes(None)
    for told in (prose.describe_sizes(None), prose.describe_theory(found)):
        assert "{doc}" not in told  # what code shows is no page's source: no role is read there


def test_the_best_size_by_formula_stands_beside_the_measured_one():
    rows = chapter.best_in_theory(cells(), predicted())
    assert rows["predicted_best"].tolist() == rows["measured_best"].tolist() == [4, 8]
    assert rows["apart"].tolist() == pytest.approx([2.0, 2.0])
    told = prose.describe_theory(numbers())
    assert "4 at 10, 8 at 40 labels. The draws agree at 2 of 2 budgets" in told
    assert "at most 2.0 points apart" in told
    other = predicted().assign(predicted=[0.1, 0.9, 0.2, 0.3])
    found = chapter.numbers(cells(), sizes(), prepared(), 8, other)
    assert "The draws agree at 0 of 2 budgets" in prose.describe_theory(found)
    without = cells()[lambda table: table["method"] != "hard"]
    found = chapter.numbers(without, sizes(), prepared(), 8, predicted())
    assert prose.describe_theory(found) == ""


def test_preparations_are_compared_on_draws_that_both_have():
    table = prepared()
    second = table.assign(label_seed=1, accuracy=0.9)
    second.loc[second["images"] == "raw", "accuracy"] = np.nan
    rows = chapter.by_preparation(pd.concat([table, second]))
    assert rows["gain"].tolist() == pytest.approx([0.2] * len(rows))


def test_tables_can_be_shown():
    found = numbers()
    assert "-7.0" in chapter.table_of_sizes(found).to_html()
    assert "50.0%" in chapter.table_of_plain(found).to_html()
    assert "70.0%" in chapter.table_of_preparation(found).to_html()
    assert len(chapter.accuracy_of(found)) == 3 * 3 * 2 - 2 * 2


def test_a_study_on_record_says_what_it_is_of():
    made = {"data": {"name": "a|b", "n_images": 5000}, "model_seeds": [0], "label_seeds": [0, 1]}
    told = prose.describe_study(numbers() | made)
    assert "5,000 images. K is 1, 4, 8; each size has 1 model, and each budget 2 draws" in told
    assert "a|b" not in told
