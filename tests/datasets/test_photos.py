"""datasets.photo: real photographs, the reader's own, and files that are no pictures."""

import numpy as np
import pytest
from PIL import Image

from course_lib import datasets

GRAY = {"brick", "camera", "coins"}


@pytest.mark.parametrize("name", datasets.photo_names())
def test_photos_are_channels_first_from_0_to_1(name):
    image = datasets.photo(name, size=40)
    assert image.shape[:2] == (1 if name in GRAY else 3, 40)
    assert image.dtype == np.float64
    assert 0 <= image.min() < 0.35 < 0.6 < image.max() <= 1
    assert len(datasets.photo_credit(name)) > 10


def test_size_keeps_the_proportions():
    assert datasets.photo("cat").shape == (3, 300, 451)
    assert datasets.photo("cat", size=150, gray=True).shape == (1, 150, 226)


def test_gray_weighs_the_colors():
    color = np.round(255 * datasets.photo("coffee", size=20))
    weights = np.array([0.299, 0.587, 0.114])[:, None, None]
    own = Image.fromarray(color.astype(np.uint8).transpose(1, 2, 0)).convert("L")
    np.testing.assert_allclose(np.asarray(own), (weights * color).sum(0), atol=1)


def test_own_photo_is_read_and_turned_upright(tmp_path):
    picture = Image.fromarray(np.arange(24, dtype=np.uint8).reshape(4, 6))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    picture.save(tmp_path / "mine.png", exif=exif)
    image = datasets.photo(tmp_path / "mine.png")
    assert image.shape == (1, 6, 4)
    np.testing.assert_array_equal(
        np.round(image[0] * 255), np.rot90(np.arange(24).reshape(4, 6), -1)
    )


def broken_png(folder):
    Image.new("RGB", (50, 50), "red").save(folder / "whole.png")
    content = (folder / "whole.png").read_bytes()
    (folder / "half.png").write_bytes(content[: len(content) // 2])
    return folder / "half.png"


def text_file(folder):
    (folder / "note.png").write_text("not a picture")
    return folder / "note.png"


def deep_gray(folder):
    Image.fromarray(np.full((5, 5), 40000, np.uint16)).save(folder / "deep.png")
    return folder / "deep.png"


@pytest.mark.parametrize(
    "make, text",
    [
        pytest.param(broken_png, "cannot be read as an image", id="half"),
        pytest.param(text_file, "cannot be read as an image", id="text"),
        pytest.param(deep_gray, "8 bits a channel", id="16-bit"),
        pytest.param(lambda folder: folder / "none.png", "neither a photograph", id="missing"),
        pytest.param(lambda folder: "dog", "astronaut, brick", id="name"),
    ],
)
def test_what_is_no_picture_is_named(tmp_path, make, text):
    with pytest.raises(ValueError, match=rf"^datasets.photo received .*{text}"):
        datasets.photo(make(tmp_path))


def test_options_are_checked():
    with pytest.raises(ValueError, match="size of at least 1"):
        datasets.photo("cat", size=0)
    with pytest.raises(TypeError, match="gray as True or False"):
        datasets.photo("cat", gray="yes")
    with pytest.raises(ValueError, match=r"name='dog'"):
        datasets.photo_credit("dog")
