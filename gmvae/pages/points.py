"""Differences of accuracies in words: points with one decimal, intervals in brackets."""

import math
from collections.abc import Mapping
from typing import Any


def tenth(share: float) -> str:
    """Return a share in points with its sign; adding 0.0 turns a rounded -0.0 into 0.0."""
    return f"{round(100 * share, 1) + 0.0:+.1f}"


def interval(row: Mapping[Any, Any]) -> str:
    """Return `` (low to high)`` in points, empty where ``low`` is missing, None or NaN."""
    low = row.get("low")
    if low is None or math.isnan(low):
        return ""
    return f" ({tenth(low)} to {tenth(row['high'])})"


def points(row: Mapping[Any, Any]) -> str:
    """Return a difference ``mean, low, high`` in points, with its interval where it has one."""
    return f"{tenth(row['mean'])} points{interval(row)}"
