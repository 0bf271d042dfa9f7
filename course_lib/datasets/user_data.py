"""The reader's own images: from one .npz file, or from a folder of pictures."""

import lzma
import math
import os
import struct
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from course_lib.checks import per_axis, require_finite, require_flag, require_int, require_path
from course_lib.datasets.dataset import Dataset
from course_lib.datasets.photos import open_image, require_pixels, to_channels_first
from course_lib.errors import InvalidValue, MissingFile

KEYS = ("x_train", "y_train", "x_test", "y_test")
CHANNELS = (1, 3)
SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
# RuntimeError: encrypted, or packed by a method that Python lacks.
UNREADABLE = (
    ValueError, TypeError, EOFError, OSError, MemoryError, RuntimeError, SyntaxError,
    AttributeError, LookupError, ArithmeticError, zipfile.BadZipFile, zlib.error, lzma.LZMAError,
    struct.error, tokenize.TokenError,
)  # fmt: skip
LARGEST_LABEL = 99_999  # of more classes, one image each would be a large data set
RENUMBER = "number them with np.unique(y, return_inverse=True)[1]"
SPLIT_NAMES = {"train", "training", "test", "testing", "val", "valid", "validation"}


def from_npz(path: str | Path) -> Dataset:
    """Read a data set from one .npz file, in the layout that Keras uses.

    Parameters
    ----------
    path : str or Path
        A file with arrays `x_train`, `y_train`, `x_test`, `y_test`, and optionally
        `class_names`. Images are (N, H, W), (N, H, W, C) or (N, C, H, W) with 1 or 3 channels,
        uint8, bool (masks) or floating point from 0 to 1; labels are integers (N,) or (N, 1)
        from 0.

    Returns
    -------
    Dataset
        Images (N, C, H, W), float32 from 0 to 1, and labels (N,), int64.

    Raises
    ------
    TypeError, ValueError
        If the path is none, or the file is missing, broken, holds Python objects (they could run
        code), or its arrays do not form a data set.

    Examples
    --------
    >>> import tempfile
    >>> arrays = {"x_train": np.zeros((6, 5, 4)), "y_train": np.arange(6) % 2}
    >>> arrays |= {"x_test": np.zeros((2, 5, 4)), "y_test": np.arange(2)}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/mine.npz", **arrays)
    ...     from_npz(f"{folder}/mine.npz")
    Dataset(6 training and 2 test images (1, 5, 4), 2 classes)
    """
    arrays = _read_arrays(require_path("datasets.from_npz", "path", path))
    images = {key: _images(key, arrays[key]) for key in ("x_train", "x_test")}
    labels = {key: _labels(key, arrays[key]) for key in ("y_train", "y_test")}
    if images["x_train"].shape[1:] != images["x_test"].shape[1:]:
        shapes = " and ".join(f"{key} {arrays[key].shape}" for key in images)
        raise _refusal(shapes, "images of one size for training and test", "resize one of them")
    for part in ("train", "test"):
        counts = len(images[f"x_{part}"]), len(labels[f"y_{part}"])
        if counts[0] != counts[1]:
            raise _refusal(
                f"{counts[0]} images in x_{part} and {counts[1]} labels in y_{part}",
                "one label an image",
                "check how the file was made",
            )
    names = _class_names(arrays.get("class_names"), labels)
    return Dataset(
        **images, **labels, class_names=names, source=str(path), licence="set by its owner"
    )


def from_folder(
    path: str | Path,
    *,
    size: int | tuple[int, int],
    gray: bool = False,
    test_share: float = 0.2,
    seed: int = 0,
) -> Dataset:
    """Read a data set from a folder with one sub-folder of pictures for each class.

    Parameters
    ----------
    path : str or Path
        The folder. Its sub-folders, in alphabetical order, are the classes; hidden files and
        files that are not pictures by their ending are passed over.
    size : int or (int, int)
        Height and width of the images, in pixels. Pictures of another shape lose their edges:
        the middle is kept, nothing is squeezed.
    gray : bool, default=False
        With True, images have 1 channel, else 3.
    test_share : float, default=0.2
        Share of each class, at least one picture, that is kept for the test.
    seed : int, default=0
        Another number chooses other pictures for the test.

    Returns
    -------
    Dataset
        Images (N, C, H, W), float32 from 0 to 1, and labels (N,), int64.

    Raises
    ------
    TypeError, ValueError
        If there are fewer than two classes, fewer than two pictures in a class, pictures in deeper
        folders, a picture that `photo` would refuse, or an option out of range.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("cats/a.png", "cats/b.png", "dogs/a.png", "dogs/b.png"):
    ...         (Path(folder) / name).parent.mkdir(exist_ok=True)
    ...         Image.new("RGB", (40, 30)).save(Path(folder) / name)
    ...     from_folder(folder, size=16).class_names
    ('cats', 'dogs')
    """
    height, width = per_axis("datasets.from_folder", "size", size, num_axes=2, minimum=1)
    require_flag("datasets.from_folder", "gray", gray)
    require_pixels((width, height), "images", "datasets.from_folder")
    share = require_finite("datasets.from_folder", "test_share", test_share, minimum=0, maximum=1)
    seed = require_int("datasets.from_folder", "seed", seed, minimum=0)
    files = _files_of(require_path("datasets.from_folder", "path", path))
    rng = np.random.default_rng(seed)
    parts: dict[str, list] = {key: [] for key in KEYS}
    for label, pictures in enumerate(files.values()):
        x = np.stack([_fitted(file, (width, height), gray) for file in pictures])
        order = rng.permutation(len(x))
        num_test = min(max(round(share * len(x)), 1), len(x) - 1)
        for part, chosen in (("test", order[:num_test]), ("train", order[num_test:])):
            parts[f"x_{part}"].append(x[chosen])
            parts[f"y_{part}"].append(np.full(len(chosen), label))
    arrays = {key: np.concatenate(part) for key, part in parts.items()}
    return Dataset(
        **arrays, class_names=tuple(files), source=str(path), licence="set by their owner"
    )


def _refusal(received: str, needed: str, fix: str, operation: str = "from_npz") -> InvalidValue:
    return InvalidValue(f"datasets.{operation}", received=received, needed=needed, fix=fix)


def _read_arrays(path: Path) -> dict[str, NDArray]:
    """Read every array of the file; `allow_pickle=False` never runs what a file brings along."""
    if not os.path.isfile(path):  # which takes names that the system does not
        what = "which is a folder" if os.path.isdir(path) else "which is not there"
        raise _refusal(f"{str(path)[-255:]}, {what}", "an .npz file", "check the path")
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            present = [key for key in (*KEYS, "class_names") if key in file.files]
            for key in present:
                _require_true_header(file.zip, f"{key}.npy")
            arrays = {key: file[key] for key in present}
    except UNREADABLE as error:
        raise _refusal(
            f"{path}, which cannot be read ({error})",
            "a complete .npz file of plain arrays",
            "write it again with np.savez",
        ) from error
    missing = [key for key in KEYS if key not in arrays]
    if missing:
        raise _refusal(
            f"{path} without {', '.join(missing)}",
            f"the arrays {', '.join(KEYS)}",
            "name the arrays when you call np.savez",
        )
    return arrays


def _require_true_header(archive: zipfile.ZipFile, name: str) -> None:
    """Raise ValueError unless a member holds as many bytes as its header says, before it is read.

    NumPy makes room for what the header says: a few bytes could fill the memory.
    """
    with archive.open(name) as member:
        version = np.lib.format.read_magic(member)
        read_header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }.get(version)
        if read_header is None:
            raise ValueError(f"{name} is of version {version} of the format")
        shape, _, dtype = read_header(member)
        said, held = math.prod(shape) * dtype.itemsize, archive.getinfo(name).file_size
        if not dtype.hasobject and said != held - member.tell():
            raise ValueError(f"{name} says that it holds {said:,} bytes, which it does not")


def _images(key: str, x: NDArray) -> NDArray:
    """Check images and turn them into (N, C, H, W), float32 from 0 to 1."""
    described = f"{key} with shape {x.shape} and dtype {x.dtype}"
    last, first = x.ndim == 4 and x.shape[3] in CHANNELS, x.ndim == 4 and x.shape[1] in CHANNELS
    if x.ndim != 3 and last == first:
        raise _refusal(
            described,
            "images (N, H, W), (N, H, W, C) or (N, C, H, W) with 1 or 3 channels",
            "move or drop axes until one layout fits",
        )
    if 0 in x.shape:
        raise _refusal(described, "at least one image of at least one pixel", "check the file")
    if x.dtype == bool:
        x = x.astype(np.float32)
    if x.dtype != np.uint8 and not np.issubdtype(x.dtype, np.floating):
        raise _refusal(
            described, "uint8 or floating point, masks as bool", "convert it before np.savez"
        )
    _require_range(key, x)
    x = x[:, None] if x.ndim == 3 else x.transpose(0, 3, 1, 2) if last else x
    scaled = np.ascontiguousarray(x, dtype=np.float32)
    return np.divide(scaled, 255, out=scaled) if x.dtype == np.uint8 else scaled


def _require_range(key: str, x: NDArray) -> None:
    """Raise ValueError where numbers are not from 0 to 1, or to 255 in bytes."""
    if x.dtype == np.uint8 and x.max() == 1:
        raise _refusal(
            f"{key} of dtype uint8 with 0 and 1 alone, nearly black both of them",
            "values up to 255, or masks as bool",
            "convert masks with x.astype(bool)",
        )
    low, high = x.min(), x.max()
    if not (np.isfinite(low) and np.isfinite(high)):  # each is NaN where there is one
        raise _refusal(
            f"{key} with NaN or infinite values",
            "floating-point images from 0 to 1",
            "find them with np.isfinite and drop or repair those images",
        )
    if x.dtype != np.uint8 and not (low >= 0 and high <= 1):
        raise _refusal(
            f"{key} with values from {low:.3g} to {high:.3g}",
            "floating-point images from 0 to 1",
            _way_to_0_and_1(float(low), float(high)),
        )


def _way_to_0_and_1(low: float, high: float) -> str:
    """Guess from the range of images in which units they are, and how to get to 0...1."""
    if low >= 0 and 2 < high <= 255:
        return "divide by 255, or store uint8"
    if low < 0 and low >= -1 and high <= 1:
        return "undo the scaling from -1 to 1 with (x + 1) / 2"
    return "undo what was done to them, or scale with (x - x.min()) / (x.max() - x.min())"


def _labels(key: str, y: NDArray) -> NDArray:
    described = f"{key} with shape {y.shape} and dtype {y.dtype}"
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1 or not np.issubdtype(y.dtype, np.integer):
        raise _refusal(described, "integer labels (N,)", _way_to_labels(y))
    if y.size and y.min() < 0:
        raise _refusal(f"{key} with label {y.min()}", "labels from 0", "number the classes from 0")
    if y.size and y.max() > LARGEST_LABEL:
        raise _refusal(
            f"{key} with label {y.max()}", "classes numbered from 0 without gaps", RENUMBER
        )
    return y.astype(np.int64)


def _way_to_labels(y: NDArray) -> str:
    """Say how labels of another form become class numbers."""
    if y.ndim == 2:
        return "use y.argmax(1) if they are one-hot"
    if y.ndim != 1:
        return "store one number for each image"
    if y.dtype.kind == "b" or (y.dtype.kind == "f" and np.array_equal(y, np.floor(y))):
        return "store y.astype(int)"
    if y.dtype.kind in "SU":
        return "store np.unique(y, return_inverse=True)[1], and the names as class_names"
    return RENUMBER


def _class_names(given: NDArray | None, labels: dict[str, NDArray]) -> tuple[str, ...]:
    """Check that every label has a name, or that every class is there to learn."""
    train = labels["y_train"]
    if given is not None:
        names = tuple(map(_text, np.ravel(given)))
        wanted = f"labels from 0 to {len(names) - 1}, one a class name"
    else:
        names = tuple(str(label) for label in range(int(train.max()) + 1))
        wanted = "no test label above the largest training label"
    for key, y in labels.items():
        if y.max() >= len(names):
            raise _refusal(f"{key} with label {y.max()}", wanted, "check how labels were numbered")
    absent = sorted(set(range(len(names))) - set(np.unique(train).tolist()))
    if absent:
        raise _refusal(
            f"y_train without label {absent[0]}, of {len(names)} classes",
            "at least one training image for each class",
            RENUMBER.replace("them", "the classes"),
        )
    return names


def _text(name: Any) -> str:
    """Read a class name; NumPy keeps those of many files as bytes."""
    return name.decode("utf-8", errors="replace") if isinstance(name, bytes) else str(name)


def _files_of(path: Path) -> dict[str, list[Path]]:
    """List the pictures of each class, or say why the folder cannot be read."""
    try:
        if not path.exists():
            raise MissingFile(
                "datasets.from_folder", received=f"{path}, which is not there",
                needed="a folder", fix="check the path")  # fmt: skip
        if not path.is_dir():
            raise _refusal(
                f"{path}, which is a file", "a folder with a sub-folder for each class",
                "give the folder right above the classes", "from_folder")  # fmt: skip
        return _class_files(path)
    except InvalidValue:
        raise
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or problem
        raise _refusal(
            f"{str(path)[-255:]}, which cannot be read ({why})", "a folder that may be read",
            "check the name and the rights", "from_folder") from problem  # fmt: skip


def _class_files(path: Path) -> dict[str, list[Path]]:
    """List the pictures of each class, sorted by name."""
    folders = sorted(f for f in path.glob("*") if f.is_dir() and not f.name.startswith("."))
    names = {folder.name.lower() for folder in folders}
    if len(folders) < 2 or names <= SPLIT_NAMES:
        raise _refusal(
            f"{path} with sub-folders {sorted(names) or 'none'}",
            "two or more sub-folders, each named after a class",
            "give the folder right above the classes",
            "from_folder",
        )
    files = {
        folder.name: sorted(f for f in folder.iterdir() if _is_picture(f)) for folder in folders
    }
    for folder in folders:
        _require_no_deeper_pictures(folder)
    for name, pictures in files.items():
        if len(pictures) < 2:
            raise _refusal(
                f"class {name!r} with {len(pictures)} pictures",
                "at least 2, one to learn from and one to test on",
                f"add pictures ({', '.join(SUFFIXES)})",
                "from_folder",
            )
    return files


def _require_no_deeper_pictures(folder: Path) -> None:
    """Raise ValueError where pictures lie deeper than the class: they would be left out."""
    for deeper in sorted(f for f in folder.iterdir() if f.is_dir() and f.name[0] != "."):
        if any(_is_picture(file) for file in deeper.rglob("*")):
            raise _refusal(
                f"class {folder.name!r} with pictures in its sub-folder {deeper.name!r}",
                "all pictures of a class right in its folder",
                "move them up, or give the folder whose sub-folders are the classes",
                "from_folder",
            )


def _is_picture(file: Path) -> bool:
    named = file.suffix.lower() in SUFFIXES and not file.name.startswith(".")
    return named and not file.is_dir()


def _fitted(file: Path, size: tuple[int, int], gray: bool) -> NDArray:
    """Read a picture, cut it to the shape of `size` (width, height) and scale it."""
    picture = open_image(file, "datasets.from_folder").convert("L" if gray else "RGB")
    fitted = ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
    return (to_channels_first(fitted) / 255).astype(np.float32)
