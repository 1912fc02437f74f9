"""The licences of libraries are read from what is installed."""

import tomllib
from email.message import Message

import pytest

from gmvae.files import PROJECT
from gmvae.pages.licences import licence, table_of_libraries


def test_every_direct_dependency_has_a_licence():
    table = table_of_libraries().set_index("library")
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert len(table) >= len(project["dependencies"])
    assert {"numpy", "torch", "jupyter-book", "papermill"} <= set(table.index)
    assert "BSD" in table.loc["numpy", "licence"]
    assert (table["licence"].str.len() > 0).all()
    assert table["version"].str.match(r"\d").all()


class Strict(Message):
    """Metadata as the reader of some Pythons gives them: a missing field is an error."""

    def __getitem__(self, name):
        if name not in self:
            raise KeyError(name)
        return super().__getitem__(name)


@pytest.mark.parametrize("kind", [Message, Strict])
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([("License-Expression", "MIT"), ("License", "other")], "MIT"),
        ([("Classifier", "License :: OSI Approved :: BSD License")], "BSD License"),
        ([("License", "Apache-2.0")], "Apache-2.0"),
        ([("License", "Permission is hereby\ngranted")], "see its package"),
        ([], "see its package"),
    ],
)
def test_where_a_licence_is_stated(kind, fields, said):
    message = kind()
    for name, value in fields:
        message[name] = value
    assert licence(message) == said
