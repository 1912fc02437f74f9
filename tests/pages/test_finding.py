"""The finding follows the numbers, whichever way they fall."""

import pytest
from toys import TOY_ACCURACY, toy_results, toy_supervision

from gmvae.baselines.registry import METHODS
from gmvae.pages.finding import finding
from gmvae.pages.method_names import WORDS, in_words


def told_of(n_labels=10, **accuracy):
    changed = {(name.replace("_", "-"), n_labels): values for name, values in accuracy.items()}
    return finding(toy_results(accuracy={**TOY_ACCURACY, **changed}), n_labels)


def test_it_tells_the_method_its_rival_and_their_distance():
    told = told_of()
    assert told.startswith("**On toy, 2,000 images, a model that saw no label is right on 60.0%")
    assert "once 10 of them" in told
    assert "(0.50%; soft decoding). Majority vote reaches 40.0%." in told
    assert "The strongest rival, logistic regression (logistic-regression), has 25.0%" in told
    assert "behind soft decoding by 35.0 points on the same 2 draws." in told
    assert "without a model" not in told
    assert "adds" not in told


@pytest.mark.parametrize(
    ("theirs", "verdict"),
    [
        (0.65, "**ahead** of soft decoding by 5.0 points"),
        (0.604, "level with soft"),
        (0.596, "level with soft"),
        (0.55, "behind soft decoding by 5.0 points"),
    ],
)
def test_a_rival_is_ahead_level_or_behind(theirs, verdict):
    told = told_of(graph_pixels=[theirs, theirs])
    assert f"graph of normalised pixels (graph-pixels), has {theirs:.1%}: {verdict}" in told
    assert "without a model" not in told  # it is the strongest, and told as that


def test_a_graph_without_a_model_is_told_beside_a_stronger_rival():
    told = told_of(graph_pixels=[0.5, 0.5], svm=[0.7, 0.7])
    assert "The strongest rival, support vector machine (svm), has 70.0%" in told
    assert "A method without a model, graph of normalised pixels (graph-pixels), has 50.0%" in told


@pytest.mark.parametrize(
    ("latent", "added"), [(0.7, "20.0 points more than"), (0.4, "10.0 points less than")]
)
def test_what_the_model_adds_is_a_difference_of_graphs(latent, added):
    told = told_of(graph=[latent, latent], graph_pixels=[0.5, 0.5])
    assert f"has {latent:.1%}, {added} on pixels" in told


@pytest.mark.parametrize(("latent", "word"), [(0.504, "more"), (0.496, "less")])
def test_graphs_that_are_level_are_told_as_level(latent, word):
    told = told_of(graph=[latent, latent], graph_pixels=[0.5, 0.5])
    assert f"0.4 points {word} than on pixels on the same 2 draws: as good as level." in told


def chosen(*accuracies, strategy="spectral"):
    rows = [
        {"method": "soft", "strategy": strategy, "n_labels": n, "accuracy": accuracy}
        for n, accuracy in accuracies
    ]
    results = toy_results()
    results.chapters["09_choosing"] = {"choices": rows}
    return finding(results, 40)


def test_fewer_labels_do_as_much_where_they_are_chosen():
    told = chosen((5, 0.6), (10, 0.8), (20, 0.85), (40, 0.9))
    assert "10 labels do as much: soft decoding reaches 80.0%." in told
    assert "do as much" not in chosen((10, 0.7), (20, None), (40, 0.9))
    older = chosen((10, 0.8), strategy="clusters")  # by which `gmvae select` chose before
    assert "10 labels do as much: soft decoding reaches 80.0%." in older


def test_a_run_without_a_rule_has_no_finding():
    fewer = {key: values for key, values in TOY_ACCURACY.items() if key[0] != "hard"}
    assert "no finding" in finding(toy_results(accuracy=fewer), 10)


def test_names_are_no_markup():
    assert "<b>" not in finding(toy_results("<b>|$x$"), 10)
    assert "<i>" not in told_of(**{"<i>": [0.9, 0.9]})


def test_every_method_has_a_name_in_words():
    assert set(WORDS) == set(METHODS)
    assert in_words("soft") == "soft decoding (soft)"
    assert in_words("something-new") == "something-new"


def test_the_rivals_own_choice_stands_beside_the_models():
    results = toy_results()
    own, rivals = (
        {"method": method, "strategy": "spectral", "n_labels": 10, "accuracy": accuracy}
        for method, accuracy in (("soft", 0.8), ("graph-pixels", 0.9))
    )
    for choices, told in (([own, rivals], True), ([own], False), ([rivals], False)):
        results.chapters["09_choosing"] = {"choices": choices}
        assert ("chooses for itself, has 90.0% with as many" in finding(results, 40)) == told


def test_students_of_chosen_labels_are_told_at_that_many():
    results = toy_results()
    results.chapters["09_choosing"] = {
        "choices": [{"method": "soft", "strategy": "spectral", "n_labels": 10, "accuracy": 0.99}]
    }
    accuracies = {("graph-student-chosen", 10): [0.8], ("graph-pixels-student-chosen", 10): [0.7]}
    results.other_settings["students_chosen"] = toy_supervision(accuracies)
    assert "of such labels have 80.0%, and 70.0% from the graph of pixels." in finding(results, 40)
    assert "The graphs themselves" not in finding(results, 40)
    graphs = {("graph-chosen", 10): [0.75], ("graph-pixels-chosen", 10): [0.65]}
    results.other_settings["students_chosen"] = toy_supervision({**accuracies, **graphs})
    assert "The graphs themselves had 75.0% and 65.0% in that run." in finding(results, 40)
    results.other_settings["students_chosen"] = toy_supervision(dict([*accuracies.items()][:1]))
    assert "of such labels have" not in finding(results, 40)


def test_students_are_told_where_both_are_there():
    assert "learns the labels" not in told_of(graph_student=[0.7, 0.7])
    both = {"graph_student": [0.7, 0.72], "graph_pixels_student": [0.55, 0.57]}
    told = told_of(**both)
    assert "has 71.0% from the graph of what the model learned and 56.0% from that of" in told
    assert "pixels: 15.0 points more." in told
    fewer = told_of(**{**both, "graph_pixels_student": [0.81, 0.81]})
    assert "10.0 points less." in fewer
    assert "The strongest rival, student of the graph of normalised pixels" in fewer


def test_students_of_a_run_of_their_own_are_told_too():
    results = toy_results()
    results.other_settings["students"] = toy_supervision(
        {("graph-student", 10): [0.7, 0.7], ("graph-pixels-student", 10): [0.5, 0.5]}
    )
    told = finding(results, 10)
    assert "has 70.0% from the graph" in told
    assert "(graph-pixels-student), has 50.0%: behind soft decoding by 10.0 points" in told
    assert "has 70.0% from the graph" not in finding(results, 40)
