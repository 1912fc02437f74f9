"""Checks of what callers and users give, refused in one form: NAME is VALUE; it must be ALLOWED."""

import math
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np

from gmvae.errors import InputError

T = TypeVar("T")
LONGEST = 200  # characters of a value that a sentence shows


def refusal(name: str, value: Any, allowed: str) -> InputError:
    """Return the error that refuses `value`; `allowed` is a noun phrase."""
    return InputError(f"{name} is {shown(value)}; it must be {allowed}.")


def shown(value: Any) -> str:
    """Return `value` as a sentence shows it: a text in quotes, and what is long cut short."""
    return _cut(str(value) if isinstance(value, np.generic) else repr(value))


def named(name: Any) -> str:
    """Return a name or a path as a sentence shows it: on one line, and cut short."""
    text = str(name)
    return _cut(text if text.isprintable() else repr(text)[1:-1])


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


LARGEST_SEED = 2**32 - 1  # of scikit-learn's random states


def together(*checks: Callable[[], Any]) -> list[Any]:
    """Call all of `checks` and return what they return, in their order.

    Raises
    ------
    InputError
        If any of them refuses: with all their sentences, each once and in a line of its own.
    """
    returned, refused = [], []
    for check in checks:
        try:
            returned.append(check())
        except InputError as error:
            refused += str(error).splitlines()
    if refused:
        raise InputError("\n".join(dict.fromkeys(refused)))
    return returned


def whole(
    name: str,
    value: Any,
    least: int = 0,
    most: float = math.inf,
    because: str = "",
    integral: bool = False,
) -> int:
    """Return `value` as an int from `least` to `most`.

    Parameters
    ----------
    name
        What the sentence calls it.
    value
        A Python or NumPy whole number; truth values are none.
    least, most
        Both allowed.
    because
        Follows the allowed range in the sentence, such as what sets its end.
    integral
        Whether a float such as 3.0 is a whole number.

    Raises
    ------
    InputError
        If `value` is anything else.
    """
    number = (
        value.item() if isinstance(value, np.ndarray | np.generic) and value.size == 1 else value
    )
    if integral and isinstance(number, float) and number.is_integer():
        number = int(number)
    is_whole = isinstance(number, int) and not isinstance(number, bool)
    if not is_whole or not least <= number <= most:
        reach = f"of at least {least}" if most == math.inf else f"from {least} to {most}"
        raise refusal(name, value, f"a whole number {reach}{because}")
    return number


def real(
    name: str,
    value: Any,
    *,
    above: float | None = None,
    least: float | None = None,
    below: float | None = None,
    most: float | None = None,
) -> float:
    """Return `value` as a finite float within limits; YAML's ``1e-3``, a text, is a number too.

    Parameters
    ----------
    name, value
        As in :func:`whole`.
    above, least, below, most
        Limits, of which `least` and `most` are allowed themselves.

    Raises
    ------
    InputError
        If `value` is anything else.
    """
    try:
        number = math.nan if isinstance(value, bool | np.bool_) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    low = -math.inf if above is None and least is None else (above if least is None else least)
    high = math.inf if below is None and most is None else (below if most is None else most)
    assert low is not None  # for mypy
    assert high is not None
    inside = low <= number <= high and number not in (above, below)
    if not inside or math.isinf(number):
        words = {"above": above, "of at least": least, "below": below, "at most": most}
        limits = [f"{word} {limit:g}" for word, limit in words.items() if limit is not None]
        raise refusal(name, value, " ".join(["a finite number", " and ".join(limits)]).strip())
    return number


def flag(name: str, value: Any) -> bool:
    """Return `value`, true or false, or raise InputError."""
    if not isinstance(value, bool):
        raise refusal(name, value, "true or false")
    return value


def text(name: str, value: Any) -> str:
    """Return `value`, a text that is not empty, or raise InputError."""
    if not isinstance(value, str) or not value:
        raise refusal(name, value, "a text that is not empty")
    return value


def one_of(name: str, value: T, allowed: Iterable[T]) -> T:
    """Return `value` if it is in `allowed`, or raise InputError with all that are."""
    choices = list(allowed)
    if not any(type(value) is type(choice) and value == choice for choice in choices):
        *others, last = map(str, choices)
        raise refusal(name, value, f"{', '.join(others)} or {last}" if others else last)
    return value


def several(
    name: str, value: Any, item: Callable[[str, Any], T], what: str, unique: bool = True
) -> list[T]:
    """Return a list that is not empty, each entry checked by `item`, and repeats nothing.

    `what` says in the plural what the entries are, with an example of a list. If not `unique`,
    entries may be repeated.
    """
    if not isinstance(value, list) or not value:
        raise refusal(name, value, f"a list of {what}")
    checked = [item(f"an entry of {name}", entry) for entry in value]
    if unique and len(set(map(str, checked))) < len(checked):
        raise refusal(name, value, f"without repetition, a list of {what}")
    return checked
