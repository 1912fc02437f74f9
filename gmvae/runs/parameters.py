"""The parameters of a run: what they are called, what they may be, and how text becomes one."""

import ast
import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from gmvae.checks import (
    LARGEST_SEED,
    flag,
    named,
    one_of,
    real,
    refusal,
    several,
    text,
    together,
    whole,
)
from gmvae.data.sources import check_dataset_name
from gmvae.errors import InputError
from gmvae.files import expanded
from gmvae.runs.strict_yaml import read_value

_LONGEST_NAME = 40  # characters of an unknown name that a sentence shows
_MOST_NAMES = 30  # known names that a sentence lists, the most alike to the unknown one

Check = Callable[[str, Any], Any]  # (name, value): the value in its type, or InputError


def _several(item: Check, what: str, unique: bool = True) -> Check:
    return partial(several, item=item, what=what, unique=unique)


def _up_to(name: str, value: Any, check: Check, most: float) -> Any:
    """Return what `check` does, unless it is above `most`, where no training ends well."""
    if (checked := check(name, value)) > most:
        raise refusal(name, value, f"at most {most:,}")
    return checked


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


def _path(name: str, value: Any) -> str:
    """Return a text, with a home in place of its ~."""
    return str(expanded(value)) if text(name, value).startswith("~") else value


def _cluster_weights(name: str, value: Any) -> list[float]:
    if not isinstance(value, list) or not value:
        raise refusal(name, value, "a list of one number a cluster, such as [5, 3, 2]")
    weights = [real(f"an entry of {name}", weight, least=0) for weight in value]
    if not any(weights):
        raise refusal(name, value, "a list with at least one positive number")
    return weights


_from_1, _from_2 = partial(whole, least=1), partial(whole, least=2)
_seed = partial(whole, least=0, most=LARGEST_SEED)
_seeds = _several(_seed, "whole numbers from 0, such as [0, 1]")
_counts = _several(_from_1, "whole numbers from 1, such as [1, 2]")
_width = partial(_up_to, check=_from_1, most=16_384)  # more do not fit a memory
_widths = _several(_width, "whole numbers from 1, such as [256, 256]", unique=False)
_epochs = partial(_up_to, check=_from_1, most=1_000_000)
_rate = partial(_up_to, check=partial(real, above=0), most=1)
_strength = partial(_up_to, check=partial(real, least=0), most=10)
_labels = _several(_from_2, "whole numbers from 2, such as [26, 50]")


@dataclass(frozen=True)
class Parameter:
    """One parameter: what it may be, and what depends on it.

    Attributes
    ----------
    check : callable
    nullable : bool
        Whether it may be null.
    affects_results : bool
    literal : bool
        Whether it is a text, which is then taken as it is written, not as YAML.
    """

    check: Check
    nullable: bool = False
    affects_results: bool = True
    literal: bool = False


def _choice(*allowed: str, affects_results: bool = True) -> Parameter:
    """Return a parameter that is one of the texts `allowed`."""
    check = partial(one_of, allowed=allowed)
    return Parameter(check, affects_results=affects_results, literal=True)


PARAMETERS: dict[str, Parameter] = {
    "dataset": Parameter(_path, literal=True),
    "n_components": Parameter(_from_1),
    "latent_dim": Parameter(_width),
    "factorisation": _choice("shared", "per-component"),
    "epochs": Parameter(_epochs),
    "batch_size": Parameter(_from_1),
    "learning_rate": Parameter(_rate),
    "encoder_hidden": Parameter(_widths),
    "decoder_hidden": Parameter(_widths),
    "normalise": Parameter(flag),
    "warp_strength": Parameter(_strength),
    "precision": _choice("auto", "float32", "bfloat16"),
    "model_seed": Parameter(_seed),
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
    "comparison_epochs": Parameter(_epochs),
    "comparison_components": Parameter(_from_2),
    "comparison_top": Parameter(_counts),
    "sweep_components": Parameter(_counts, nullable=True),
    "sweep_model_seeds": Parameter(_seeds),
    "choice_budgets": Parameter(_labels),
    "n_jobs": Parameter(_jobs, affects_results=False),
    "backend": _choice("loky", "dask", affects_results=False),
    "scheduler": Parameter(text, nullable=True, affects_results=False, literal=True),
}

PLACES = {"run_dir": Parameter(_path, literal=True), "out_dir": Parameter(_path, literal=True)}
"""Where a chapter reads and writes; the pipeline sets them, or papermill by hand."""


def check_parameters(given: Mapping[str, Any], known: Iterable[str] = PARAMETERS) -> dict[str, Any]:
    """Return `given` with every value in its proper type.

    Raises
    ------
    InputError
        If names are not in `known` or values are not allowed, with a sentence, in a line of its
        own, about each of them.
    """
    names = sorted(known)
    checks = [partial(_checked, name, value, names) for name, value in given.items()]
    return dict(zip(given, together(*checks), strict=True))


def _checked(name: str, value: Any, names: list[str]) -> Any:
    """Return `value` in the proper type of the parameter `name`."""
    if name not in names:
        raise _unknown(name, names)
    parameter = PARAMETERS[name]
    return None if value is None and parameter.nullable else parameter.check(name, value)


def _unknown(name: Any, names: list[str]) -> InputError:
    """Return the error that refuses a name and tells the known ones, or those most like it."""
    near = difflib.get_close_matches(str(name), names, n=1)
    alike = difflib.get_close_matches(str(name), names, n=_MOST_NAMES, cutoff=0)
    more = f" and {len(names) - len(alike)} more" if len(alike) < len(names) else ""
    nearest = f"; the nearest is {near[0]}" if near else ""
    listed = ", ".join(sorted(alike)) + more
    short = str(name) if len(str(name)) <= _LONGEST_NAME else f"{str(name)[:_LONGEST_NAME]}…"
    return InputError(f"{named(short)} is not a parameter: there are {listed}{nearest}.")


def parse_settings(settings: Iterable[str], *, find_data: bool = False) -> dict[str, Any]:
    """Read ``KEY=VALUE`` texts and check them; of two of one name the last counts.

    Parameters
    ----------
    settings : iterable of str
    find_data : bool
        Also refuse a ``dataset`` that is not there, so that it is told with all else.

    Returns
    -------
    dict
        Text parameters as they are written, others as YAML, in their proper types.

    Raises
    ------
    InputError
        If texts have no ``=``, values are not YAML, or parameters are refused by
        :func:`check_parameters`, with a sentence, in a line of its own, about each of them.
    """
    parsed: dict[str, Any] = {}

    def read(setting: str) -> None:
        name, value = _parsed(setting)
        parsed[name] = value

    def find() -> None:
        if find_data and isinstance(parsed.get("dataset"), str):
            check_dataset_name(parsed["dataset"])

    reads = [partial(read, setting) for setting in settings]
    return together(*reads, lambda: check_parameters(parsed), find)[-2]


def _parsed(setting: str) -> tuple[str, Any]:
    """Read one ``KEY=VALUE``."""
    name, equals, value = setting.partition("=")
    if not equals or not name:
        raise InputError(f"--set {named(setting)} is not of the form KEY=VALUE.")
    if name != name.rstrip():  # KEY = VALUE
        value = value.lstrip()
    name = name.strip()
    return name, _from_text(name, value, PARAMETERS.get(name), f"--set {named(setting)}")


def _from_text(name: str, value: str, parameter: Parameter | None, said: str) -> Any:
    """Return what a text means as the value of `name`; `said` is how a sentence quotes it."""
    if parameter is not None and parameter.literal:
        return None if parameter.nullable and value in ("null", "None") else value
    try:
        return read_value(value)
    except InputError as error:
        raise InputError(f"{said}: the value is not YAML that is read here: {error}.") from None


def chapter_parameters(values: Mapping[str, Any], from_run: Iterable[str] = ()) -> dict[str, Any]:
    """Return a chapter's parameters in their proper types, whoever has set them.

    Papermill leaves ``false``, lists and most numbers in words as texts, and sets names that a
    notebook does not know. So each chapter passes its variables through here, after its cell of
    parameters::

        globals().update(chapter_parameters(globals()))

    Parameters
    ----------
    values : mapping
        Parameters by name; or the globals of a notebook, whose parameters are the names that it
        has annotated with a type.
    from_run : iterable of str
        Names that may be None, because the chapter then takes the value of the run.

    Returns
    -------
    dict
        Every parameter; texts of others than text parameters are read as ``--set`` reads them.

    Raises
    ------
    InputError
        If values are not allowed, or papermill was given names that the notebook does not have,
        with a sentence, in a line of its own, about each of them.
    """
    declared = values.get("__annotations__", values)
    names = [*declared, *sorted(_injected(values.get("In", ())) - set(declared))]
    allowed = sorted(declared if declared is not values else {**PARAMETERS, **PLACES})
    missing = set(from_run)
    checks = [partial(_of_chapter, n, values.get(n), allowed, n in missing) for n in names]
    return dict(zip(names, together(*checks), strict=True))


def _of_chapter(name: str, value: Any, allowed: list[str], from_run: bool) -> Any:
    """Return one parameter of a chapter in its proper type."""
    parameter = {**PARAMETERS, **PLACES}.get(name)
    if name not in allowed or parameter is None:
        raise _unknown(name, allowed)
    if parameter.literal and isinstance(value, int | float):
        raise refusal(name, value, "a text, which papermill passes on with -r in place of -p")
    if isinstance(value, str):
        value = _from_text(name, value, parameter, f"{name} {named(value)}")
    if value is None and (from_run or parameter.nullable):
        return None
    return parameter.check(name, value)


def _injected(cells: Iterable[str]) -> set[str]:
    """Return the names that papermill has set, in a cell that it puts in with this first line."""
    trees = [ast.parse(cell) for cell in cells if cell.startswith("# Parameters\n")]
    assigned = [node for tree in trees for node in tree.body if isinstance(node, ast.Assign)]
    return {t.id for node in assigned for t in node.targets if isinstance(t, ast.Name)}
