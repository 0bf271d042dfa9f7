"""chain: its slopes are those of nudges, and its formula is the product of all factors."""

import numpy as np
import pytest

from course_lib.lessons.vanishing_gradients.chain import run_chain

CHAINS = [(0.5, [1.0, -2.0, 0.5, 1.5], None), (-1.5, [3.0, 0.7], [0.2, -1.0]), (2.0, [0.3], None)]


@pytest.mark.parametrize("x, weights, biases", CHAINS)
def test_slopes_are_those_of_nudges(x, weights, biases):
    chain = run_chain(x, weights, target=0.9, biases=biases)
    for k in range(len(weights)):
        nudge = np.eye(len(weights))[k] * 1e-5
        up, down = (
            run_chain(x, weights + sign * nudge, target=0.9, biases=biases).loss for sign in (1, -1)
        )
        assert chain.grad_w[k] == pytest.approx((up - down) / 2e-5, abs=1e-9)


@pytest.mark.parametrize("x, weights, biases", CHAINS)
def test_first_slope_is_the_product_of_all_factors(x, weights, biases):
    chain = run_chain(x, weights, target=0.9, biases=biases)
    product = chain.upstream * np.prod(chain.slopes) * np.prod(weights[1:]) * x
    assert chain.grad_w[0] == pytest.approx(product, rel=1e-12)


def test_units_at_the_middle_have_the_slope_of_a_quarter():
    chain = run_chain(0.5, [8.0] * 5, target=1.0, biases=[-4.0] * 5)
    assert chain.slopes.tolist() == [0.25] * 5
    assert chain.deltas[0] / chain.deltas[-1] == 2.0**4
