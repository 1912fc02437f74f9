"""Chapter 05: the numbers it tells are those of the table."""

import json

import numpy as np
import pandas as pd
import pytest
from toys import make_dataset, make_table

from gmvae.chapters.supervision import numbers, ratios, reference_budget, soft_minus_hard
from gmvae.chapters.supervision_prose import (
    describe_experiment,
    describe_inductive,
    describe_ratio,
    describe_ratios,
    describe_soft_minus_hard,
    describe_stratified,
    describe_sureness,
    table_of_labels_needed,
)
from gmvae.experiments.statistics import summarise


def curves(**means):
    """A table without noise: each method's mean accuracies at 10, 100 and 1000 labels."""
    tables = []
    for name, values in means.items():
        A = np.array(values)[:, None, None] + np.zeros((len(values), 1, 3))
        table = make_table(A, name.replace("_", "-"), (10, 100, 1000)[: len(values)])
        table["model_seed"] = table["model_seed"].astype("Int64")
        if name in ("mlp", "xgboost"):
            table["model_seed"] = pd.array([pd.NA] * len(table), dtype="Int64")
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


RULES = {"hard": [0.3, 0.7, 0.8], "soft": [0.5, 0.75, 0.8]}
TABLE = curves(**RULES, mlp=[0.2, 0.6, 0.9], xgboost=[0.1, 0.5, 0.6])
SECONDS = pd.Series(np.where(TABLE["method"] == "xgboost", 2.0, 0.1))  # of each row
CAPPED = curves(**RULES, mlp=[0.76, 0.9], xgboost=[0.1, 0.5])  # at the reference, 100 labels


def test_the_reference_is_the_budget_nearest_to_291_labels_for_100_components():
    assert reference_budget([73, 146, 291, 757], 100) == 291
    assert reference_budget([18, 35, 70, 140, 350], 50) == 140


def test_labels_needed_are_told_as_text():
    needed = table_of_labels_needed(TABLE, 0.95)
    assert needed.loc["soft", "60%"].startswith("25 (25 to 25")
    assert needed.loc["xgboost", "70%"] == "not by 1,000"
    assert table_of_labels_needed(CAPPED, 0.95).loc["xgboost", "60%"] == "not by 100"
    assert (
        table_of_labels_needed(curves(soft=[0.95, 0.96]), 0.95).loc["soft", "90%"] == "at most 10"
    )


def test_the_ratio_is_between_labels_for_equal_accuracy():
    ratio = ratios(TABLE, n_components=34, confidence=0.95).set_index("method")
    # soft has 0.75 at 100 labels; mlp is half way between 0.6 and 0.9 at 316
    assert ratio.loc["mlp", "ratio"] == pytest.approx(np.sqrt(10))
    assert np.isinf(ratio.loc["xgboost", "ratio"])
    sentences = [describe_ratio(row) for row in ratio.reset_index().to_dict("records")]
    assert "316 labels for the 75.0% of soft decoding with 100: 3.2 times as many" in sentences[0]
    assert sentences[0].startswith("**Small neural network (mlp)** needs 316 labels")
    assert "more than 10 times as many" in sentences[1]


def test_a_method_without_more_labels_counts_only_if_it_gets_there():
    assert list(ratios(CAPPED, n_components=34, confidence=0.95)["method"]) == ["mlp"]


def test_without_soft_decoding_there_is_no_ratio_and_no_difference():
    table = curves(hard=[0.3, 0.7], mlp=[0.2, 0.6])
    assert ratios(table, 10, 0.95).empty
    assert soft_minus_hard(table, 0.95) == {}


def test_differences_are_told_with_their_sign():
    sentence = describe_soft_minus_hard("hard", soft_minus_hard(TABLE, 0.95)["hard"])
    assert "+20.0 points (+20.0 to +20.0) at 10 labels" in sentence
    assert "on both sides of zero at 1000" in sentence
    table = curves(hard=[0.8, 0.8], soft=[0.7, 0.9])
    behind = describe_soft_minus_hard("hard", soft_minus_hard(table, 0.95)["hard"])
    assert "above zero at 100 labels, below zero at 10 labels" in behind


def test_numbers_on_record_are_plain(tmp_path):
    recorded = numbers(TABLE, SECONDS, summarise(TABLE), 34, 0.95)
    text = json.dumps(recorded, allow_nan=False, default=lambda value: value.item())
    again = json.loads(text)
    assert again["accuracy"]["soft"]["100"]["mean"] == pytest.approx(0.75)
    assert [row["ratio"] for row in again["label_ratio"]][1] is None
    assert again["model_seeds"] == [0]
    dearest = again["dearest_cells"]
    assert [cell["method"] for cell in dearest[:3]] == ["xgboost"] * 3
    assert dearest[0]["seconds"] == pytest.approx(2.0 * dearest[0]["n_cells"])
    assert len(dearest) == 5


def test_new_images_are_told_at_the_largest_budget():
    unseen = summarise(curves(soft=[0.4, 0.6, 0.7], mlp=[0.2, 0.5]))
    sentence = describe_inductive(summarise(TABLE), unseen)
    assert sentence.endswith(
        "With 1000 labels, accuracy on the images left without a label, and on the test split by"
        " a model that has never seen it, is 80.0% and 70.0% for soft"
        " decoding (soft)."
    )


def alone(table):
    """The rows of one model and one draw, which have no interval."""
    return table[table["label_seed"] == 0]


def test_one_model_and_one_draw_have_no_interval():
    table = alone(TABLE)
    assert table_of_labels_needed(table, 0.95).loc["soft", "60%"] == "25"
    sentence = describe_soft_minus_hard("hard", soft_minus_hard(table, 0.95)["hard"])
    assert sentence == (
        "Soft minus *hard* is +20.0 points at 10 labels and +0.0 points at 1000; one model and one"
        " draw have no interval."
    )
    found = ratios(table, 34, 0.95).to_dict("records")
    assert describe_ratio(found[0]).endswith(
        "needs 316 labels for the 75.0% of soft decoding with 100: 3.2 times as many."
    )
    recorded = numbers(table, pd.Series(0.1, table.index), summarise(table), 34, 0.95)
    json.dumps(recorded, allow_nan=False, default=lambda value: value.item())
    assert recorded["accuracy"]["soft"]["100"] == {"mean": 0.75, "low": None, "high": None}
    assert recorded["soft_minus"]["hard"][0]["low"] is None
    assert recorded["labels_needed"][0]["high"] is None


def test_a_ratio_that_is_only_bounded_says_so():
    found = ratios(CAPPED, n_components=34, confidence=0.95).to_dict("records")
    sentence = describe_ratio(found[0])
    assert sentence.endswith(
        "needs at most 10 labels, the fewest it was given, for the 75.0% of soft decoding with"
        " 100: at most 0.1 times as many."
    )


def test_methods_that_share_no_draw_are_not_compared():
    table = TABLE.copy()
    table.loc[table["method"] == "mlp", "label_seed"] += 50
    assert list(ratios(table, n_components=34, confidence=0.95)["method"]) == ["xgboost"]


def test_models_and_draws_are_counted_in_words():
    seeds = {"n_components": 8, "model_seeds": [0], "label_seeds": [0, 1], "competitor_draws": 2}
    sentence = describe_experiment(seeds, make_dataset(), TABLE)
    assert "1 model and 2 draws of labels (2 for methods that need no model)" in sentence
    assert describe_sureness(seeds).endswith("Of another training run they say nothing.")
    seeds |= {"model_seeds": [0, 1], "label_seeds": [0], "competitor_draws": 0}
    sentence = describe_experiment(seeds, make_dataset(), TABLE)
    assert "2 models and 1 draw of labels:" in sentence
    assert "over 2 models, of this one draw." in describe_sureness(seeds)


def test_a_competitor_without_a_factor_is_told():
    rows = ratios(CAPPED, n_components=34, confidence=0.95).to_dict("records")
    told = describe_ratios(rows, CAPPED)
    left = set(CAPPED.loc[CAPPED["model_seed"].isna(), "method"]) - {row["method"] for row in rows}
    assert rows
    assert ("No factor can be told of" in told) == bool(left)
    assert told.count("\n- ") + 1 == len(rows) + bool(left)
    assert describe_ratios([], CAPPED).startswith("It needs soft decoding")


def test_labels_that_keep_every_share_are_told_at_the_smallest_budget():
    shared = summarise(curves(soft=[0.5, 0.6, 0.7]))
    soft = summarise(TABLE).set_index(["method", "n_labels"]).loc[("soft", 10), "mean"]
    sentence = describe_stratified(summarise(TABLE), shared)
    assert sentence.endswith(f"mean accuracy is {soft:.1%} and 50.0% for soft decoding (soft).")
