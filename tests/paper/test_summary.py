"""The command on record gives these very parameters."""

import shlex

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gmvae.cli.main import _parser
from gmvae.data.sources import load_dataset
from gmvae.pages.command import command
from gmvae.pages.results import records
from gmvae.paper.record import RECORD
from gmvae.paper.summary import reproducible_origin, write_summary
from gmvae.runs.parameters import parse_settings
from gmvae.runs.profiles import PROFILES, load_profile

seeds = st.lists(st.integers(0, 99), min_size=1, max_size=4, unique=True)
STATED = st.fixed_dictionaries(
    {"dataset": st.sampled_from(["digits", "mnist", "my letters.npz", "a'b$c.npz"])},
    optional={
        "n_components": st.integers(1, 400),
        "learning_rate": st.floats(1e-6, 1),
        "budgets": st.lists(st.integers(1, 99), min_size=1, max_size=4, unique=True),
        "label_seeds": seeds,
        "competitor_label_seeds": st.none() | seeds,
        "max_labels": st.dictionaries(
            st.sampled_from(["xgboost", "mlp", "mlp-tuned"]), st.none() | st.integers(1, 99)
        ),
        "methods": st.just(["soft", "hard-covered"]),
        "weights": st.none() | st.lists(st.floats(0.1, 9), min_size=1, max_size=3),
        "scheduler": st.none() | st.just("tcp://node1:8786"),
        "stratified": st.booleans(),
        "epochs": st.integers(1, 80),
    },
)


def parameters_of(line):
    """Return the parameters that a command gives, read as the command line reads them."""
    arguments = _parser().parse_args(shlex.split(line)[1:])
    return load_profile(arguments.profile, parse_settings(arguments.settings)).values


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["mine", "digits", "letters", "mnist"]), STATED, st.booleans())
def test_a_profile_file_of_ones_own_becomes_settings(tmp_path, name, stated, overridden):
    path = tmp_path / f"{name}.yml"  # one may bear the name of a profile of the project
    path.write_text(yaml.safe_dump(stated))
    (tmp_path / stated.get("dataset", "none")).touch()  # a profile's path starts at its folder
    profile = load_profile(str(path), {"n_labels": 44} if overridden else {})
    origin = reproducible_origin(profile)
    assert (PROFILES / f"{origin['name']}.yml").is_file()
    assert parameters_of(command({"profile": origin})) == profile.values


@pytest.mark.parametrize("name", ["digits", "mnist", "emnist"])
def test_a_profile_of_the_project_is_named_and_no_more(name):
    assert command({"profile": reproducible_origin(load_profile(name, {}))}) == (
        f"gmvae paper --profile {name}"
    )


def test_budgets_that_were_dropped_are_settings():
    profile = load_profile("digits", {})
    profile.values["budgets"] = [18, 35]
    made = command({"profile": reproducible_origin(profile)})
    assert made == "gmvae paper --profile digits --set 'budgets=[18,35]'"
    assert parameters_of(made) == profile.values


@pytest.mark.parametrize("results", records(RECORD), ids=lambda r: r.summary["data"]["name"])
def test_the_commands_on_record_give_the_parameters_on_record(results):
    given = parameters_of(command(results.summary))
    recorded = results.summary["configuration"]
    assert {name: given[name] for name in recorded} == recorded


def test_a_path_is_known_from_any_folder(tmp_path, monkeypatch):
    np.savez(tmp_path / "mine.npz", images=np.arange(2 * 784).reshape(2, 28, 28) % 256)
    monkeypatch.chdir(tmp_path)
    for asked, kept in (("mine.npz", str(tmp_path / "mine.npz")), ("digits", "digits")):
        chosen = load_profile("letters", {"dataset": asked})
        summary = write_summary(tmp_path / "runs" / asked, chosen, load_dataset(asked), [])
        assert summary["configuration"]["dataset"] == kept
        assert summary["profile"]["settings"]["dataset"] == asked  # as the command has it
