"""The libraries that this project stands on, with their licences, as they are installed."""

import re
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata, requires

import pandas as pd

_PREFIX = "License :: OSI Approved :: "
_LONGEST = 60  # characters; some packages put the whole text of their licence in its place


def table_of_libraries(package: str = "gmvae") -> pd.DataFrame:
    """Return `library`, `version` and `licence` of every direct dependency that is installed.

    Parameters
    ----------
    package : str
        An installed distribution.
    """
    rows = []
    for requirement in requires(package) or ():
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        try:
            found = metadata(name)
        except PackageNotFoundError:  # of an extra that was not asked for
            continue
        rows.append((name, found["Version"], licence(found)))
    table = pd.DataFrame(rows, columns=["library", "version", "licence"])
    return table.drop_duplicates("library").sort_values("library", ignore_index=True)


def licence(found: PackageMetadata) -> str:
    """Return the licence that a distribution states: its expression, a classifier or its text."""
    if "License-Expression" in found:  # readers of metadata differ on a field that is missing
        return found["License-Expression"]
    classified = [
        text.removeprefix(_PREFIX)
        for text in found.get_all("Classifier") or ()
        if text.startswith(_PREFIX)
    ]
    if classified:
        return ", ".join(classified)
    text = found["License"].strip() if "License" in found else ""
    return text if text and len(text) <= _LONGEST and "\n" not in text else "see its package"
