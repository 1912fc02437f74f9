"""A browser without a network, and the built book that it opens from files."""

import os
from pathlib import Path

import pytest

from gmvae.paper.pdf import find_chromium


@pytest.fixture(scope="session")
def browser():
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium: install one (apt-get install chromium) or name it with CHROMIUM")
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright is installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def html(browser, request) -> Path:
    """The folder of the rendered book: what GMVAE_BOOK names, else that of the small run."""
    if named := os.environ.get("GMVAE_BOOK"):
        return Path(named).resolve()
    return request.getfixturevalue("smoke").run_dir / "book" / "_build" / "html"
