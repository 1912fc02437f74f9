"""The book: executed notebooks and prose pages put together and rendered by Jupyter Book."""

import glob
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat

from gmvae.errors import FailedError
from gmvae.files import PROJECT, atomic_folder, write_text
from gmvae.identity import content_hash, imported_code
from gmvae.paper.chapter import Chapter, digests
from gmvae.paper.extension import PREVIEW
from gmvae.paper.readers import UNEXECUTED, for_readers

_STAMP = "stamps/book.txt"
_PREVIEW = "05_supervision.png"  # what a link to the book shows
_MAP = "07_latent.svg"  # what the first page shows
_INDEX = "_build/html/index.html"
_CELL = re.compile(r"^```{code-cell}[^\n]*\n(?::[^\n]*\n)*(.*?)^```", re.M | re.S)


class BookError(FailedError):
    """The book was not built; the message has the builder's warnings and errors."""


def build_book(run_dir: Path, chapters: list[Chapter]) -> Path:
    """Assemble and render the book of a run, unless that has been done.

    The book of an earlier call stays until the new one is whole.

    Returns
    -------
    Path
        ``<run_dir>/book/_build/html/index.html``.

    Raises
    ------
    BookError
        If the builder fails or warns, or leaves no first page.
    FailedError
        If the disk is full.
    """
    source = run_dir / "book"
    index = source / _INDEX
    stamp = _stamp(run_dir, chapters)
    if index.is_file() and _recorded(run_dir) == stamp:
        print("book: up to date")
    else:
        print("book: building", flush=True)
        (run_dir / _STAMP).unlink(missing_ok=True)
        with atomic_folder(source) as folder, _plain_path(folder) as place:
            _assemble(run_dir, place, chapters)
            _render(place)
        write_text(run_dir / _STAMP, stamp + "\n")
    print(f"The book is at {index}")
    return index


def _stamp(run_dir: Path, chapters: list[Chapter]) -> str:
    """Digest of all that the pages are made from."""
    parts = [
        digests(PROJECT, ("_config.yml", "_toc.yml", "book/**/*")),
        digests(run_dir, ("results/*", "figures/*.svg")),
        digests(run_dir, tuple(f"notebooks/{chapter.name}.ipynb" for chapter in chapters)),
        _code_of_pages(),
    ]
    return content_hash(parts)


def _code_of_pages() -> dict[str, str]:
    """Hashes of the modules that the prose pages and this one import, by name."""
    pages = [path.read_text("utf-8") for path in (PROJECT / "book").glob("*.md")]
    cells = [cell for page in pages for cell in _CELL.findall(page)]
    return imported_code("\n".join([*cells, "import gmvae.paper.book"]))


def _recorded(run_dir: Path) -> str:
    path = run_dir / _STAMP
    return path.read_text(encoding="utf-8").strip() if path.is_file() else ""


def _assemble(run_dir: Path, source: Path, chapters: list[Chapter]) -> None:
    """Lay out `source` as the project itself is laid out, with executed notebooks and results."""
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy2(PROJECT / name, source / name)
    shutil.copytree(PROJECT / "book", source / "book", ignore=shutil.ignore_patterns("_build"))
    shutil.copytree(run_dir / "results", source / "results")
    preview = run_dir / "figures" / _PREVIEW
    if preview.is_file():
        shutil.copy2(preview, source / "book" / "_static" / PREVIEW)
    if (run_dir / "figures" / _MAP).is_file():
        shutil.copy2(run_dir / "figures" / _MAP, source / "book" / _MAP)
    (source / "notebooks").mkdir()
    (source / UNEXECUTED).mkdir()
    for chapter in chapters:
        notebook = nbformat.read(chapter.executed(run_dir), as_version=4)
        shown = for_readers(notebook, chapter.name, run_dir)
        nbformat.write(shown, source / "notebooks" / f"{chapter.name}.ipynb")
        shutil.copy2(chapter.path, source / UNEXECUTED / f"{chapter.name}.ipynb")


@contextmanager
def _plain_path(folder: Path) -> Iterator[Path]:
    """Yield `folder`, or where its path would be read as a pattern, one that is copied there."""
    if glob.escape(str(folder.resolve())) == str(folder.resolve()):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="gmvae-book-") as plain:
        yield Path(plain)
        shutil.copytree(plain, folder, dirs_exist_ok=True)


def _render(source: Path) -> None:
    # jupyter_book cannot be run with -m, and its script need not be on the path
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    command += ["build", str(source), "-W", "--keep-going", "--all"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode or not (source / _INDEX).is_file():
        said = re.sub(r"\x1b\[[0-9;]*m", "", result.stdout + result.stderr).splitlines()
        faults = [line for line in said if re.search(r"WARNING|ERROR|Error", line)]
        raise BookError("The book was not built:\n" + "\n".join(faults or said))
