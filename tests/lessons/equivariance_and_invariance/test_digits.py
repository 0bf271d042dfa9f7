"""digits: networks that differ in poolings only, and the verdicts on seeds not shown."""

import numpy as np
import pytest
import torch

from course_lib.lessons.equivariance_and_invariance import digits

HELD_BACK = (3, 4, 5)


@pytest.mark.parametrize("poolings", [0, 1, 2])
def test_networks_differ_in_nothing_but_poolings(poolings):
    model = digits.cnn(poolings)
    assert digits.num_weights(model) == 9_098
    assert sum(isinstance(layer, torch.nn.MaxPool2d) for layer in model) == poolings
    assert model(torch.zeros(2, 1, 16, 16)).shape == (2, 10)


def test_the_mlp_is_about_as_large():
    assert digits.num_weights(digits.mlp()) == 8_821


@pytest.mark.parametrize("count", [0, 1])
def test_equal_images_are_counted_once(count):
    images = np.zeros((4, 1, 2, 2))
    images[:count] = 1
    assert digits.num_distinct(images) == 1 + count


def test_moved_digits_are_the_same_digits():
    near, far = (digits.digits(train_shift=0, test_shift=s, num_train=9) for s in (0, 2))
    np.testing.assert_array_equal(near.x_train, far.x_train)
    assert not np.array_equal(near.x_test, far.x_test)


def test_shifts_are_measured_one_by_one():
    torch.manual_seed(0)
    model = digits.cnn(2, padding_mode="circular")
    shares = digits.accuracies_by_shift([model], (0, 4))
    assert shares.shape == (1, 2)
    assert shares[0, 0] == shares[0, 1]  # whole windows: nothing can change


@pytest.mark.slow
def test_verdicts_on_poolings_hold_on_other_seeds():
    networks = [digits.trained(number, seeds=HELD_BACK) for number in (0, 1, 2)]
    none, one, two = (digits.accuracies(models, test_shift=2) for models in networks)
    assert min(none) > max(one) > min(one) > max(two)
    by_shift = [digits.accuracies_by_shift(models, range(5)) for models in networks]
    assert by_shift[0].min() > 0.9
    assert by_shift[1][:, 2].min() > by_shift[1][:, [1, 3]].max()
    assert by_shift[2][:, 4].min() > by_shift[2][:, 2].max()
    assert (by_shift[2][:, 0] > by_shift[2][:, 4]).all()


@pytest.mark.slow
def test_verdicts_on_padding_and_moved_training_hold_on_other_seeds():
    wrapped = digits.trained(2, seeds=HELD_BACK, padding_mode="circular")
    by_shift = digits.accuracies_by_shift(wrapped, (0, 4))
    np.testing.assert_array_equal(by_shift[:, 0], by_shift[:, 1])
    never = digits.accuracies(digits.trained(2, seeds=HELD_BACK), test_shift=2)
    none, one, two = (
        digits.accuracies(digits.trained(n, seeds=HELD_BACK, train_shift=2), test_shift=2)
        for n in (0, 1, 2)
    )
    assert min(two) - max(never) > 0.2
    assert min(none) > max(one) and min(none) > max(two)


@pytest.mark.slow
def test_verdicts_on_data_hold_on_other_seeds():
    cnn = digits.learn_anywhere("CNN", 50, seeds=HELD_BACK)
    mlp = digits.learn_anywhere("MLP", 1300, seeds=HELD_BACK)
    assert min(cnn.test) > max(mlp.test)
    assert min(cnn.train + mlp.train) > 0.97
