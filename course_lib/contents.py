"""What the course consists of: its notebooks, ways through them, and where each equation lives.

The tables are made from the folders as they are: a notebook that is not there yet stands in italics
and without a link, a test is named only if its file exists.
"""

import importlib
import json
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from course_lib.contracts import TOPICS

PARTS = {
    "I · Convolution": (
        "start_here", "images_and_cnns", "convolution", "kernels_and_feature_maps",
        "convolutional_layer", "receptive_fields", "equivariance_and_invariance",
    ),
    "II · Making deep networks learn": (
        "activations", "backpropagation", "vanishing_gradients", "initialization",
        "normalization", "residual_connections", "pooling", "losses", "regularization",
        "training_a_cnn",
    ),
    "III · Classic architectures": (
        "lenet", "alexnet", "vgg", "googlenet", "resnet", "mobilenet", "efficientnet",
        "comparing_architectures",
    ),
    "IV · Beyond images, and a closer look": (
        "signals_1d", "volumes_3d", "seeing_what_cnns_learn", "gpus_and_scale",
        "claims_checked",
    ),
}  # fmt: skip
SLUGS = [slug for slugs in PARTS.values() for slug in slugs]
NUMBERS = {f"{number:02}": slug for number, slug in enumerate(SLUGS)}


class Lecture(NamedTuple):
    """90 minutes: notebooks whose slides are shown, and notebooks that students read at home."""

    shown: tuple[int, ...]
    home: tuple[int, ...]


LECTURES = {
    "1 · Look through a small window": Lecture((1, 2), (3,)),
    "2 · The layer, and what it sees": Lecture((4, 5), (6,)),
    "3 · Why deep networks did not learn": Lecture((8, 9), (7, 10)),
    "4 · What made them learn": Lecture((11, 12), (13, 14, 15, 16)),
    "5 · From LeNet to EfficientNet": Lecture((21, 24), (17, 18, 19, 20, 22, 23)),
    "6 · Beyond images, and honest claims": Lecture((27, 29), (25, 26, 28)),
}
REFRESHER = (2, 4, 8, 11, 12, 16, 24, 29)


class Equation(NamedTuple):
    """A numbered equation: its numbers, its idea, the code that is it, its notebook."""

    numbers: tuple[int, ...]
    idea: str
    code: tuple[str, ...]
    notebook: int


EQUATIONS = (
    Equation((1, 12), "cross-correlation", ("numpy_ops.cross_correlate2d", "numpy_ops.conv2d"), 2),
    Equation((2, 8, 9), "sigmoid and its slope", ("numpy_ops.sigmoid_backward",), 7),
    Equation((3,), "product of slopes", ("numpy_ops.sigmoid_backward",), 9),
    Equation((5,), "weight update", ("numpy_nn.SGD",), 16),
    Equation((6, 7), "way back through a layer", ("numpy_ops.linear_backward",), 8),
    Equation((10, 15), "batch normalization", ("numpy_ops.batch_norm",), 11),
    Equation((11,), "residual connection", ("numpy_nn.Residual",), 12),
    Equation((13, 14), "output size", ("shapes.conv_output_size",), 3),
    Equation((16,), "group normalization", ("numpy_ops.group_norm",), 11),
)


def text_forms(folder: Path) -> list[Path]:
    """List the text forms that a folder of notebooks holds, in the order of the course."""
    paths = [folder / "src" / f"{number}_{slug}.py" for number, slug in NUMBERS.items()]
    return [path for path in paths if path.exists()]


def notebook_link(number: int, folder: Path, *, name: str = "title") -> str:
    """Link to a notebook; one that is only planned gets its name in italics, and no link.

    `name` says how to call it: by its "title", in short by its "topic", or by its "number" only.

    Examples
    --------
    >>> notebook_link(17, Path("nowhere"))
    '*17 lenet*'
    """
    path = _path(number, folder)
    there = path.exists()
    topic = SLUGS[number].replace("_", " ")
    texts = {"number": "", "topic": topic, "title": _title(path) if there else topic}
    text = f"{number:02} {texts[name]}".rstrip()
    return f"[{text}]({path.name})" if there else f"*{text}*"


def contents_table(folder: Path) -> str:
    """Write all parts and their notebooks as a Markdown table."""
    lines, number = ["| part | notebooks |", "|---|---|"], 0
    for part, slugs in PARTS.items():
        links = _links(range(number, number + len(slugs)), folder)
        lines.append(f"| **{part}** | {links} |")
        number += len(slugs)
    return "\n".join(lines)


def reading_paths(folder: Path) -> str:
    """Write the three ways through the course as a Markdown table."""
    lines = ["| path | notebooks |", "|---|---|"]
    lines.append("| **self-study** | all, in the order of their numbers; each says its time |")
    lines.append(f"| **lecture** | {len(LECTURES)} times 90 minutes, by the plan of notebook 0 |")
    lines.append(f"| **refresher** | {_links(REFRESHER, folder, name='topic')} |")
    return "\n".join(lines)


def lecture_plan(folder: Path) -> str:
    """Write, for each lecture, what is shown (with slides) and what is read at home."""
    lines = ["| lecture of 90 minutes | in the hall | slides | at home |", "|---|---|---|---|"]
    for name, lecture in LECTURES.items():
        paths = [_path(number, folder) for number in lecture.shown]
        slides = sum(num_slides(path) for path in paths if path.exists())
        more = "" if all(path.exists() for path in paths) else " and more"
        shown, home = (_links(numbers, folder, name="topic") for numbers in lecture)
        lines.append(f"| **{name}** | {shown} | {slides or '–'}{more if slides else ''} | {home} |")
    return "\n".join(lines)


def num_slides(path: Path) -> int:
    """Count the slides of a notebook: what is shown step by step on one slide counts once."""
    cells = _cells(path)
    kinds = [cell["metadata"].get("slideshow", {}).get("slide_type") for cell in cells]
    return sum(kind in ("slide", "subslide") for kind in kinds)


def equation_map(folder: Path) -> str:
    """Write, for each equation of the deck, its notebook, code and test as a Markdown table."""
    lines = ["| equation | idea | notebook | code | test |", "|---|---|---|---|---|"]
    taught = _notebooks_by_equation(folder)
    for equation in EQUATIONS:
        numbers = sorted({n for k in equation.numbers for n in taught.get(k, ())})
        links = _links(numbers or [equation.notebook], folder, name="number")
        tests = dict.fromkeys(find_test(code, folder.resolve().parent) for code in equation.code)
        lines.append(
            f"| {', '.join(map(str, equation.numbers))} | {equation.idea} | {links} | "
            f"{'<br>'.join(f'`{code}`' for code in equation.code)} | {'<br>'.join(tests)} |"
        )
    return "\n".join(lines)


def find_test(code: str, root: Path) -> str:
    """Name the test file that holds this function or layer to its promise, or "–".

    Examples
    --------
    >>> find_test("numpy_ops.conv2d", Path("nowhere"))
    '–'
    """
    package, _, name = code.partition(".")
    if not hasattr(importlib.import_module(f"course_lib.{package}"), name):
        raise AttributeError(f"course_lib.{package} has no {name}")
    tests = root / "tests"
    word = re.compile(rf"\b{name.removesuffix('_backward')}\b")
    candidates = sorted(
        [*tests.glob(f"test_{package}.py"), *tests.glob(f"{package}/test_*.py")]
        if package != "numpy_ops"
        else tests.glob(f"parity/test_{_topic(name)}.py")
    )
    mentions = {path: len(word.findall(path.read_text("utf-8"))) for path in candidates}
    most = max(mentions, key=mentions.__getitem__, default=None)
    return f"`{most.relative_to(root).as_posix()}`" if most and mentions[most] else "–"


def _topic(name: str) -> str:
    """Find the topic of `numpy_ops` that offers an operation."""
    for topic in TOPICS:
        if name in importlib.import_module(f"course_lib.numpy_ops.{topic}").__all__:
            return topic
    return "nothing"


def _notebooks_by_equation(folder: Path) -> dict[int, set[int]]:
    """Read from the text forms which notebooks name an equation in their `deck` metadata."""
    taught: dict[int, set[int]] = {}
    for source in text_forms(folder):
        for listing in re.findall(r"^# %%.*deck=\[(.*?)\]", source.read_text("utf-8"), re.M):
            for equation in re.findall(r'"eq (\d+)"', listing):
                taught.setdefault(int(equation), set()).add(int(source.name[:2]))
    return taught


def _path(number: int, folder: Path) -> Path:
    return folder / f"{number:02}_{SLUGS[number]}.ipynb"


def _links(numbers: Iterable[int], folder: Path, *, name: str = "title") -> str:
    return " · ".join(notebook_link(number, folder, name=name) for number in numbers)


def _title(path: Path) -> str:
    """Read the first heading of a notebook, without its number."""
    for cell in _cells(path):
        heading = re.search(r"^# (?:\d+\. )?(.+)$", "".join(cell["source"]), re.M)
        if cell["cell_type"] == "markdown" and heading:
            return heading[1]
    return path.stem


def _cells(path: Path) -> list[dict]:
    """Read the cells of a notebook; one that is just being saved is empty for a moment."""
    for wait in (0.1, 0.3, 1.0):
        try:
            return json.loads(path.read_text("utf-8"))["cells"]
        except ValueError:
            time.sleep(wait)
    return []
