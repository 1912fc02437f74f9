"""Labels that a person has given, as a CSV file with the columns ``index`` and ``label``.

Images from a folder have names, in a column ``file``. Where it is there it says which image a label
is of, so that labels outlive images that are added or taken away; then no index is needed.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gmvae.errors import InputError

_SEPARATORS = ",;\t"


@dataclass(frozen=True)
class GivenLabels:
    """Labels of some images.

    Attributes
    ----------
    index : int64 array (n,)
        Positions in the data set, ascending and different.
    label : str array (n,)
        Any text; equal texts are one class.
    n_moved : int
        Of how many a file is named that had another index when it was labelled.
    names_unknown : bool
        Whether files are named, though the images of the data set have no names.
    """

    index: np.ndarray
    label: np.ndarray
    n_moved: int = 0
    names_unknown: bool = False

    def __len__(self) -> int:
        return len(self.index)


class _Row(NamedTuple):
    """What a row says; texts are empty where a column is not there."""

    line: int
    number: str
    file: str
    label: str


def read_labels(path: Path, n_images: int, names: np.ndarray | None = None) -> GivenLabels:
    """Read a label file of a data set of `n_images` images.

    Columns may be separated by commas, semicolons or tabs; others are ignored, and so are rows
    without a label and blanks around one. Letters with marks are one text however they are coded.

    Parameters
    ----------
    path : Path
    n_images : int
    names : str array (n_images,), optional
        Of the images' files; without them a column ``file`` is not read.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column, has a row with too many fields, holds no label,
        an image that is none of the data set's, or one twice.
    """
    places = None if names is None else {_composed(str(name)): i for i, name in enumerate(names)}
    found: dict[int, str] = {}
    n_moved, names_unknown = 0, False
    for row in _rows(path, named=places is not None):
        if not row.label:
            continue
        if places is not None and row.file:
            place = _named(path, row, places)
            n_moved += row.number.isdecimal() and int(row.number) != place
        else:
            place = _numbered(path, row, n_images)
            names_unknown |= places is None and bool(row.file)
        if place in found:
            raise InputError(f"{path}, line {row.line}: image {place} is labelled twice.")
        found[place] = row.label
    if not found:
        raise InputError(f"{path} holds no label.")
    index = sorted(found)
    labels = np.array([found[i] for i in index])
    return GivenLabels(np.array(index), labels, n_moved, names_unknown)


def holds_labels(path: Path) -> bool:
    """Tell whether a table has a label in a column ``label``, whatever else is wrong with it."""
    try:
        return any(row.label for row in _rows(path, named=True))
    except InputError:
        return False


def _composed(text: str) -> str:
    """Return a text in which a letter and its mark are one character, however they are coded."""
    return unicodedata.normalize("NFC", text)


def _text(path: Path) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not in UTF-8; save it as CSV in UTF-8.") from None


def _rows(path: Path, named: bool) -> Iterator[_Row]:
    """Yield the rows below the header; `named`: whether images have names."""
    content, separator = _separated(_text(path))
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator, strict=True)
    try:
        header = [text.strip().lower() for text in next(reader, [])]
        whole = {"index", "file"} if named else {"index"}
        known = [name for name in header if name in ("index", "file", "label")]
        if twice := next((name for name in known if known.count(name) > 1), None):
            raise InputError(f"{path} has two columns {twice}; keep one of them.")
        missing = [] if whole & set(header) else ["index"]
        missing += [] if "label" in header else ["label"]
        if missing:
            needed = "index or file, and label" if named else "index and label"
            raise InputError(f"{path} has no column {missing[0]}; it needs {needed}.")
        for fields in reader:
            if any(text.strip() for text in fields[len(header) :]):
                raise InputError(
                    f"{path}, line {reader.line_num}: there are {len(fields)} fields under"
                    f" {len(header)} columns; a label with a separator stands in quotes."
                )
            row = dict(zip(header, (text.strip() for text in fields), strict=False))
            file, label = (_composed(row.get(name, "")) for name in ("file", "label"))
            yield _Row(reader.line_num, row.get("index", ""), file, label)
    except csv.Error as error:
        raise InputError(f"{path} is not a CSV file: {error}.") from None


def _separated(content: str) -> tuple[str, str]:
    """Return a table's text and its separator, which a first line ``sep=;`` may name."""
    first, _, rest = content.partition("\n")
    if re.fullmatch(f"sep=[{_SEPARATORS}]", first.strip()):
        return rest, first.strip()[-1]
    columns = {
        mark: [text.strip().strip('"').lower() for text in first.split(mark)]
        for mark in _SEPARATORS
    }
    return content, max(columns, key=lambda mark: "label" in columns[mark])


def _numbered(path: Path, row: _Row, n_images: int) -> int:
    """Return the image that a row names by its index."""
    if not re.fullmatch("[0-9]{1,18}", row.number) or int(row.number) >= n_images:
        raise InputError(
            f"{path}, line {row.line}: index is {row.number!r}; it must be a whole number"
            f" from 0 to {n_images - 1}."
        )
    return int(row.number)


def _named(path: Path, row: _Row, places: dict[str, int]) -> int:
    """Return the image that a row names by its file."""
    if row.file not in places:
        raise InputError(
            f"{path}, line {row.line}: file is {row.file!r}, which is no image of the data set."
        )
    return places[row.file]
