"""What a layer costs before any network is built: parameters, outputs and multiply-adds."""

from typing import NamedTuple

from course_lib.contracts.checks import require_int
from course_lib.shapes import conv_output_size


class LayerCosts(NamedTuple):
    """Counts for one image.

    `weights` and `biases` are the numbers that training adjusts, `outputs` the numbers that the
    layer gives, `multiply_adds` the products of a weight with a value.
    """

    weights: int
    biases: int
    outputs: int
    multiply_adds: int

    @property
    def parameters(self) -> int:
        """Weights and biases together."""
        return self.weights + self.biases


def dense_costs(num_inputs: int, num_outputs: int) -> LayerCosts:
    """Count a fully connected layer: a weight for every pair of input and output.

    Parameters
    ----------
    num_inputs, num_outputs : int
        Numbers that go in and come out, for one image.

    Returns
    -------
    LayerCosts
        weights = multiply_adds = num_inputs * num_outputs, biases = num_outputs.

    Raises
    ------
    TypeError, ValueError
        If a count is not a whole number from 1 on.

    Examples
    --------
    >>> dense_costs(32 * 32 * 3, 100)
    LayerCosts(weights=307200, biases=100, outputs=100, multiply_adds=307200)
    """
    inputs = require_int("dense_costs", "num_inputs", num_inputs, minimum=1)
    outputs = require_int("dense_costs", "num_outputs", num_outputs, minimum=1)
    return LayerCosts(inputs * outputs, outputs, outputs, inputs * outputs)


def conv_costs(
    image_size: int, *, channels: int, filters: int, kernel_size: int, shared: bool = True
) -> LayerCosts:
    """Count a convolutional layer on a square image, stride 1, no padding.

    Parameters
    ----------
    image_size, kernel_size : int
        Height and width of the image and of a filter, in pixels.
    channels, filters : int
        C_in and C_out.
    shared : bool, default=True
        With False, every place of the image has filters and biases of its own: a locally
        connected layer, the same size without sharing.

    Returns
    -------
    LayerCosts
        Shared: weights = filters * channels * kernel_size², biases = filters, outputs =
        filters * (image_size - kernel_size + 1)². Unshared: every output has its own
        channels * kernel_size² weights and its own bias.

    Raises
    ------
    TypeError, ValueError
        If a count is not a whole number from 1 on, or the filter is larger than the image.

    Examples
    --------
    >>> conv_costs(32, channels=3, filters=10, kernel_size=5)
    LayerCosts(weights=750, biases=10, outputs=7840, multiply_adds=588000)
    """
    for name, count in (("channels", channels), ("filters", filters)):
        require_int("conv_costs", name, count, minimum=1)
    side = conv_output_size(image_size, kernel_size)
    window = channels * kernel_size**2
    outputs = filters * side**2
    sets = filters if shared else outputs
    return LayerCosts(sets * window, sets, outputs, outputs * window)
