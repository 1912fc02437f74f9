"""What results are known by: import closures of code, and hashes of arrays."""

import functools
import importlib
import linecache
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmvae import identity
from gmvae.baselines.registry import METHODS
from gmvae.identity import array_hash, code_identity, content_hash, imported_code


def known_by(folder, expression):
    """Write a module anew and return what its function is known by."""
    (folder / "written.py").write_text(
        f'def f(x):\n    """{expression}"""\n    return {expression}\n'
    )
    sys.modules.pop("written", None)
    importlib.invalidate_caches()
    linecache.clearcache()
    return code_identity(importlib.import_module("written").f)


def test_comments_and_docstrings_do_not_count(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    first, explained, changed = (known_by(tmp_path, x) for x in ("x + 1  # a", "x + 1", "x + 2"))
    assert first == explained != changed


def test_a_partial_is_known_by_what_it_holds(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    known_by(tmp_path, "x")
    f = importlib.import_module("written").f
    held = functools.partial(np.testing.assert_equal, functools.partial(f, 1))
    assert code_identity(held) != code_identity(np.testing.assert_equal)


@pytest.fixture
def house(tmp_path, monkeypatch):
    """Two rooms: kitchen.pot imports kitchen.lid and garden.herb, which imports garden.soil."""
    for name, code in {
        "kitchen/pot": "def f():\n    from gmvae.kitchen import lid\n    import gmvae.garden.herb",
        "kitchen/lid": "g = 1",
        "kitchen/__init__": "from gmvae.kitchen.pot import f",
        "garden/herb": "from gmvae.garden import soil",
        "garden/soil": "s = 1",
        "garden/tree": "t = 1",
    }.items():
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(code + "\n")
    monkeypatch.setattr(identity, "PACKAGE", tmp_path)
    return tmp_path


def test_the_closure_goes_through_functions_and_folders(house):
    found = imported_code("from gmvae.kitchen.pot import f")
    names = {"kitchen.pot", "kitchen.lid", "garden.herb", "garden.soil"}
    assert set(found) - {"gmvae.kitchen"} == {f"gmvae.{name}" for name in names}


def test_the_closure_stays_in_the_rooms_asked_for(house):
    inside = identity._closure(["gmvae.kitchen.pot"], ["kitchen"])
    assert set(inside) - {"gmvae.kitchen"} == {"gmvae.kitchen.pot", "gmvae.kitchen.lid"}


def test_a_name_imported_from_a_room_counts_with_its_home(house):
    assert "gmvae.kitchen.pot" in imported_code("from gmvae.kitchen import f")


def test_a_public_name_counts_with_its_home():
    assert "gmvae.decoding.decoders" in imported_code("from gmvae import SoftDecoder")


def test_a_change_anywhere_in_the_closure_counts_and_nowhere_else(house):
    before = imported_code("import gmvae.kitchen.pot")
    (house / "garden/tree.py").write_text("t = 2\n")
    assert imported_code("import gmvae.kitchen.pot") == before
    (house / "garden/soil.py").write_text("s = 2\n")
    after = imported_code("import gmvae.kitchen.pot")
    assert {name for name in before if before[name] != after[name]} == {"gmvae.garden.soil"}


def test_training_is_known_by_the_model_and_the_training_and_nothing_above():
    names = set(identity._closure(["gmvae.training.trainer"], ("model", "training")))
    modules = ("model.shared", "model.per_component", "training.warps", "training.normalisation")
    assert {f"gmvae.{name}" for name in modules} < names
    assert {name.split(".")[1] for name in names} == {"model", "training"}


def test_a_decoder_is_known_by_its_own_code_and_not_by_its_neighbours():
    soft, mlp = METHODS["soft"], METHODS["mlp"]
    assert code_identity(soft.predict) != code_identity(mlp.predict)
    assert {part.__name__ for part in identity._parts(soft.predict)} == {"decode", "SoftDecoder"}


@given(st.lists(st.integers(-5, 5), max_size=4), st.lists(st.integers(-5, 5), max_size=4))
def test_arrays_are_known_by_type_shape_and_bytes(a, b):
    first, second = np.array(a, np.int64), np.array(b, np.int64)
    assert (array_hash(first) == array_hash(second)) == (a == b)
    assert array_hash(first) != array_hash(first.astype(np.int32))
    assert array_hash(first[None]) != array_hash(first)
    assert array_hash(first, second) != array_hash(np.concatenate([first, second]))


def test_contents_are_known_whatever_the_order_of_their_keys():
    assert content_hash({"a": 1, "b": [2]}) == content_hash({"b": [2], "a": 1})
    assert content_hash({"a": 1}) != content_hash({"a": 2})
