"""Profiles: named sets of parameters, a user's own settings above them, and what fits the data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gmvae.checks import named, together
from gmvae.data.sources import DATASET_NAMES
from gmvae.errors import InputError
from gmvae.files import PROJECT, expanded, is_file, is_folder
from gmvae.runs.parameters import PARAMETERS, check_parameters
from gmvae.runs.strict_yaml import LARGEST, read_mapping

PROFILES = PROJECT / "notebooks" / "profiles"


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


def load_profile(
    profile: str, settings: Mapping[str, Any], known: Iterable[str] = PARAMETERS
) -> Profile:
    """Put together the parameters of a profile and the user's own settings.

    Parameters
    ----------
    profile : str
        A name under ``notebooks/profiles`` or the path of a YAML file. Each states what differs
        from ``base.yml``. A relative path in a file of one's own starts at that file's folder.
    settings : mapping
        Values that override the profile's. The caps of `max_labels` are overridden method by
        method; null lifts one. A relative path in them starts at the current folder.
    known : iterable of str
        Names that may be set.

    Raises
    ------
    InputError
        If the profile does not exist or is not a mapping, or names or values are not allowed,
        with a sentence, in a line of its own, about each of them.
    """
    own_file = profile.endswith((".yml", ".yaml"))
    path = expanded(profile) if own_file else PROFILES / f"{profile}.yml"
    stated = _stated(profile, path)
    given = _overridden(_overridden(_read_profile(PROFILES / "base.yml"), stated), settings)
    of_file = own_file and "dataset" in stated and "dataset" not in settings
    _, values, *_ = together(
        partial(check_parameters, settings, known),
        partial(check_parameters, given),
        *([partial(_beside, path, stated["dataset"])] if of_file else []),
    )
    if of_file:
        values["dataset"] = _beside(path, stated["dataset"])
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


def _stated(profile: str, path: Path) -> dict[str, Any]:
    """Return what a profile states, or refuse it where there is none."""
    known = sorted(p.stem for p in PROFILES.glob("*.yml") if p.stem != "base")
    if profile == "base" or not is_file(path):
        raise InputError(
            f"--profile {named(profile)} does not exist: it must be {', '.join(known)} or the path"
            " of a .yml file."
        )
    return _read_profile(path)


def _beside(profile: Path, dataset: Any) -> Any:
    """Return a data set's name as it is, and its path from the folder of the profile file."""
    if not isinstance(dataset, str) or not dataset or dataset in DATASET_NAMES:
        return dataset  # the check of parameters refuses what is no text
    place = profile.parent / expanded(dataset)
    if not is_file(place) and not is_folder(place):
        raise InputError(
            f"{named(profile)} states dataset: {named(dataset)}, which is neither one of"
            f" {', '.join(DATASET_NAMES)} nor the path of a file or folder; a relative path in a"
            f" profile starts at the profile's folder, {named(profile.parent.absolute())}."
        )
    return str(place)


def _overridden(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return `below` with the values of `above` in place, caps one by one."""
    values = {**below, **above}
    caps = below.get("max_labels"), above.get("max_labels")
    if isinstance(caps[0], dict) and isinstance(caps[1], dict):  # else there is nothing to merge
        values["max_labels"] = {**caps[0], **caps[1]}
    return values


def _read_profile(path: Path) -> dict[str, Any]:
    """Return what a profile file states, texts as they are written."""
    texts = {name for name, parameter in PARAMETERS.items() if parameter.literal}
    try:
        with path.open(encoding="utf-8-sig") as file:
            content = read_mapping(file.read(LARGEST + 1), texts)
    except InputError as error:
        raise InputError(f"{named(path)} cannot be read as YAML: {error}.") from None
    except (OSError, ValueError) as error:  # ValueError: not UTF-8
        reason = type(error).__name__
        raise InputError(f"{named(path)} cannot be read as YAML: {reason}.") from None
    if not isinstance(content, dict):
        raise InputError(f"{named(path)} must hold parameters as `name: value` lines.")
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


def fit_sizes(profile: Profile, n_images: int) -> tuple[list[int] | None, list[int]]:
    """Return the sizes K that chapter 08 can compare, None for none, and those that are dropped.

    A model cannot have more components than images, and a plain one, K = 1, is compared with none.

    Raises
    ------
    InputError
        If a size that the user set is such.
    """
    sizes, k = profile.values["sweep_components"], profile.values["n_components"]
    if sizes is None:
        return None, []
    unfit = [size for size in sizes if k == 1 or size > n_images]
    if unfit and "sweep_components" in profile.explicit:
        because = (
            "with n_components=1, a plain model, there is nothing to compare"
            if k == 1
            else f"each may be at most {n_images}, the number of images"
        )
        raise InputError(f"sweep_components is {sizes}; {because}.")
    return [size for size in sizes if size not in unfit] or None, unfit


def fit_methods(
    profile: Profile, budgets: Iterable[int], own_caps: Mapping[str, int | None] | None = None
) -> tuple[list[str], list[str]]:
    """Return the methods that have a budget within their cap and those of the defaults without.

    `own_caps`: those of the methods themselves, where max_labels says nothing.

    Raises
    ------
    InputError
        If a method that the user set, or capped, has none, or no default one is left.
    """
    methods, caps = profile.values["methods"], {**(own_caps or {}), **profile.values["max_labels"]}
    least = min(budgets)
    idle = [m for m in methods if caps.get(m) is not None and caps[m] < least]
    kept = [m for m in methods if m not in idle]
    if idle and (profile.explicit & {"methods", "max_labels"} or not kept):
        raise InputError(
            f"max_labels of {idle[0]} is {caps[idle[0]]}, below the least of budgets, {least}:"
            f" raise it, or leave {idle[0]} out of methods."
        )
    return kept, idle
