"""Live figure of notebook 08: a tiny convolution, forward and backward, number by number."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.lessons.backpropagation.figures import show_sending_back
from course_lib.live import Figure, Trial

MODULES = Path(__file__).with_name("live")


def sending_back(image: NDArray, kernel: NDArray, target: NDArray) -> Figure:
    """Step forward through a convolution, and send each δ = y − t back.

    Parameters
    ----------
    image : (H, W)
        The input x.
    kernel : (K_h, K_w)
        The kernel K.
    target : (H - K_h + 1, W - K_w + 1)
        What the output y should be; the loss is half the sum of (y − t)².

    Returns
    -------
    Figure
        Controls: the step; numbers of input, kernel and target can be typed; pointing at a pixel
        of the gradient writes its sum out.

    Raises
    ------
    TypeError, ValueError
        As `numpy_ops.cross_correlate2d`; ValueError also if `target` is not as large as the output.

    Examples
    --------
    >>> figure = sending_back(np.ones((3, 4)), np.ones((2, 2)), np.zeros((2, 3)))
    >>> figure.state["step"]
    0
    """
    still = show_sending_back(image, kernel, target)
    state = {"image": image, "kernel": kernel, "target": target, "step": 0, "row": 1, "column": 1}
    words = (
        f"An input of {image.shape[0]} by {image.shape[1]} numbers, a kernel, the output and the "
        "target; below input and kernel their gradients, below the target δ, the output minus the "
        "target. Each δ adds δ times its window to the gradient of the kernel, and δ times the "
        "kernel to the gradient of the input, where its window lay."
    )
    return Figure(MODULES / "sending_back.js", state, still=still, words=words)


def sending_back_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what the figure shows, from its values by name."""
    image, kernel, target = (np.array(state[n], float) for n in ("image", "kernel", "target"))
    x, weight = image[None, None], kernel[None, None]
    output = numpy_ops.conv2d(x, weight)[0, 0]
    delta = output - target
    back = state["step"] >= target.size
    place = state["step"] % target.size
    sent = np.where(np.arange(target.size).reshape(target.shape) <= place, delta, 0.0) * back
    grads = numpy_ops.conv2d_backward(sent[None, None], x, weight)
    i, j = np.unravel_index(place, target.shape)
    here = delta[i, j] * back
    return {
        "output": output,
        "delta": delta,
        "sent": sent,
        "grad_x": grads.grad_x[0, 0],
        "grad_kernel": grads.grad_weight[0, 0],
        "loss": (delta**2).sum() / 2,
        "to_kernel": here * image[i : i + kernel.shape[0], j : j + kernel.shape[1]],
        "to_pixels": here * kernel,
    }


TRIALS = (
    Trial(
        lambda: sending_back(
            np.array([[1.0, 0, 2, 1], [3, 1, 0, 2], [0, 2, 1, 1]]),
            np.array([[1.0, -1], [2, 0.5]]),
            np.array([[2.0, 1, 3], [-1, 4, 0]]),
        ),
        sending_back_numbers,
    ),
)
