"""Letters that are in no data set: fonts bent at random, dark on light, in image files."""

from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import gaussian_filter, map_coordinates

FONTS = ("DejaVuSans", "DejaVuSerif", "DejaVuSansMono", "DejaVuSans-Oblique", "STIXGeneral")
WIDTH, HEIGHT = 200, 150


def write_letters(folder: Path, letters: str, n_each: int, seed: int = 0) -> dict[str, str]:
    """Write PNG files of 200 x 150 and return the letter of each by its file's name."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    order = rng.permutation(np.repeat(list(letters), n_each))
    truth = {f"scan {place}.png": str(letter) for place, letter in enumerate(order, 1)}
    for name, letter in truth.items():
        bent_letter(letter, rng).save(folder / name)
    return truth


def bent_letter(letter: str, rng: np.random.Generator) -> Image.Image:
    """Draw one letter on paper that is not quite white, turned, sheared, bent and blurred."""
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    font = ImageFont.truetype(fonts / f"{rng.choice(FONTS)}.ttf", int(rng.integers(70, 100)))
    page = Image.new("L", (WIDTH, HEIGHT), 0)
    ImageDraw.Draw(page).text((WIDTH / 2, HEIGHT / 2), letter, 255, font, anchor="mm")
    angle, shear = rng.normal(0, 0.12), rng.normal(0, 0.15)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([HEIGHT / 2, WIDTH / 2])[:, None, None]
    places = np.indices((HEIGHT, WIDTH)) - middle  # (2, H, W)
    places = np.einsum("ij,jhw->ihw", turn @ [[1, 0], [shear, 1]], places) + middle
    bend = [gaussian_filter(rng.normal(size=(HEIGHT, WIDTH)), 12) * 80 for _ in range(2)]
    ink = map_coordinates(np.asarray(page, float) / 255, places + bend, order=1)  # (H, W)
    paper = rng.uniform(200, 250) + rng.normal(0, 2, (HEIGHT, WIDTH))
    grey = paper * (1 - 0.85 * gaussian_filter(ink, 0.7))
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8))
