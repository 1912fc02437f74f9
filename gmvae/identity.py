"""What a result is known by: hashes of the code and of the arrays that it was made from.

Code is known by an import closure: a module, what it imports of this package, what that imports,
and so on, within the rooms asked for. A module counts by its syntax tree without docstrings, so
that explaining code better makes no result stale.
"""

import ast
import functools
import hashlib
import inspect
import json
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

import numpy as np

import gmvae

PACKAGE = Path(__file__).parent  # the folder of this package


def code_identity(*objects: Any, rooms: Collection[str] | None = None) -> str:
    """Return a hash of the modules that define `objects` and of all that they import.

    Parameters
    ----------
    *objects : functions or classes
        Of a :func:`functools.partial` its function and the functions and classes it holds.
    rooms : collection of str, optional
        The rooms, such as ``training``, whose modules count beside those of `objects`; None: all.
    """
    defined = [part for thing in objects for part in _parts(thing)]
    sources = {part.__module__: Path(inspect.getfile(part)) for part in defined}
    found = {name: path for name, path in sources.items() if not _path_of(name)}
    found |= _closure({name for name in sources if _path_of(name)}, rooms)
    return content_hash({name: _code_hash(_read(path)) for name, path in found.items()})


def imported_code(source: str) -> dict[str, str]:
    """Return hashes of this package's modules that `source` imports, directly or not, by name."""
    found = _closure(imported_modules(source), None)
    return {name: _code_hash(_read(path)) for name, path in sorted(found.items())}


@functools.lru_cache(maxsize=1024)
def imported_modules(source: str) -> frozenset[str]:
    """Return the names that `source` imports of this package: modules, and what is in them.

    An import counts wherever it stands, in a function too. Lines of a notebook that begin with %
    are left out.
    """
    lines = (line for line in source.splitlines() if not line.lstrip().startswith("%"))
    names: set[str] = set()
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    homes = {f"gmvae.{name}": home for name, home in gmvae.HOMES.items()}
    return frozenset(homes.get(name, name) for name in names if name.startswith("gmvae."))


def array_hash(*arrays: Any) -> str:
    """Return the SHA-256 of arrays: their types, shapes and bytes, in hexadecimal."""
    digest = hashlib.sha256()
    for array in map(np.ascontiguousarray, arrays):
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(array.view(np.uint8).reshape(-1).data if array.size else b"")
    return digest.hexdigest()


def content_hash(content: Any) -> str:
    """Return the SHA-256 of plain numbers, texts, lists and mappings, whose order is free."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _parts(thing: Any) -> list[Callable[..., Any]]:
    """Return the functions and classes behind a partial, or the one that `thing` is."""
    if isinstance(thing, functools.partial):
        held = [thing.func, *thing.args, *thing.keywords.values()]
        return [part for value in held if callable(value) for part in _parts(value)]
    return [thing]


def _closure(names: Iterable[str], rooms: Collection[str] | None) -> dict[str, Path]:
    """Return the files of the modules in `names` and of what they import within `rooms`."""
    found: dict[str, Path] = {}
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        path = _path_of(name)
        if path is None or name in found:
            continue
        found[name] = path
        imported = imported_modules(_read(path))
        waiting |= {n for n in imported if rooms is None or n.split(".")[1] in rooms}
    return found


def _path_of(name: str) -> Path | None:
    """Return the file of a module of this package; None for anything else.

    A room stands for its ``__init__``, which holds nothing but the room's public names, and is
    read only where something is imported from the room itself.
    """
    parts = name.split(".")[1:]
    if not name.startswith("gmvae.") or not parts:
        return None
    path = PACKAGE.joinpath(*parts)
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((found for found in candidates if found.is_file()), None)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@functools.lru_cache(maxsize=1024)
def _code_hash(source: str) -> str:
    """Return a hash of the syntax tree of `source` without docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_text(body[0]):
            del body[0]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def _is_text(statement: ast.AST) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
