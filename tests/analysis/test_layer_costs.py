"""analysis.layer_costs: counts of real layers, of the published example, and of bad input."""

import pytest
import torch
from torch import nn

from course_lib.analysis.complexity import complexity
from course_lib.analysis.layer_costs import LayerCosts, conv_costs, dense_costs


@pytest.mark.parametrize(
    "size, channels, filters, kernel", [(9, 2, 5, 3), (7, 3, 1, 7), (8, 1, 4, 1)], ids=str
)
def test_counts_are_those_of_the_torch_layer(size, channels, filters, kernel):
    layer = nn.Conv2d(channels, filters, kernel)
    measured = complexity(layer, (1, channels, size, size))
    counted = conv_costs(size, channels=channels, filters=filters, kernel_size=kernel)
    assert counted.parameters == measured.parameters
    assert counted.multiply_adds == measured.multiply_adds
    assert counted.outputs == layer(torch.zeros(1, channels, size, size)).numel()


def test_dense_counts_are_those_of_the_torch_layer():
    measured = complexity(nn.Linear(21, 4), (1, 21))
    counted = dense_costs(21, 4)
    assert (counted.parameters, counted.multiply_adds) == (
        measured.parameters,
        measured.multiply_adds,
    )
    assert (counted.weights, counted.biases, counted.outputs) == (84, 4, 4)


def test_without_sharing_every_output_has_its_own_weights():
    local = conv_costs(256, channels=3, filters=10, kernel_size=5, shared=False)
    assert local == LayerCosts(47_628_000, 635_040, 635_040, 47_628_000)


def test_numbers_of_the_deck():
    assert dense_costs(256 * 256 * 3, 1000).weights == 196_608_000
    assert conv_costs(256, channels=3, filters=10, kernel_size=5).weights == 750
    assert conv_costs(32, channels=3, filters=10, kernel_size=5).parameters == 760
    assert dense_costs(32 * 32 * 3, 7840).weights == 24_084_480


@pytest.mark.parametrize(
    "call, error",
    [
        pytest.param(lambda: dense_costs(0, 3), ValueError, id="no-input"),
        pytest.param(lambda: dense_costs(3, 2.5), TypeError, id="half-output"),
        pytest.param(
            lambda: conv_costs(4, channels=1, filters=1, kernel_size=5), ValueError, id="too-large"
        ),
        pytest.param(
            lambda: conv_costs(4, channels=0, filters=1, kernel_size=3), ValueError, id="no-channel"
        ),
    ],
)
def test_bad_input_is_named(call, error):
    with pytest.raises(error, match=r"received"):
        call()
