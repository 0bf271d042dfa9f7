"""The way back through layers: where it starts, shapes of its products, a tiny convolution."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_lib import numpy_ops, plots
from course_lib.checks import require_shape
from course_lib.plots.style import GRADIENT, INK, INPUT, KERNEL, OUTPUT


@plots.in_course_style
def show_first_delta(image: NDArray, logits: NDArray, target: int) -> Figure:
    """Draw a digit, the probabilities p the network gives, and the δ that starts the way back.

    Parameters
    ----------
    image : (1, H, W)
        The digit, 0 to 1.
    logits : (C,)
        Before the softmax.
    target : int
        The right class.

    Returns
    -------
    Figure
        Three axes: digit, p, p − [c = t].

    Examples
    --------
    >>> chart = show_first_delta(np.zeros((1, 8, 8)), np.zeros(10), 3)
    >>> chart.axes[2].get_title()
    'δ = p − [c = t]'
    """
    p = numpy_ops.softmax(logits, axis=0)
    delta = p - np.eye(len(p))[target]
    chart, axes = plots.figure(columns=3, height=3.4, width_ratios=[0.8, 1.2, 1.2])
    plots.show_image(image, title=f"a {target}", role="input", ticks=False, ax=axes[0, 0])
    classes = np.arange(len(p))
    axes[0, 1].bar(classes, p, color=OUTPUT)
    axes[0, 1].set(title="probabilities p", ylabel="probability", ylim=(-1, 1))
    axes[0, 2].bar(classes, delta, color=GRADIENT)
    axes[0, 2].set(title="δ = p − [c = t]", ylabel="slope (nats per unit)", ylim=(-1, 1))
    for ax in axes[0, 1:]:
        ax.axhline(0, color=INK, lw=1)
        ax.set(xticks=classes, xlabel="class")
    return chart


UNITS = {"N": 1.3, "O": 1.9, "I": 3.0}  # how long the axes are drawn


@plots.in_course_style
def show_shapes() -> Figure:
    """Draw the two products of a dense layer's way back, each matrix with its axes.

    Examples
    --------
    >>> len(show_shapes().axes)
    2
    """
    chart, axes = plots.figure(rows=2, width=9.0, height=3.6)
    gradient = ("gradient", GRADIENT)
    _draw_product(
        axes[0, 0], "every sample adds its share: one sum over N",
        [("δᵀ", "O", "N", *gradient), ("h", "N", "I", "input", INPUT)],
        [("∂L/∂W", "O", "I", *gradient)],
    )  # fmt: skip
    _draw_product(
        axes[1, 0], "every output sends its share back: one sum over O",
        [("δ", "N", "O", *gradient), ("W", "O", "I", "kernel", KERNEL)],
        [("∂L/∂h", "N", "I", *gradient)],
    )  # fmt: skip
    return chart


def _draw_product(ax: Axes, words: str, factors: list[tuple], product: list[tuple]) -> None:
    """Draw boxes in a row, "=" before the last; the axis over which is summed in bold."""
    x = 0.0
    summed = factors[0][2]
    for number, (name, rows, columns, _, color) in enumerate([*factors, *product]):
        width, height = UNITS[columns], UNITS[rows]
        if number == 2:
            ax.text(x + 0.1, 0, "=", fontsize=24, ha="center", va="center")
            x += 0.95
        box = Rectangle((x, -height / 2), width, height, facecolor=f"{color}33", edgecolor=color)
        box.set_linewidth(3)
        ax.add_patch(box)
        ax.text(x + width / 2, 0, name, fontsize=18, ha="center", va="center")
        for letter, place, at in (
            (columns, (x + width / 2, height / 2 + 0.08), ("center", "bottom")),
            (rows, (x - 0.1, 0), ("right", "center")),
        ):
            bold = letter == summed and number < 2
            ax.text(
                *place, letter, fontsize=16, ha=at[0], va=at[1],
                weight="bold" if bold else "normal", color=INK if bold else "#555555",
            )  # fmt: skip
        x += width + 0.75
    ax.text(x - 0.2, 0, words.replace(": ", ":\n"), fontsize=14, ha="left", va="center")
    ax.set(xlim=(-0.6, 15.2), ylim=(-1.1, 1.55), aspect="equal")
    ax.axis("off")


@plots.in_course_style
def show_sending_back(image: NDArray, kernel: NDArray, target: NDArray) -> Figure:
    """Draw a convolution forward, and below it what all δ together have sent back.

    Parameters
    ----------
    image, kernel : (H, W) and (K_h, K_w)
        Input and kernel.
    target : (H - K_h + 1, W - K_w + 1)
        What the output should be; δ = output − target.

    Returns
    -------
    Figure
        Above x, K, y and t; below ∂L/∂x, ∂L/∂K and δ.

    Raises
    ------
    TypeError, ValueError
        As `numpy_ops.cross_correlate2d`; ValueError also if `target` is not as large as the output.

    Examples
    --------
    >>> chart = show_sending_back(np.ones((3, 4)), np.ones((2, 2)), np.zeros((2, 3)))
    >>> plots.numbers_on(chart.axes[5])
    ['24', '24', '24', '24']
    """
    y = numpy_ops.cross_correlate2d(image, kernel)
    require_shape("show_sending_back", "target", target, y.shape, "that of the output")
    delta = y - target
    grads = numpy_ops.conv2d_backward(delta[None, None], image[None, None], kernel[None, None])
    above = [
        (image, "input x", "input"), (kernel, "kernel K", "kernel"), (y, "output y", "output"),
        (target, "target t", None),
    ]  # fmt: skip
    below = [
        (grads.grad_x[0, 0], "∂L/∂x", "gradient"),
        (grads.grad_weight[0, 0], "∂L/∂K", "gradient"),
        (delta, "δ = y − t", "gradient"),
    ]
    widths = [array.shape[1] for array, _, _ in above]
    chart, axes = plots.figure(rows=2, columns=4, height=4.6, width_ratios=widths)
    for row, pictures in zip(axes, (above, below), strict=True):
        for ax, (array, title, role) in zip(row, pictures, strict=False):
            plots.show_numbers(array, title=title, role=role, signed=True, ax=ax)
    axes[1, 3].axis("off")
    return chart
