"""Every command that a message, the README or a page names is one that the parser knows."""

import argparse
import ast
import re
import shlex
from pathlib import Path

import pytest

from gmvae.cli.main import _parser
from gmvae.files import PROJECT

PAGES = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *(PROJECT / "book").glob("*.md")]


def literals(path):
    """Texts of a module that are no docstrings; what an f-string puts in is called VALUE."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    spoken = [n for n in ast.walk(tree) if isinstance(n, ast.Expr)]
    docstrings = {id(n.value) for n in spoken if isinstance(n.value, ast.Constant)}
    parts = {id(p) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for p in n.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(p.value if isinstance(p, ast.Constant) else "VALUE" for p in node.values)
        elif isinstance(node, ast.Constant) and id(node) not in docstrings | parts:
            yield str(node.value)


def commands():
    """Every ``gmvae ...`` in backticks or in a block of shell lines, and where it stands."""
    for path in sorted((PROJECT / "gmvae").rglob("*.py")):
        for text in literals(path):
            yield from ((path.name, found) for found in re.findall(r"`(gmvae [^`]+)`", text))
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        lines = [
            x for block in re.findall(r"```bash\n(.*?)```", text, re.S) for x in block.split("\n")
        ]
        for line in [*lines, *re.findall(r"`([^`\n]+)`", text)]:
            if match := re.match(r"(?:\.venv/bin/)?(gmvae [a-z].*)", line.strip()):
                yield path.name, match[1]


COMMANDS = sorted(set(commands()))


def test_commands_are_found():
    assert ("dataset.py", "gmvae train") in COMMANDS
    assert {place for place, _ in COMMANDS} >= {"README.md", "reproduce.md", "record.py"}


def subcommands():
    (action,) = [a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return action.choices


@pytest.mark.parametrize(("place", "command"), COMMANDS)
def test_a_command_that_is_named_can_be_given(place, command):
    words = shlex.split(command, comments=True)[1:]
    assert words[0] in subcommands()
    if len(words) > 1:  # else the sentence names the command and leaves the options to --help
        if words[-1].startswith("--") and Path(place).suffix == ".py":
            words.append("VALUE")  # an option that the sentence names without its value
        _parser().parse_args(words)
