"""experiments.images_per_second: rates follow the time, on one thread."""

import time

import pytest
import torch

from course_lib.lessons.training_a_cnn.experiments import images_per_second


def test_rates_follow_the_time_of_a_step():
    steps = {"slow": lambda: time.sleep(0.02), "fast": lambda: time.sleep(0.005)}
    rates = images_per_second(steps, num_images=10, rounds=7)
    assert rates["slow"] <= 500 and rates["fast"] <= 2000
    assert rates["fast"] > 1.5 * rates["slow"]


def test_steps_run_on_one_thread_and_threads_come_back(monkeypatch):
    torch.set_num_threads(2)
    seen = []
    images_per_second({"a": lambda: seen.append(torch.get_num_threads())}, num_images=1, rounds=2)
    assert seen == [1, 1] and torch.get_num_threads() == 2
    torch.set_num_threads(1)


@pytest.mark.parametrize(
    "steps, options, text",
    [
        ({}, {"num_images": 1}, "no calls"),
        ({"a": int}, {"num_images": 0}, "num_images=0"),
        ({"a": int}, {"num_images": 1, "rounds": 0}, "rounds=0"),
    ],
    ids=["steps", "images", "rounds"],
)
def test_bad_options_are_refused(steps, options, text):
    with pytest.raises(ValueError, match=text):
        images_per_second(steps, **options)
