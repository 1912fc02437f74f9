"""A coverage-guided fuzzer of what reads files: each must end in a sentence or in data.

Not part of the tests, as it needs `pip install atheris` and minutes:

    python tests/fuzz/readers.py {idx,npz,posterior,profile,labels} CORPUS -max_total_time=300

Files in the folder CORPUS are begun with, such as the profiles of the project. It stops at the
first exception that is not one of this package's own, and says which.
"""

import contextlib
import io
import sys
import tempfile
import zipfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["gmvae", "numpy.lib", "yaml", "zipfile"]):
    from gmvae.data.idx import read_idx
    from gmvae.data.npz import load_npz
    from gmvae.decoding.posterior import load_posterior
    from gmvae.errors import FailedError, InputError
    from gmvae.paper.label_file import read_labels
    from gmvae.runs.profiles import load_profile

FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-"))
TYPES = ("|u1", "<i8", "<f4", "<U3", "|O", "|S2", "<M8[s]", "|b1", ">f8")
SHAPES = ("(2, 28, 28)", "(2,)", "(2, 3)", "()", "(-1,)", "(2147483648, 28, 28)", "(2, 1)")


def npz(data: bytes, names: tuple[str, ...]) -> bytes:
    """Return the data as they are, or an archive of arrays whose headers the data make up."""
    given = atheris.FuzzedDataProvider(data)
    if given.ConsumeProbability() < 0.1:
        return given.ConsumeBytes(len(data))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(f"{name}.npy", member(given))
    content = bytearray(packed.getvalue())
    for _ in range(given.ConsumeIntInRange(0, 2)):  # and damaged
        content[given.ConsumeIntInRange(0, len(content) - 1)] = given.ConsumeIntInRange(0, 255)
    return bytes(content)


def member(given: atheris.FuzzedDataProvider) -> bytes:
    """Return a `.npy` file: a header that may be right, and as many bytes as it asks for or not."""
    if given.ConsumeBool():
        header = "{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}".format(
            given.PickValueInList(list(TYPES)),
            given.PickValueInList(["False", "True", "3"]),
            given.PickValueInList(list(SHAPES)),
        )
    else:
        header = given.ConsumeUnicodeNoSurrogates(60)
    text = header.encode("utf-8", "replace")
    start = b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text
    size = given.PickValueInList([0, 2, 16, 24, 1568])
    return start + given.ConsumeBytes(size).ljust(size, b"\0")


def written(name: str, content: bytes) -> Path:
    """Write a file and return its path."""
    path = FOLDER / name
    path.write_bytes(content)
    return path


def profile(data: bytes) -> None:
    """Read a profile of one's own, as `gmvae paper --profile FILE.yml` does."""
    load_profile(str(written("mine.yml", data)), {})


READERS = {
    "idx": lambda data: read_idx(written("train-images-idx3-ubyte", data)),
    "npz": lambda data: load_npz(
        written("a.npz", npz(data, ("images", "labels", "class_names", "split", "more")))
    ),
    "posterior": lambda data: load_posterior(
        written("posterior.npz", npz(data, ("responsibilities", "latent_mean", "labels")))
    ),
    "profile": profile,
    "labels": lambda data: read_labels(written("labels.csv", b"index,label\n" + data), 5),
}


def main() -> None:
    """Run the reader that the first argument names."""
    read = READERS[sys.argv.pop(1)]

    def one(data: bytes) -> None:
        with contextlib.suppress(InputError, FailedError):
            read(data)

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
