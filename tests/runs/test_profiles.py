"""Profiles: where parameters come from, in which order, and what of them fits the data."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmvae.errors import InputError
from gmvae.runs.parameters import PARAMETERS
from gmvae.runs.profiles import (
    PROFILES,
    Profile,
    fit_budgets,
    fit_methods,
    fit_sizes,
    load_profile,
)

SHIPPED = ("digits", "emnist", "large", "letters", "mnist")


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
        ("large", {73, 146, 291, 757, 1456}),
    ],
)
def test_profiles_include_the_budgets_of_the_comparison(name, budgets):
    values = load_profile(name, {"dataset": "x.npz"}).values
    assert budgets <= set(values["budgets"])
    assert values["n_components"] == 100
    assert len(values["label_seeds"]) == 5


def test_the_large_profile_differs_from_the_other_of_its_data_in_what_it_says():
    large, usual = load_profile("large", {}).values, load_profile("emnist", {}).values
    differs = {name for name in PARAMETERS if large[name] != usual[name]}
    assert differs == {"encoder_hidden", "decoder_hidden", "epochs", "warp_strength"}


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


@pytest.mark.parametrize("profile", ["imagenet", "base", "missing.yml", "", "x" * 5000])
def test_profiles_that_do_not_exist(profile, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        InputError, match="must be digits, emnist, large, letters, mnist or the path"
    ):
        load_profile(profile, {})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "must hold parameters"),
        (b"- epochs", "must hold parameters"),
        (b"epochs: [1", "cannot be read as YAML"),
        (b"\xff\xfe\x00", "cannot be read as YAML"),
        (b"dataset: 2024-13-45", "states dataset: 2024-13-45, which is neither"),
        (b"epoch: 3", "epoch is not a parameter"),
        (b"1: 3", "1 is not a parameter"),
        (b"dataset: digits\nepochs: many", "epochs is 'many'; it must be a whole number"),
        (b"epochs: 3\nepochs: 4", "cannot be read as YAML: it has the key 'epochs' twice"),
        (b"budgets: &b [5]\nlabel_seeds: *b", "cannot be read as YAML: it has an anchor"),
        (b"budgets: !!set {5, 6}", "cannot be read as YAML: it has a tag"),
        (b"epochs: 010", "epochs is '010'; it must be"),
        (b"epochs: 1:30", "epochs is '1:30'; it must be"),
        (b"budgets: " + b"[" * 5000, "cannot be read as YAML: it is nested too deeply"),
        (b"a: " + b"x" * 10**6, "cannot be read as YAML: it has over"),
        (b"epochs: " + b"9" * 5000, "cannot be read as YAML: it has a number of over"),
        (b"dataset: 2024", "a relative path in a profile starts at the profile's folder"),
        (b"dataset:", "dataset is None; it must be"),
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
    with pytest.raises(
        InputError, match=r"budgets is \[10, 51\]; .* at most 50, half of the 100 images"
    ):
        fit_budgets(profile_with([10, 51], "budgets"), 100)
    with pytest.raises(InputError, match="at most 2, half of the 5 images"):
        fit_budgets(profile_with([10, 51]), 5)  # no default one is left


def test_all_that_is_wrong_in_file_and_settings_is_told_together(tmp_path):
    mine = tmp_path / "mine.yml"
    mine.write_text("dataset: nowhere.npz\nepochs: 0\nbatchsize: 3\n")
    with pytest.raises(InputError) as refused:
        load_profile(str(mine), {"n_components": 0})
    lines = str(refused.value).splitlines()
    assert len(lines) == 4
    for part in ("n_components is 0", "epochs is 0", "batchsize is not", f"{mine} states dataset"):
        assert sum(line.startswith(part) for line in lines) == 1


@pytest.mark.parametrize("name", ["x.npz", "2024", "my #2.npz", "010", "yes"])
def test_a_path_in_a_profile_starts_at_its_folder(tmp_path, monkeypatch, name):
    (tmp_path / "conf" / name).mkdir(parents=True)
    stated = f"dataset: '{name}'" if "#" in name else f"dataset: {name}"
    (tmp_path / "conf" / "mine.yml").write_text(stated)
    monkeypatch.chdir(tmp_path)
    assert load_profile("conf/mine.yml", {}).values["dataset"] == f"conf/{name}"
    settings = {"dataset": name}  # starts at the current folder
    assert load_profile("conf/mine.yml", settings).values["dataset"] == name
    monkeypatch.chdir(tmp_path / "conf")
    assert load_profile("mine.yml", {}).values["dataset"] == name


def test_a_home_in_a_profile_and_before_its_name(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "data").mkdir()
    (tmp_path / "mine.yml").write_text("\ufeffdataset: ~/data\n", encoding="utf-8")
    assert load_profile("~/mine.yml", {}).values["dataset"] == str(tmp_path / "data")


def test_a_billion_laughs_are_refused_at_once(tmp_path):
    levels = [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]" for i in range(1, 10)]
    (tmp_path / "mine.yml").write_text("\n".join(["l0: &l0 [ha, ha]", *levels]))
    with pytest.raises(InputError, match="an anchor or an alias"):
        load_profile(str(tmp_path / "mine.yml"), {})


@given(st.text(alphabet="ab1:[]{}&*!-'\" \n#~|>?,.", max_size=40))
def test_no_profile_file_raises_anything_but_a_refusal(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("profile") / "mine.yml"
    path.write_text(text, encoding="utf-8")
    with suppress(InputError):
        load_profile(str(path), {"dataset": "digits"})


def capped(explicit, **caps):
    values = {"methods": ["soft", "mlp", "xgboost"], "max_labels": caps}
    return Profile("x", values, frozenset(explicit))


def test_a_default_method_capped_below_every_budget_is_dropped():
    assert fit_methods(capped([], mlp=10, soft=None), [20, 30]) == (["soft", "xgboost"], ["mlp"])
    assert fit_methods(capped([], mlp=20), [20, 30]) == (["soft", "mlp", "xgboost"], [])


@pytest.mark.parametrize("explicit", [["methods"], ["max_labels"]])
def test_an_explicit_method_capped_below_every_budget_is_refused(explicit):
    with pytest.raises(InputError, match="max_labels of mlp is 10, below the least of budgets, 20"):
        fit_methods(capped(explicit, mlp=10), [20, 30])
    with pytest.raises(InputError, match="below the least"):
        fit_methods(capped([], mlp=1, soft=1, xgboost=1), [20])


def test_a_method_s_own_cap_counts_where_max_labels_says_nothing():
    own = {"xgboost": 291, "mlp": 5, "soft": None}
    assert fit_methods(capped([], mlp=10**4), [757], own) == (["soft", "mlp"], ["xgboost"])
    with pytest.raises(InputError, match="max_labels of xgboost is 291, below the least of"):
        fit_methods(capped(["methods"]), [757], {"xgboost": 291})


def sized(k, sizes, explicit=()):
    values = {"n_components": k, "sweep_components": sizes}
    return Profile("x", values, frozenset(explicit))


def test_default_sizes_that_do_not_fit_are_dropped():
    assert fit_sizes(sized(50, None), 60) == (None, [])
    assert fit_sizes(sized(50, [10, 60, 100]), 60) == ([10, 60], [100])
    assert fit_sizes(sized(1, [10, 100]), 1797) == (None, [10, 100])


@pytest.mark.parametrize(
    ("k", "reason"),
    [(50, "each may be at most 60, the number of images"), (1, "a plain model, there is nothing")],
)
def test_sizes_of_a_user_that_do_not_fit_are_refused(k, reason):
    with pytest.raises(InputError, match=rf"sweep_components is \[10, 61\]; .*{reason}"):
        fit_sizes(sized(k, [10, 61], ["sweep_components"]), 60)
