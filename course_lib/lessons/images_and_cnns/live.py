"""Live figures of the notebook on images and CNNs."""

from collections.abc import Mapping
from pathlib import Path

from course_lib.analysis.complexity import LayerCounts, conv_costs, dense_costs
from course_lib.lessons.images_and_cnns.figures import show_layer_costs
from course_lib.live import Figure, Trial

MODULES = Path(__file__).with_name("live")


def layer_costs(
    *, size: int = 32, channels: int = 3, filters: int = 10, kernel: int = 5, units: int = 100
) -> Figure:
    """Compare a convolutional layer with fully connected ones on the same image.

    Parameters
    ----------
    size : int, default=32
        Height and width of the image to begin with, in pixels, from 8 to 256.
    channels, filters, kernel, units : int
        Channels of the image, filters and their size in pixels, and outputs of the dense layer,
        to begin with.

    Returns
    -------
    Figure
        Controls: `size`, `channels`, `filters`, `kernel` (no larger than the image) and `units`.

    Raises
    ------
    TypeError, ValueError
        As `analysis.complexity.conv_costs` and `dense_costs`.

    Examples
    --------
    >>> layer_costs()
    Live figure: On 32 by 32 pixels with 3 channels, a convolution has 760 parameters and 7,840
    outputs, a dense layer with 100 units 307,300 parameters, and one with as many outputs as the
    convolution 24,092,320.
    """
    state = {
        "size": size, "channels": channels, "filters": filters, "kernel": kernel, "units": units,
    }  # fmt: skip
    shared, dense, same = _costs(state)
    title = f"image {channels} × {size} × {size}, {filters} filters {kernel} × {kernel}"
    layers = {"convolution": shared, "dense": dense, "dense, as many outputs": same}
    words = (
        f"On {size} by {size} pixels with {channels} channels, a convolution has "
        f"{shared.parameters:,} parameters and {shared.outputs:,} outputs, a dense layer with "
        f"{units} units {dense.parameters:,} parameters, and one with as many outputs as the "
        f"convolution {same.parameters:,}."
    )
    still = show_layer_costs(layers, title=title)
    return Figure(MODULES / "layer_costs.js", state, still=still, words=words)


def layer_costs_numbers(state: Mapping[str, int]) -> dict[str, list[int]]:
    """Count in Python what is shown: parameters, outputs and multiply-adds of each layer."""
    return {
        name: [cost.parameters, cost.outputs, cost.multiply_adds]
        for name, cost in zip(("shared", "dense", "same"), _costs(state), strict=True)
    }


def _costs(state: Mapping[str, int]) -> tuple[LayerCounts, LayerCounts, LayerCounts]:
    """Count the convolution, the dense layer, and a dense one with its number of outputs."""
    size, channels, filters, kernel, units = (
        state[name] for name in ("size", "channels", "filters", "kernel", "units")
    )
    shared = conv_costs(size, channels=channels, filters=filters, kernel_size=kernel)
    pixels = channels * size**2
    return shared, dense_costs(pixels, units), dense_costs(pixels, shared.outputs)


TRIALS = (Trial(layer_costs, layer_costs_numbers),)
