"""experiments: honest measures, and the verdicts of the notebook on seeds it does not show."""

import numpy as np
import pytest

from course_lib.lessons.comparing_architectures import experiments
from course_lib.lessons.comparing_architectures.networks import SMALL

HELD_BACK = (3, 4, 5)


def test_a_training_repeats_itself_and_learns():
    first, again = (
        experiments.accuracies(["VGG with norm"], seeds=(0,), steps=63) for _ in range(2)
    )
    np.testing.assert_array_equal(first["VGG with norm"], again["VGG with norm"])
    assert first["VGG with norm"][0] > 0.25


def test_rates_are_chosen_on_digits_that_are_not_the_test():
    test, validation = experiments.digits(), experiments.digits("validation")
    assert np.array_equal(test.x_train, validation.x_train)
    assert not np.array_equal(test.x_test, validation.x_test)
    assert set(experiments.RATES) == set(SMALL)


def test_each_small_network_is_timed():
    times = experiments.step_times(rounds=1)
    assert set(times) == set(SMALL) and min(times.values()) > 0


def test_a_photo_is_timed_in_both_programs():
    times = experiments.photo_times(["squeezenet1_1"], rounds=1)["squeezenet1_1"]
    assert times.pytorch > 0 and times.numpy > 0


@pytest.mark.slow
def test_verdicts_hold_on_other_seeds():
    shares = experiments.accuracies(seeds=HELD_BACK)
    means = {name: share.mean() for name, share in shares.items()}
    normed = ("VGG with norm", "ResNet, 2015", "MobileNet, 2017", "EfficientNet, 2019")
    assert min(means[n] for n in normed) > max(means[n] for n in means if n not in normed) + 0.03
    others = [means[n] for n in normed if n != "EfficientNet, 2019"]
    assert means["EfficientNet, 2019"] < max(others) + 0.02  # it leads on the seeds shown only
    longer = experiments.accuracies(
        ["VGG with norm"], seeds=HELD_BACK, steps=experiments.MORE_STEPS
    )
    assert longer["VGG with norm"].mean() > means["EfficientNet, 2019"] + 0.02
