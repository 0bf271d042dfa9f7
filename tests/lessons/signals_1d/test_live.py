"""The live figure starts as asked; tests/browser holds what it shows to NumPy."""

import numpy as np
import pytest

from course_lib.lessons.signals_1d import figures, live


@pytest.mark.parametrize("growth", live.GROWTHS)
@pytest.mark.parametrize("causal", [True, False])
def test_numbers_are_those_of_the_still(growth, causal):
    figure = live.causal_field(kernel=3, layers=3, growth=growth, causal=causal)
    shown = live.causal_field_numbers(figure.state)
    dilations = live.dilations_of(3, growth)
    still = figures.paths(steps=live.STEPS, kernel=3, dilations=dilations, causal=causal, output=26)
    np.testing.assert_array_equal(shown["ways"], still)


def test_doubling_dilations_of_two_taps_read_each_step_once():
    shown = live.causal_field_numbers(live.causal_field().state)
    assert (shown["field"], shown["inputs"], shown["ahead"], shown["weights"]) == (16, 16, 0, 8)
    assert max(shown["ways"][0]) == 1


def test_half_of_a_centered_field_lies_ahead():
    figure = live.causal_field(kernel=3, layers=2, growth="stays 1", causal=False)
    shown = live.causal_field_numbers(figure.state)
    assert (shown["field"], shown["ahead"]) == (5, 2)


@pytest.mark.parametrize(
    "option",
    [{"kernel": 5}, {"layers": 0}, {"growth": "shrinks"}],
    ids=["taps", "layers", "growth"],
)
def test_options_out_of_range_are_refused(option):
    with pytest.raises(ValueError, match=f"^causal_field received {next(iter(option))}="):
        live.causal_field(**option)
