"""A live figure as Python sees it: one element with script, still picture and words."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.figure
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from course_lib.errors import InvalidType, InvalidValue, MissingFile
from course_lib.live.bundling import bundle, joined
from course_lib.plots.display import picture_html, render_png, small_png

HOST = Path(__file__).with_name("host.js")
LINE = 96  # characters of data a line: the regular expressions of nbval are slow on long lines
DATA = re.compile(rf"[A-Za-z0-9+/=]{{{LINE}}}(?=[A-Za-z0-9+/=])")
PACKED = {"uint8": "<u1", "float16": "<f2", "float32": "<f4"}
STILL_PIXEL_RATIO = 1  # coarser than a figure of its own: it is seen only where no script runs


class Figure:
    """An interactive figure that needs no kernel: in JupyterLab, slides, pages and HTML alike.

    In a notebook the last value of a cell shows it. Where scripts may not run (a notebook that is
    not trusted, a site that strips them) the still and its words stay.

    Parameters
    ----------
    module : Path
        The JavaScript file, with `export default { render, numbers };`.
    state : mapping of str to value
        What the figure starts with, by name: anything JSON can hold, and arrays of numbers, which
        become nested lists (pack large ones with `pack`).
    still : matplotlib Figure or Axes
        A picture of the figure, for where no script runs. It is drawn and closed.
    words : str
        What is to be seen, for those who see neither; the alt text of the still.

    Raises
    ------
    FileNotFoundError, ValueError
        As `bundle`.
    TypeError
        If the state holds something that JSON cannot.

    Examples
    --------
    >>> from course_lib import live, plots
    >>> module = Path(live.__file__).with_name("example.js")
    >>> words = "A slider, and the square of the number it is set to."
    >>> square = Figure(module, {"n": 3}, still=plots.show_numbers([[9.0]]), words=words)
    >>> square
    Live figure: A slider, and the square of the number it is set to.
    >>> page = square._repr_html_()
    >>> 'alt="A slider, and the square' in page, '<script type="module">' in page
    (True, True)
    """

    def __init__(
        self,
        module: Path,
        state: Mapping[str, Any],
        *,
        still: matplotlib.figure.Figure | Axes,
        words: str,
    ) -> None:
        self.module = module
        self.words = " ".join(words.split())
        self.state = json.loads(json.dumps(dict(state), default=_as_list))
        self._still = _still_html(still, self.words)
        bundle(module)  # what is wrong with the module shows here, not in the reader's browser

    def __repr__(self) -> str:
        """Say in words what the figure shows, for readers of text."""
        return f"Live figure: {self.words}"

    def _repr_html_(self) -> str:
        """Write one element that holds the still, and the script that brings it to life."""
        name, script, state = self.module.stem, script_of(self.module), _literal(self.state)
        key = f"{name}-{hashlib.sha256((script + state).encode()).hexdigest()[:8]}"
        mount = f'host_js.mount("{key}", {name}_js.default, JSON.parse(\n{state}));\n'
        return (
            f'<div data-figure="{key}">\n{self._still}\n</div>\n'
            f'<script type="module">\n{script}{mount}</script>'
        )

    def widget(self) -> Any:
        """Make the same figure as a widget whose values Python reads and sets.

        Every name of the state is an attribute: `w = figure.widget()`, then `w.row`. It needs a
        running kernel, so use it only where Python goes on with what the reader did.

        Raises
        ------
        FileNotFoundError
            If anywidget is not installed.
        ValueError
            If a name of the state is an attribute that every widget has.

        Examples
        --------
        >>> from course_lib import live, plots
        >>> module = Path(live.__file__).with_name("example.js")
        >>> chart = plots.show_numbers([[9.0]])
        >>> square = Figure(module, {"n": 3}, still=chart, words="A number squared.").widget()
        >>> square.n
        3
        """
        anywidget, traitlets = _import_widgets()
        taken = [name for name in self.state if hasattr(anywidget.AnyWidget, name)]
        if taken:
            raise InvalidValue(
                "Figure.widget",
                received=f"a state with the names {', '.join(taken)}",
                needed="names that no widget has yet",
                fix="rename them in the module and in its state",
            )
        values = {**self.state, "names": list(self.state)}
        traits = {name: traitlets.Any(value).tag(sync=True) for name, value in values.items()}
        text = lambda widget: repr(self)  # noqa: E731
        members = {**traits, "_esm": bundle(self.module), "__repr__": text}
        return type("LiveWidget", (anywidget.AnyWidget,), members)()


class Trial(NamedTuple):
    """A figure to be tested, and the NumPy function that its `numbers` must equal.

    `figure()` makes it; `numbers(state)` takes the values of the figure by name, as they stand in
    the page, and returns arrays by name.
    """

    figure: Callable[[], Figure]
    numbers: Callable[[dict[str, Any]], dict[str, Any]]


def script_of(module: Path) -> str:
    """Write the code of a figure, all but its state, as it stands in a page.

    A saved notebook whose output does not hold it shows an older figure.
    """
    return joined(HOST, module).replace("</script", r"<\/script")


def pack(array: NDArray, dtype: str = "float32") -> dict[str, Any]:
    """Pack an array for a state, in fewer characters than nested lists; `unpack` of nn.js reads it.

    Parameters
    ----------
    array : any shape
        Numbers that the dtype holds: it is cast as NumPy does.
    dtype : {"float32", "float16", "uint8"}, default="float32"
        How many bits a number keeps. Gray levels of a photograph fit into uint8 after
        `np.rint(255 * photo)`.

    Returns
    -------
    dict
        `shape`, `dtype` and `base64`, little-endian.

    Raises
    ------
    ValueError
        If the dtype is none of these.

    Examples
    --------
    >>> pack(np.array([[0, 1, 255]]), "uint8")
    {'shape': [1, 3], 'dtype': 'uint8', 'base64': 'AAH/'}
    """
    if dtype not in PACKED:
        raise InvalidValue(
            "pack",
            received=f"dtype={dtype!r}",
            needed=f"one of {', '.join(PACKED)}",
            fix="choose one of them",
        )
    array = np.asarray(array)
    text = base64.b64encode(array.astype(PACKED[dtype]).tobytes()).decode()
    return {"shape": list(array.shape), "dtype": dtype, "base64": text}


def unpack(packed: Mapping[str, Any]) -> NDArray:
    """Read what `pack` made, as float32.

    Examples
    --------
    >>> unpack(pack(np.array([[0.5, 1.0]])))
    array([[0.5, 1. ]], dtype=float32)
    """
    numbers = np.frombuffer(base64.b64decode(packed["base64"]), PACKED[packed["dtype"]])
    return numbers.reshape(packed["shape"]).astype(np.float32)


def _as_list(value: Any) -> Any:
    """Turn arrays and numbers of NumPy into what JSON holds."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    raise InvalidType(
        "Figure",
        received=f"a {type(value).__name__} in its state",
        needed="what JSON can hold, or arrays",
        fix="convert it to numbers, text or lists",
    )


def _literal(state: Mapping[str, Any]) -> str:
    """Write a state as JavaScript strings of one line each, to be joined and parsed."""
    text = json.dumps(state, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    lines = [text[k : k + LINE] for k in range(0, len(text), LINE)]
    quoted = (line.replace("\\", "\\\\").replace("'", "\\'") for line in lines)
    return " +\n".join(f"'{line}'" for line in quoted)


def _still_html(still: matplotlib.figure.Figure | Axes, words: str) -> str:
    chart = still.get_figure(root=True) if isinstance(still, Axes) else still
    try:
        png = small_png(render_png(chart, pixel_ratio=STILL_PIXEL_RATIO))
        html = picture_html(png, words, width=round(100 * chart.get_size_inches()[0]))
    finally:
        plt.close(chart)
    return DATA.sub("\\g<0>\n", html)  # browsers leave the line breaks of a data URL out


def _import_widgets() -> tuple[Any, Any]:
    try:
        import anywidget
        import traitlets
    except ImportError:
        raise MissingFile(
            "Figure.widget",
            received="an environment without anywidget",
            needed="the packages of the lab extra",
            fix='install them with pip install -e ".[lab]"',
        ) from None
    return anywidget, traitlets
