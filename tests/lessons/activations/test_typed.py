"""typed: where typed formulas agree with stable ones, and where they break."""

import math

import pytest

from course_lib.lessons.activations.typed import STABLE, TYPED, value_and_slope

BREAKS = [  # name, place, value right, slope right
    ("sigmoid", -100.0, True, False),
    ("sigmoid", 100.0, True, True),
    ("tanh", -100.0, False, False),
    ("tanh", 100.0, False, False),
    ("ELU", -100.0, True, True),
    ("ELU", 100.0, True, False),
]


@pytest.mark.parametrize("name", TYPED)
@pytest.mark.parametrize("at", [-3.0, -0.5, 0.25, 4.0])
def test_near_zero_both_are_right(name, at):
    typed, stable = (value_and_slope(forms[name], at) for forms in (TYPED, STABLE))
    assert typed == pytest.approx(stable, rel=1e-4)


@pytest.mark.parametrize("name, at, value, slope", BREAKS)
def test_far_away_the_typed_one_breaks_as_told(name, at, value, slope):
    typed, stable = (value_and_slope(forms[name], at) for forms in (TYPED, STABLE))
    found = [
        math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-30) for a, b in zip(typed, stable, strict=True)
    ]
    assert found == [value, slope]
    assert all(map(math.isfinite, stable))
