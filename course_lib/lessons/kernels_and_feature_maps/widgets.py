"""Widgets of the notebook on kernels and feature maps."""

import tempfile
from pathlib import Path

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from course_lib import datasets, numpy_ops
from course_lib.lessons.kernels_and_feature_maps.figures import show_output_size, show_response
from course_lib.plots import number_text
from course_lib.shapes import conv_output_size
from course_lib.widgets.explorer import Explorer

PRESETS = {
    "horizontal edge": ((1, 1, 1), (0, 0, 0), (-1, -1, -1)),
    "vertical edge": ((1, 0, -1), (1, 0, -1), (1, 0, -1)),
    "corner": ((1, 0, -1), (0, 0, 0), (-1, 0, 1)),
    "dot": ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1)),
    "sum of nine": ((1, 1, 1), (1, 1, 1), (1, 1, 1)),
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "as it is": ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
}
OWN = "own numbers"
LARGEST_WEIGHT = 99
OWN_PHOTO_HEIGHT = 128  # pixels: small enough to follow the typing
LARGEST_SIZE, LARGEST_KERNEL, LARGEST_STRIDE = 14, 7, 4
LARGEST_PADDING, LARGEST_DILATION = 3, 3


class KernelEditor(Explorer):
    """Nine numbers to edit over a photograph; made by `kernel_editor`."""

    def __init__(self, photo: NDArray) -> None:
        self._photo = photo
        self._upload = ipywidgets.FileUpload(accept="image/*", description="own photo")
        self._preset = ipywidgets.Dropdown(options=[*PRESETS, OWN], description="start from")
        start = np.ravel(PRESETS[self._preset.value])
        self._cells = [_number_field(place, value) for place, value in enumerate(start)]
        names = [f"row {place // 3}, column {place % 3}" for place in range(9)]
        controls = {"start from": self._preset, **dict(zip(names, self._cells, strict=True))}
        super().__init__({**controls, "own photo": self._upload}, self._show, self._tell)
        grid = ipywidgets.GridBox(
            self._cells, layout=ipywidgets.Layout(grid_template_columns="repeat(3, 5.5em)")
        )
        choices = ipywidgets.VBox([self._preset, self._upload])
        self.children = [ipywidgets.HBox([grid, choices]), self.picture]

    def values(self) -> dict[str, list]:
        """Give the kernel, and the names of the uploaded files."""
        kernel = np.reshape([cell.value for cell in self._cells], (3, 3))
        return {"kernel": kernel.tolist(), "files": [file["name"] for file in self._upload.value]}

    def _changed(self, change: dict) -> None:
        if self._waiting:
            return
        self._waiting = True  # setting nine numbers shall draw once
        try:
            if change["owner"] is self._preset and self._preset.value != OWN:
                for cell, value in zip(
                    self._cells, np.ravel(PRESETS[self._preset.value]), strict=True
                ):
                    cell.value = float(value)
            elif change["owner"] in self._cells:
                self._preset.value = OWN
        finally:
            self._waiting = False
        self._update()

    def _shown_photo(self) -> NDArray:
        return _read_upload(self._upload.value[-1]) if self._upload.value else self._photo

    def _show(self, kernel: list, files: list) -> Figure:
        return show_response(self._shown_photo(), np.array(kernel))

    def _tell(self, kernel: list, files: list) -> str:
        y = numpy_ops.cross_correlate2d(self._shown_photo(), np.array(kernel))
        rows = "; ".join(" ".join(map(number_text, row)) for row in kernel)
        name = files[-1] if files else "the photograph"
        return (
            f"Kernel {rows}, sum {number_text(np.sum(kernel))}, on {name}: responses from "
            f"{number_text(y.min())} to {number_text(y.max())}."
        )


def kernel_editor(photo: NDArray) -> KernelEditor:
    """Edit a 3 x 3 kernel and watch its feature map; an own photograph can be loaded.

    Parameters
    ----------
    photo : (H, W)
        Gray levels from 0 to 1, at least 3 pixels high and wide.

    Returns
    -------
    KernelEditor
        Controls: `start from`, the nine numbers, such as `row 0, column 2`, and `own photo`,
        a button that opens a picture of the reader's.

    Raises
    ------
    TypeError, ValueError
        As `figures.show_response`.

    Examples
    --------
    >>> edit = kernel_editor(np.eye(5))
    >>> edit.controls["start from"].value = "sum of nine"
    >>> edit.controls["row 1, column 1"].value = -8
    >>> edit.controls["start from"].value
    'own numbers'
    >>> edit  # doctest: +ELLIPSIS
    Widget with sliders; it needs a running kernel. Now: Kernel 1 1 1; 1 −8 1; 1 1 1, sum 0, on ...
    """
    return KernelEditor(np.asarray(photo))


def output_size_explorer() -> Explorer:
    """Explore how many windows fit along an axis.

    Returns
    -------
    Explorer
        Controls: `size` of the input, `kernel`, `stride`, `padding` and `dilation`, in pixels.
        The kernel never gets larger than what fits into the padded input.

    Examples
    --------
    >>> sizes = output_size_explorer()
    >>> sizes.controls["stride"].value = 2
    >>> sizes
    Widget with sliders; it needs a running kernel. Now: Input 7, kernel 3, stride 2, padding 0,
    dilation 1: output 3.
    """

    def limits(size: int, kernel: int, stride: int, padding: int, dilation: int) -> dict[str, int]:
        largest = (size + 2 * padding - 1) // dilation + 1
        return {"kernel": min(LARGEST_KERNEL, largest)}

    def draw(size: int, kernel: int, stride: int, padding: int, dilation: int) -> Axes:
        options = {"stride": stride, "padding": padding, "dilation": dilation}
        return show_output_size(size, kernel, **options)

    def describe(size: int, kernel: int, stride: int, padding: int, dilation: int) -> str:
        options = {"stride": stride, "padding": padding, "dilation": dilation}
        return (
            f"Input {size}, kernel {kernel}, stride {stride}, padding {padding}, dilation "
            f"{dilation}: output {conv_output_size(size, kernel, **options)}."
        )

    slider = ipywidgets.IntSlider
    controls = {
        "size": slider(7, 1, LARGEST_SIZE, description="input"),
        "kernel": slider(3, 1, LARGEST_KERNEL, description="kernel"),
        "stride": slider(1, 1, LARGEST_STRIDE, description="stride"),
        "padding": slider(0, 0, LARGEST_PADDING, description="padding"),
        "dilation": slider(1, 1, LARGEST_DILATION, description="dilation"),
    }
    return Explorer(controls, draw, describe, limits=limits)


def _number_field(place: int, value: float) -> ipywidgets.BoundedFloatText:
    return ipywidgets.BoundedFloatText(
        float(value),
        min=-LARGEST_WEIGHT,
        max=LARGEST_WEIGHT,
        step=1,
        tooltip=f"row {place // 3}, column {place % 3} of the kernel",
        layout=ipywidgets.Layout(width="5em"),
    )


def _read_upload(file: dict) -> NDArray:
    """Read an uploaded picture as `datasets.photo` reads a file, errors included."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(file["name"]).name
        path.write_bytes(file["content"])
        return datasets.photo(path, size=OWN_PHOTO_HEIGHT, gray=True)[0]
