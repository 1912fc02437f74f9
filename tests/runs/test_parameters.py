"""Parameters: what they may be, where they come from, and refusals that say what is allowed."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmvae.checks import shown
from gmvae.errors import InputError
from gmvae.runs.parameters import PARAMETERS, PROFILES, Profile, check_parameters, fit_budgets, load_profile, parse_settings

SHIPPED = ("digits", "emnist", "letters", "mnist")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dataset", "data/mine.npz"),
        ("n_components", 1),
        ("factorisation", "per-component"),
        ("model_seeds", [0, 3]),
        ("budgets", [5, 50]),
        ("methods", ["soft"]),
        ("max_labels", {"xgboost": 140, "mlp": None}),
        ("stratified", True),
        ("n_jobs", -1),
        ("backend", "dask"),
        ("scheduler", None),
    ],
)
def test_allowed_values_are_returned_as_they_are(name, value):
    assert check_parameters({name: value}) == {name: value}


def test_numbers_that_yaml_reads_as_text_become_numbers():
    checked = check_parameters(parse_settings(["learning_rate=1e-3", "confidence=0.9"]))
    assert checked == {"learning_rate": 0.001, "confidence": 0.9}


def _values(value):
    """Return `value` and what is in it: a sentence names the whole or the wrong part."""
    inside = value.values() if isinstance(value, dict) else value
    return [value, *(inside if isinstance(value, list | dict) else [])]


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("dataset", "", "a text that is not empty"),
        ("dataset", None, "a text"),
        ("n_components", 0, "a whole number of at least 1"),
        ("n_components", 2.0, "a whole number of at least 1"),
        ("n_components", True, "a whole number of at least 1"),
        ("n_components", "ten", "a whole number of at least 1"),
        ("n_labels", 1, "a whole number of at least 2"),
        ("model_seed", -1, "a whole number of at least 0"),
        ("learning_rate", 0, "a finite number above 0"),
        ("learning_rate", float("inf"), "a finite number above 0"),
        ("learning_rate", float("nan"), "a finite number above 0"),
        ("learning_rate", True, "a finite number above 0"),
        ("learning_rate", 10**400, "a finite number above 0"),
        ("confidence", 1, "a finite number above 0 and below 1"),
        ("confidence", "high", "a finite number above 0 and below 1"),
        ("factorisation", "full", "shared or per-component"),
        ("factorisation", ["shared"], "shared or per-component"),
        ("budgets", 73, "a list of whole numbers from 1"),
        ("budgets", [], "a list of whole numbers from 1"),
        ("budgets", [73, 0], "a whole number of at least 1"),
        ("budgets", [73, 73], "without repetition"),
        ("methods", "soft", "a list of method names, such as [hard, soft]"),
        ("max_labels", [140], "a mapping from methods to numbers of labels"),
        ("max_labels", {"xgboost": 0}, "a whole number of at least 1"),
        ("stratified", "yes please", "true or false"),
        ("n_jobs", 0, "at least 1, or -1"),
        ("n_jobs", -2, "at least 1, or -1"),
        ("backend", "threads", "loky or dask"),
    ],
)
def test_refusals_name_the_value_and_what_is_allowed(name, value, allowed):
    with pytest.raises(InputError) as refused:
        check_parameters({name: value})
    sentence = str(refused.value)
    assert sentence.startswith((f"{name} is ", f"{name} of ", f"an entry of {name} is "))
    assert "; it must be " in sentence
    assert any(shown(v) in sentence for v in _values(value))
    assert allowed in sentence
    assert sentence.count("\n") == 0


@pytest.mark.parametrize("name", ["n_component", "run_dir", "out_dir", "", 3])
def test_unknown_names_are_refused_with_the_known_ones(name):
    with pytest.raises(InputError, match=r"is not a parameter: there are .*n_components"):
        check_parameters({name: 1})


def test_names_can_be_restricted():
    with pytest.raises(InputError, match="epochs is not a parameter: there are dataset"):
        check_parameters({"epochs": 1}, known={"dataset"})


def test_settings_are_yaml():
    settings = ["a=1", "b=[1, 2]", "c=text", "d=null", "e={x: 1}", "f=a=b", "g="]
    expected = {"a": 1, "b": [1, 2], "c": "text", "d": None, "e": {"x": 1}, "f": "a=b", "g": None}
    assert parse_settings(settings) == expected


@pytest.mark.parametrize("setting", ["n_components", "=3", ""])
def test_settings_need_a_name_and_an_equals_sign(setting):
    with pytest.raises(InputError, match=r"--set .*is not of the form KEY=VALUE"):
        parse_settings([setting])


@pytest.mark.parametrize("value", ["[1", "{a: b: c}", "2024-13-45", "!!python/name:os.system"])
def test_settings_that_are_not_yaml(value):
    with pytest.raises(InputError, match="the value is not YAML"):
        parse_settings([f"dataset={value}"])


@given(st.text(max_size=30))
def test_no_setting_raises_anything_but_a_refusal(text):
    with suppress(InputError):
        check_parameters(parse_settings([text]))


@given(
    name=st.sampled_from(sorted(PARAMETERS)),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=5,
    ),
)
def test_no_value_raises_anything_but_a_refusal(name, value):
    try:
        checked = check_parameters({name: value})
    except InputError:
        return
    assert check_parameters(checked) == checked  # what is allowed stays allowed


def test_shipped_profiles_state_every_parameter():
    assert {path.stem for path in PROFILES.glob("*.yml")} == {*SHIPPED, "base"}
    for name in SHIPPED:
        settings = {"dataset": "x.npz"} if name == "letters" else {}
        profile = load_profile(name, settings)
        assert set(profile.values) == set(PARAMETERS)
        assert profile.explicit == set(settings)


@pytest.mark.parametrize(
    ("name", "budgets"),
    [
        ("mnist", {35, 140}),
        ("letters", {73, 146, 291, 757, 1456}),
        ("emnist", {73, 146, 291, 757, 1456}),
    ],
)
def test_profiles_include_the_budgets_of_the_comparison(name, budgets):
    values = load_profile(name, {"dataset": "x.npz"}).values
    assert budgets <= set(values["budgets"])
    assert values["n_components"] == 100
    assert len(values["label_seeds"]) == 5


def test_the_order_is_base_profile_settings(tmp_path):
    mine = tmp_path / "mine.yml"
    mine.write_text("dataset: digits\nepochs: 3\nbatch_size: 64\n")
    profile = load_profile(str(mine), {"epochs": 7})
    assert profile.name == "mine"
    assert (profile.values["epochs"], profile.values["batch_size"]) == (7, 64)
    assert profile.values["n_components"] == 100  # of base.yml
    assert profile.explicit == {"dataset", "epochs", "batch_size"}


TUNED = {"logistic-regression-tuned": 291, "mlp-tuned": 291, "xgboost-tuned": 291}


def test_caps_are_overridden_method_by_method(tmp_path):
    assert load_profile("mnist", {}).values["max_labels"] == TUNED
    assert load_profile("digits", {}).values["max_labels"] == {**TUNED, "xgboost": 140}
    mine = tmp_path / "mine.yml"
    mine.write_text("dataset: digits\nmax_labels: {mlp: 70, mlp-tuned: 35}\n")
    profile = load_profile(str(mine), {"max_labels": {"mlp": 18, "xgboost-tuned": None}})
    own = {"mlp": 18, "mlp-tuned": 35, "xgboost-tuned": None}
    assert profile.values["max_labels"] == {**TUNED, **own}
    again = load_profile(str(mine), profile.origin["settings"])  # as the book states the command
    assert again.values == profile.values


@pytest.mark.parametrize("value", [None, 140, [140], {"xgboost": "many"}])
def test_caps_that_are_no_mapping_of_numbers(value):
    with pytest.raises(InputError, match=r"max_labels.* is .*; it must be"):
        load_profile("digits", {"max_labels": value})


def test_model_seeds_default_to_the_model_seed():
    assert load_profile("digits", {"model_seed": 5}).values["model_seeds"] == [5]
    assert load_profile("digits", {"model_seeds": [1, 0]}).values["model_seeds"] == [1, 0]
    with pytest.raises(InputError, match=r"model_seeds=\[1, 2\] must contain model_seed=0"):
        load_profile("digits", {"model_seeds": [1, 2]})


@pytest.mark.parametrize("profile", ["imagenet", "base", "missing.yml", ""])
def test_profiles_that_do_not_exist(profile, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="must be digits, emnist, letters, mnist or the path"):
        load_profile(profile, {})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "must hold parameters"),
        (b"- epochs", "must hold parameters"),
        (b"epochs: [1", "cannot be read as YAML"),
        (b"\xff\xfe\x00", "cannot be read as YAML"),
        (b"dataset: 2024-13-45", "cannot be read as YAML"),
        (b"epoch: 3", "epoch is not a parameter"),
        (b"1: 3", "1 is not a parameter"),
        (b"dataset: digits\nepochs: many", "epochs is 'many'; it must be a whole number"),
        (b"epochs: 3", "names no data set: add --set dataset=PATH"),
    ],
)
def test_profile_files_that_cannot_be_used(tmp_path, content, reason):
    (tmp_path / "mine.yml").write_bytes(content)
    with pytest.raises(InputError, match=reason):
        load_profile(str(tmp_path / "mine.yml"), {})


def profile_with(budgets, *explicit):
    return Profile("x", {"budgets": budgets}, frozenset(explicit))


def test_default_budgets_above_half_are_dropped():
    assert fit_budgets(profile_with([10, 50, 51, 900]), 100) == ([10, 50], [51, 900])
    assert fit_budgets(profile_with([10, 50]), 100) == ([10, 50], [])


def test_explicit_budgets_above_half_are_refused():
    with pytest.raises(InputError, match=r"budgets is \[10, 51\]; .* at most 50, half of the 100 images"):
        fit_budgets(profile_with([10, 51], "budgets"), 100)
    with pytest.raises(InputError, match="at most 2, half of the 5 images"):
        fit_budgets(profile_with([10, 51]), 5)  # no default one is left
