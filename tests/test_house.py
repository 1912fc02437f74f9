"""The rule of the house: a room imports from the rooms below it, and some rooms stay light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import gmvae

PACKAGE = Path(gmvae.__file__).parent
FLOORS = (  # from the ground up; rooms of one floor do not import one another
    {"errors"},
    {"files", "checks"},
    {"identity"},
    {"data"},
    {"model", "decoding", "coverage", "pages", "figures"},
    {"runs"},
    {"training"},
    {"baselines"},
    {"experiments"},
    {"chapters"},
    {"paper", "bench"},
    {"cli"},
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
MUST_NEVER = [
    *[(room, "torch") for room in ("coverage", "decoding", "data", "figures", "pages")],
    ("experiments", "matplotlib"),
    ("chapters", "matplotlib"),
    *[("training", f"gmvae.{room}") for room in ("decoding", "baselines", "experiments")],
    *[("model", name) for name in ("pathlib", "os", "io", "gmvae.files")],
]


def imports(path):
    """Return the modules that a file imports, in functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files(room):
    """Return the files of a room; a module on the ground is a room of its own."""
    return sorted((PACKAGE / room).rglob("*.py")) or [PACKAGE / f"{room}.py"]


def test_every_file_lies_in_a_room_with_a_floor():
    found = {
        path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in PACKAGE.rglob("*.py")
    }
    assert found - {"__init__", "__main__"} == set(FLOOR)


def test_the_picture_of_the_rooms_shows_every_floor():
    page = (PACKAGE.parent / "book" / "architecture.md").read_text(encoding="utf-8")
    picture = page.split("```")[1].splitlines()[3:]  # below the heading
    shown, floor = {}, ""
    for line in picture:
        floor = line[:6].strip() or floor
        shown.setdefault(floor, set()).update(line[6:27].split())
    assert [shown[str(floor)] for floor in range(len(FLOORS))] == list(FLOORS)


@pytest.mark.parametrize("room", sorted(FLOOR))
def test_no_arrow_runs_up_or_sideways(room):
    for path in files(room):
        for name in imports(path):
            package, _, rest = name.partition(".")
            other = rest.split(".")[0]
            if package == "gmvae" and other in FLOOR and other != room:
                assert FLOOR[other] < FLOOR[room], f"{path} imports {name}"


@pytest.mark.parametrize(("room", "name"), MUST_NEVER)
def test_some_things_are_never_imported(room, name):
    for path in files(room):
        found = [n for n in imports(path) if f"{n}.".startswith(f"{name}.")]
        assert not found, f"{path} imports {found}"


def test_no_circle_within_a_room():
    arrows = {}
    for path in PACKAGE.rglob("*.py"):
        name = ".".join(("gmvae", *path.relative_to(PACKAGE).with_suffix("").parts))
        arrows[name] = {n for i in imports(path) for n in (i, i.rpartition(".")[0])}
    arrows = {name: (found & arrows.keys()) - {name} for name, found in arrows.items()}
    while leaves := {name for name, found in arrows.items() if not found}:
        arrows = {name: found - leaves for name, found in arrows.items() if name not in leaves}
    assert not arrows


def test_the_init_of_a_room_holds_its_public_names_and_nothing_else():
    for path in PACKAGE.glob("*/__init__.py"):
        docstring, *rest = ast.parse(path.read_text()).body
        assert isinstance(docstring, ast.Expr)
        for node in rest:
            assert isinstance(node, ast.ImportFrom | ast.Assign), path
            if isinstance(node, ast.Assign):
                assert [target.id for target in node.targets] == ["__all__"]


@pytest.mark.parametrize("name", sorted(gmvae.HOMES))
def test_every_public_name_can_be_imported(name):
    assert getattr(gmvae, name).__module__ == gmvae.HOMES[name]
    assert name in dir(gmvae)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        gmvae.Nothing  # noqa: B018


@pytest.mark.parametrize(
    "code",
    [
        "import gmvae",
        "from gmvae import SoftDecoder, coverage_probability, load_dataset",
        "from gmvae.cli.main import main; main(['bound', '--clusters', '5'])",
        "from gmvae.cli.main import main\ntry: main(['--help'])\nexcept SystemExit: pass",
    ],
)
def test_what_needs_no_torch_loads_none(code):
    check = f"{code}\nimport sys; sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
