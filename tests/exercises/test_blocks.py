"""blocks: what learners build is compared whatever they call it."""

import numpy as np
from torch import nn

from course_lib.exercises.blocks import as_numbers


def test_blocks_are_compared_whatever_the_order_of_their_layers():
    class Backward(nn.Module):
        def __init__(self):
            super().__init__()
            self.last = nn.Conv2d(3, 2, 1)
            self.first = nn.Conv2d(2, 3, 3, padding=1)

        def forward(self, x):
            return self.last(self.first(x))

    def forward_order(in_channels, width, stride):
        return nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.Conv2d(3, 2, 1))

    one, other = (as_numbers(make)(2, 3, 1) for make in (forward_order, lambda *sizes: Backward()))
    np.testing.assert_allclose(one, other)
    assert one[:4].tolist() == [2 * 3 * 9 + 3 + 3 * 2 + 2, 2, 7, 8]


def test_blocks_of_volumes_get_volumes():
    kernel = (3, 1, 1)

    @as_numbers(sizes=(4, 5, 6))
    def block(in_channels, width):
        return nn.Conv3d(in_channels, width, kernel)

    assert block(2, 3)[:5].tolist() == [2 * 3 * 3 + 3, 3, 2, 5, 6]
    assert len(block(2, 3)) == 1 + 4 + 3 * 3


def test_an_empty_block_is_not_attempted_and_no_module_is_handed_on():
    def empty(in_channels, width, stride):
        return None

    assert as_numbers(empty) is empty
    assert as_numbers(lambda in_channels, width, stride: width + 1)(2, 3, 1) == 4
