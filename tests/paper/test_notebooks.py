"""The committed notebooks: no output, typed parameters, every file claimed."""

import ast
import fnmatch
import re
from pathlib import Path

import nbformat
import pytest
import yaml

from gmvae.paper.chapter import PROJECT, load_chapters
from gmvae.runs.parameters import PARAMETERS
from gmvae.runs.profiles import PROFILES

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
LINE = re.compile(
    r"^(?P<name>\w+): (?P<type>str|int|float|bool|list|dict) = (?P<value>.+?)  # \S.*$"
)
PLACES = {"run_dir", "out_dir"}


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request) -> Path:
    return request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def cells_of(notebook, kind):
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def parameter_lines(notebook):
    (cell,) = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    assert cell is cells_of(notebook, "code")[0]
    return [line for line in cell.source.splitlines() if not line.startswith("#")]


def declared(notebook):
    return {LINE.match(line)["name"]: LINE.match(line) for line in parameter_lines(notebook)}


def test_every_notebook_is_a_chapter():
    assert [chapter.path for chapter in load_chapters()] == NOTEBOOKS


def test_it_is_valid_and_current_nbformat(path, notebook):
    nbformat.validate(nbformat.read(path, as_version=nbformat.NO_CONVERT))
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"


def test_it_is_committed_without_output(notebook):
    for cell in cells_of(notebook, "code"):
        assert cell.outputs == []
        assert cell.execution_count is None
        assert not {"papermill", "execution"} & set(cell.metadata)
    assert "papermill" not in notebook.metadata


def test_its_cells_have_ids_of_their_own(notebook):
    ids = [cell.id for cell in notebook.cells]
    assert all(ids)
    assert len(set(ids)) == len(ids)


def test_it_begins_with_a_title(notebook):
    assert notebook.cells[0].cell_type == "markdown"
    titles = re.findall(r"^# ", "\n".join(c.source for c in cells_of(notebook, "markdown")), re.M)
    assert notebook.cells[0].source.startswith("# ")
    assert len(titles) == 1


def test_every_parameter_has_a_type_and_a_comment(notebook):
    for line in parameter_lines(notebook):
        assert LINE.match(line), line
        ast.literal_eval(LINE.match(line)["value"])


def test_every_parameter_is_known(path, notebook):
    names = set(declared(notebook))
    assert names - PLACES <= set(PARAMETERS)
    assert declared(notebook)["out_dir"]["value"] == f'"{path.stem}_files"'


def test_defaults_are_allowed_values(notebook):
    for name, line in declared(notebook).items():
        value = ast.literal_eval(line["value"])
        if name not in PLACES and value is not None:
            PARAMETERS[name].check(name, value)


def test_the_types_are_those_of_the_values(notebook):
    for name, line in declared(notebook).items():
        value = ast.literal_eval(line["value"])
        assert value is None or type(value).__name__ == line["type"], name


def test_its_code_can_be_read_by_the_stamps(notebook):
    for cell in cells_of(notebook, "code"):
        lines = [x for x in cell.source.splitlines() if not x.lstrip().startswith("%")]
        assert ast.parse("\n".join(lines)).body


def test_every_figure_has_a_caption_and_a_description(notebook):
    for cell in cells_of(notebook, "code"):
        if "out.figure(" in cell.source:
            shown = cell.metadata["mystnb"]
            assert shown["image"]["alt"]
            if cell.source.startswith("if ") or "\nif " in cell.source:
                # a figure that not every run has brings its caption along, or leaves both out
                assert "caption = " in cell.source
                assert "figure" not in shown
                continue
            assert shown["figure"]["caption"].endswith(".")
            assert re.fullmatch(r"fig-[a-z0-9-]+", shown["figure"]["name"])


def written_files(source):
    """Paths below the run directory that the calls of a chapter's ``out`` write."""
    for call in ast.walk(ast.parse(source)):
        is_call = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if not is_call or ast.unparse(call.func.value) != "out":
            continue
        kind = call.func.attr
        if kind == "recorded":  # it reads
            continue
        name = _pattern(call.args[0 if kind == "record" else 1])
        if kind == "figure":
            yield from (f"figures/{name}.png", f"figures/{name}.svg")
        else:
            yield f"results/{name}.{'json' if kind == 'record' else 'csv'}"


def _pattern(name):
    """A text as it stands, an f-string with a star for each of its values."""
    if isinstance(name, ast.JoinedStr):
        return "".join(p.value if isinstance(p, ast.Constant) else "*" for p in name.values)
    assert isinstance(name, ast.Constant), ast.unparse(name)
    return name.value


def test_every_file_it_writes_is_claimed(path, notebook):
    claimed = [*notebook.metadata.gmvae.writes, f"results/{path.stem}.json"]
    source = "\n".join(cell.source for cell in cells_of(notebook, "code"))
    written = list(written_files(source))
    assert f"results/{path.stem}.json" in written
    for name in written:
        assert any(fnmatch.fnmatch(name, pattern) for pattern in claimed), name


def test_no_file_is_claimed_by_two_chapters():
    patterns = [
        (chapter.name, pattern)
        for chapter in load_chapters()
        for pattern in (*chapter.writes, f"results/{chapter.name}.json")
    ]
    for i, (chapter, pattern) in enumerate(patterns):
        for other, other_pattern in patterns[:i]:
            if other != chapter:
                assert not fnmatch.fnmatch(pattern, other_pattern), (chapter, other)
                assert not fnmatch.fnmatch(other_pattern, pattern), (chapter, other)


def test_what_a_chapter_reads_is_made_before_it():
    made: list[str] = []
    for chapter in load_chapters():
        for pattern in chapter.reads:
            named = pattern.replace("seed_*", "seed_0")
            assert any(fnmatch.fnmatch(named, earlier.replace("**/*", "*")) for earlier in made), (
                chapter.name,
                pattern,
            )
        made += [*chapter.writes, f"results/{chapter.name}.json"]


def test_citations_exist():
    bibliography = (PROJECT / "book" / "references.bib").read_text(encoding="utf-8")
    keys = set(re.findall(r"^@\w+\{([^,\s]+),", bibliography, re.M))
    pages = [*NOTEBOOKS, *(PROJECT / "book").glob("*.md")]
    for page in pages:
        for cited in re.findall(r"\{cite:[pt]\}`([^`]+)`", page.read_text(encoding="utf-8")):
            assert {key.strip() for key in cited.split(",")} <= keys, page.name


@pytest.mark.parametrize("profile", sorted(PROFILES.glob("*.yml")), ids=lambda path: path.stem)
def test_profiles_state_only_known_parameters(profile):
    assert set(yaml.safe_load(profile.read_text(encoding="utf-8"))) <= set(PARAMETERS)


def test_every_parameter_is_used_by_a_chapter():
    used = frozenset().union(*(chapter.parameters for chapter in load_chapters()))
    assert used == set(PARAMETERS)


def test_it_asks_for_labels_before_it_scores(path, notebook):
    code = "\n".join(cell.source for cell in cells_of(notebook, "code"))
    asked = re.search(r"Run\(run_dir, labelled=True\)|check_labelled\(data, dataset\)", code)
    assert asked or path.stem == "08_mixture_size"  # whose study asks itself
    assert "Run(run_dir)" not in code
