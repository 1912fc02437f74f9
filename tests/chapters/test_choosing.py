"""Means of choices, the random labels they are worth, and sentences that follow."""

import numpy as np
import pandas as pd
import pytest

from gmvae.chapters import choosing as chapter
from gmvae.chapters import choosing_prose as prose
from gmvae.experiments.choosing import RANDOM


def cells(chosen=(0.8, 0.9), pixels=(0.7, 0.95), random=(0.5, 0.8)):
    """One model and one choice, two random draws."""
    rows = []
    for n, graph, rival, drawn in zip((10, 40), chosen, pixels, random, strict=True):
        for method, value, model in (("graph", graph, 0), ("graph-pixels", rival, -1)):
            rows.append(("spectral", method, n, 0, model, 4, value, 100))
            for seed, shift in ((0, -0.1), (1, 0.1)):
                rows.append((RANDOM, method, n, seed, model, 3, drawn + shift, 100))
    columns = ["strategy", "method", "n_labels", "seed", "model_seed", "n_classes", "accuracy"]
    return pd.DataFrame(rows, columns=[*columns, "n_scored"])


def numbers(**changed):
    return {
        "data": {"name": "a|b", "n_images": 1200},
        "model_seeds": [0],
        "label_seeds": [0, 1],
        "n_classes": 4,
        "choices": chapter.means(cells(**changed)).to_dict("records"),
    }


def test_means_are_over_seeds():
    table = chapter.means(cells()).set_index(["method", "strategy", "n_labels"])
    row = table.loc["graph", RANDOM, 10]
    assert row.tolist() == pytest.approx([0.5, 0.4, 0.6, 3])


@pytest.mark.parametrize(("accuracy", "n"), [(0.4, 10), (0.5, 10), (0.6, 40), (0.81, None)])
def test_random_labels_that_do_as_much(accuracy, n):
    assert chapter.needed_at_random(chapter.choices_of(numbers()), "graph", accuracy) == n


def test_budgets_fit_the_images():
    assert chapter.fitting([50, 26, 26, 51], 100) == [26, 50]
    assert prose.describe_left_out([26, 50, 51], [26, 50], 100).startswith("Left out: 51 labels")
    assert prose.describe_left_out([26, 50], [26, 50], 100) == ""


def test_savings_follow_the_numbers():
    told = prose.describe_savings(numbers())
    assert "- 10 chosen labels reach 4.0 of 4 classes and 80.0%; as many random ones 50.0%" in told
    assert "worth at most 40 random labels" in told
    assert "worth more than the 40 random labels tried here" in told
    assert "labels, and more than 10" in told
    level = prose.describe_savings(numbers(chosen=(0.8, 0.805), random=(0.795, 0.8)))
    assert level.count("worth about as much as 10 to 40 random labels") == 2
    assert "no more than 10 random labels" in prose.describe_savings(numbers(chosen=(0.4, 0.9)))


@pytest.mark.parametrize(
    ("pixels", "said"),
    [((0.7, 0.95), "ahead at 1 of 2"), ((0.9, 0.95), "ahead at 0 of 2")],
)
def test_the_rival_without_a_model_chooses_too(pixels, said):
    told = prose.describe_pixels(numbers(pixels=pixels))
    assert said in told
    assert "-5.0 at 40" in told


def test_a_cell_without_a_figure_is_left_out():
    told = prose.describe_savings(numbers(chosen=(np.nan, 0.9)))
    assert "- 10 chosen" not in told
    assert "- 40 chosen" in told


def test_names_are_no_markup():
    assert "a|b" not in prose.describe_study(numbers())
    assert "1,200 images, with 1 model." in prose.describe_study(numbers())


def test_tables_have_a_row_for_each_method_and_way():
    table = chapter.table_of_choices(numbers()).data
    assert table["method"].tolist() == ["graph", "graph", "graph-pixels", "graph-pixels"]
    assert table["labels are"].tolist()[:2] == [chapter.WORDS[RANDOM], chapter.WORDS["spectral"]]
    assert list(table.columns[2:]) == ["10 labels", "40 labels"]
    assert "0.800" in chapter.table_of_choices(numbers()).to_html()
    assert "4.0" in chapter.table_of_classes(numbers()).to_html()
    assert chapter.table_of_classes(numbers()).data["40 labels"].tolist() == [3, 4, 3, 4]
