"""The list of references names authors and year, as the text does."""

from collections.abc import Iterator, Sequence

from pybtex.database import Entry
from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.sorting.author_year_title import SortingStyle


class AuthorYearLabels(BaseLabelStyle):
    """Labels such as "Cohen et al., 2017", where others have "[CATvS17]"."""

    def format_labels(self, sorted_entries: Sequence[Entry]) -> Iterator[str]:
        """Yield one label for each entry; years such as 2026a tell namesakes apart."""
        for entry in sorted_entries:
            yield f"{_names(entry)}, {entry.fields['year']}"


class AuthorYearStyle(Style):
    """Pybtex's plain style with those labels, sorted by them."""

    default_label_style = AuthorYearLabels
    default_sorting_style = SortingStyle


def register() -> None:
    """Make the style known to pybtex as ``author_year``."""
    register_plugin("pybtex.style.formatting", "author_year", AuthorYearStyle)


def _names(entry: Entry) -> str:
    """Family names as a reader cites them: one, two, or the first of many."""
    names = [
        " ".join(
            str(part.render_as("text")) for part in (*who.rich_prelast_names, *who.rich_last_names)
        )
        for who in entry.persons["author"]
    ]
    return names[0] + " et al." if len(names) > 2 else " and ".join(names)
