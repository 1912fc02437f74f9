"""The parameters of a run: what they are called, what they may be, and where they come from."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from gmvae.errors import InputError

Check = Callable[[Any], Any]  # returns the value in its proper type, or raises ValueError


def _whole(least: int) -> Check:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"a whole number of at least {least}")
        return value

    return check


def _real(low: float, high: float, closed: bool = False) -> Check:
    def check(value: Any) -> float:
        allowed = f"a number {'from' if closed else 'above'} {low:g}"
        allowed += f" {'to' if closed else 'and below'} {high:g}" if high < float("inf") else ""
        try:
            number = float(value)  # YAML reads 1e-3 as a string
        except (TypeError, ValueError, OverflowError):
            raise ValueError(allowed) from None
        inside = low <= number <= high if closed else low < number < high
        if isinstance(value, bool) or not inside:
            raise ValueError(allowed)
        return number

    return check


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text that is not empty")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _one_of(*choices: str) -> Check:
    def check(value: Any) -> str:
        if value not in choices:
            raise ValueError(" or ".join(choices))
        return value

    return check


def _several(item: Check, what: str, example: str = "[1, 2]") -> Check:
    def check(value: Any) -> list[Any]:
        if not isinstance(value, list) or not value:
            raise ValueError(f"a list of {what}, such as {example}")
        checked = [item(entry) for entry in value]
        if len(set(map(str, checked))) < len(checked):
            raise ValueError(f"a list of {what} without repetition")
        return checked

    return check


def _jobs(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < -1 or value == 0:
        raise ValueError("a number of processes of at least 1, or -1 for all cores")
    return value


def _caps(value: Any) -> dict[str, int | None]:
    if not isinstance(value, dict):
        raise ValueError("a mapping from methods to numbers of labels, such as {xgboost: 1456}")
    return {_text(method): None if cap is None else _whole(1)(cap) for method, cap in value.items()}


def _cluster_weights(value: Any) -> list[float]:
    if not isinstance(value, list) or not value:
        raise ValueError("a list of one number a cluster, such as [5, 3, 2]")
    weights = [_real(0, float("inf"), closed=True)(weight) for weight in value]
    if not any(weights):
        raise ValueError("a list with at least one positive number")
    return weights


@dataclass(frozen=True)
class Parameter:
    """One parameter: its check, whether it may be null, and whether results depend on it."""

    check: Check
    nullable: bool = False
    affects_results: bool = True


PARAMETERS: dict[str, Parameter] = {
    "dataset": Parameter(_text),
    "n_components": Parameter(_whole(1)),
    "latent_dim": Parameter(_whole(1)),
    "factorisation": Parameter(_one_of("shared", "per-component")),
    "epochs": Parameter(_whole(1)),
    "batch_size": Parameter(_whole(1)),
    "learning_rate": Parameter(_real(0, float("inf"))),
    "normalise": Parameter(_flag),
    "warp_strength": Parameter(_real(0, float("inf"), closed=True)),
    "model_seed": Parameter(_whole(0)),
    "model_seeds": Parameter(_several(_whole(0), "whole numbers from 0"), nullable=True),
    "n_labels": Parameter(_whole(2)),  # of two classes at least
    "budgets": Parameter(_several(_whole(1), "whole numbers from 1")),
    "label_seeds": Parameter(_several(_whole(0), "whole numbers from 0")),
    "competitor_label_seeds": Parameter(_several(_whole(0), "whole numbers from 0"), nullable=True),
    "methods": Parameter(_several(_text, "method names", "[hard, soft]")),
    "max_labels": Parameter(_caps),
    "confidence": Parameter(_real(0, 1)),
    "population": Parameter(_whole(1), nullable=True),
    "weights": Parameter(_cluster_weights, nullable=True),
    "stratified": Parameter(_flag),
    "inductive": Parameter(_flag),
    "umap": Parameter(_flag),
    "tensorboard": Parameter(_flag),
    "comparison_images": Parameter(_whole(2)),
    "comparison_epochs": Parameter(_whole(1)),
    "comparison_components": Parameter(_whole(2)),
    "comparison_top": Parameter(_several(_whole(1), "whole numbers from 1")),
    "n_jobs": Parameter(_jobs, affects_results=False),
    "backend": Parameter(_one_of("loky", "dask"), affects_results=False),
    "scheduler": Parameter(_text, nullable=True, affects_results=False),
}

PROFILES = Path(__file__).parent.parent / "notebooks" / "profiles"


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
        try:
            checked[name] = parameter.check(value)
        except ValueError as error:
            raise InputError(f"{name}={value} is not allowed: it must be {error}.") from None
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
            f"budgets={budgets} is not allowed: a budget is at most half of the {n_images} images,"
            f" which is {n_images // 2}."
        )
    return kept, too_large
