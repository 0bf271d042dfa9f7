"""experiments: pairs that differ in their order only, and the verdicts on seeds not shown."""

import numpy as np
import pytest

from course_lib.analysis.receptive_field import receptive_field
from course_lib.lessons.receptive_fields import experiments

HELD_BACK = (3, 4, 5)
FIELDS = {None: 7, 3: 10, 2: 16, 1: 22}


def test_a_pair_and_its_swap_hold_the_same_digits():
    data = experiments.two_digits(seed=1, num_train=6, num_test=2)
    assert data.y_train.tolist() == [0, 1] * 3
    for one, other in zip(data.x_train[::2], data.x_train[1::2], strict=True):
        assert not np.array_equal(one, other)
        np.testing.assert_array_equal(np.sort(one, axis=None), np.sort(other, axis=None))


@pytest.mark.parametrize("gap", [3, 9])
def test_the_paper_between_the_digits_is_at_least_the_gap(gap):
    data = experiments.two_digits(seed=0, gap=gap, num_train=20, num_test=2)
    for image in data.x_train[:, 0]:
        inked = np.flatnonzero(image.sum(axis=0))
        assert np.diff(inked).max() - 1 >= gap
        assert min(inked[0], image.shape[1] - 1 - inked[-1]) >= experiments.MARGIN


@pytest.mark.parametrize("place", FIELDS, ids=str)
def test_readers_have_the_fields_of_the_notebook_and_equal_weights(place):
    network = experiments.reader(place)
    assert receptive_field(network[0]).last.size == FIELDS[place]
    plain = experiments.reader(None)
    assert [p.shape for p in network.parameters()] == [p.shape for p in plain.parameters()]


@pytest.mark.parametrize("place", [None, 3], ids=str)
def test_a_small_field_cannot_see_the_order(place):
    assert experiments.change_when_swapped(place, seeds=(9,), steps=3) == [0.0]
    assert experiments.accuracies(place, seeds=(9,), steps=3) == [0.5]


def test_a_mean_field_sums_to_one_and_fills_its_frame():
    field = experiments.mean_field(2, seed=0, networks=3)
    assert field.shape == (5, 5)
    assert field.sum() == pytest.approx(1, abs=1e-5)
    assert field.min() > 0


def test_other_seeds_give_other_networks():
    one, other = (experiments.random_stack(1, seed=s)[0].weight for s in (0, 1))
    assert not np.array_equal(one.detach(), other.detach())


def test_the_gradient_of_one_layer_is_its_kernel():
    kernel = np.arange(9.0).reshape(1, 1, 3, 3)
    gradient = experiments.gradient_by_torch(np.ones((1, 1, 5, 5)), [kernel])
    np.testing.assert_array_equal(gradient[0, 0, 1:4, 1:4], kernel[0, 0])


def test_training_reports_three_numbers():
    result = experiments.spread_after_training(seed=0, epochs=1, num_train=64)
    assert 1 < result.before < 3 and result.after != result.before
    assert 0 <= result.accuracy <= 1


@pytest.mark.slow
def test_verdicts_on_the_order_hold_on_other_seeds():
    for place, field in FIELDS.items():
        changes = experiments.change_when_swapped(place, seeds=HELD_BACK)
        accuracies = experiments.accuracies(place, seeds=HELD_BACK)
        if field < 11:
            assert set(changes) == {0.0} and set(accuracies) == {0.5}
        else:
            assert min(changes) > 0
            assert min(accuracies) > 0.95 if place == 1 else max(accuracies) < 0.9


@pytest.mark.slow
@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_the_rule_of_the_spread_holds_on_other_seeds(depth):
    spreads = [experiments.spread(experiments.mean_field(depth, seed=s)) for s in HELD_BACK]
    assert abs(np.array(spreads) / np.sqrt(2 * depth / 3) - 1).max() < 0.06


@pytest.mark.slow
def test_training_narrows_the_field_on_other_seeds():
    for seed in HELD_BACK:
        result = experiments.spread_after_training(seed=seed)
        assert result.after < result.before and result.accuracy > 0.5
