"""measures: every number bears out the verdict of its claim, and is the known one."""

import pytest

from course_lib.lessons.claims_checked import board

NUMBERS = board.measure_all()
KNOWN = {
    "403 times": "307,200 / 760 = 404.2",
    "750": "262,144 times fewer weights, 4.1 times fewer products",
    "output size": "112.5 → 112; first layer of AlexNet: 54.25 → 54",
    "sigmoid slope": "ten of them 9.5e-07",
    "Xavier": "1/n 2.8e−3, 2/(n_in + n_out) 1.7e−4",
    "focal form": "as written 0, right 1.865",
    "61,706": "1998: 60,000; the usual re-creation: 61,706",
    "product of slopes": "product of slopes 1.5e−4, true slope 1.9e−5",
}


@pytest.mark.parametrize("name, number", NUMBERS.items())
def test_the_number_bears_out_the_verdict(name, number):
    assert number.agrees, f"{name}: {number.text}"


@pytest.mark.parametrize("name, part", KNOWN.items())
def test_numbers_are_the_known_ones(name, part):
    assert part in NUMBERS[name].text
