"""What belongs together stays together: installs, lock, commands in the prose, sizes."""

import itertools
import re
import shlex
import subprocess
import tomllib
from importlib.metadata import requires, version

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

import gmvae
from gmvae.cli.main import _parser
from gmvae.paper.chapter import PROJECT

PYTHONS = ("3.11", "3.12", "3.13")
LARGEST = 1_000_000  # bytes
PAGES = ("README.md", "book/reproduce.md", "book/label_your_own.md")

PROJECT_TABLE = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT_TABLE["optional-dependencies"]
STATED = [*PROJECT_TABLE["dependencies"], *itertools.chain(*EXTRAS.values())]


def environments():
    """Markers' variables on each Python that is allowed, on Linux, macOS and Windows."""
    systems = (("linux", "Linux"), ("darwin", "Darwin"), ("win32", "Windows"))
    for python, (sys_platform, system) in itertools.product(PYTHONS, systems):
        yield {
            "python_version": python,
            "python_full_version": f"{python}.9",
            "sys_platform": sys_platform,
            "platform_system": system,
            "platform_machine": "x86_64",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        }


@pytest.fixture(scope="module")
def lock() -> list[Requirement]:
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def pinned(lock, name, environment) -> list[Version]:
    """Versions the lock gives a package in an environment: one, if the lock is sound."""
    pins = [r for r in lock if canonicalize_name(r.name) == canonicalize_name(name)]
    valid = [r for r in pins if r.marker is None or r.marker.evaluate(environment)]
    return [Version(next(iter(r.specifier)).version) for r in valid]


def test_the_lock_pins_exact_versions_only(lock):
    for requirement in lock:
        assert requirement.url is None
        assert [s.operator for s in requirement.specifier] == ["=="], requirement


def test_the_lock_names_a_package_once_in_each_environment(lock):
    for environment in environments():
        for requirement in lock:
            assert len(pinned(lock, requirement.name, environment)) <= 1, requirement


@pytest.mark.parametrize("stated", STATED)
def test_every_requirement_is_pinned_within_what_it_allows(lock, stated):
    requirement = Requirement(stated)
    for environment in environments():
        (found,) = pinned(lock, requirement.name, environment)
        assert requirement.specifier.contains(found, prereleases=True)


def test_the_book_builder_is_the_one_that_reads_this_configuration():
    assert "jupyter-book==1.0.4.post1" in PROJECT_TABLE["dependencies"]


def test_torch_and_torchvision_are_of_one_build(lock):
    environment = next(environments())
    (torch,) = pinned(lock, "torch", environment)
    (torchvision,) = pinned(lock, "torchvision", environment)
    if Version(version("torchvision").partition("+")[0]) != torchvision:
        pytest.skip("another torchvision is installed")
    (wanted,) = [r for r in map(Requirement, requires("torchvision")) if r.name == "torch"]
    assert wanted.specifier.contains(torch)


def test_conda_installs_the_same_lock():
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))
    *plain, with_pip = environment["dependencies"]
    names = {Requirement(text.replace("=", "==", 1)).name: text for text in plain}
    assert set(names) == {"python", "pip"}
    python = names["python"].partition("=")[2]
    assert Version(python) in SpecifierSet(PROJECT_TABLE["requires-python"])
    assert "-r requirements.lock" in with_pip["pip"]


def test_the_pythons_are_the_same_everywhere():
    allowed = SpecifierSet(PROJECT_TABLE["requires-python"])
    assert [p for p in (f"3.{minor}" for minor in range(8, 20)) if p in allowed] == list(PYTHONS)
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert makefile.count("(3, 11) <= sys.version_info < (3, 14)") >= 2
    workflow = yaml.safe_load((PROJECT / ".github/workflows/book.yml").read_text(encoding="utf-8"))
    assert tuple(workflow["jobs"]["test"]["strategy"]["matrix"]["python"]) == PYTHONS


def test_actions_of_others_are_pinned_to_a_commit():
    text = (PROJECT / ".github/workflows/book.yml").read_text(encoding="utf-8")
    uses = re.findall(r"uses: (.+)", text)
    assert len(uses) >= 5
    for use in uses:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}  # v[\d.]+", use), use


def test_the_package_has_one_version():
    assert PROJECT_TABLE["version"] == gmvae.__version__
    citation = yaml.safe_load((PROJECT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation.get("version", gmvae.__version__)) == gmvae.__version__
    assert citation["title"]


@pytest.fixture(scope="module")
def tracked():
    """Files in the repository; a copy without its history is not checked."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    paths = [PROJECT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_no_file_is_large(tracked):
    assert [path.name for path in tracked if path.stat().st_size > LARGEST] == []


def test_no_notebook_has_output(tracked):
    for path in (path for path in tracked if path.suffix == ".ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            assert not cell.get("outputs")
            assert cell.get("execution_count") is None


def test_nothing_made_is_committed(tracked):
    paths = [path.relative_to(PROJECT).parts for path in tracked]
    assert [path for path in paths if path[0] in {"runs", "data", ".venv"}] == []
    assert [path for path in paths if {"_build", "__pycache__"} & set(path)] == []


def commands(page) -> list[str]:
    """Command lines in the code blocks and in the text of a page, without comments."""
    text = (PROJECT / page).read_text(encoding="utf-8").replace("\\\n", " ")
    fenced = re.findall(r"^```([^\n]*)\n(.*?)^```", text, re.M | re.S)
    blocks = [block for language, block in fenced if language in ("", "bash", "sh", "console")]
    lines = (line.removeprefix("$ ").strip() for block in blocks for line in block.splitlines())
    inline = re.findall(r"`((?:make|\.venv/bin/gmvae|gmvae|papermill) [^`]*)`", text)
    return [line for line in (*lines, *inline) if line and not line.startswith("#")]


def test_the_readme_has_the_two_commands():
    made = [shlex.split(line, comments=True) for line in commands("README.md")]
    assert ["make", "paper"] in made
    assert ["make", "test"] in made


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_the_prose_exist(page, capsys):
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.M))
    for line in commands(page):
        words = shlex.split(line, comments=True)
        program = words[0].removeprefix(".venv/bin/") if words else ""
        if program == "make":
            named = [word for word in words[1:] if "=" not in word]
            assert set(named) <= targets, line
        elif program == "gmvae" and words[1:] == words[1:2]:  # a name in the text, no command line
            assert words[1] in _parser().format_help(), line
        elif program == "gmvae":
            assert _parser().parse_args(words[1:]).run, line
        elif program == "papermill":
            check_papermill(words, line)


def check_papermill(words, line):
    from gmvae.paper.chapter import _load_chapter

    chapter = _load_chapter(PROJECT / words[1])
    names = {words[i + 1] for i, word in enumerate(words) if word == "-p"}
    assert names <= chapter.declared, line


@pytest.mark.parametrize("profile", ["digits", "my profile.yml", "it's #1.yml", "a$b.yml", "a;b"])
def test_make_passes_names_on_as_they_are(profile):
    settings = "--set 'dataset=my #2.npz' --set \"budgets=[5, 10]\""
    names = [f"PROFILE={profile}", f"ARGS={settings}"]
    # this make may be one that `make test` has started, which says where it comes and goes
    make = ["make", "--no-print-directory", "-n", "-o", ".venv/ready", "paper", *names]
    done = subprocess.run(make, cwd=PROJECT, capture_output=True, text=True, check=True)
    words = shlex.split(done.stdout.splitlines()[-1])
    assert words[1:4] == ["paper", "--profile", profile]
    assert words[4:] == ["--set", "dataset=my #2.npz", "--set", "budgets=[5, 10]"]
