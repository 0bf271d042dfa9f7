"""probe: numbers of a block, and how far a step of the input reaches."""

import pytest
from torch import nn

from course_lib.lessons.signals_1d.networks import CausalConv1d
from course_lib.lessons.signals_1d.probe import as_causal_numbers


@pytest.mark.parametrize(
    "layer, reached",
    [
        (lambda channels: nn.Conv1d(channels, channels, 3, padding=1), [8, 10]),
        (lambda channels: CausalConv1d(channels, channels, 3, dilation=2), [9, 13]),
        (lambda channels: nn.Conv1d(channels, channels, 1), [9, 9]),
    ],
    ids=["both sides", "causal", "pointwise"],
)
def test_the_steps_that_change_end_the_numbers(layer, reached):
    numbers = as_causal_numbers(layer)(2)
    assert numbers[1:3].tolist() == [2, 16]
    assert numbers[-2:].tolist() == reached


def test_a_block_that_ignores_its_input_reaches_nothing():
    class Nothing(nn.Conv1d):
        def forward(self, x):
            return super().forward(0 * x)

    assert as_causal_numbers(lambda channels: Nothing(channels, 1, 1))(2)[-2:].tolist() == [-1, -1]


def test_an_empty_function_and_something_else_are_handed_on():
    def empty(channels):
        return None

    assert as_causal_numbers(empty) is empty
    assert as_causal_numbers(lambda channels: "a block")(2) == "a block"
