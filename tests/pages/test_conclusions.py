"""The conclusions follow the numbers, whichever way they fall."""

import pandas as pd
import pytest
from toys import TOY_ACCURACY, toy_results

from gmvae.pages.conclusions import against_the_article, conclusions


def test_the_conclusions_follow_the_numbers():
    low, high, logistic, xgboost, few, many, ceiling = conclusions(toy_results())
    assert "With 10 random labels soft decoding reaches 60.0%" in low
    assert "20.0 percentage points more than the published hard rule" in low
    assert "15.0 points are the rule" in low
    assert "5.0 percentage points more than the hard rule over" in low
    assert "1.0 percentage points fewer than the published" in high
    named = "logistic regression (logistic-regression)"
    assert logistic == f"Soft decoding is overtaken by {named} on pixels at 40 labels."
    assert "stays ahead of boosted trees (xgboost) on pixels up to 10 labels" in xgboost
    assert few.startswith(f"At 10 labels the strongest competitor is {named} with 25.0%")
    assert f"{named} with 90.0%, against 79.0% by soft" in many
    assert "90.0%" in ceiling


def test_competitors_with_the_models_images_are_told_beside_those_with_raw_ones():
    table = TOY_ACCURACY | {
        ("logistic-regression-normalised", 10): [0.61, 0.61],
        ("xgboost-normalised", 10): [0.2, 0.2],
    }
    logistic, xgboost = conclusions(toy_results(accuracy=table))[2:4]
    raw = " Those pixels are raw. Given the normalised images that the model reads,"
    assert logistic.endswith(f"on pixels at 40 labels.{raw} it is ahead at 10 labels.")
    assert xgboost.endswith(f"the most tried here.{raw} it stays behind up to 10 labels.")


def test_the_gain_over_the_fair_rule_has_its_interval_where_one_is_known():
    results = toy_results()
    row = {"n_labels": 10, "mean": 0.05, "low": -0.021, "high": 0.1}
    results.chapters["05_supervision"] = {"soft_minus": {"hard-covered": [row]}}
    low, high = conclusions(results)[:2]
    assert low.endswith("components that have one (-2.1 to +10.0).")
    assert high.endswith("components that have one.")


def test_conclusions_without_a_competitor():
    alone = {key: values for key, values in TOY_ACCURACY.items() if "regression" not in key[0]}
    del alone["xgboost", 10]
    assert not any(
        "competitor" in sentence for sentence in conclusions(toy_results(accuracy=alone))
    )
    capped = {**alone, ("mlp", 10): [0.1, 0.1]}
    told = [x for x in conclusions(toy_results(accuracy=capped)) if "competitor" in x]
    assert [x.split(" the strongest")[0] for x in told] == ["At 10 labels"]


@pytest.mark.parametrize("left_out", ["hard", "soft"])
def test_conclusions_without_a_rule(left_out):
    fewer = {key: values for key, values in TOY_ACCURACY.items() if key[0] != left_out}
    (sentence,) = conclusions(toy_results(accuracy=fewer))
    assert "leaves out one of the decoding rules" in sentence


def test_conclusions_where_rules_have_different_budgets():
    fewer = {key: values for key, values in TOY_ACCURACY.items() if key != ("hard", 40)}
    sentences = conclusions(toy_results(accuracy=fewer))
    assert "With 10 random labels" in sentences[0]
    assert not any("With 40" in sentence for sentence in sentences)
    none = {
        key: values
        for key, values in TOY_ACCURACY.items()
        if key not in (("hard", 40), ("soft", 10))
    }
    assert "cannot compare" in conclusions(toy_results(accuracy=none))[0]


def falling(**means):
    """Results of two draws at 10 and 40 labels, by method."""
    names = {name: name.replace("_", "-") for name in means}
    accuracy = {
        (names[name], n): [value, value]
        for name, values in means.items()
        for n, value in zip((10, 40), values, strict=False)
    }
    return toy_results(accuracy=accuracy)


def test_equal_rules_are_told_as_equal():
    told = conclusions(falling(hard=[0.8, 0.8], hard_covered=[0.8, 0.8], soft=[0.8, 0.8]))
    assert told[0].endswith("soft decoding reaches 80.0%, the same as both hard rules.")
    assert "-0.0" not in " ".join(told)


def test_soft_decoding_may_be_behind_both_rules():
    behind = falling(hard=[0.8, 0.9], hard_covered=[0.8, 0.9], soft=[0.7, 0.85])
    told = conclusions(behind)
    assert "10.0 percentage points fewer than the published hard rule, of which 0.0" in told[0]
    assert "10.0 percentage points fewer than the hard rule over" in told[0]


def test_soft_decoding_above_the_purity_is_told_with_why():
    rules = {"hard": [0.8, 0.89], "hard_covered": [0.8, 0.89]}
    above = conclusions(falling(**rules, soft=[0.85, 0.92]))[-1]
    assert "Soft decoding is above it with 40 labels, 92.0%: it gives no component" in above
    assert "above it" not in conclusions(falling(**rules, soft=[0.85, 0.9]))[-1]


def test_competitors_are_compared_on_shared_draws_only():
    table = TOY_ACCURACY | {("soft", 10): [0.5, 0.9], ("hard", 10): [0.4, 0.4]}
    lucky = toy_results(accuracy=table | {("mlp", 10): [0.6]})
    few = next(x for x in conclusions(lucky) if x.startswith("At 10"))
    named = "small neural network (mlp)"
    told_of_both = "with 60.0%, against 50.0% by soft decoding on the same 1 draw."
    assert f"{named} {told_of_both}" in few
    told = conclusions(lucky)
    assert f"Soft decoding is overtaken by {named} on pixels at 10 labels." in told
    apart = toy_results(accuracy=TOY_ACCURACY)
    rows = apart.supervision["method"] == "xgboost"
    apart.supervision.loc[rows, "label_seed"] += 7
    assert not any("xgboost" in sentence for sentence in conclusions(apart))


@pytest.mark.parametrize(("accuracy", "word"), [(0.83, "are easier."), (0.7, "are no easier.")])
def test_how_easy_the_images_are_is_measured_by_xgboost(accuracy, word):
    results = toy_results()
    many = pd.DataFrame({"method": ["xgboost"], "n_labels": [10_185], "accuracy": [accuracy]})
    results.other_settings["many_labels"] = many
    assert against_the_article(results).endswith(word)
    assert "was not run" in against_the_article(toy_results())


@pytest.mark.parametrize(
    ("mlp", "told_so"), [(0.95, "1 of the 3 competitors is"), (0.2, "0 of the 3 competitors are")]
)
def test_how_many_competitors_are_ahead_is_told(mlp, told_so):
    table = TOY_ACCURACY | {("soft", 40): [0.92, 0.92], ("mlp", 40): [mlp], ("xgboost", 40): [0.3]}
    told = next(x for x in conclusions(toy_results(accuracy=table)) if x.startswith("At 40"))
    assert told.endswith(f"{told_so} ahead of it there.")


def test_the_purity_is_the_mean_over_models_where_it_is_known():
    results = toy_results()
    of_one = conclusions(results)[-1]
    results.chapters["06_hard_or_soft"] = {"every_label": {"purity": 0.123, "soft": 0.2}}
    assert "12.3% of the images would be right: a ceiling" in conclusions(results)[-1]
    assert "12.3%" not in of_one
