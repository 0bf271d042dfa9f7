"""datasets.from_npz and from_folder: what they read, and everything they refuse."""

import io
import os
import zipfile

import numpy as np
import pytest
from PIL import Image

from course_lib import datasets
from course_lib.errors import InvalidValue

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
    pytest.param({"x_train": np.full((7, 5, 4), 255.0)}, "divide by 255", id="not-scaled"),
    pytest.param({"x_train": np.full((7, 5, 4), -1.0)}, r"\(x \+ 1\) / 2", id="centered"),
    pytest.param({"x_train": np.full((7, 5, 4), -9.0)}, r"undo what was done", id="normalized"),
    pytest.param({"x_train": np.full((7, 5, 4), 300.0)}, r"undo what was done", id="16-bit"),
    pytest.param({"x_train": np.full((7, 5, 4), np.nan)}, "NaN .*np.isfinite", id="nan"),
    pytest.param({"x_test": np.full((4, 5, 4), np.inf)}, "NaN .*np.isfinite", id="infinite"),
    pytest.param({"x_test": np.full((4, 5, 4), 1j)}, "uint8 or floating", id="complex"),
    pytest.param({"x_test": np.zeros((4, 5, 5))}, "images of one size", id="two-sizes"),
    pytest.param({"y_train": np.arange(6) % 3}, "7 images .* 6 labels", id="count"),
    pytest.param({"y_train": np.arange(7.0)}, r"integer labels.*astype\(int\)", id="float-labels"),
    pytest.param({"y_train": np.arange(7) > 3}, r"integer labels.*astype\(int\)", id="bool-labels"),
    pytest.param({"y_train": np.arange(7) / 3}, r"integer .*np.unique", id="no-class-numbers"),
    pytest.param({"y_train": np.array(["a"] * 7)}, "np.unique.*class_names", id="text-labels"),
    pytest.param({"y_train": np.eye(7, 3)}, "argmax", id="one-hot-floats"),
    pytest.param({"y_train": np.zeros((7, 5, 4), int)}, "one number for each", id="maps"),
    pytest.param({"y_train": np.arange(7) + 10**7}, "label 10000006; .*np.unique", id="large"),
    pytest.param(
        {"y_test": np.full(4, 2**63, np.uint64)}, "label 9223372036854775808", id="unsigned"
    ),
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


def with_a_member_of_another_name(folder):
    saved(folder, arrays())
    with zipfile.ZipFile(folder / "data.npz") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(folder / "data.npz", "w") as archive:
        for name, content in members.items():
            archive.writestr(name.removesuffix(".npy"), content)


def with_a_damaged_member(folder, method):
    members = {f"{name}.npy": npy() for name in arrays()}
    with zipfile.ZipFile(folder / "data.npz", "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content * 50)
    content = bytearray((folder / "data.npz").read_bytes())
    content[45:60] = b"\xff" * 15
    (folder / "data.npz").write_bytes(content)


def with_a_header(folder, header):
    contents = npy()
    length = len(contents) - 24 - 10
    changed = contents[:10] + header.encode().ljust(length - 1) + b"\n" + contents[-24:]
    with zipfile.ZipFile(folder / "data.npz", "w") as archive:
        for name in arrays():
            archive.writestr(f"{name}.npy", changed)


ODD_ARCHIVES = {
    "no-suffix": with_a_member_of_another_name,
    "lzma": lambda folder: with_a_damaged_member(folder, zipfile.ZIP_LZMA),
    "bzip2": lambda folder: with_a_damaged_member(folder, zipfile.ZIP_BZIP2),
    "deflate": lambda folder: with_a_damaged_member(folder, zipfile.ZIP_DEFLATED),
    "header-code": lambda folder: with_a_header(folder, "__import__('os').getcwd()"),
    "header-half": lambda folder: with_a_header(folder, "{'descr': '<f8', 'shape': (3"),
    "header-negative": lambda folder: with_a_header(
        folder, "{'descr': '<f8', 'fortran_order': False, 'shape': (-3,)}"
    ),
    "header-huge": lambda folder: with_a_header(
        folder, "{'descr': '<f8', 'fortran_order': False, 'shape': (9**99, 0)}"
    ),
    "empty": lambda folder: zipfile.ZipFile(folder / "data.npz", "w").close(),
}


@pytest.mark.parametrize("write", ODD_ARCHIVES.values(), ids=ODD_ARCHIVES.keys())
def test_odd_archives_are_refused_in_a_sentence(tmp_path, write):
    write(tmp_path)
    with pytest.raises(InvalidValue, match=r"^datasets.from_npz received .*data.npz"):
        datasets.from_npz(tmp_path / "data.npz")


NO_PATHS = [None, 3, b"a", ["a"], object(), np.array("a")]
READERS = {
    "datasets.from_npz": datasets.from_npz,
    "datasets.from_folder": lambda path: datasets.from_folder(path, size=4),
    "datasets.photo": datasets.photo,
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("path", NO_PATHS, ids=lambda path: type(path).__name__)
def test_what_is_no_path_is_named(name, path):
    with pytest.raises(TypeError, match=rf"^{name} received (path|name) of type"):
        READERS[name](path)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("path", ["", "a" * 300, "a\0b", "~nobody-of-this-name/a.png"], ids=len)
def test_paths_that_lead_nowhere_are_named(tmp_path, monkeypatch, name, path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidValue, match=rf"^{name} received"):
        READERS[name](path)


@pytest.mark.skipif(os.name == "nt", reason="named pipes are of Unix")
def test_a_pipe_is_no_picture_and_is_not_waited_for(tmp_path):
    fill(tmp_path, {"a": 2, "b": 2})
    os.mkfifo(tmp_path / "b" / "9.png")
    with pytest.raises(InvalidValue, match=r"9\.png, which cannot be read as an image"):
        datasets.from_folder(tmp_path, size=4)


def test_a_folder_is_no_picture_whatever_its_name(tmp_path):
    fill(tmp_path, {"a": 2, "b": 2})
    (tmp_path / "b" / "more.png").mkdir()
    assert len(datasets.from_folder(tmp_path, size=4).x_train) == 2


def test_a_link_to_nowhere_is_named(tmp_path):
    fill(tmp_path, {"a": 2, "b": 2})
    (tmp_path / "b" / "9.png").symlink_to(tmp_path / "nowhere.png")
    with pytest.raises(InvalidValue, match=r"9\.png, which cannot be read as an image"):
        datasets.from_folder(tmp_path, size=4)


def test_a_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "Permission denied")

    fill(tmp_path, {"a": 2, "b": 2})
    monkeypatch.setattr(type(tmp_path), "iterdir", refuse)
    with pytest.raises(InvalidValue, match=r"cannot be read .Permission denied"):
        datasets.from_folder(tmp_path, size=4)


def test_a_folder_that_is_a_file_or_not_there_is_named(tmp_path):
    (tmp_path / "a").write_text("no folder")
    with pytest.raises(InvalidValue, match="a, which is a file"):
        datasets.from_folder(tmp_path / "a", size=4)
    with pytest.raises(FileNotFoundError, match="b, which is not there"):
        datasets.from_folder(tmp_path / "b", size=4)


@pytest.mark.parametrize(
    "change, error",
    [
        pytest.param({"seed": None}, TypeError, id="no-seed"),
        pytest.param({"seed": 1.5}, TypeError, id="half-seed"),
        pytest.param({"seed": -1}, ValueError, id="seed-below-0"),
        pytest.param({"size": (10**6, 10**6)}, ValueError, id="huge"),
        pytest.param({"size": "8"}, TypeError, id="text"),
        pytest.param({"test_share": float("nan")}, ValueError, id="nan"),
        pytest.param({"test_share": True}, TypeError, id="bool"),
        pytest.param({"gray": 1}, TypeError, id="flag"),
    ],
)
def test_options_of_folders_are_checked(tmp_path, change, error):
    with pytest.raises(error, match=r"^datasets.from_folder received"):
        datasets.from_folder(fill(tmp_path, {"a": 2, "b": 2}), **{"size": 4} | change)


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
