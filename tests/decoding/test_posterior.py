"""A posterior is read back as it was written, and no damaged file ends in a traceback."""

import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import make_dataset, make_posterior

from gmvae.decoding.posterior import load_posterior
from gmvae.errors import InputError

NAMES = ("responsibilities", "latent_mean", "labels")
WRONG_HEADERS = (
    '"""',  # found by a fuzzer: an error of the tokeniser
    "(" * 5000,
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 100)}",
    "{'descr': '|O', 'fortran_order': False, 'shape': (2,)}",
)


def written(path, header):
    """An archive of three arrays with the same header."""
    text = header.encode()
    member = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + b"\0" * 8
    with zipfile.ZipFile(path, "w") as archive:
        for name in NAMES:
            archive.writestr(f"{name}.npy", member)
    return path


def test_reads_back_what_was_written(tmp_path):
    posterior = make_posterior(make_dataset(), 0)
    posterior.save(tmp_path / "posterior.npz")
    again = load_posterior(tmp_path / "posterior.npz")
    for name in NAMES:
        np.testing.assert_array_equal(getattr(again, name), getattr(posterior, name))


@pytest.mark.parametrize("header", WRONG_HEADERS)
def test_a_header_that_cannot_be_is_refused(tmp_path, header):
    with pytest.raises(InputError, match="is damaged, or another file: delete it"):
        load_posterior(written(tmp_path / "posterior.npz", header))


@given(header=st.text(max_size=60))
def test_no_header_ends_in_anything_but_a_refusal(tmp_path_factory, header):
    folder = tmp_path_factory.mktemp("posterior")
    with pytest.raises(InputError):
        load_posterior(written(folder / "posterior.npz", header))


@pytest.mark.parametrize("missing", NAMES)
def test_a_file_without_an_array_is_refused(tmp_path, missing):
    posterior = make_posterior(make_dataset(), 0)
    arrays = {name: getattr(posterior, name) for name in NAMES if name != missing}
    np.savez(tmp_path / "posterior.npz", **arrays)
    with pytest.raises(InputError, match="another file"):
        load_posterior(tmp_path / "posterior.npz")
