"""Pictures of every kind: the same, or refused alike, whoever reads them."""

import numpy as np
import pytest
import torch
from PIL import Image

from course_lib import datasets, models
from course_lib.datasets import photos
from course_lib.errors import InvalidValue

SIZE = (256, 240)  # width, height: larger than the crop of the network


def ramp():
    return np.linspace(0, 255, SIZE[0] * SIZE[1]).reshape(SIZE[::-1]).astype(np.uint8)


def color():
    rng = np.random.default_rng(seed=0)
    return Image.fromarray(rng.integers(0, 256, (*SIZE[::-1], 3), dtype=np.uint8))


def with_alpha(picture):
    alpha = np.zeros(SIZE[::-1], np.uint8)
    alpha[:100], alpha[100:150] = 255, 128
    picture.putalpha(Image.fromarray(alpha))
    return picture


def palette(transparent):
    """Make three color stripes by palette; the second is transparent where wanted."""
    picture = Image.new("P", SIZE)
    picture.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    picture.paste(1, (80, 0, 160, 240))
    picture.paste(2, (160, 0, 256, 240))
    if transparent:
        picture.info["transparency"] = 1
    return picture


def upright_and_its_file(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return color(), {"exif": exif}


def over_white(picture):
    values = np.asarray(picture.convert("RGBA"), float)
    share = values[..., 3:] / 255
    return share * values[..., :3] + (1 - share) * 255


READABLE = {
    "bilevel": (Image.fromarray(ramp()).convert("1"), {}),
    "gray": (Image.fromarray(ramp()), {}),
    "gray-alpha": (with_alpha(Image.fromarray(ramp())), {}),
    "color": (color(), {}),
    "color-alpha": (with_alpha(color()), {}),
    "palette": (palette(False), {}),
    "palette-transparent": (palette(True), {"transparency": 1}),
    "exif-3": upright_and_its_file(3),
    "exif-6": upright_and_its_file(6),
}
REFUSED = {
    "16-bit": (Image.fromarray(ramp().astype(np.uint16) * 257), "png"),
    "32-bit": (Image.fromarray(ramp().astype(np.int32)), "tif"),
    "float": (Image.fromarray(ramp().astype(np.float32) / 255), "tif"),
}


@pytest.mark.parametrize("picture, options", READABLE.values(), ids=READABLE.keys())
def test_every_reader_reads_the_same(tmp_path, picture, options):
    for name in ("a/1.png", "a/2.png", "b/1.png", "b/2.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        picture.save(tmp_path / name, **options)
    image = datasets.photo(tmp_path / "a/1.png")
    height, width = image.shape[1:]
    data = datasets.from_folder(tmp_path, size=(height, width))
    np.testing.assert_allclose(
        data.x_train[0], np.broadcast_to(image, (3, height, width)), atol=1e-6
    )
    with Image.open(tmp_path / "a/1.png") as file:
        direct = models.preprocess(file)
    assert torch.equal(direct, models.preprocess(image))


@pytest.mark.parametrize("name, turns", [("exif-3", 2), ("exif-6", 3)])
def test_pictures_are_turned_upright(tmp_path, name, turns):
    picture, options = READABLE[name]
    picture.save(tmp_path / "a.png", **options)
    upright = np.rot90(np.asarray(picture), turns)
    image = 255 * datasets.photo(tmp_path / "a.png")
    np.testing.assert_allclose(image, upright.transpose(2, 0, 1))


@pytest.mark.parametrize("name", ["gray-alpha", "color-alpha", "palette", "palette-transparent"])
def test_transparent_parts_are_white(tmp_path, name):
    picture, options = READABLE[name]
    picture.save(tmp_path / "a.png", **options)
    with Image.open(tmp_path / "a.png") as file:
        expected = over_white(file).transpose(2, 0, 1)
    image = 255 * datasets.photo(tmp_path / "a.png")
    np.testing.assert_allclose(np.broadcast_to(image, expected.shape), expected, atol=1.01)
    assert (image.min(axis=0) == 255).any() == (name != "palette")


@pytest.mark.parametrize("picture, suffix", REFUSED.values(), ids=REFUSED.keys())
def test_more_than_eight_bits_are_refused_by_every_reader(tmp_path, picture, suffix):
    for name in ("a/1", "a/2", "b/1", "b/2"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        picture.save(tmp_path / f"{name}.{suffix}")
    network = torch.nn.Identity()
    network.name = "resnet18"
    with Image.open(tmp_path / f"a/1.{suffix}") as file:
        readers = {
            "datasets.photo": lambda: datasets.photo(tmp_path / f"a/1.{suffix}"),
            "datasets.from_folder": lambda: datasets.from_folder(tmp_path, size=8),
            "preprocess": lambda: models.preprocess(file),
        }
        for operation, read in readers.items():
            with pytest.raises(ValueError, match=f"^{operation} received .*8 bits a channel"):
                read()
        with pytest.raises(ValueError, match="8 bits a channel"):
            models.classify(network, file)


def test_huge_pictures_are_refused_before_they_are_unpacked(tmp_path, monkeypatch):
    color().save(tmp_path / "a.png")
    monkeypatch.setattr(photos, "MOST_PIXELS", 240 * 256 - 1)
    with pytest.raises(ValueError, match="of 256 x 240 pixels, which is too large"):
        datasets.photo(tmp_path / "a.png")
    with pytest.raises(ValueError, match="which is too large"):
        models.preprocess(color())
    monkeypatch.setattr(photos, "MOST_PIXELS", 240 * 256)
    assert datasets.photo(tmp_path / "a.png").shape == (3, 240, 256)


def test_what_pillow_takes_for_an_attack_is_one_sentence(tmp_path, monkeypatch):
    color().save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(ValueError, match="which is too large"):
        datasets.photo(tmp_path / "a.png")


def test_a_large_photograph_gives_no_warning(tmp_path, monkeypatch, recwarn):
    color().save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 240 * 256 - 1)
    datasets.photo(tmp_path / "a.png")
    assert not recwarn.list


def test_a_thread_of_a_picture_is_refused_before_it_is_scaled():
    with pytest.raises(ValueError, match="a photo of 1 x 9000, scaled of 256 x 2304000 pixels"):
        models.preprocess(np.zeros((3, 9000, 1)), "resnet18")


NO_PHOTOS = [None, "cat", [[0.5]], np.ma.masked_array(np.ones((3, 4, 4))), np.ones((3, 4, 4), int),
             np.ones((3, 4, 4), object), np.ones((3, 4, 4), complex)]  # fmt: skip


@pytest.mark.parametrize("photo", NO_PHOTOS, ids=lambda photo: str(getattr(photo, "dtype", photo)))
def test_what_is_no_photo_is_named(photo):
    with pytest.raises(TypeError, match=r"^preprocess received photo"):
        models.preprocess(photo, "resnet18")


FORMS = {
    "tensor": lambda x: torch.from_numpy(x).requires_grad_(),
    "big-endian": lambda x: x.astype(">f4"),
    "strided": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
}


@pytest.mark.parametrize("convert", FORMS.values(), ids=FORMS.keys())
def test_a_photo_in_another_form_is_the_same(convert):
    photo = np.random.default_rng(seed=0).random((3, 40, 30)).astype(np.float32)
    expected = models.preprocess(photo, "resnet18")
    assert torch.equal(models.preprocess(convert(photo), "resnet18"), expected)


def save_as(kind, mode, **options):
    def write(folder):
        color().convert(mode).save(folder / "a.picture", kind, **options)
        return folder / "a.picture"

    return write


KINDS = {
    "cmyk-jpeg": save_as("JPEG", "CMYK", quality=95), "gray-jpeg": save_as("JPEG", "L"),
    "bilevel-tiff": save_as("TIFF", "1"), "rgba-webp": save_as("WEBP", "RGBA", lossless=True),
    "palette-gif": save_as("GIF", "P"), "rgb-bmp": save_as("BMP", "RGB"),
    "ycbcr-tiff": save_as("TIFF", "YCbCr"), "palette-alpha-tiff": save_as("PNG", "P",
    transparency=bytes(range(256))), "ico": save_as("ICO", "RGBA", sizes=[(16, 16)]),
    "lab-tiff": save_as("TIFF", "LAB"),
}  # fmt: skip


@pytest.mark.parametrize("write", KINDS.values(), ids=KINDS.keys())
def test_every_format_of_pillow_is_read_or_refused_by_name(tmp_path, write):
    try:
        image = datasets.photo(write(tmp_path))
    except InvalidValue as refusal:
        older_pillow = "a complete image file"  # cannot read back what it has written
        assert "8 bits a channel" in str(refusal) or older_pillow in str(refusal)
        return
    assert image.shape[0] in (1, 3) and 0 <= image.min() <= image.max() <= 1
