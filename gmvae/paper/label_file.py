"""Labels that a person has given, as a CSV file with the columns ``index`` and ``label``."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gmvae.errors import InputError

_COLUMNS = ("index", "label")


@dataclass(frozen=True)
class GivenLabels:
    """Labels of some images.

    Attributes
    ----------
    index : int64 array (n,)
        Positions in the data set, ascending and different.
    label : str array (n,)
        Any text; equal texts are one class.
    """

    index: np.ndarray
    label: np.ndarray

    def __len__(self) -> int:
        return len(self.index)


def read_labels(path: Path, n_images: int) -> GivenLabels:
    """Read a label file of a data set of `n_images` images.

    Columns may be separated by commas, semicolons or tabs; others than the two are ignored, and
    so are rows without a label and blanks around one.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column, holds no label, an index that is none of the
        data set's, or one twice.
    """
    content = _text(path)
    header = content.partition("\n")[0]
    separator = next((mark for mark in ",;\t" if mark in header), ",")
    reader = csv.DictReader(io.StringIO(content, newline=""), delimiter=separator, strict=True)
    try:
        names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
        missing = [column for column in _COLUMNS if column not in names]
        if missing:
            raise InputError(f"{path} has no column {missing[0]}; it needs index and label.")
        reader.fieldnames = names
        found = _numbered(path, reader, n_images)
    except csv.Error as error:
        raise InputError(f"{path} is not a CSV file: {error}.") from None
    if not found:
        raise InputError(f"{path} holds no label.")
    index = sorted(found)
    return GivenLabels(np.array(index), np.array([found[i] for i in index]))


def _text(path: Path) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not in UTF-8; save it as CSV in UTF-8.") from None


def _numbered(path: Path, reader: "csv.DictReader[str]", n_images: int) -> dict[int, str]:
    """Return the label of each image that a reader's rows name."""
    found: dict[int, str] = {}
    for row in reader:
        label = (row["label"] or "").strip()
        if not label:
            continue
        text = (row["index"] or "").strip()
        if not re.fullmatch("[0-9]{1,18}", text) or int(text) >= n_images:
            raise InputError(
                f"{path}, line {reader.line_num}: index is {text!r}; it must be a whole number"
                f" from 0 to {n_images - 1}."
            )
        if int(text) in found:
            raise InputError(f"{path}, line {reader.line_num}: image {text} is labelled twice.")
        found[int(text)] = label
    return found
