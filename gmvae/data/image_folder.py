"""A folder of PNG and JPEG files as a data set: each character as the EMNIST paper converts it.

Folders inside the folder name the classes; without any the images have no label. An image is
turned to grey, dark ink on light paper is turned over, then (Cohen et al. 2017, figure 1): blurred
a little, cropped to its ink, centred in a square that keeps the aspect, given a border of 2 pixels
and scaled to 28 x 28 with bicubic interpolation, the darkest ink at 255.

References
----------
Cohen, Afshar, Tapson and van Schaik (2017), EMNIST: an extension of MNIST to handwritten letters.
"""

import os
import re
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from gmvae.data.dataset import IMAGE_SIZE, UNLABELLED, Dataset, checked
from gmvae.errors import InputError

SUFFIXES = (".png", ".jpg", ".jpeg")
_BORDER = 2  # pixels of the 28 on each side
_FAINTEST = 0.25  # share of the darkest ink that still counts as ink where the image is cropped
_FLATTEST = 8  # grey levels between paper and ink below which a sheet is taken as empty
_BRIGHTEST = (255, 1023, 4095, 16_383, 65_535)  # of 8 to 16 bits, all kept in files of 16
_NAMED = 5  # unreadable files that a sentence names
_NIST_SIDE = 64  # pixels: a character in the scans of NIST, where the blur has a radius of 1


def is_image_folder(folder: Path) -> bool:
    """Say whether a folder holds a PNG or JPEG file, at any depth."""
    return any(_is_image(path) for path in _visible(folder))


def load_image_folder(folder: Path) -> Dataset:
    """Load a folder of PNG and JPEG files; hidden files are ignored.

    Images come in natural order of their names (2 before 10), a random seventh is the test part.
    ``extra["file"]`` holds the names within the folder. Files that are no images are left out,
    which is said on standard error.

    Raises
    ------
    InputError
        If an image cannot be read, images lie both beside and in folders of classes, or deeper.
    """
    found = sorted(_visible(folder), key=_natural)
    paths = [path for path in found if _is_image(path)]
    names = [path.relative_to(folder).as_posix() for path in paths]
    if left_out := [path for path in found if not _is_image(path)]:
        print(
            f"{folder}: {len(left_out)} file(s) that are neither PNG nor JPEG are left out, such"
            f" as {left_out[0].relative_to(folder)}.",
            file=sys.stderr,
        )
    labels, class_names = _classes(folder, names)
    images = _characters(paths)  # (N, 28, 28)
    split = np.zeros(len(images), dtype=np.int64)  # (N,)
    split[np.random.default_rng(0).permutation(len(images))[: len(images) // 7]] = 1
    extra = {"file": np.array(names)}
    return checked(folder.resolve().name, images, labels, split, class_names, extra)


def _characters(paths: list[Path]) -> np.ndarray:
    """Read all files ``(N, 28, 28)``, or name those that cannot be read."""
    images, refused = [], {}
    for path in paths:
        try:
            images.append(read_character(path))
        except InputError as error:
            refused[path] = error
    if not refused:
        return np.stack(images)
    first, *others = refused
    more = ", ".join(path.name for path in others[:_NAMED]) + (", …" if others[_NAMED:] else "")
    told = f" {len(others)} more cannot be read: {more}." if others else ""
    raise InputError(f"{refused[first]}{told}") from refused[first]


def read_character(path: Path) -> np.ndarray:
    """Read one image file as a character, uint8 (28, 28), 0 the background and 255 full ink.

    An empty sheet stays empty.

    Raises
    ------
    InputError
        If the file is not a whole PNG or JPEG image.
    """
    try:
        with Image.open(path, formats=("PNG", "JPEG")) as opened:
            grey = _grey(ImageOps.exif_transpose(opened))  # (H, W)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        # SyntaxError: Pillow's word for a PNG whose blocks are broken
        raise InputError(f"{path} cannot be read as a PNG or JPEG image ({error}).") from error
    return _converted(_ink(grey))


def _visible(folder: Path) -> list[Path]:
    """Return all files at any depth of which no part of the name begins with a dot.

    Links to folders are followed, a folder that was met before is not entered again.
    """
    found, met = [], set()
    for place, folders, files in os.walk(folder, followlinks=True):
        met.add(os.path.realpath(place))
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and os.path.realpath(Path(place, name)) not in met
        ]
        found += [Path(place, name) for name in files if not name.startswith(".")]
    return [path for path in found if path.is_file()]


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES


def _natural(path: Path) -> tuple[list[tuple[int, str]], str]:
    """Return a key by which 2 comes before 10, and equal names by their bytes."""
    parts = re.split(r"([0-9]+)", path.as_posix().casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts], str(path)


def _classes(folder: Path, names: list[str]) -> tuple[np.ndarray, list[str]]:
    """Return the labels ``(N,)`` and class names that the folders of the images give."""
    folders = [name.rpartition("/")[0] for name in names]
    deeper = next((name for name in names if name.count("/") > 1), None)
    if deeper is not None:
        raise InputError(
            f"{folder} holds {deeper}, deeper than the folders that name the classes: put each"
            " class's images into one folder."
        )
    if not any(folders):
        return np.full(len(names), UNLABELLED), []
    if not all(folders):
        raise InputError(
            f"{folder} holds images both in folders, which name classes, and beside them, such as"
            f" {names[folders.index('')]}: keep one of the two."
        )
    class_names, labels = np.unique(folders, return_inverse=True)  # (L,), (N,)
    return labels, [str(name) for name in class_names]


def _grey(image: Image.Image) -> np.ndarray:
    """Return grey levels 0 to 255, float64 (H, W); what is transparent lies on a plain ground."""
    if image.mode.startswith("I"):  # 16 bits a pixel
        levels = np.asarray(image, dtype=np.float64)  # (H, W)
        brightest = levels.max()
        return levels * 255 / next((n for n in _BRIGHTEST if n >= brightest), brightest)
    if not image.has_transparency_data:
        return np.asarray(image.convert("L"), dtype=np.float64)
    grey, alpha = np.moveaxis(np.asarray(image.convert("LA"), dtype=np.float64), 2, 0)  # (H, W)
    opaque = alpha / 255
    is_bright = (grey * opaque).sum() > 127.5 * opaque.sum()  # bright ink needs a dark ground
    return grey * opaque + (0 if is_bright else 255) * (1 - opaque)


def _ink(grey: np.ndarray) -> np.ndarray:
    """Return how much ink is where, float32 (H, W) in [0, 1]; the border is taken as background."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])  # (2 H + 2 W,)
    background = float(np.median(border))
    darkest, brightest = grey.min(), grey.max()
    ink = background - grey if background - darkest > brightest - background else grey - background
    if ink.max() < _FLATTEST:
        return np.zeros(grey.shape, dtype=np.float32)
    return np.clip(ink / ink.max(), 0, 1).astype(np.float32)


def _converted(ink: np.ndarray) -> np.ndarray:
    """Crop, blur, centre and scale ink ``(H, W)`` to uint8 ``(28, 28)``."""
    rows, columns = (np.flatnonzero((ink > _FAINTEST).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return np.zeros((IMAGE_SIZE, IMAGE_SIZE), dtype=np.uint8)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    side = max(bottom - top, right - left)  # of the square, without its border
    frame = side * IMAGE_SIZE / (IMAGE_SIZE - 2 * _BORDER)  # with it
    blurred = (
        Image.fromarray(ink * 255)
        .convert("L")
        .filter(ImageFilter.GaussianBlur(float(side) / _NIST_SIDE))
    )
    middle = np.array([(left + right) / 2, (top + bottom) / 2])  # (2,)
    corners = np.round([*(middle - frame / 2), *(middle + frame / 2)]).astype(int)
    square = blurred.crop(tuple(corners))  # outside the image it is 0
    size = (IMAGE_SIZE, IMAGE_SIZE)
    small = np.asarray(square.resize(size, Image.Resampling.BICUBIC), dtype=np.float64)  # (28, 28)
    return np.round(small * (255 / max(small.max(), 1))).astype(np.uint8)
