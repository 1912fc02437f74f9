"""Tables of other settings: how they were made, and what the settings are worth."""

import pandas as pd
import pytest
from toys import toy_supervision

from gmvae.experiments.settings import BESIDE, WITHIN, gains, gains_of
from gmvae.pages.other_settings import (
    GAINED,
    OF_THEIR_OWN,
    SWITCHES,
    TOLD,
    gains_table,
    setting_heading,
)
from gmvae.runs.profiles import load_profile


def test_the_heading_tells_how_the_table_was_made():
    inductive = toy_supervision().assign(model_seed=[0] * len(toy_supervision()))
    text = setting_heading("inductive", inductive)
    assert "never seen" in text
    assert "Means over 2 draws of labels and 1 model. To" in text
    assert '--set inductive=true --set \'methods=["hard",' in text
    assert "--set 'budgets=[10,40]' --set 'label_seeds=[0,1]'" in text
    assert "inductive" not in setting_heading("many_labels", inductive)


def test_the_large_profile_is_told_with_all_that_it_changes():
    large, plain = load_profile("large", {}).values, load_profile("emnist", {}).values
    assert SWITCHES["large"] == {n: v for n, v in large.items() if v != plain[n]}
    text = setting_heading("large", toy_supervision().assign(model_seed=3))
    assert "chosen with labels" in text
    assert "--set 'encoder_hidden=[768,512]'" in text
    assert "--set 'model_seeds=[3]'" in text


def table(method, accuracies, model_seeds=(0, 1)):
    """Return cells of a method at 10 labels: a row for each model, a column for each draw."""
    rows = [
        {"method": method, "n_labels": 10, "label_seed": s, "model_seed": m, "accuracy": accuracy}
        for m, row in zip(model_seeds, accuracies, strict=True)
        for s, accuracy in enumerate(row)
    ]
    return pd.DataFrame(rows).astype({"model_seed": "Int64"})


def test_gains_are_paired_and_of_what_both_saw():
    own = pd.concat(
        [
            table("soft", [[0.5, 0.6], [0.4, 0.7], [0.0, 0.0]], (0, 1, 2)),
            table("graph-pixels", [[0.6, 0.8]], (pd.NA,)),
        ]
    )
    other = pd.concat(
        [
            table("soft", [[0.6, 0.7], [0.5, 0.8]]),
            table("graph", [[0.7, 0.9], [0.9, 0.9]]),
            table("hard", [[0.1, 0.1], [0.1, 0.1]]),
        ]
    )
    found = gains(other, own).set_index(["method", "reference"])
    assert list(found.index) == [("soft", "soft"), ("graph", "graph-pixels")]
    assert found.loc[("soft", "soft"), "mean"] == pytest.approx(0.1)
    assert found.loc[("soft", "soft"), ["low", "high"]].tolist() == pytest.approx([0.1, 0.1])
    assert found.loc[("graph", "graph-pixels"), "mean"] == pytest.approx(0.15)
    shown = gains_table(found.reset_index())
    assert shown.columns.tolist() == ["10 labels"]
    assert shown.index[0] == "soft decoding (soft), against its figure above"
    assert shown.iloc[0, 0] == "+10.0 (+10.0 to +10.0)"
    assert shown.iloc[1, 0].startswith("+15.0 (")


def test_nothing_in_common_is_no_gain():
    assert gains(table("hard", [[0.5, 0.6], [0.4, 0.7]]), toy_supervision()).empty


def test_students_are_compared_with_graphs_of_their_own_run():
    of = pd.concat(
        [
            table("graph", [[0.5, 0.6], [0.6, 0.7]]),
            table("graph-student", [[0.6, 0.7], [0.7, 0.8]]),
            table("graph-pixels", [[0.4, 0.5]], (pd.NA,)),
            table("graph-pixels-student", [[0.5, 0.5]], (pd.NA,)),
        ]
    )
    found = gains_of("students", {"students": of}, toy_supervision()).set_index(
        ["method", "reference"]
    )["mean"]
    assert found.tolist() == pytest.approx([0.1, 0.05, 0.2])
    text = setting_heading("students", of)
    assert "no model is needed" in text
    assert "--set 'model_seeds=[0,1]'" in text


def test_students_of_chosen_labels_have_no_interval_without_several_models():
    of = pd.concat(
        [
            table("graph-chosen", [[0.5], [0.6]]),
            table("graph-student-chosen", [[0.6], [0.8]]),
            table("graph-pixels-chosen", [[0.4]], (pd.NA,)),
            table("graph-pixels-student-chosen", [[0.5]], (pd.NA,)),
        ]
    )
    shown = gains_table(gains_of("students_chosen", {"students_chosen": of}, toy_supervision()))
    assert shown.iloc[0, 0].startswith("+15.0 (")
    assert shown.iloc[1, 0] == "+10.0"
    assert shown.iloc[2, 0].startswith("+20.0 (")


def test_larger_models_are_compared_with_the_same_methods_of_smaller_ones():
    others = {
        "students": pd.concat(
            [
                table("graph-student", [[0.5, 0.6], [0.6, 0.7]]),
                table("graph-pixels-student", [[0.5, 0.5]], (pd.NA,)),
            ]
        ),
        "students_large": table("graph-student", [[0.6, 0.8], [0.7, 0.9]]),
    }
    own = table("graph-student", [[0.0, 0.0], [0.0, 0.0]])  # another run, which is not asked
    found = gains_of("students_large", others, own).set_index(["method", "reference"])["mean"]
    assert found["graph-student", "graph-student"] == pytest.approx(0.15)
    assert found["graph-student", "graph-pixels-student"] == pytest.approx(0.25)
    del others["students"]
    alone = gains_of("students_large", others, own).set_index(["method", "reference"])["mean"]
    assert alone.to_dict() == pytest.approx({("graph-student", "graph-student"): 0.75})


def test_what_is_told_of_a_setting_is_told_of_one_there_is():
    assert set(WITHIN) < set(GAINED) < set(OF_THEIR_OWN) < set(TOLD)
    for setting, beside in BESIDE.items():
        assert beside < setting  # on the page it stands above


def test_settings_that_share_no_draw_or_no_model_gain_nothing_that_can_be_told():
    own = table("graph", [[0.5, 0.6], [0.6, 0.7]])
    other_draws = own.assign(label_seed=own["label_seed"] + 9)
    other_models = own.assign(model_seed=own["model_seed"] + 9)
    assert gains(other_draws, own).empty
    assert gains(other_models, own).empty
    assert len(gains(own, own)) == 1
