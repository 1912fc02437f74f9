"""Parameters: what they may be, how text becomes one, and refusals that say what is allowed."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmvae.checks import shown
from gmvae.errors import InputError
from gmvae.runs.parameters import PARAMETERS, chapter_parameters, check_parameters, parse_settings


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


def test_layers_may_be_of_equal_width():
    assert check_parameters({"encoder_hidden": [64, 64]}) == {"encoder_hidden": [64, 64]}


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
        ("model_seed", -1, "a whole number from 0 to 4294967295"),
        ("model_seed", 2**32, "a whole number from 0 to 4294967295"),
        ("label_seeds", [0, 2**32], "a whole number from 0 to 4294967295"),
        ("competitor_label_seeds", [2**32], "a whole number from 0 to 4294967295"),
        ("learning_rate", 0, "a finite number above 0"),
        ("learning_rate", float("inf"), "a finite number above 0"),
        ("learning_rate", float("nan"), "a finite number above 0"),
        ("learning_rate", True, "a finite number above 0"),
        ("learning_rate", 10**400, "a finite number above 0"),
        ("confidence", 1, "a finite number above 0 and below 1"),
        ("confidence", "high", "a finite number above 0 and below 1"),
        ("factorisation", "full", "shared or per-component"),
        ("factorisation", ["shared"], "shared or per-component"),
        ("encoder_hidden", [], "a list of whole numbers from 1, such as [256, 256]"),
        ("encoder_hidden", 256, "a list of whole numbers from 1, such as [256, 256]"),
        ("decoder_hidden", [256, 0], "a whole number of at least 1"),
        ("budgets", 73, "a list of whole numbers from 1"),
        ("budgets", [], "a list of whole numbers from 1"),
        ("budgets", [73, 0], "a whole number of at least 1"),
        ("budgets", [73, 73], "without repetition"),
        ("methods", "soft", "a list of method names, such as [hard, soft]"),
        ("max_labels", [140], "a mapping from methods to numbers of labels"),
        ("max_labels", {"xgboost": 0}, "a whole number of at least 1"),
        ("stratified", "yes please", "true or false"),
        ("latent_dim", 10**20, "at most 16,384"),
        ("encoder_hidden", [256, 9_999_999_999], "at most 16,384"),
        ("epochs", 10**9, "at most 1,000,000"),
        ("learning_rate", 3.0, "at most 1"),
        ("warp_strength", 1e300, "at most 10"),
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


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("n_component", "n_components"), ("epoch", "epochs"), ("label_seed", "label_seeds")],
)
def test_the_nearest_name_is_told(name, nearest):
    with pytest.raises(InputError, match=f"; the nearest is {nearest}.$"):
        check_parameters({name: 1})


def test_all_that_is_wrong_is_told_together():
    with pytest.raises(InputError) as refused:
        parse_settings(["epochs=0", "budgets=[1", "n_labels", "batch_size=8", "nonsense=1"])
    lines = str(refused.value).splitlines()
    assert len(lines) == 4
    for part in ("epochs is 0", "--set budgets=[1: the value", "--set n_labels is", "nonsense is"):
        assert sum(line.startswith(part) for line in lines) == 1


def test_settings_are_yaml_and_texts_are_literal():
    settings = [
        "n_components=1",
        "budgets=[1, 2]",
        "dataset=a=b",
        "scheduler=null",
        "max_labels={x: 1}",
        "population=",
        "stratified = true",
        "backend = dask",
    ]
    assert parse_settings(settings) == {
        "n_components": 1,
        "budgets": [1, 2],
        "dataset": "a=b",
        "scheduler": None,
        "max_labels": {"x": 1},
        "population": None,
        "stratified": True,
        "backend": "dask",
    }


PATHS = ["my #2.npz", "a: b.npz", "2024", "010", "1:30", "null", "yes", "[x", "{", "*a", "&a", "!t"]


@pytest.mark.parametrize(
    "path", [*PATHS, "- x", "'q", "x ", " x", "2024-13-45", "|", ">", "%", "`"]
)
def test_a_path_is_taken_as_it_is_written(path):
    assert parse_settings([f"dataset={path}"]) == {"dataset": path}
    assert chapter_parameters({"dataset": path, "out_dir": path}) == {
        "dataset": path,
        "out_dir": path,
    }


@given(st.text(min_size=1).filter(lambda text: not text.startswith("~")))
def test_any_path_is_taken_as_it_is_written(path):
    assert parse_settings([f"dataset={path}"]) == {"dataset": path}


def test_the_tilde_is_a_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    expected = str(tmp_path / "x.npz")
    assert parse_settings(["dataset=~/x.npz"]) == {"dataset": expected}
    assert check_parameters({"dataset": "~/x.npz"}) == {"dataset": expected}
    assert chapter_parameters({"run_dir": "~/x.npz"}) == {"run_dir": expected}
    unknown = "~nobody-of-this-name/x.npz"
    assert parse_settings([f"dataset={unknown}"]) == {"dataset": unknown}


@pytest.mark.parametrize("value", ["010", "1:30", "0x10", "1_000", "0b1", "2024-01-01", "+1e"])
@pytest.mark.parametrize("name", ["epochs", "n_jobs", "model_seed"])
def test_a_number_is_what_it_looks_like_or_refused(name, value):
    with pytest.raises(InputError, match=f"{name} is '.*'; it must be"):
        parse_settings([f"{name}={value}"])


@pytest.mark.parametrize("setting", ["n_components", "=3", "", "x" * 5000])
def test_settings_need_a_name_and_an_equals_sign(setting):
    with pytest.raises(InputError, match=r"--set .*is not of the form KEY=VALUE") as refused:
        parse_settings([setting])
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    "value",
    ["[1", "{a: b: c}", "!!python/name:os.system", "[&a 1, *a]", "{a: 1, a: 2}", "[" * 5000],
)
def test_settings_that_are_not_yaml(value):
    with pytest.raises(InputError, match="the value is not YAML") as refused:
        parse_settings([f"budgets={value}"])
    assert len(str(refused.value)) < 500


class TestChapters:
    """What papermill sets, as text most of it, and what a person writes into a notebook."""

    @pytest.mark.parametrize(
        ("name", "given", "expected"),
        [
            ("stratified", "false", False),
            ("stratified", "true", True),
            ("stratified", False, False),
            ("budgets", "[5, 10]", [5, 10]),
            ("methods", "[hard, soft]", ["hard", "soft"]),
            ("max_labels", "{mlp: 5}", {"mlp": 5}),
            ("epochs", "3", 3),
            ("learning_rate", "1e-3", 0.001),
            ("population", "null", None),
            ("scheduler", "null", None),
            ("n_jobs", -1, -1),
        ],
    )
    def test_text_is_read_as_a_setting_is(self, name, given, expected):
        assert chapter_parameters({name: given}) == {name: expected}
        assert type(chapter_parameters({name: given})[name]) is type(expected)

    @pytest.mark.parametrize(
        ("name", "given"),
        [
            ("stratified", "perhaps"),
            ("stratified", 0),
            ("budgets", "[5, 10"),
            ("budgets", "5 10"),
            ("epochs", "many"),
            ("epochs", 3.5),
            ("epochs", "010"),
            ("epochs", None),
            ("run_dir", ""),
            ("dataset", 2024),
            ("dataset", True),
            ("epoch", 3),
        ],
    )
    def test_the_rest_is_refused(self, name, given):
        with pytest.raises(InputError, match=name):
            chapter_parameters({name: given, "n_labels": 5})

    def test_all_at_once(self):
        with pytest.raises(InputError) as refused:
            chapter_parameters({"epochs": 0, "stratified": "x", "n_labels": 5, "budgets": "[0]"})
        assert len(str(refused.value).splitlines()) == 3

    def test_none_can_stand_for_the_value_of_the_run(self):
        values = {"budgets": None, "label_seeds": "null"}
        expected = {"budgets": None, "label_seeds": None}
        assert chapter_parameters(values, from_run=["budgets", "label_seeds"]) == expected
        with pytest.raises(InputError, match="label_seeds is None"):
            chapter_parameters(values, from_run=["budgets"])

    def test_a_number_for_a_text_names_the_option(self):
        with pytest.raises(InputError, match="with -r in place of -p"):
            chapter_parameters({"dataset": 2024})

    def notebook(self, *cells):
        """Run cells as a kernel does, and return its variables."""
        variables = {"In": ["", *cells]}
        for cell in cells:
            exec(cell, variables)
        return variables

    OWN = 'dataset: str = "digits"\nepochs: int = 3\nout_dir: str = "f"'

    def test_the_globals_of_a_notebook(self):
        variables = self.notebook(self.OWN, '# Parameters\nepochs = "5"\n', "import os; K = 3")
        expected = {"dataset": "digits", "epochs": 5, "out_dir": "f"}
        assert chapter_parameters(variables) == expected
        variables.update(expected)
        assert chapter_parameters(variables) == expected  # the cell is run again

    @pytest.mark.parametrize("name", ["epoch", "n_labels", "nonsense"])
    def test_names_that_the_notebook_does_not_have(self, name):
        variables = self.notebook(self.OWN, f"# Parameters\n{name} = 5\n")
        with pytest.raises(InputError, match=f"{name} is not a parameter: there are dataset, epo"):
            chapter_parameters(variables)

    def test_in_a_real_kernel(self, tmp_path):
        """Papermill's cell and IPython's variables are as they are taken to be."""
        from IPython.core.interactiveshell import InteractiveShell
        from papermill.translators import PythonTranslator

        shell = InteractiveShell()
        call = "from gmvae.runs.parameters import chapter_parameters as own\nown(globals())"
        for cell in (self.OWN, PythonTranslator.codify({"epochs": "7", "epoch": 3})):
            assert shell.run_cell(cell, store_history=True).success
        refused = shell.run_cell(call, store_history=True)
        assert isinstance(refused.error_in_exec, InputError)
        assert "epoch is not a parameter" in str(refused.error_in_exec)


@given(st.text(max_size=30))
def test_no_setting_raises_anything_but_a_refusal(text):
    with suppress(InputError):
        parse_settings([text])


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


@given(
    name=st.sampled_from([*sorted(PARAMETERS), "run_dir", "other"]),
    value=st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
)
def test_no_value_in_a_chapter_raises_anything_but_a_refusal(name, value):
    try:
        checked = chapter_parameters({name: value})
    except InputError:
        return
    assert chapter_parameters(checked) == checked


@pytest.mark.parametrize("length", [300, 5000])
def test_long_names_are_cut_in_the_sentence(length):
    for values in ({"n" * length: 1}, {"n_components": "x" * length}, {"backend": "x" * length}):
        with pytest.raises(InputError) as refused:
            check_parameters(values)
        assert len(str(refused.value)) < 900


def test_a_sentence_stays_on_one_line():
    with pytest.raises(InputError) as refused:
        check_parameters({"a\nb": 1})
    assert str(refused.value).count("\n") == 0
