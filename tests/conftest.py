"""Fixtures that several test files share."""

import os
import signal
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy and torch start their threads

import hypothesis
import numpy as np
import pytest
from samples import embedded_digits
from tiny_paper import Smoke, make_smoke
from toys import make_dataset, make_posterior

from gmvae.data.dataset import Dataset
from gmvae.decoding.posterior import Posterior

OF_THE_SMALL_RUN = {f"tests/browser/test_{name}.py" for name in ("book", "pdf", "play")}

# Examples are few and always the same, and no machine is too slow for them.
hypothesis.settings.register_profile("project", deadline=None, derandomize=True)
hypothesis.settings.load_profile("project")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give one worker all tests of a file, and one all that look at the small run and its book.

    So what a file's tests share is made once, and so is that run.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByWhatIsShared(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file = nodeid.partition("::")[0]
            of_the_run = file in OF_THE_SMALL_RUN or "::TestSmoke::" in nodeid
            return "the small run" if of_the_run else file

    return ByWhatIsShared(config, log)


@pytest.fixture
def interruptible():
    """Let an interrupt be an exception here, though tests in the background ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """A toy data set, for files that have no other."""
    return make_dataset()


@pytest.fixture(scope="module")
def posteriors(dataset) -> dict[int, Posterior]:
    """Posteriors of two models of it, by model seed."""
    return {seed: make_posterior(dataset, seed) for seed in (3, 7)}


@pytest.fixture(scope="session")
def tiny_npz(tmp_path_factory) -> Path:
    """300 digits in an ``.npz``, enough to walk every path and too few to learn much."""
    images, labels = embedded_digits(300)
    path = tmp_path_factory.mktemp("data") / "tiny.npz"
    np.savez(path, images=images, labels=labels)
    return path


@pytest.fixture(scope="session")
def smoke(tiny_npz, tmp_path_factory) -> Smoke:
    """A run of every chapter and the book on 300 digits, killed once on the way."""
    return make_smoke(tiny_npz, tmp_path_factory.mktemp("smoke"))


@pytest.fixture(scope="session")
def data_root() -> Path:
    """The folder of real data, or skip."""
    root = os.environ.get("GMVAE_DATA")
    if not root or not Path(root).is_dir():
        pytest.skip("GMVAE_DATA names no folder of real data")
    return Path(root)
