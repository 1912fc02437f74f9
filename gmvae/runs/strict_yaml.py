"""YAML as people mean it: no aliases, no tags, no key twice, and numbers only as they are written.

PyYAML reads YAML 1.1, in which ``010`` is 8 and ``1:30`` is 90. Here both stay texts, which the
check of a number then refuses. Aliases are refused because a few lines of them stand for
gigabytes, and tags because they are for programs.
"""

import re
from collections.abc import Container
from typing import Any

import yaml

from gmvae.errors import InputError

LARGEST = 50_000  # characters; parameters take a few hundred
DEEPEST = 20  # lists within lists; parameters take two
_INT, _FLOAT, _NULL = (f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "null"))
_OURS = {  # tag: what is written so, and the characters that it can begin with
    _INT: (r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    _FLOAT: (
        r"[-+]?((0|[1-9][0-9]*)?\.[0-9]+|(0|[1-9][0-9]*)\.)([eE][-+]?[0-9]+)?"
        r"|[-+]?(0|[1-9][0-9]*)[eE][-+]?[0-9]+|[-+]?\.inf|\.nan",
        "-+.0123456789",
    ),
}
_KEPT = ("tag:yaml.org,2002:bool", _NULL)  # of YAML 1.1's own rules


class _Loader(yaml.SafeLoader):
    """The safe loader with fewer rules; mappings are built without merging."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own name for a table
        first: [(tag, pattern) for tag, pattern in rules if tag in _KEPT]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse what points elsewhere, names a type or is deep, before it is read to its end."""
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise yaml.YAMLError("it has an anchor or an alias (& or *)")
        if getattr(event, "tag", None) is not None:
            raise yaml.YAMLError("it has a tag (!)")
        self.depth += 1
        if self.depth > DEEPEST:
            raise yaml.YAMLError("it is nested too deeply")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping, in which no key may stand twice."""
        made: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, list | dict | set):
                raise yaml.YAMLError("a key is a list or a mapping")
            if key in made:
                raise yaml.YAMLError(f"it has the key {str(key)[:50]!r} twice")
            made[key] = self.construct_object(value_node, deep=True)
        return made


for _tag, (_pattern, _first) in _OURS.items():
    _Loader.add_implicit_resolver(_tag, re.compile(f"^({_pattern})$"), list(_first))


def read_value(text: str) -> Any:
    """Return the one value that `text` states.

    Raises
    ------
    InputError
        If it is not YAML, or YAML with what is refused here; the message is the reason alone.
    """
    return _read(text, lambda loader, node: loader.construct_document(node))


def read_mapping(text: str, literal: Container[Any]) -> Any:
    """Return the mapping that `text` states; under the keys in `literal` values stay as written.

    A text under such a key needs no quotes where YAML would take it for a number or a truth value.
    Where `text` states no mapping, the value is returned that it does state.

    Raises
    ------
    InputError
        As for :func:`read_value`.
    """

    def build(loader: _Loader, node: Any) -> Any:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if isinstance(value, yaml.ScalarNode) and value.tag != _NULL:
                    in_words = isinstance(key, yaml.ScalarNode) and key.value in literal
                    value.tag = "tag:yaml.org,2002:str" if in_words else value.tag
        return loader.construct_document(node)

    return _read(text, build)


def _read(text: str, build: Any) -> Any:
    """Compose the one document in `text` and build it, telling every failure in one way."""
    if len(text) > LARGEST:
        raise InputError(f"it has over {LARGEST:,} characters")
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        return None if node is None else build(loader, node)
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InputError(f"{error.problem or 'an error'}{line}") from None
    except yaml.YAMLError as error:
        raise InputError(str(error).splitlines()[0]) from None
    except ValueError:  # Python's own limit
        raise InputError("it has a number of over 4,300 digits") from None
