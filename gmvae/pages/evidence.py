"""What a rule may look at to judge a claim: the figures of one run, and of the runs beside it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from gmvae.pages.results import Results

HOLDS, REMARK = "holds", "holds with a remark"
FAILS, UNTESTED = "does not hold", "not tested here"
VERDICTS = (HOLDS, REMARK, FAILS, UNTESTED)
FEW, MORE = 0.73, 2.91  # labels for each component: the article's 73 and 291 for its 100
_NEAR = 1.5  # a budget stands for another if it is at most so many times as large or small


class Finding(NamedTuple):
    """A verdict, and in words what it rests on."""

    verdict: str
    computed: str


class NotMeasured(Exception):
    """A figure that a claim needs is not among the results."""


class Figures(dict[str, Any]):
    """Numbers by name; one that is not there was not measured."""

    def __missing__(self, name: str) -> Any:
        """Raise NotMeasured."""
        raise NotMeasured(name)


@dataclass(frozen=True)
class Evidence:
    """The results that a claim is judged by.

    Attributes
    ----------
    results : Results
        Of the run that the verdict is about.
    beside : sequence of Results
        Of all runs that are shown, for claims about two data sets.
    """

    results: Results
    beside: Sequence[Results] = ()

    def figure(self, chapter: str, *path: str) -> Any:
        """Return a number on record, found by the names that lead to it.

        Raises
        ------
        NotMeasured
            If it is not there, or is None.
        """
        found: Any = self.results.chapters.get(chapter)
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        if found is None:
            raise NotMeasured(f"{chapter}: {'/'.join(path)}")
        return Figures(found) if isinstance(found, Mapping) else found

    @property
    def n_components(self) -> int:
        """K of the run."""
        return int(self.results.summary["configuration"]["n_components"])

    def budget_near(self, per_component: float) -> str:
        """Return the budget of soft decoding nearest to so many labels a component, as text.

        Raises
        ------
        NotMeasured
            If there is none that is at most half as large again, or as small.
        """
        wanted = per_component * self.n_components
        budgets = self.figure("05_supervision", "accuracy", "soft")
        nearest = min(budgets, key=lambda n: abs(math.log(int(n) / wanted)))
        if abs(math.log(int(nearest) / wanted)) > math.log(_NEAR):
            raise NotMeasured(f"a budget near {wanted:.0f}")
        return str(nearest)

    def accuracy(self, method: str, n_labels: str) -> Mapping[str, Any]:
        """Return the ``mean, low, high`` of a method's accuracy."""
        found: Mapping[str, Any] = self.figure("05_supervision", "accuracy", method, n_labels)
        return found

    def soft_minus(self, rule: str, n_labels: str) -> Mapping[str, Any]:
        """Return the ``mean, low, high`` of soft decoding minus a hard rule.

        Raises
        ------
        NotMeasured
            If the two were not compared at this budget.
        """
        rows = self.figure("05_supervision", "soft_minus", rule)
        found = [row for row in rows if int(row["n_labels"]) == int(n_labels)]
        if not found:
            raise NotMeasured(f"soft minus {rule} at {n_labels}")
        return dict(found[0])


def percent(row: Mapping[str, Any]) -> str:
    """Return an accuracy with its interval, in percent."""
    if row.get("low") is None:
        return f"{row['mean']:.1%}"
    return f"{row['mean']:.1%} ({row['low']:.1%} to {row['high']:.1%})"


def end(row: Mapping[str, Any], name: str) -> float:
    """Return an end of an interval, the mean where there is no interval."""
    return float(row["mean"] if row.get(name) is None else row[name])
