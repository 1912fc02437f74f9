"""A build by hand, without a run behind it, stops with a sentence."""

import shutil
import subprocess
import sys

import pytest

from gmvae.files import PROJECT


@pytest.mark.slow
def test_a_build_without_results_says_what_makes_them(tmp_path):
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy2(PROJECT / name, tmp_path / name)
    for name in ("book", "notebooks"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    build = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
    said = subprocess.run([*build, tmp_path], capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert "Traceback" not in said.stderr
    assert "holds no results of a run: `make paper` makes them, and then the book." in said.stderr
    assert not (tmp_path / "_build" / "html" / "index.html").exists()
