"""pictures: what the network is shown, and the reader's own photograph."""

import numpy as np
import pytest
from PIL import Image

from course_lib import datasets
from course_lib.lessons.efficientnet import pictures
from course_lib.models import classify, load_pretrained


@pytest.fixture(scope="module")
def network():
    return load_pretrained("efficientnet_lite0")


def test_what_is_seen_is_the_middle_of_the_photo():
    photo = np.zeros((1, 256, 400))
    photo[:, :, 88:-88] = 1  # 224 columns
    seen = pictures.as_seen(photo)
    assert seen.shape == (3, 224, 224)
    assert (seen.min(), seen.max()) == pytest.approx((1, 1), abs=1e-6)


def test_shuffling_moves_squares_and_changes_none():
    photo = datasets.photo("cat")
    cut, seen = pictures.shuffled(photo, 4, seed=3), pictures.as_seen(photo)
    assert not np.array_equal(cut, seen)

    def squares(picture):
        blocks = picture.reshape(3, 4, 56, 4, 56).transpose(1, 3, 0, 2, 4).reshape(16, -1)
        return sorted(map(bytes, blocks.astype(np.float32)))

    assert squares(cut) == squares(seen)
    assert np.array_equal(pictures.shuffled(photo, 1), seen)


@pytest.mark.parametrize("tiles", [0, 3, 5])
def test_tiles_that_do_not_fit_are_named(tiles):
    with pytest.raises(ValueError, match=rf"^shuffled received tiles={tiles}"):
        pictures.shuffled(datasets.photo("cat"), tiles)


def test_guesses_of_pixels_are_those_of_the_photo(network):
    photo = datasets.photo("coffee")
    mine = pictures.guess(network, pictures.as_seen(photo), top=2)
    theirs = classify(network, photo, top=2)
    assert [one.label for one in mine] == [one.label for one in theirs]
    assert mine[0].probability == pytest.approx(theirs[0].probability, abs=1e-3)


def test_the_network_is_sure_of_things_it_has_no_name_for(network):
    sure = {name: classify(network, p, top=1)[0] for name, p in pictures.nameless().items()}
    assert sure["vessels in an eye"].label == sure["the moon"].label == "nematode"
    assert sure["vessels in an eye"].probability > 0.6
    assert sure["the moon"].probability > 0.4 and sure["noise"].probability < 0.3


def test_own_photo_is_read(tmp_path):
    file = tmp_path / "mine.png"
    Image.new("RGB", (30, 20), "teal").save(file)
    title, photo = pictures.own_photo(str(file))
    assert title == str(file) and photo.shape == (3, 20, 30)


@pytest.mark.parametrize("name", ["gone.jpg", "text.jpg"])
def test_a_photo_that_cannot_be_read_is_explained_in_one_sentence(tmp_path, capsys, name):
    (tmp_path / "text.jpg").write_text("no image")
    title, photo = pictures.own_photo(str(tmp_path / name))
    said = capsys.readouterr().out
    assert name in said and said.count("\n") == 1
    assert title == "china, one of the course's photographs" and photo.shape == (3, 427, 640)


def test_without_a_photo_nothing_is_said(capsys):
    assert pictures.own_photo("")[0].startswith("china")
    assert capsys.readouterr().out == ""


def test_photographs_are_cut_up_by_name_and_size():
    cuts = pictures.cut_up(("cat", "coffee"), tiles=iter((2, 4)))
    assert list(cuts) == ["cat, 2×2", "cat, 4×4", "coffee, 2×2", "coffee, 4×4"]
    assert np.array_equal(cuts["coffee, 4×4"], pictures.shuffled(datasets.photo("coffee"), 4))


def test_a_cat_in_squares_stays_a_cat_in_every_order(network):
    guesses = pictures.first_guesses(network, datasets.photo("cat"), 4, seeds=range(6))
    assert {guess.label for guess in guesses} <= {
        "tabby",
        "tiger cat",
        "Egyptian Mau",
        "striped cat",
    }
    alone = pictures.guess(network, pictures.shuffled(datasets.photo("cat"), 4, seed=5), top=1)
    assert guesses[5] == alone[0]
