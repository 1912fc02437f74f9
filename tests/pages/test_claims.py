"""Claims: verdicts follow the figures, either way, and are missing where a figure is."""

import copy
import re

import pandas as pd
import pytest
from toys import toy_results, with_model_seed

from gmvae.files import PROJECT
from gmvae.pages.claims import CLAIMS, claims_table, judge, rules_list, tally, tally_table
from gmvae.pages.evidence import FAILS, HOLDS, REMARK, UNTESTED
from gmvae.pages.results import Results, records

ARTICLE = {
    "n_components": 100,
    "n_images": 145_600,
    "n_training": 124_800,
    "share": 0.006,
    "exact": 874,
    "union": 880,
    "claimed": 874,
    "claimed_probability": 0.95,
    "uncovered": {"73": 10.0, "291": 0.5},
}
BUDGETS = (73, 291)


def row(mean, half=0.01):
    return {"mean": mean, "low": mean - half, "high": mean + half}


def by_budget(few, more):
    return {"73": few, "291": more}


def by_size(*accuracies):
    return [
        {"method": "hard-covered", "n_labels": 73, "n_components": k, "accuracy": a}
        for k, a in zip((25, 100, 400), accuracies, strict=True)
    ]


def regret(choice, points, method="soft"):
    return {"choice": choice, "method": method, "n_labels": 73, "regret": points}


def chapters():
    """Figures by which every claim that a run can test holds as the article says."""
    accuracy = {
        "hard": by_budget(row(0.70), row(0.84)),
        "hard-covered": by_budget(row(0.70), row(0.84)),
        "soft": by_budget(row(0.72), row(0.86)),
        "xgboost": {"291": row(0.3), "20000": row(0.8)},
    }
    gains = [{"n_labels": n, **row(0.18)} for n in BUDGETS]
    return {
        "01_data": {
            "n_images": 145_600, "n_classes": 26, "smallest_class": 5600, "largest_class": 5600
        },
        "03_label_bound": {
            "article": copy.deepcopy(ARTICLE),
            "purest": {"components": 25, "purity": 0.99, "smallest": 900, "largest": 1000},
            "unequal": {"exact": 1300, "union": 1400},
            "equal_same_number": 750,
            "named_correctly": 9000,
        },
        "04_decoding": {"example": 7},
        "05_supervision": {
            "accuracy": accuracy,
            "confidence": 0.95,
            "label_seeds": [0, 1, 2, 3, 4],
            "model_seeds": [0, 1],
            "soft_minus": {"hard": gains, "hard-covered": gains},
            "label_ratio": [{"method": "xgboost", "ratio": None, "bound": "more than"}],
        },
        "06_hard_or_soft": {
            "n_labels": 291,
            "switches": {"fit": row(0.09), "class": row(0.0), "read": row(0.09)},
            "every_label": {"purity": 0.89, "soft": 0.92},
            "profile_distance": by_budget(0.4, 0.2),
            "seen_class_share": by_budget(0.9, 1.0),
            "wins": {"wins": 20.0, "losses": 3.0, "p_value": 0.01},
            "fair_gain": by_budget(row(0.02), row(0.02)),
            "gain_by_certainty": {"entropy": [row(0.0), row(0.05)]},
        },
        "07_diagnostics": {
            "case_purity": {"label_and_case": 0.85, "label": 0.9, "by_chance": 0.5},
            "share_of_components_over_95_percent_pure": 0.5,
        },
        "08_mixture_size": {
            "n_components": 100,
            "sizes": [
                {"n_components": 1, "purity": 0.05, "purity_kmeans": 0.5},
                {"n_components": 25, "purity": 0.6, "purity_kmeans": None},
                {"n_components": 100, "purity": 0.88, "purity_kmeans": 0.88},
                {"n_components": 400, "purity": 0.9, "purity_kmeans": None},
            ],
            "accuracy": by_size(0.5, 0.7, 0.6),
            "choices": {"ELBO": 400},
            "regret": [regret("ELBO", 0.8), regret("K = 100", 0.5)],
        },
    }  # fmt: skip


def supervision(**methods):
    """Rows of one draw at both budgets, by method."""
    rows = [
        {"method": name.replace("_", "-"), "n_labels": n, "label_seed": 0, "accuracy": accuracy}
        for name, values in methods.items()
        for n, accuracy in zip(BUDGETS, values, strict=True)
    ]
    return with_model_seed(pd.DataFrame(rows))


def favourable(name="emnist-letters"):
    """A run on the article's data in which all goes as the article says."""
    summary = copy.deepcopy(toy_results(name).summary)
    summary["configuration"]["n_components"] = 100
    summary["data"]["n_classes"] = 26
    summary["purity"] = 0.89
    table = supervision(soft=(0.72, 0.86), kmeans_majority=(0.4, 0.6), mlp=(0.3, 0.5))
    return Results(summary, chapters(), table)


def mnist():
    """MNIST, purer and with a smaller gain."""
    results = favourable("mnist")
    results.summary["purity"] = 0.98
    results.summary["data"]["n_classes"] = 10
    minus = results.chapters["05_supervision"]["soft_minus"]
    minus["hard-covered"] = [{"n_labels": n, **row(0.01)} for n in BUDGETS]
    return results


def verdicts(results, beside=()):
    return {n: judge(c, results, beside or [results]).verdict for n, c in enumerate(CLAIMS, 1)}


def test_about_thirty_claims_all_of_which_can_hold():
    run, other = favourable(), mnist()
    found = verdicts(run, [run, other])
    assert len(found) == 30
    assert {n for n, verdict in found.items() if verdict == UNTESTED} == {29}
    assert set(found.values()) == {HOLDS, UNTESTED}
    assert verdicts(other)[29] == HOLDS
    assert tally(run, [run, other]) == {HOLDS: 29, REMARK: 0, FAILS: 0, UNTESTED: 1}


def change(results, path, value):
    """Set a figure, found by the names that lead to it."""
    found = results.chapters
    *parents, last = path.split("/")
    for name in parents:
        found = found[name]
    found[last] = value
    return results


SUPERVISION, WHY, BOUND = "05_supervision/", "06_hard_or_soft/", "03_label_bound/"
LOW = [{"n_labels": n, **row(-0.02)} for n in BUDGETS]
SIZES_ALIKE = [{"n_components": k, "purity": 0.8, "purity_kmeans": 0.79} for k in (1, 100)]
FLIPS = [  # claim, figure, a value by which it falls the other way, and the verdict
    (1, "01_data/largest_class", 6000, FAILS),
    (3, "08_mixture_size/sizes", SIZES_ALIKE, FAILS),
    (3, "08_mixture_size/sizes", None, UNTESTED),
    (4, "08_mixture_size/accuracy", by_size(0.7, 0.6, 0.5), FAILS),
    (5, "08_mixture_size/regret", [regret("K = 100", 2)], REMARK),
    (5, "08_mixture_size/regret", [regret("K = 100", 4)], FAILS),
    (5, "08_mixture_size/regret", [regret("K = 100", 0, "graph")], UNTESTED),
    (6, "08_mixture_size/regret", [regret("ELBO", 1.5)], REMARK),
    (7, "07_diagnostics/case_purity/label_and_case", 0.55, FAILS),
    (9, WHY + "switches/fit", row(0.5), FAILS),
    (9, WHY + "switches", {name: row(0.06) for name in ("fit", "class", "read")}, REMARK),
    (10, BOUND + "purest/largest", 5000, FAILS),
    (10, BOUND + "purest/purity", 0.8, UNTESTED),
    (11, BOUND + "article/n_components", 200, FAILS),
    (12, BOUND + "article/exact", 752, FAILS),
    (13, BOUND + "equal_same_number", 5000, FAILS),
    (14, BOUND + "named_correctly", 1000, FAILS),
    (15, WHY + "every_label", {"purity": 0.9, "soft": 0.8}, REMARK),
    (15, WHY + "every_label", {"purity": 1, "soft": 1}, FAILS),
    (16, WHY + "profile_distance", by_budget(0.2, 0.3), FAILS),
    (16, WHY + "profile_distance", by_budget(0.6, 0.5), REMARK),
    (17, "04_decoding/example", None, FAILS),
    (17, WHY + "wins/losses", 30.0, REMARK),
    (18, SUPERVISION + "label_seeds", [0], FAILS),
    (18, SUPERVISION + "model_seeds", [0], REMARK),
    (19, WHY + "seen_class_share", by_budget(1.0, 1.0), FAILS),
    (20, BOUND + "article/uncovered/73", 48.0, REMARK),
    (20, BOUND + "article/uncovered/73", 1.0, FAILS),
    (21, SUPERVISION + "soft_minus/hard-covered", LOW, REMARK),
    (21, SUPERVISION + "soft_minus", {"hard": LOW, "hard-covered": LOW}, FAILS),
    (22, BOUND + "article/uncovered/291", 5.4, REMARK),
    (22, BOUND + "article/n_components", 50, FAILS),
    (23, SUPERVISION + "accuracy/soft", by_budget(row(0.5), row(0.7)), FAILS),
    (23, SUPERVISION + "accuracy/soft", by_budget(row(0.5), row(0.8)), REMARK),
    (24, SUPERVISION + "accuracy/xgboost", {"291": row(0.3), "2000": row(0.9)}, FAILS),
    (24, SUPERVISION + "accuracy/xgboost", {"291": row(0.3)}, UNTESTED),
    (24, SUPERVISION + "label_ratio", [{"method": "mlp", "ratio": 3.0}], REMARK),
    (26, WHY + "fair_gain", by_budget(row(-0.02), row(0.0)), FAILS),
    (26, WHY + "fair_gain", by_budget(row(0.2), row(0.2)), REMARK),
    (27, WHY + "gain_by_certainty/entropy", [row(0.05), row(0.0)], FAILS),
    (27, WHY + "gain_by_certainty/entropy", [row(0.05), row(0.06)], REMARK),
    (28, SUPERVISION + "accuracy/hard", by_budget(row(0.4), row(0.84)), REMARK),
    (28, SUPERVISION + "accuracy/hard", by_budget(row(0.4), row(0.5)), FAILS),
    (30, SUPERVISION + "accuracy/soft", by_budget(row(0.72), row(0.95)), REMARK),
]  # fmt: skip


@pytest.mark.parametrize(("number", "path", "value", "verdict"), FLIPS)
def test_a_figure_that_falls_the_other_way_flips_the_verdict(number, path, value, verdict):
    assert verdicts(favourable())[number] != verdict
    assert verdicts(change(favourable(), path, value))[number] == verdict


@pytest.mark.parametrize(
    ("number", "methods", "verdict"),
    [
        (8, {"kmeans_majority": (0.9, 0.9)}, REMARK),
        (8, {"mlp": (0.3, 0.5)}, UNTESTED),
        (19, {"mlp": (0.8, 0.8)}, REMARK),
        (25, {"mlp": (0.99, 1.0)}, FAILS),
        (25, {"kmeans_majority": (0.5, 0.85)}, REMARK),
        (25, {}, UNTESTED),
        (30, {"mlp": (0.9, 0.99)}, FAILS),
        (30, {"mlp": (0.9, 0.9)}, REMARK),
    ],
)
def test_competitors_flip_verdicts_too(number, methods, verdict):
    run = favourable()
    table = supervision(soft=(0.72, 0.86), **methods)
    assert judge(CLAIMS[number - 1], Results(run.summary, run.chapters, table)).verdict == verdict


@pytest.mark.parametrize(
    ("covered", "published", "verdict"),
    [(100, 100, HOLDS), (400, 100, REMARK), (100, 25, REMARK), (25, 400, FAILS)],
)
def test_too_many_components_are_judged_by_both_hard_rules(covered, published, verdict):
    run = favourable()
    study = run.chapters["08_mixture_size"]
    study["accuracy"] = by_size(*(0.7 if k == covered else 0.5 for k in (25, 100, 400)))
    study["theory"] = [{"n_labels": 73, "measured_best": published, "predicted_best": 100}]
    found = judge(CLAIMS[3], run)
    assert found.verdict == verdict
    assert f"hard-covered is best at K = {covered} and hard is best at K = {published}" in (
        found.computed
    )


def test_a_claim_about_two_data_sets_takes_both():
    run, other = favourable(), mnist()
    assert judge(CLAIMS[1], run, [run]).verdict == UNTESTED
    run.summary["purity"] = 0.99
    assert judge(CLAIMS[1], run, [run, other]).verdict == FAILS
    run.summary["purity"] = 0.89
    minus = run.chapters["05_supervision"]["soft_minus"]
    minus["hard-covered"] = [{"n_labels": n, **row(0.011)} for n in BUDGETS]
    assert judge(CLAIMS[1], run, [run, other]).verdict == REMARK


def test_letters_gain_more_only_if_it_is_more_of_their_errors_too():
    run, other = favourable(), mnist()
    change(other, SUPERVISION + "accuracy/hard-covered", by_budget(row(0.99), row(0.995)))
    found = judge(CLAIMS[1], run, [run, other])
    assert found.verdict == REMARK
    assert "of what hard-covered has wrong 112%, on MNIST 200%." in found.computed


@pytest.mark.parametrize(("lowest", "verdict"), [(0.01, REMARK), (-0.01, FAILS)])
def test_a_plain_model_as_pure_is_a_remark_where_the_mixture_is_always_ahead(lowest, verdict):
    run = change(favourable(), "08_mixture_size/sizes", SIZES_ALIKE)
    run.chapters["08_mixture_size"]["plain"] = [
        {"method": "soft", "n_labels": 73, "lowest": lowest},
        {"method": "hard-covered", "n_labels": 73, "lowest": -0.5},
    ]
    assert judge(CLAIMS[2], run).verdict == verdict


def test_one_good_criterion_of_several_is_not_enough():
    run = change(favourable(), "08_mixture_size/choices", {"ELBO": 400, "entropy": 25})
    run.chapters["08_mixture_size"]["regret"].append(regret("entropy", 5.0))
    found = judge(CLAIMS[5], run)
    assert found.verdict == REMARK
    assert "ELBO 0.8, entropy 5.0" in found.computed


def test_on_other_data_nothing_is_said_of_the_articles():
    found = verdicts(favourable("letters"))
    assert (found[1], found[23]) == (UNTESTED, REMARK)


def test_without_figures_nothing_is_judged():
    bare = favourable()
    assert set(verdicts(Results(bare.summary, {}, bare.supervision[:0])).values()) == {UNTESTED}
    for chapter in chapters():
        left_out = favourable()
        del left_out.chapters[chapter]
        assert list(verdicts(left_out).values()).count(UNTESTED) > 1


def test_one_model_and_one_draw_have_no_interval_to_show():
    run = favourable()
    alone = {"mean": 0.86, "low": None, "high": None}
    change(run, SUPERVISION + "accuracy/soft", by_budget(alone, alone))
    found = judge(CLAIMS[22], run)
    assert found.verdict == HOLDS
    assert found.computed == "With 291 labels 86.0%."


def test_the_table_can_be_read_aloud():
    run = favourable("a<b")
    table = claims_table({"this build": run, "on record: <i>": run})
    assert table.count('<th scope="row">') == len(CLAIMS)
    assert table.count('<th scope="col">') == 4
    assert "<caption>" in table
    assert "<i>" not in table
    for claim in CLAIMS:
        assert (PROJECT / "notebooks" / f"{claim.chapter}.ipynb").is_file()
    assert '<a href="../notebooks/03_label_bound.html">03</a>' in table
    assert table.count('<td data-of="on record: &lt;i&gt;">') == len(CLAIMS)
    assert tally_table({"this build": run}).count("<td>") == 4


def test_every_claim_has_a_rule_that_can_be_read():
    rules = rules_list().splitlines()
    assert len(rules) == len(CLAIMS)
    assert all(re.match(r"\d+\. (Hold|Fail|Leave it untested)\b.*\.$", rule) for rule in rules)


def test_the_results_on_record_can_be_judged():
    on_record = records(PROJECT / "book" / "record")
    for results in on_record:
        assert sum(tally(results, on_record).values()) == len(CLAIMS)
