"""Live figure of notebook 25: which steps of the past reach one output."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from course_lib import numpy_ops
from course_lib.checks import require_choice
from course_lib.lessons.signals_1d.figures import show_paths
from course_lib.live import Figure, Trial

MODULES = Path(__file__).with_name("live")
STEPS = 32
GROWTHS = {"doubles": 2, "stays 1": 1, "triples": 3}  # what a dilation is multiplied by
KERNELS, LAYERS = (2, 3, 4), (1, 2, 3, 4, 5)


def dilations_of(layers: int, growth: str) -> Sequence[int]:
    """Give the dilation of each layer, from the input on.

    Examples
    --------
    >>> dilations_of(4, "doubles"), dilations_of(3, "triples")
    ([1, 2, 4, 8], [1, 3, 9])
    """
    return [GROWTHS[growth] ** layer for layer in range(layers)]


def causal_field(
    *, kernel: int = 2, layers: int = 4, growth: str = "doubles", causal: bool = True
) -> Figure:
    """Choose kernel, layers and dilations, and see which inputs reach an output.

    Parameters
    ----------
    kernel : int, default=2
        Taps of each layer, 2 to 4.
    layers : int, default=4
        How many, 1 to 5.
    growth : {"doubles", "stays 1", "triples"}, default="doubles"
        What the dilation does from layer to layer.
    causal : bool, default=True
        Whether all padding stands in front.

    Returns
    -------
    Figure
        Controls: the four; mouse and arrow keys move the output.

    Raises
    ------
    ValueError
        If an option is not one of these.

    Examples
    --------
    >>> causal_field().state["output"]
    26
    """
    require_choice("causal_field", "kernel", kernel, KERNELS)
    require_choice("causal_field", "layers", layers, LAYERS)
    require_choice("causal_field", "growth", growth, GROWTHS)
    state = {
        "steps": STEPS, "kernel": kernel, "layers": layers, "growth": growth, "causal": causal,
        "output": 26,
    }  # fmt: skip
    dilations = dilations_of(layers, growth)
    still = show_paths(
        steps=STEPS, kernel=kernel, dilations=dilations, causal=causal, output=state["output"]
    )  # fmt: skip
    words = (
        f"Rows of {STEPS} units: the input below, {layers} layers above it, each of {kernel} taps "
        f"with dilations {', '.join(map(str, dilations))}. Lines lead from one output to all "
        "inputs that reach it."
    )
    return Figure(MODULES / "causal_field.js", state, still=still, words=words)


def causal_field_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Count the ways to each unit with NumPy: gradients of layers whose weights are all 1."""
    steps, kernel = state["steps"], state["kernel"]
    dilations = dilations_of(state["layers"], state["growth"])
    weight = np.ones((1, 1, kernel))
    ways = [np.eye(steps)[state["output"]]]
    for dilation in reversed(dilations):
        reach = dilation * (kernel - 1)
        left = reach if state["causal"] else reach // 2
        padded = np.zeros((1, 1, steps + reach))
        grads = numpy_ops.conv1d_backward(ways[0][None, None], padded, weight, dilation=dilation)
        ways.insert(0, grads.grad_x[0, 0, left : left + steps])
    reached = np.flatnonzero(ways[0])
    return {
        "ways": ways, "field": 1 + (kernel - 1) * sum(dilations), "inputs": len(reached),
        "ahead": int((reached > state["output"]).sum()), "weights": kernel * len(dilations),
    }  # fmt: skip


TRIALS = (Trial(causal_field, causal_field_numbers),)
