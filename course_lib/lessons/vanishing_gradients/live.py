"""Live figure of notebook 09: what thirty layers do to a gradient, and to the images."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.lessons.vanishing_gradients import network
from course_lib.lessons.vanishing_gradients.figures import show_flows
from course_lib.lessons.vanishing_gradients.network import Layer, Recipe
from course_lib.live import Figure, Trial, pack, unpack

MODULES = Path(__file__).with_name("live")
WIDTH, IMAGES, MOST = 16, 16, 30
SIGMOID = Recipe("sigmoid")
GRAY_LEVELS = 16  # of a pixel in the digits


def gradient_flow(
    depth: int = 30, recipe: Recipe = SIGMOID, *, seed: int = 0, most: int = MOST
) -> Figure:
    """Choose depth, activation and first weights, and see the gradient of every layer.

    Parameters
    ----------
    depth : int, default=30
        Hidden layers to begin with.
    recipe : Recipe, default=Recipe("sigmoid")
        Activation, variance of the weights and cures to begin with.
    seed : int, default=0
        Chooses the random numbers that the weights are made of.
    most : int, default=30
        Hidden layers that can be chosen.

    Returns
    -------
    Figure
        Controls: depth, activation, variance, batch norm, shortcuts; a button keeps a curve to
        compare with. Left the gradient of the weights by layer, right how far images differ.

    Examples
    --------
    >>> gradient_flow(5).state["depth"]
    5
    """
    x, classes = network.digits(count=IMAGES)
    generator = np.random.default_rng(seed)
    shapes = {
        "first": (WIDTH, x.shape[1]),
        "hidden": (most - 1, WIDTH, WIDTH),
        "last": (network.CLASSES, WIDTH),
    }
    state = {
        "depth": depth, "activation": recipe.activation, "times": recipe.scale,
        "normalized": recipe.normalized, "shortcuts": recipe.shortcuts,
        "images": pack(np.rint(GRAY_LEVELS * x), "uint8"), "classes": classes,
        **{n: pack(generator.standard_normal(s), "float16") for n, s in shapes.items()},
    }  # fmt: skip
    shown = gradient_flow_numbers(state)
    powers, spreads = shown["gradients"][:, 1], shown["spreads"][:, 1]
    fell = f"{powers[0] - powers[-1]:.0f}"
    words = (
        f"Two curves over the layers. The gradient of {depth} layers of {recipe.activation}, as a "
        f"power of ten: the first layer's is 10 to the power {fell} times the last one's. How far "
        f"images differ: {spreads[0]:.2g} at the start, {spreads[-1]:.1g} at the end."
    )
    still = show_flows({"now": (10.0**powers, spreads)})
    return Figure(MODULES / "gradient_flow.js", state, still=still, words=words)


def gradient_flow_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what the figure shows, from its values by name."""
    first, hidden, last = (unpack(state[n]).astype(float) for n in ("first", "hidden", "last"))
    drawn = [first, *hidden[: state["depth"] - 1]]
    recipe = Recipe(state["activation"], state["times"], state["normalized"], state["shortcuts"])
    layers = [_layer(each, recipe.scale) for each in drawn] + [_layer(last, 1.0)]
    x = unpack(state["images"]).astype(float) / GRAY_LEVELS
    kept = network.forward(x, layers, recipe)
    grads, _ = network.gradients(np.array(state["classes"]), layers, recipe, kept)
    powers = np.log10([np.linalg.norm(grad.W) for grad in grads[:-1]])
    spreads = [h.std(axis=0).mean() for h in kept.inputs]
    return {
        "gradients": np.stack([np.arange(1, len(powers) + 1), powers], axis=1),
        "spreads": np.stack([np.arange(len(spreads)), spreads], axis=1),
        "factor": 10.0 ** ((powers[1] - powers[-1]) / (state["depth"] - 2)),
    }


def _layer(drawn: np.ndarray, scale: float) -> Layer:
    return Layer(drawn * np.sqrt(scale / drawn.shape[1]), np.zeros(len(drawn)))


TRIALS = (
    Trial(gradient_flow, gradient_flow_numbers),
    Trial(
        lambda: gradient_flow(7, Recipe("relu", 2.0, True, True), seed=1, most=12),
        gradient_flow_numbers,
    ),
)
