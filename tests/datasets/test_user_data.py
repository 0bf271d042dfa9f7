"""datasets.from_npz and from_folder: what they read, and everything they refuse."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from course_lib import datasets

rng = np.random.default_rng(seed=0)


def arrays(**changes):
    """Make the four arrays of a small valid file, some replaced or dropped (None)."""
    whole = {
        "x_train": rng.integers(0, 256, (7, 5, 4), dtype=np.uint8),
        "y_train": np.arange(7) % 3,
        "x_test": rng.integers(0, 256, (4, 5, 4), dtype=np.uint8),
        "y_test": np.arange(4) % 3,
    }
    return {key: value for key, value in (whole | changes).items() if value is not None}


def saved(folder, contents):
    np.savez(folder / "data.npz", **contents)
    return folder / "data.npz"


def test_gray_images_get_a_channel_and_floats(tmp_path):
    contents = arrays()
    data = datasets.from_npz(saved(tmp_path, contents))
    assert data.x_train.shape == (7, 1, 5, 4)
    assert (data.x_train.dtype, data.y_train.dtype) == (np.float32, np.int64)
    np.testing.assert_array_equal(np.round(data.x_test[:, 0] * 255), contents["x_test"])
    assert data.class_names == ("0", "1", "2")


@pytest.mark.parametrize("layout", ["NHWC", "NCHW"])
def test_color_images_end_up_channels_first(tmp_path, layout):
    x = {"x_train": rng.random((7, 5, 4, 3)), "x_test": rng.random((4, 5, 4, 3))}
    order = (0, 1, 2, 3) if layout == "NHWC" else (0, 3, 1, 2)
    stored = {key: value.transpose(order) for key, value in x.items()}
    data = datasets.from_npz(saved(tmp_path, arrays(**stored)))
    expected = x["x_train"].transpose(0, 3, 1, 2).astype(np.float32)
    np.testing.assert_array_equal(data.x_train, expected)


def test_label_columns_and_class_names_are_read(tmp_path):
    contents = arrays(y_train=(np.arange(7) % 3)[:, None], class_names=np.array(["a", "b", "c"]))
    data = datasets.from_npz(saved(tmp_path, contents))
    assert data.y_train.shape == (7,)
    assert data.class_names == ("a", "b", "c")


BAD_ARRAYS = [
    pytest.param({"y_test": None}, "without y_test", id="missing"),
    pytest.param({"x_train": np.zeros((7, 20))}, "images .N, H, W.", id="flat"),
    pytest.param({"x_train": np.zeros((7, 3, 9, 3))}, "images .N, H, W.", id="ambiguous"),
    pytest.param({"x_train": np.zeros((7, 9, 9, 4))}, "1 or 3 channels", id="four-channels"),
    pytest.param({"x_train": np.zeros((0, 5, 4))}, "at least one image", id="empty"),
    pytest.param({"x_train": np.zeros((7, 5, 4), int)}, "uint8 or floating", id="int64"),
    pytest.param({"x_train": np.full((7, 5, 4), 255.0)}, "from 0 to 1", id="not-scaled"),
    pytest.param({"x_train": np.full((7, 5, 4), np.nan)}, "from 0 to 1", id="nan"),
    pytest.param({"x_test": np.zeros((4, 5, 5))}, "images of one size", id="two-sizes"),
    pytest.param({"y_train": np.arange(6) % 3}, "7 images .* 6 labels", id="count"),
    pytest.param({"y_train": np.arange(7.0)}, "integer labels", id="float-labels"),
    pytest.param({"y_train": np.eye(7, 3, dtype=int)}, "argmax", id="one-hot"),
    pytest.param({"y_train": np.arange(7) % 3 - 1}, "label -1", id="negative"),
    pytest.param({"y_test": np.array([0, 1, 2, 250])}, "label 250", id="unknown-label"),
    pytest.param({"y_train": np.arange(7) % 2 * 2}, "without label 1", id="gap"),
    pytest.param({"class_names": np.array(["a", "b"])}, "labels from 0 to 1", id="too-few-names"),
    pytest.param({"y_train": np.array([{}] * 7)}, "cannot be read", id="python-objects"),
]


@pytest.mark.parametrize("changes, text", BAD_ARRAYS)
def test_arrays_that_form_no_data_set_are_named(tmp_path, changes, text):
    path = saved(tmp_path, arrays(**changes))
    with pytest.raises(ValueError, match=rf"^datasets.from_npz received .*{text}"):
        datasets.from_npz(path)


@pytest.mark.parametrize("names", [["cat", "dog", "émeu"], ["a", "b", "c"]], ids=["utf-8", "ascii"])
def test_class_names_in_bytes_are_read_as_text(tmp_path, names):
    as_bytes = np.array([name.encode() for name in names])
    data = datasets.from_npz(saved(tmp_path, arrays(class_names=as_bytes)))
    assert data.class_names == tuple(names)


def test_masks_are_0_and_1(tmp_path):
    masks = {key: value > 127 for key, value in arrays().items() if key.startswith("x")}
    data = datasets.from_npz(saved(tmp_path, arrays(**masks)))
    np.testing.assert_array_equal(data.x_train[:, 0], masks["x_train"].astype(np.float32))
    assert set(np.unique(data.x_test)) == {0.0, 1.0}


def test_bytes_of_0_and_1_alone_are_refused(tmp_path):
    mask = (arrays()["x_train"] > 127).astype(np.uint8)
    with pytest.raises(ValueError, match=r"x_train of dtype uint8 with 0 and 1 alone.*as bool"):
        datasets.from_npz(saved(tmp_path, arrays(x_train=mask)))


def test_an_array_that_says_it_is_huge_is_refused_before_room_is_made(tmp_path):
    path = saved(tmp_path, arrays())
    members = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            members[name] = archive.read(name)
    header = io.BytesIO()
    shape = (10**7, 300, 300)
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": shape}
    )
    members["x_train.npy"] = header.getvalue() + b"\0" * 100
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(ValueError, match=r"cannot be read \(x_train.npy says that it holds 900,"):
        datasets.from_npz(path)


def test_an_encrypted_archive_is_refused(tmp_path):
    path = saved(tmp_path, arrays())
    content = bytearray(path.read_bytes())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(sign)
        while start >= 0:
            content[start + place] |= 1  # the flag of an encrypted member
            start = content.find(sign, start + 4)
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"cannot be read \(.*encrypted"):
        datasets.from_npz(path)


def cut(content):
    return content[: len(content) // 2]


def flipped(content):
    middle = len(content) // 3
    return content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]


def npy():
    """Give the bytes of a single array: a whole file, but of the wrong kind."""
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "damage",
    [cut, flipped, lambda c: b"", lambda c: b"hello", lambda c: npy()],
    ids=["cut", "bit", "empty", "text", "npy"],
)
def test_broken_files_are_refused(tmp_path, damage):
    path = saved(tmp_path, arrays(x_train=rng.integers(0, 256, (7, 50, 40), dtype=np.uint8)))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=r"^datasets.from_npz received .* cannot be read"):
        datasets.from_npz(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match="which is not there"):
        datasets.from_npz(tmp_path / "none.npz")


def fill(folder, counts):
    """Write `counts[name]` pictures, each in a shade of its own, into sub-folder `name`."""
    for name, count in counts.items():
        (folder / name).mkdir(parents=True)
        for n in range(count):
            shade = (10 * n, 20 if name == "a" else 200, 0)
            Image.new("RGB", (30, 20), shade).save(folder / name / f"{n}.png")
    return folder


def test_folders_become_classes(tmp_path):
    fill(tmp_path, {"b": 5, "a": 10, ".cache": 3})
    (tmp_path / "a" / "notes.txt").write_text("no picture")
    (tmp_path / "a" / ".hidden.png").write_text("no picture")
    data = datasets.from_folder(tmp_path, size=(8, 6))
    assert data.class_names == ("a", "b")
    assert data.x_train.shape == (12, 3, 8, 6)
    assert np.bincount(data.y_test).tolist() == [2, 1]
    green = np.round(255 * data.x_train[:, 1, 0, 0])
    np.testing.assert_array_equal(green, np.where(data.y_train == 0, 20, 200))


def test_no_picture_is_in_both_parts_and_the_split_repeats(tmp_path):
    fill(tmp_path, {"a": 10, "b": 10})
    first, again, other = (datasets.from_folder(tmp_path, size=4, seed=s) for s in (0, 0, 1))
    np.testing.assert_array_equal(first.x_test, again.x_test)
    assert abs(first.x_test - other.x_test).max() > 0
    shades = [
        set(np.round(255 * x[y == 0, 0, 0, 0]))
        for x, y in ((first.x_train, first.y_train), (first.x_test, first.y_test))
    ]
    assert [len(part) for part in shades] == [8, 2]
    assert not shades[0] & shades[1]


def test_gray_folders_have_one_channel(tmp_path):
    data = datasets.from_folder(fill(tmp_path, {"a": 2, "b": 2}), size=4, gray=True)
    assert data.x_test.shape == (2, 1, 4, 4)


@pytest.mark.parametrize(
    "counts, text",
    [
        pytest.param({}, "sub-folders none", id="empty"),
        pytest.param({"a": 3}, "two or more sub-folders", id="one-class"),
        pytest.param({"train": 3, "test": 3}, "right above the classes", id="split-folders"),
        pytest.param({"a": 3, "b": 1}, "class 'b' with 1 pictures", id="one-picture"),
    ],
)
def test_folders_without_classes_are_named(tmp_path, counts, text):
    with pytest.raises(ValueError, match=rf"^datasets.from_folder received .*{text}"):
        datasets.from_folder(fill(tmp_path, counts), size=4)


def test_pictures_that_would_be_left_out_are_named(tmp_path):
    fill(tmp_path, {"cats": 3, "dogs": 3, "dogs/puppies": 2})
    with pytest.raises(ValueError, match="class 'dogs' with pictures in its sub-folder 'puppies'"):
        datasets.from_folder(tmp_path, size=8)


def test_empty_and_hidden_folders_inside_a_class_do_no_harm(tmp_path):
    fill(tmp_path, {"cats": 3, "dogs": 3, "dogs/.thumbnails": 2})
    (tmp_path / "cats" / "notes").mkdir()
    assert datasets.from_folder(tmp_path, size=8).num_classes == 2


def test_a_broken_picture_is_named(tmp_path):
    fill(tmp_path, {"a": 2, "b": 2})
    (tmp_path / "b" / "9.png").write_text("no picture")
    with pytest.raises(ValueError, match=r"9\.png, which cannot be read as an image"):
        datasets.from_folder(tmp_path, size=4)
