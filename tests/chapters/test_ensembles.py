"""Several models against one, on the draws that both have, and sentences that follow."""

import pandas as pd
import pytest

from gmvae.chapters import ensembles as chapter


def together():
    rows = [("soft", 2, 10, seed, 0.8) for seed in (0, 1)]
    rows += [("graph", 2, 10, seed, 0.7) for seed in (0, 1)]
    return pd.DataFrame(rows, columns=["method", "models", "n_labels", "label_seed", "accuracy"])


def alone():
    rows = [
        (method, 10, draw, model, accuracy)
        for method, accuracy in (("soft", 0.75), ("graph", 0.72), ("hard", 0.1))
        for draw in (0, 1, 2)
        for model in (0, 1)
    ]
    table = pd.DataFrame(
        rows, columns=["method", "n_labels", "label_seed", "model_seed", "accuracy"]
    )
    table.loc[table["label_seed"] == 2, "accuracy"] = 0  # a draw that the others do not have
    return table


def numbers(**changed):
    found = chapter.means(together(), alone()).to_dict("records")
    base = {"data": {"name": "a|b", "n_images": 1200}, "model_seeds": [0, 1], "label_seeds": [0, 1]}
    return {**base, "accuracy": found, **changed}


def test_both_have_the_same_draws():
    table = chapter.means(together(), alone()).set_index(["method", "models"])
    assert table.loc[("soft", 1), "accuracy"] == 0.75
    assert table.loc[("soft", 2), "more"] == pytest.approx(5)
    assert table.loc[("graph", 2), "more"] == pytest.approx(-2)
    assert "hard" not in table.index.get_level_values(0)


def test_what_is_gained_and_lost_is_told():
    told = chapter.describe_ensembles(numbers())
    assert "2 models together minus one alone" in told
    assert "(graph) -2.0 at 10 labels" in told
    assert "(soft) +5.0 at 10 labels" in told
    assert "a|b" not in told


def test_one_model_has_nothing_to_put_together():
    told = chapter.describe_ensembles(numbers(model_seeds=[0], accuracy=[]))
    assert "this run has one model" in told


def test_the_table_has_a_column_for_each_budget():
    table = chapter.table_of_ensembles(numbers())
    assert list(table.data.columns) == ["method", "models", "10 labels"]
    assert "0.800" in table.to_html()


def test_several_models_without_a_method_to_compare_are_not_called_one():
    text = chapter.describe_ensembles(numbers(accuracy=[]))
    assert "one model" not in text
    assert "chapter 05 ran neither soft decoding (soft) nor" in text
