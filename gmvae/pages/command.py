"""The command that makes a run again."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def command(summary: Mapping[str, Any], out: Path | None = None, verb: str = "paper") -> str:
    """Return the command that makes a run again, with the very parameters that it had.

    Parameters
    ----------
    summary : mapping
        Of the run, ``summary.json``; its `profile` has a name and settings that together give
        the parameters.
    out : Path, optional
        The run directory, where it is not the default one.
    verb : str
        ``train`` for a run of images without labels.
    """
    profile = summary["profile"]
    words = ["gmvae", verb, "--profile", profile["name"], *settings(profile["settings"])]
    return shlex.join(words if out is None else [*words, "--out", str(out)])


def settings(values: Mapping[str, Any]) -> list[str]:
    """Return parameters as the words of a command, ``--set NAME=VALUE`` each."""
    words = []
    for name, value in values.items():
        text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        words += ["--set", f"{name}={text}"]
    return words
