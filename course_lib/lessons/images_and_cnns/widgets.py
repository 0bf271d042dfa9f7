"""The widget of the notebook on images and CNNs."""

import ipywidgets
from matplotlib.axes import Axes

from course_lib.analysis.complexity import LayerCounts, conv_costs, dense_costs
from course_lib.lessons.images_and_cnns.figures import show_layer_costs
from course_lib.widgets.explorer import Explorer

LARGEST_IMAGE, LARGEST_KERNEL, MOST_CHANNELS, MOST_FILTERS, MOST_UNITS = 256, 15, 64, 128, 1000
SHARED, DENSE, SAME_SIZE = "convolution", "dense", "dense, as many outputs as the convolution"


def parameter_calculator(
    *, size: int = 32, channels: int = 3, filters: int = 10, kernel: int = 5, units: int = 100
) -> Explorer:
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
    Explorer
        Controls: `size`, `channels`, `filters`, `kernel` (no larger than the image) and `units`.

    Examples
    --------
    >>> parameter_calculator()
    Widget with sliders; it needs a running kernel. Now: On 32 by 32 pixels with 3 channels,
    convolution: 760 parameters, 7,840 outputs, 588,000 multiply-adds; dense: 307,300
    parameters, 100 outputs, 307,200 multiply-adds; dense, as many outputs as the convolution:
    24,092,320 parameters, 7,840 outputs, 24,084,480 multiply-adds.
    """

    def costs(
        size: int, channels: int, filters: int, kernel: int, units: int
    ) -> dict[str, LayerCounts]:
        shared = conv_costs(size, channels=channels, filters=filters, kernel_size=kernel)
        return {
            SHARED: shared,
            DENSE: dense_costs(channels * size**2, units),
            SAME_SIZE: dense_costs(channels * size**2, shared.outputs),
        }

    def limits(size: int, channels: int, filters: int, kernel: int, units: int) -> dict[str, int]:
        return {"kernel": min(size, LARGEST_KERNEL)}

    def draw(size: int, channels: int, filters: int, kernel: int, units: int) -> Axes:
        title = f"image {channels} × {size} × {size}, {filters} filters {kernel} × {kernel}"
        return show_layer_costs(costs(size, channels, filters, kernel, units), title=title)

    def describe(size: int, channels: int, filters: int, kernel: int, units: int) -> str:
        parts = [
            f"{name}: {cost.parameters:,} parameters, {cost.outputs:,} outputs, "
            f"{cost.multiply_adds:,} multiply-adds"
            for name, cost in costs(size, channels, filters, kernel, units).items()
        ]
        return f"On {size} by {size} pixels with {channels} channels, {'; '.join(parts)}."

    slider = ipywidgets.IntSlider
    controls = {
        "size": slider(size, 8, LARGEST_IMAGE, description="size"),
        "channels": slider(channels, 1, MOST_CHANNELS, description="channels"),
        "filters": slider(filters, 1, MOST_FILTERS, description="filters"),
        "kernel": slider(kernel, 1, LARGEST_KERNEL, description="kernel"),
        "units": slider(units, 1, MOST_UNITS, description="units"),
    }
    return Explorer(controls, draw, describe, limits=limits)
