"""Folders of PNG and JPEG files: the same character however it was stored, and what is refused."""

import numpy as np
import pytest
from handwriting import write_letters
from PIL import Image

from gmvae.data.image_folder import load_image_folder, read_character
from gmvae.data.sources import load_dataset
from gmvae.errors import InputError

STEM, FOOT = (slice(30, 110), slice(60, 72)), (slice(98, 110), slice(60, 120))  # an L


def drawn(height=150, width=200, paper=255, ink=0):
    """An upright L of `ink` on `paper`, uint8 (height, width)."""
    grey = np.full((height, width), paper, dtype=np.uint8)
    grey[STEM] = grey[FOOT] = ink
    return Image.fromarray(grey)


def saved(folder, name, image, **options):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)
    return path


@pytest.fixture
def expected(tmp_path):
    return read_character(saved(tmp_path, "expected/a.png", drawn()))


def test_a_character_is_centred_upright_and_bright_on_dark(expected):
    assert expected.dtype == np.uint8
    assert expected.max() == 255
    inked = expected > 64
    assert np.flatnonzero(inked.any(axis=1))[[0, -1]].tolist() == [2, 25]  # a border of 2 pixels
    left, right = np.flatnonzero(inked.any(axis=0))[[0, -1]]
    assert left == 27 - right
    assert right - left + 1 == pytest.approx(24 * 60 / 80, abs=1)  # the aspect is kept
    assert inked[4:20, left + 1].all()  # the stem is on the left,
    assert inked[24, left + 2 : right - 2].all()  # the foot below
    assert not inked[4:20, right - 4 :].any()


def close(path, expected, within=12):
    """Whether a file holds the expected character, but for rounding and compression."""
    return np.abs(read_character(path).astype(int) - expected).max() <= within


@pytest.mark.parametrize(("paper", "ink"), [(0, 255), (250, 20), (140, 40), (60, 190)])
def test_dark_on_light_and_light_on_dark_are_one(tmp_path, expected, paper, ink):
    assert close(saved(tmp_path, "a.png", drawn(paper=paper, ink=ink)), expected)


def test_colour_palette_bits_and_jpeg_make_no_difference(tmp_path, expected):
    for name, image in {
        "rgb.png": drawn().convert("RGB"),
        "palette.png": drawn().convert("P"),
        "one.png": drawn().convert("1"),
        "sixteen.png": Image.fromarray(np.asarray(drawn()).astype(np.uint16) * 257),
        "wide.JPEG": drawn(150, 400),
    }.items():
        assert close(saved(tmp_path, name, image), expected, within=20), name


@pytest.mark.parametrize("shade", [0, 255])
def test_what_is_transparent_is_background(tmp_path, expected, shade):
    opaque = 255 - np.asarray(drawn())
    rgba = np.dstack([np.full((150, 200, 3), shade, np.uint8), opaque])
    assert close(saved(tmp_path, "a.png", Image.fromarray(rgba)), expected)


def test_size_does_not_matter(tmp_path, expected):
    large = drawn().resize((1600, 1200), Image.Resampling.NEAREST)
    assert close(saved(tmp_path, "a.png", large), expected, within=40)


def test_a_camera_s_turn_is_undone(tmp_path, expected):
    turned = drawn().transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned by 90 degrees clockwise
    assert close(saved(tmp_path, "a.jpg", turned, exif=exif, quality=100), expected, within=20)


def test_an_empty_sheet_stays_empty(tmp_path):
    path = saved(tmp_path, "a.png", Image.fromarray(np.full((9, 5), 200, np.uint8)))
    assert not read_character(path).any()
    noisy = Image.fromarray(np.random.default_rng(0).integers(250, 254, (40, 40), dtype=np.uint8))
    assert not read_character(saved(tmp_path, "b.png", noisy)).any()


def test_one_pixel_is_an_image(tmp_path):
    assert read_character(saved(tmp_path, "a.png", Image.new("L", (1, 1)))).shape == (28, 28)


def test_names_are_in_natural_order_and_kept(tmp_path, capsys):
    for name in ("b10.png", "b2.jpg", "B1.png", ".hidden.png", ".thumbs/x.png"):
        saved(tmp_path, name, drawn())
    (tmp_path / "notes.txt").write_text("not an image")
    dataset = load_dataset(tmp_path)
    assert dataset.extra["file"].tolist() == ["B1.png", "b2.jpg", "b10.png"]
    assert dataset.labels.tolist() == [-1, -1, -1]
    assert not dataset.labelled
    assert "1 file(s) that are neither PNG nor JPEG are left out, such as notes.txt." in (
        capsys.readouterr().err
    )
    assert load_dataset(tmp_path).fingerprint == dataset.fingerprint


def test_folders_name_the_classes(tmp_path):
    for name in ("y/2.png", "x/1.png", "y/10.png"):
        saved(tmp_path, name, drawn())
    dataset = load_dataset(tmp_path)
    assert dataset.class_names == ("x", "y")
    assert dataset.labels.tolist() == [0, 1, 1]
    assert dataset.extra["file"].tolist() == ["x/1.png", "y/2.png", "y/10.png"]


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("a.png", "x/b.png"), "beside them, such as a.png: keep one"),
        (("x/y/a.png",), "holds x/y/a.png, deeper than the folders"),
    ],
)
def test_folders_that_leave_a_doubt_are_refused(tmp_path, names, reason):
    for name in names:
        saved(tmp_path, name, drawn())
    with pytest.raises(InputError, match=reason):
        load_dataset(tmp_path)


def test_a_broken_image_is_refused_by_name(tmp_path):
    path = saved(tmp_path, "a.png", drawn())
    path.write_bytes(path.read_bytes()[:150])
    with pytest.raises(InputError, match=r"a\.png cannot be read as a PNG or JPEG image"):
        load_dataset(tmp_path)
    path.write_text("words")
    with pytest.raises(InputError, match=r"a\.png cannot be read"):
        load_dataset(tmp_path)


def test_a_folder_without_images_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(InputError, match="and no PNG or JPEG"):
        load_dataset(tmp_path)


def test_linked_folders_are_classes_and_no_circle_is_walked(tmp_path):
    for name, place in (("a", "letters/a"), ("b", "elsewhere")):
        write_letters(tmp_path / place, name, 2)
    (tmp_path / "letters" / "b").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "letters" / "a" / "round").symlink_to(tmp_path / "letters")
    data = load_image_folder(tmp_path / "letters")
    assert data.class_names == ("a", "b")
    assert data.labels.tolist() == [0, 0, 1, 1]
    assert not data.remarks


def test_empty_sheets_are_remarked(tmp_path):
    write_letters(tmp_path / "letters", "a", 3)
    for name in ("x", "y"):
        Image.new("L", (40, 40), 255).save(tmp_path / "letters" / f"{name}.png")
    (remark,) = load_image_folder(tmp_path / "letters").remarks
    assert "2 of 5 images are empty" in remark


def test_bits_are_told_by_the_brightest_level(tmp_path, expected):
    grey = np.asarray(drawn()).astype(np.uint16)
    for factor in (1, 4, 16, 257):
        path = saved(tmp_path, f"{factor}.png", Image.fromarray(grey * factor))
        assert close(path, expected, within=20), factor


def test_all_broken_images_are_named_at_once(tmp_path):
    for i in range(8):
        saved(tmp_path, f"{i}.png", drawn())
    for i in range(1, 8):
        (tmp_path / f"{i}.png").write_text("words")
    with pytest.raises(InputError) as refused:
        load_dataset(tmp_path)
    assert "1.png cannot be read as a PNG or JPEG image" in str(refused.value)
    assert str(refused.value).endswith(
        "6 more cannot be read: 2.png, 3.png, 4.png, 5.png, 6.png, …."
    )


def test_an_empty_sheet_is_named(tmp_path):
    write_letters(tmp_path / "letters", "a", 3)
    Image.new("L", (40, 40), 255).save(tmp_path / "letters" / "blank.png")
    (remark,) = load_image_folder(tmp_path / "letters").remarks
    assert remark.endswith("of one grey level each, such as blank.png.")
