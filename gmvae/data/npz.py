"""Data sets as ``.npz`` files: images and labels, class names, a split and what else there is."""

from pathlib import Path

import numpy as np

from gmvae.checks import named, shown
from gmvae.data.archive import Archive
from gmvae.data.dataset import UNLABELLED, Dataset, check_shape, checked
from gmvae.errors import InputError

_RESERVED = ("images", "labels", "class_names", "split")
_EXTRA = 1 << 28  # bytes of a further array
_MOST_NAMES = 1 << 16


def load_npz(path: Path) -> Dataset:
    """Load a data set from an ``.npz`` file.

    Parameters
    ----------
    path : Path
        Of a file with ``images`` (N, 28, 28) and optionally ``labels`` (N,), ``class_names`` (L,),
        ``split`` (N,) and further arrays (N,). Labels are whole numbers or texts, -1 where there is
        none. Without ``class_names`` they are numbered in their order; texts are looked up in
        ``class_names``. Without ``split`` images are split at random, one seventh for the test as
        in MNIST and EMNIST Letters. Arrays of Python objects that are not needed are left alone.

    Raises
    ------
    InputError
        If the file is damaged, or an array is missing, of another shape or type, or too large.
    """
    archive = Archive(path)
    found = archive.members.get("images")
    if found is not None and not found.dtype.hasobject:
        check_shape(named(path.stem), found.shape, found.dtype)
    images = archive.read("images")  # (N, 28, 28)
    n_images = len(images)
    labels, class_names = _labels_and_names(archive, n_images)
    split = _one_an_image(archive, "split", n_images)
    if split is None:
        order = np.random.default_rng(0).permutation(n_images)
        split = np.zeros(n_images, dtype=np.int64)
        split[order[: n_images // 7]] = 1
    return checked(path.stem, images, labels, split, class_names, _extra(archive, n_images))


def _extra(archive: Archive, n_images: int) -> dict[str, np.ndarray]:
    """Return the further arrays (N,)."""
    return {
        name: archive.read(name)
        for name, member in archive.members.items()
        if name not in _RESERVED
        and member.shape == (n_images,)
        and member.n_bytes <= _EXTRA
        and not member.dtype.hasobject
    }


def _one_an_image(archive: Archive, name: str, n_images: int) -> np.ndarray | None:
    """Return an array (N,), or None where the file has none; its shape is checked before."""
    if not archive.has(name):
        return None
    shape = archive.members[name].shape if name in archive.members else (n_images,)
    if shape != (n_images,):
        stem = named(archive.path.stem)
        raise InputError(f"{stem}: {name} have shape {shape}, not ({n_images},).")
    return archive.read(name)


def _labels_and_names(archive: Archive, n_images: int) -> tuple[np.ndarray, list[str]]:
    """Return labels (N,) of 0 to L-1, or -1, and the names of L classes."""
    names = _names(archive) if archive.has("class_names") else []
    labels = _one_an_image(archive, "labels", n_images)
    if labels is None:
        return np.full(n_images, UNLABELLED), names
    if labels.dtype.kind not in "iuU":
        raise _of_type(archive, "labels", labels, "whole numbers or strings")
    if names and labels.dtype.kind != "U":
        return labels, names
    none = labels == (str(UNLABELLED) if labels.dtype.kind == "U" else UNLABELLED)  # (N,)
    values, codes = np.unique(labels[~none], return_inverse=True)
    numbered = np.full(labels.shape, UNLABELLED)
    if names:
        codes = _looked_up(archive, values, names)[codes]
    numbered[~none] = codes
    return numbered, names or [str(value) for value in values]


def _names(archive: Archive) -> list[str]:
    """Return the class names."""
    names = archive.read("class_names")
    if names.dtype.kind not in "Uiuf":
        raise _of_type(archive, "class_names", names, "strings")
    if names.size > _MOST_NAMES:
        raise InputError(
            f"{named(archive.path)}: class_names are {names.size}, above {_MOST_NAMES}."
        )
    return [str(name) for name in names.ravel()]


def _of_type(archive: Archive, name: str, array: np.ndarray, wanted: str) -> InputError:
    """Return the error that refuses an array for its type, with the mend where there is one."""
    mend = f": save {name}.astype(str)" if array.dtype.kind == "S" else ""
    return InputError(f"{named(archive.path)}: {name} are {array.dtype}, not {wanted}{mend}.")


def _looked_up(archive: Archive, values: np.ndarray, names: list[str]) -> np.ndarray:
    """Return the position of each text in `names`."""
    missing = sorted(set(values.tolist()) - set(names))
    if missing:
        raise InputError(
            f"{named(archive.path)}: labels hold {shown(missing[0])}, which class_names do not."
        )
    position = {name: i for i, name in reversed(list(enumerate(names)))}
    return np.array([position[value] for value in values.tolist()], dtype=np.int64)
