"""datasets.load: sizes, ranges, splits that share no digit, and refusals."""

import inspect
import re
from itertools import pairwise

import numpy as np
import pytest

from course_lib import datasets
from course_lib.datasets.digits import pools
from course_lib.datasets.loading import MAKERS
from course_lib.datasets.moving_digits import DIRECTIONS
from course_lib.datasets.textured_shapes import _textures, _turned

SHAPES = {
    "digits": (1, 8, 8),
    "shifted_digits": (1, 28, 28),
    "cluttered_digits": (1, 32, 32),
    "shapes": (3, 32, 32),
    "moving_digits": (1, 6, 12, 12),
}
SIGNALS = {"basic_motions": (6, 100)}  # tested in test_motions.py


def small(name):
    """Load a data set with few images."""
    counts = {} if name == "digits" else {"num_train": 60, "num_test": 40}
    return datasets.load(name, **counts)


def test_every_data_set_is_tested():
    assert {*SHAPES, *SIGNALS} == MAKERS.keys()


@pytest.mark.parametrize("name", SHAPES)
def test_images_and_labels_keep_their_promise(name):
    data = small(name)
    for x, y in ((data.x_train, data.y_train), (data.x_test, data.y_test)):
        assert x.shape == (len(y), *SHAPES[name])
        assert (x.dtype, y.dtype) == (np.float32, np.int64)
        assert 0 <= x.min() < 0.1 < 0.9 < x.max() <= 1
        assert set(y) == set(range(data.num_classes))
    assert data.source
    assert data.licence


@pytest.mark.parametrize("name", SHAPES)
def test_loading_twice_gives_the_same_and_memory_of_its_own(name):
    first, second = small(name), small(name)
    np.testing.assert_array_equal(first.x_train, second.x_train)
    np.testing.assert_array_equal(first.y_test, second.y_test)
    assert not np.shares_memory(first.x_train, second.x_train)
    assert not np.shares_memory(first.x_test, second.x_test)


@pytest.mark.parametrize("name", ["shifted_digits", "cluttered_digits", "shapes", "moving_digits"])
def test_seed_changes_the_images_and_counts_do_not(name):
    first = datasets.load(name, num_train=20, num_test=10)
    more_tests = datasets.load(name, num_train=20, num_test=30)
    other = datasets.load(name, num_train=20, num_test=10, seed=1)
    np.testing.assert_array_equal(first.x_train, more_tests.x_train)
    assert abs(first.x_train - other.x_train).max() > 0.1


def test_pools_share_no_digit():
    seen = [{image.tobytes() for image in pool.images} for pool in pools().values()]
    assert [len(pool.labels) for pool in pools().values()] == [997, 300, 500]
    assert not (seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2])


def pairs(images, labels):
    return sorted((x.astype(int).tobytes(), y) for x, y in zip(images, labels, strict=True))


def test_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    data = datasets.load("digits")
    ours = np.concatenate([data.x_train, data.x_test])[:, 0] * 16
    labels = np.concatenate([data.y_train, data.y_test])
    original = load_digits()
    assert pairs(ours, labels) == pairs(original.images, original.target)


def unshifted(x):
    """Cut each (12, 12) canvas down to the digit's columns and rows, as bytes."""
    return [image[np.ix_(image.any(1), image.any(0))].tobytes() for image in x[:, 0]]


@pytest.mark.parametrize("held_out", ["test", "validation"])
def test_held_out_images_come_from_their_own_pool(held_out):
    data = datasets.load(
        "shifted_digits", num_train=50, num_test=80, size=12, width=8, held_out=held_out
    )
    for x, pool in ((data.x_train, "train"), (data.x_test, held_out)):
        known = set(unshifted(pools()[pool].images[:, None]))
        assert set(unshifted(x)) <= known


def test_centered_digits_keep_their_pixels():
    data = datasets.load("shifted_digits", num_train=50, size=12, width=8, train_shift=0)
    assert not data.x_train[:, :, [0, 1, 10, 11]].any()
    assert not data.x_train[:, :, :, [0, 1, 10, 11]].any()
    levels = data.x_train * 16
    np.testing.assert_array_equal(levels, np.round(levels))


@pytest.mark.parametrize("shift, corners", [(0, 1), (1, 9), (2, 25), (None, 25)])
def test_whole_pixel_places_are_all_used_and_none_other(shift, corners):
    from course_lib.datasets.digits import _whole_pixel_places

    rng = np.random.default_rng(seed=0)
    places = _whole_pixel_places(rng, 2000, size=12, max_shift=shift)
    assert len(np.unique(places, axis=0)) == corners
    assert places.min() == 6 - (2 if shift is None else shift)


def test_shift_bounds_the_distance_from_the_middle():
    near, far = (
        datasets.load("shifted_digits", num_train=200, width=14, train_shift=shift).x_train[:, 0]
        for shift in (1, None)
    )
    row_of = np.arange(28)[:, None] + 0.5
    spread = [np.std((x * row_of).sum((1, 2)) / x.sum((1, 2))) for x in (near, far)]
    assert spread[0] < 1.5 < 3 < spread[1]


def test_digits_fit_whole_on_the_canvas():
    data = datasets.load("shifted_digits", num_train=300, size=20, width=(16, 20))
    ink = data.x_train.sum(axis=(1, 2, 3))
    assert ink.min() > 0.5 * np.median(ink)


BAD = [
    pytest.param({"name": "imagenet"}, ValueError, "'digits', 'shifted_digits'", id="unknown"),
    pytest.param({"name": "digits", "size": 12}, ValueError, "options that 'digits'", id="option"),
    pytest.param({"name": "shapes", "width": 9}, ValueError, "options that 'shapes'", id="other"),
    pytest.param({"name": "shapes", "num_test": 0}, ValueError, "num_test of at least 1", id="0"),
    pytest.param({"name": "shapes", "num_test": 2.5}, TypeError, "num_test as an int", id="2.5"),
    pytest.param({"name": "shapes", "seed": -1}, ValueError, "seed of at least 0", id="seed"),
    pytest.param(
        {"name": "shifted_digits", "size": 12}, ValueError, "width=.14, 20. and size=12", id="big"
    ),
    pytest.param(
        {"name": "shifted_digits", "width": (20, 14)}, ValueError, "narrowest, widest", id="order"
    ),
    pytest.param(
        {"name": "shifted_digits", "width": "wide"}, TypeError, "width as a number", id="text"
    ),
    pytest.param(
        {"name": "shifted_digits", "train_shift": -1}, ValueError, "train_shift from 0", id="shift"
    ),
    pytest.param(
        {"name": "shapes", "held_out": "train"}, ValueError, "'test', 'validation'", id="split"
    ),
]


@pytest.mark.parametrize("arguments, error, text", BAD)
def test_bad_requests_are_named(arguments, error, text):
    with pytest.raises(error, match=rf"^datasets.load received .*{text}"):
        datasets.load(**arguments)


def test_a_digit_moves_one_pixel_a_frame_in_the_direction_of_its_label():
    data = datasets.load("moving_digits", num_train=40, num_test=1, size=13, frames=4)
    for video, label in zip(data.x_train[:, 0], data.y_train, strict=True):
        step = DIRECTIONS[data.class_names[label]]
        for before, after in pairwise(video):
            np.testing.assert_array_equal(after, np.roll(before, step, axis=(0, 1)))


def test_the_first_frame_of_a_video_may_hold_its_digit_anywhere():
    data = datasets.load("moving_digits", num_train=4000, num_test=1, frames=1)
    brightness = data.x_train[:, 0, 0].mean(axis=0)
    assert brightness.min() > 0.8 * brightness.max()


def test_every_direction_goes_where_its_name_says():
    down = {"up": -1, "down": 1}
    right = {"left": -1, "right": 1}
    for name, step in DIRECTIONS.items():
        words = name.split()
        assert step == tuple(sum(table.get(w, 0) for w in words) for table in (down, right))


def test_every_digit_of_a_pool_is_drawn():
    data = datasets.load("shifted_digits", num_train=1, num_test=10_000, size=8, width=8)
    assert len({image.tobytes() for image in data.x_test}) == len(pools()["test"].labels)


def test_textures_lie_between_dark_and_bright_whichever_way_they_are_turned():
    rows, columns = np.mgrid[:32, :32] + 0.5
    rng = np.random.default_rng(seed=0)
    bright = _textures(rows, columns, np.arange(30) % 3, rng)
    assert 0 <= bright.min() < 0.05 < 0.95 < bright.max() <= 1
    across, down = _turned(columns, rows, rng, 30)
    np.testing.assert_allclose(np.hypot(across, down), np.hypot([columns] * 30, rows))


@pytest.mark.parametrize("name", [n for n in SHAPES if n != "digits"])
def test_the_promised_number_of_images_is_drawn(name):
    promised = re.search(r"None means ([\d,]+) and ([\d,]+)\.", datasets.load.__doc__)
    defaults = inspect.signature(MAKERS[name]).parameters
    for count, option in zip(promised.groups(), ("num_train", "num_test"), strict=True):
        assert defaults[option].default == int(count.replace(",", ""))


def test_videos_have_a_frame_at_least():
    with pytest.raises(ValueError, match="frames=0"):
        datasets.load("moving_digits", frames=0)


@pytest.mark.parametrize(
    "name, change, error",
    [
        pytest.param("shapes", {"num_train": 10**12}, ValueError, id="images"),
        pytest.param("shapes", {"size": 10**6}, ValueError, id="pixels"),
        pytest.param("moving_digits", {"frames": 10**9}, ValueError, id="frames"),
        pytest.param("shifted_digits", {"num_test": 2**70}, ValueError, id="beyond-64-bits"),
        pytest.param("shifted_digits", {"train_shift": float("inf")}, ValueError, id="shift"),
        pytest.param("shifted_digits", {"width": (8, 9, 10)}, ValueError, id="three-widths"),
        pytest.param("shifted_digits", {"width": float("nan")}, ValueError, id="nan"),
        pytest.param("shifted_digits", {"width": "8"}, TypeError, id="text"),
        pytest.param("shifted_digits", {"width": True}, TypeError, id="bool"),
    ],
)
def test_what_no_memory_holds_and_no_width_is_are_refused(name, change, error):
    options = {"num_train": 2, "num_test": 2} | change
    with pytest.raises(error, match=r"^datasets.load received .*;"):
        datasets.load(name, **options)


@pytest.mark.parametrize("convert", [np.int64, np.uint8, np.array], ids=["int64", "uint8", "array"])
def test_options_of_numpy_are_those_of_python(convert):
    options = {"num_train": 3, "num_test": 2, "size": 20, "seed": 7}
    plain = datasets.load("shifted_digits", **options, width=8, train_shift=2)
    options = {name: convert(value) for name, value in options.items()}
    given = datasets.load(
        "shifted_digits", **options, width=[np.float32(8), np.array(8)], train_shift=convert(2)
    )
    np.testing.assert_array_equal(given.x_train, plain.x_train)
