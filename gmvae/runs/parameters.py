"""The parameters of a run: what they are called, what they may be, and where they come from."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from gmvae.checks import flag, one_of, real, refusal, several, text, whole
from gmvae.errors import InputError
from gmvae.files import PROJECT

Check = Callable[[str, Any], Any]  # (name, value): the value in its type, or InputError


def _several(item: Check, what: str) -> Check:
    return partial(several, item=item, what=what)


def _jobs(name: str, value: Any) -> int:
    if value != -1 or isinstance(value, bool):
        allowed = "a number of processes of at least 1, or -1 for all cores"
        try:
            return whole(name, value, 1)
        except InputError:
            raise refusal(name, value, allowed) from None
    return value


def _caps(name: str, value: Any) -> dict[str, int | None]:
    if not isinstance(value, dict):
        allowed = "a mapping from methods to numbers of labels, such as {xgboost: 1456}"
        raise refusal(name, value, allowed)
    caps = {text(f"a method in {name}", method): cap for method, cap in value.items()}
    return {m: None if cap is None else whole(f"{name} of {m}", cap, 1) for m, cap in caps.items()}


def _cluster_weights(name: str, value: Any) -> list[float]:
    if not isinstance(value, list) or not value:
        raise refusal(name, value, "a list of one number a cluster, such as [5, 3, 2]")
    weights = [real(f"an entry of {name}", weight, least=0) for weight in value]
    if not any(weights):
        raise refusal(name, value, "a list with at least one positive number")
    return weights


_from_0, _from_1, _from_2 = (partial(whole, least=n) for n in (0, 1, 2))
_positive, _not_negative = partial(real, above=0), partial(real, least=0)
_seeds = _several(_from_0, "whole numbers from 0, such as [0, 1]")
_counts = _several(_from_1, "whole numbers from 1, such as [1, 2]")


@dataclass(frozen=True)
class Parameter:
    """One parameter: its check, whether it may be null, and whether results depend on it."""

    check: Check
    nullable: bool = False
    affects_results: bool = True


PARAMETERS: dict[str, Parameter] = {
    "dataset": Parameter(text),
    "n_components": Parameter(_from_1),
    "latent_dim": Parameter(_from_1),
    "factorisation": Parameter(partial(one_of, allowed=("shared", "per-component"))),
    "epochs": Parameter(_from_1),
    "batch_size": Parameter(_from_1),
    "learning_rate": Parameter(_positive),
    "normalise": Parameter(flag),
    "warp_strength": Parameter(_not_negative),
    "precision": Parameter(partial(one_of, allowed=("auto", "float32", "bfloat16"))),
    "model_seed": Parameter(_from_0),
    "model_seeds": Parameter(_seeds, nullable=True),
    "n_labels": Parameter(_from_2),  # of two classes at least
    "budgets": Parameter(_counts),
    "label_seeds": Parameter(_seeds),
    "competitor_label_seeds": Parameter(_seeds, nullable=True),
    "methods": Parameter(_several(text, "method names, such as [hard, soft]")),
    "max_labels": Parameter(_caps),
    "confidence": Parameter(partial(real, above=0, below=1)),
    "population": Parameter(_from_1, nullable=True),
    "weights": Parameter(_cluster_weights, nullable=True),
    "stratified": Parameter(flag),
    "inductive": Parameter(flag),
    "umap": Parameter(flag),
    "tensorboard": Parameter(flag),
    "comparison_images": Parameter(_from_2),
    "comparison_epochs": Parameter(_from_1),
    "comparison_components": Parameter(_from_2),
    "comparison_top": Parameter(_counts),
    "n_jobs": Parameter(_jobs, affects_results=False),
    "backend": Parameter(partial(one_of, allowed=("loky", "dask")), affects_results=False),
    "scheduler": Parameter(text, nullable=True, affects_results=False),
}

PROFILES = PROJECT / "notebooks" / "profiles"


def check_parameters(given: Mapping[str, Any], known: Iterable[str] = PARAMETERS) -> dict[str, Any]:
    """Return `given` with every value in its proper type.

    Raises
    ------
    InputError
        If a name is not in `known` or a value is not allowed; the sentence says what is.
    """
    names = sorted(known)
    checked: dict[str, Any] = {}
    for name, value in given.items():
        if name not in names:
            raise InputError(f"{name} is not a parameter: there are {', '.join(names)}.")
        parameter = PARAMETERS[name]
        if value is None and parameter.nullable:
            checked[name] = None
            continue
        checked[name] = parameter.check(name, value)
    return checked


def parse_settings(settings: Iterable[str]) -> dict[str, Any]:
    """Read ``KEY=VALUE`` texts, each value as YAML.

    Raises
    ------
    InputError
        If a text has no ``=`` or its value is not YAML.
    """
    parsed = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise InputError(f"--set {setting} is not of the form KEY=VALUE.")
        try:
            parsed[name.strip()] = yaml.safe_load(value)
        except (ValueError, yaml.YAMLError):  # ValueError: a date that does not exist
            raise InputError(f"--set {setting}: the value is not YAML.") from None
    return parsed


@dataclass(frozen=True)
class Profile:
    """A named set of parameters; `explicit` are the names that a user, not we, have set."""

    name: str
    values: dict[str, Any]
    explicit: frozenset[str]

    @property
    def origin(self) -> dict[str, Any]:
        """The profile's name and what the user has set, which together are the command."""
        return {"name": self.name, "settings": {k: self.values[k] for k in sorted(self.explicit)}}


def load_profile(profile: str, settings: Mapping[str, Any]) -> Profile:
    """Put together the parameters of a profile and the user's own settings.

    Parameters
    ----------
    profile : str
        A name under ``notebooks/profiles`` or the path of a YAML file. Each states what differs
        from ``base.yml``.
    settings : mapping
        Values that override the profile's. The caps of `max_labels` are overridden method by
        method; null lifts one.

    Raises
    ------
    InputError
        If the profile does not exist or is not a mapping, or a name or value is not allowed.
    """
    own_file = profile.endswith((".yml", ".yaml"))
    path = Path(profile) if own_file else PROFILES / f"{profile}.yml"
    known = sorted(p.stem for p in PROFILES.glob("*.yml") if p.stem != "base")
    if profile == "base" or not path.is_file():
        raise InputError(
            f"--profile {profile} does not exist: it must be {', '.join(known)} or the path of a"
            " .yml file."
        )
    stated = _read_profile(path)
    base = _read_profile(PROFILES / "base.yml")
    values = check_parameters(_overridden(_overridden(base, stated), settings))
    if values["model_seeds"] is None:
        values["model_seeds"] = [values["model_seed"]]
    if values["model_seed"] not in values["model_seeds"]:
        raise InputError(
            f"model_seeds={values['model_seeds']} must contain model_seed={values['model_seed']}."
        )
    if "dataset" not in values:
        raise InputError(f"Profile {path.stem} names no data set: add --set dataset=PATH.")
    explicit = frozenset(settings) | (frozenset(stated) if own_file else frozenset())
    return Profile(path.stem, values, explicit)


def _overridden(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return `below` with the values of `above` in place, caps one by one."""
    values = {**below, **above}
    caps = below.get("max_labels"), above.get("max_labels")
    if isinstance(caps[0], dict) and isinstance(caps[1], dict):  # else there is nothing to merge
        values["max_labels"] = {**caps[0], **caps[1]}
    return values


def _read_profile(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:  # ValueError: not UTF-8, or no date
        raise InputError(f"{path} cannot be read as YAML ({type(error).__name__}).") from None
    if not isinstance(content, dict):
        raise InputError(f"{path} must hold parameters as `name: value` lines.")
    return content


def fit_budgets(profile: Profile, n_images: int) -> tuple[list[int], list[int]]:
    """Return the budgets that fit `n_images` and those of the defaults that are dropped.

    A budget above N/2 leaves too little to be scored on.

    Raises
    ------
    InputError
        If a budget that the user set is above N/2, or no default one is left.
    """
    budgets = profile.values["budgets"]
    too_large = [budget for budget in budgets if budget > n_images / 2]
    kept = [budget for budget in budgets if budget <= n_images / 2]
    if too_large and ("budgets" in profile.explicit or not kept):
        raise InputError(
            f"budgets is {budgets}; a budget must be at most {n_images // 2}, half of the"
            f" {n_images} images."
        )
    return kept, too_large
