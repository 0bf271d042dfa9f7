"""Controls on top of a plot function: what all widgets of the course are made of.

`ipywidgets.interactive` swallows what its function raises; here an error is shown in place of the
picture and raised as well.
"""

import base64
import html
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib.plots import render_png

PIXEL_RATIO = 1.25  # coarser than a still figure, to be drawn while the slider moves


class Explorer(ipywidgets.VBox):
    """A picture with controls above it, drawn anew at every change.

    Parameters
    ----------
    controls : mapping of str to Widget
        Sliders, dropdowns, check boxes, by the name of the value they set. All of them can be
        reached with the Tab key and moved with the arrow keys.
    draw : callable
        Called with the values by name; returns the figure, or axes of it.
    describe : callable
        Called with the values by name; returns in words what the picture shows now. It is the
        alt text of the picture and is read out by screen readers at every change.
    limits : callable, default=None
        Called with the values by name; returns the largest value of the sliders that depend on
        others, by name.

    Attributes
    ----------
    controls : dict of str to Widget
        The controls, to set their values from code.
    picture : ipywidgets.HTML
        The picture as it is shown.

    Examples
    --------
    >>> from course_lib import plots
    >>> slider = ipywidgets.IntSlider(value=2, min=1, max=4)
    >>> square = Explorer(
    ...     {"n": slider},
    ...     lambda n: plots.show_numbers([[n * n]]),
    ...     lambda n: f"{n} squared is {n * n}.",
    ... )
    >>> slider.value = 3
    >>> square
    Widget with sliders; it needs a running kernel. Now: 3 squared is 9.
    """

    def __init__(
        self,
        controls: Mapping[str, ipywidgets.Widget],
        draw: Callable[..., Figure | Axes],
        describe: Callable[..., str],
        *,
        limits: Callable[..., dict[str, int]] | None = None,
    ) -> None:
        self.controls = dict(controls)
        self.picture = ipywidgets.HTML()
        self._draw, self._describe, self._limits = draw, describe, limits
        self._waiting = False
        self._words = ""
        super().__init__([_in_rows(self.controls), self.picture])
        for control in self.controls.values():
            control.observe(self._changed, names="value")
        self._update()

    def values(self) -> dict[str, Any]:
        """Give the present value of each control by name."""
        return {name: control.value for name, control in self.controls.items()}

    def _changed(self, _change: object) -> None:
        # Fitting the sliders to their new limits changes them again; one drawing is enough.
        if not self._waiting:
            self._update()

    def _update(self) -> None:
        try:
            self._fit_sliders()
            values = self.values()
            self._words = self._describe(**values)
            self.picture.value = _as_html(self._draw(**values), self._words)
        except Exception as error:
            self.picture.value = _as_warning(error, self.values())
            raise

    def _fit_sliders(self) -> None:
        if self._limits is None:
            return
        self._waiting = True
        try:
            for name, largest in self._limits(**self.values()).items():
                self.controls[name].max = largest  # a value above it moves down to it
        finally:
            self._waiting = False

    def __repr__(self) -> str:
        """Say in words what is shown, for saved notebooks and readers of text."""
        return f"Widget with sliders; it needs a running kernel. Now: {self._words}"


def _in_rows(controls: Mapping[str, ipywidgets.Widget]) -> ipywidgets.Box:
    return ipywidgets.Box(list(controls.values()), layout=ipywidgets.Layout(flex_flow="row wrap"))


def _as_html(drawing: Figure | Axes, words: str) -> str:
    figure = drawing if isinstance(drawing, Figure) else drawing.get_figure(root=True)
    try:
        png = base64.b64encode(render_png(figure, pixel_ratio=PIXEL_RATIO)).decode()
    finally:
        plt.close(figure)
    width = round(100 * figure.get_size_inches()[0])
    return (
        f'<div aria-live="polite"><img src="data:image/png;base64,{png}" '
        f'alt="{html.escape(words)}" style="width: {width}px; max-width: 100%"></div>'
    )


def _as_warning(error: Exception, values: dict[str, Any]) -> str:
    settings = ", ".join(f"{name} = {value!r}" for name, value in values.items())
    text = html.escape(f"{type(error).__name__}: {error}")
    return (
        '<div role="alert" style="border: 3px solid #D55E00; padding: 1em">'
        f"<b>The picture could not be drawn.</b><br>{text}<br>"
        f"Settings: {html.escape(settings)}</div>"
    )
