"""Chapters: notebooks with declared inputs and outputs, and the stamps that say what is current."""

import functools
import json
from dataclasses import dataclass
from fnmatch import fnmatchcase as fnmatch
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import yaml

from gmvae.errors import InputError
from gmvae.files import PROJECT, sha256_file, write_json
from gmvae.identity import content_hash, imported_code
from gmvae.runs.parameters import PARAMETERS, PLACES

TOC = PROJECT / "_toc.yml"
# A new version of one of these may change a result.
LIBRARIES = (
    "matplotlib",
    "numpy",
    "pandas",
    "scikit-learn",
    "scipy",
    "seaborn",
    "torch",
    "torchvision",
    "xgboost",
)
_RECORDED = {"stamp", "outputs", "seconds", "finished"}


@dataclass(frozen=True)
class Chapter:
    """One notebook of the book.

    Attributes
    ----------
    name : str
        Stem of the notebook, such as ``04_decoding``.
    path : Path
    declared : frozenset of str
        Names in its parameters cell.
    reads : tuple of str or None
        Glob patterns below the run directory, from the notebook's metadata; None: not declared.
    writes : tuple of str
        The same of what it writes.
    """

    name: str
    path: Path
    declared: frozenset[str]
    reads: tuple[str, ...] | None
    writes: tuple[str, ...]

    @property
    def parameters(self) -> frozenset[str]:
        """Names of the parameters cell without the two that say where it reads and writes."""
        return self.declared - set(PLACES)

    def stamp(self, run_dir: Path, values: dict[str, Any], fingerprint: str) -> dict[str, Any]:
        """Return everything the chapter's results depend on."""
        own = {
            name: values[name]
            for name in sorted(self.parameters)
            if PARAMETERS[name].affects_results
        }
        return {
            "notebook": _sources_digest(self.path),
            "code": _code_of(self.path),
            "libraries": library_versions(),
            "parameters": own,
            "data": fingerprint,
            "inputs": digests(run_dir, self.reads or ()),
        }

    def follows(self, earlier: "Chapter") -> bool:
        """Whether it may read what `earlier` writes; it does where it declares nothing."""
        if self.reads is None:
            return True
        return any(fnmatch(read, written) for read in self.reads for written in earlier.writes)

    def is_current(self, run_dir: Path, stamp: dict[str, Any]) -> bool:
        """Whether the chapter's results are there, untouched, and made from `stamp`."""
        recorded = self.recorded(run_dir)
        return (
            recorded is not None
            and recorded["stamp"] == stamp
            and recorded["outputs"] == self.outputs(run_dir)
        )

    def recorded(self, run_dir: Path) -> dict[str, Any] | None:
        """Return what :meth:`record` wrote, or None if the chapter never ran to its end."""
        try:
            content = json.loads(self._stamp_path(run_dir).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return content if isinstance(content, dict) and content.keys() >= _RECORDED else None

    def record(self, run_dir: Path, stamp: dict[str, Any], seconds: float, finished: str) -> None:
        """Remember that the chapter ran to its end."""
        content = {  # the keys of _RECORDED
            "stamp": stamp,
            "outputs": self.outputs(run_dir),
            "seconds": round(seconds, 2),
            "finished": finished,
        }
        write_json(self._stamp_path(run_dir), content)

    def executed(self, run_dir: Path) -> Path:
        """Return where the executed notebook stands."""
        return run_dir / "notebooks" / f"{self.name}.ipynb"

    def outputs(self, run_dir: Path) -> dict[str, str]:
        """Return the SHA-256 of every file the chapter has written, by path."""
        return digests(run_dir, (f"notebooks/{self.name}.ipynb", *self._written))

    @property
    def _written(self) -> tuple[str, ...]:
        """Patterns of all that it writes; of its numbers no notebook need say so."""
        return (f"results/{self.name}.json", *self.writes)

    def shown(self, run_dir: Path) -> dict[Path, tuple[int, int]]:
        """Return the results and figures there are, with what changes when one is rewritten."""
        patterns = [p for p in self._written if p.startswith(("results/", "figures/"))]
        paths = {path for pattern in patterns for path in run_dir.glob(pattern) if path.is_file()}
        return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in paths}

    def _stamp_path(self, run_dir: Path) -> Path:
        return run_dir / "stamps" / f"{self.name}.json"


def load_chapters() -> list[Chapter]:
    """Return the notebooks of ``_toc.yml`` in its order.

    Raises
    ------
    InputError
        If this is not a checkout of the project (the notebooks are not part of a wheel).
    """
    check_checkout()
    toc = yaml.safe_load(TOC.read_text(encoding="utf-8"))
    files = [entry["file"] for part in toc["parts"] for entry in part["chapters"]]
    return [_load_chapter(PROJECT / f"{file}.ipynb") for file in files if "notebooks/" in file]


def check_checkout() -> None:
    """Check that this package lies in a checkout, whose notebooks and profiles it needs.

    Raises
    ------
    InputError
        If it has been installed from a wheel, which holds neither.
    """
    if not TOC.is_file():
        raise InputError(
            f"{PROJECT} holds no _toc.yml: run this from a checkout of the project, installed with"
            " `pip install -e .`."
        )


def _load_chapter(path: Path) -> Chapter:
    import papermill

    metadata = nbformat.read(path, as_version=4).metadata.get("gmvae", {})
    names = frozenset(papermill.inspect_notebook(str(path)))
    reads = tuple(metadata["reads"]) if "reads" in metadata else None
    return Chapter(path.stem, path, names, reads, tuple(metadata.get("writes", ())))


@functools.cache
def library_versions() -> dict[str, str]:
    """Return the installed versions of the libraries that results depend on."""
    return {name: version(name) for name in LIBRARIES}


def digests(folder: Path, patterns: tuple[str, ...]) -> dict[str, str]:
    """Return the SHA-256 of every file under `folder` that matches one of `patterns`."""
    paths = {path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in sorted(paths)}


def _sources_digest(path: Path) -> str:
    """Digest of what a notebook says, whatever its outputs and execution counts."""
    notebook = nbformat.read(path, as_version=4)
    cells = [(cell.cell_type, cell.source, dict(cell.metadata)) for cell in notebook.cells]
    return content_hash([cells, notebook.metadata])


def _code_of(notebook: Path) -> dict[str, str]:
    """Hashes of this package's modules that a notebook imports, directly or not, by name."""
    cells = nbformat.read(notebook, as_version=4).cells
    return imported_code("\n".join(cell.source for cell in cells if cell.cell_type == "code"))
