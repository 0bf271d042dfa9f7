"""Kernels that learn the direction of a texture, and the measure of how straight they are."""

import numpy as np
import pytest

from course_lib import datasets
from course_lib.lessons.kernels_and_feature_maps.experiments import (
    CROP,
    learn_orientation,
    straight_share,
    turned_crops,
)

EDGE = np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [-1.0, -1.0, -1.0]])
BANDS = np.tile(np.sin(np.arange(60.0))[:, None], (1, 70))


def test_crops_are_pieces_of_the_photo_or_turned_ones():
    photo = np.arange(30.0 * 28).reshape(30, 28)
    x, turned = turned_crops(photo, 12, generator=np.random.default_rng(0))
    assert set(turned.tolist()) == {0, 1}
    for crop, turn in zip(x[:, 0].double().numpy(), turned.tolist(), strict=True):
        upright = np.rot90(crop, -turn)
        top, left = divmod(int(upright[0, 0]), 28)
        assert np.array_equal(upright, photo[top : top + CROP, left : left + CROP])


def test_the_network_learns_bands_and_repeats_itself():
    first, second = learn_orientation(BANDS, seeds=(1, 1))
    assert np.array_equal(first.after, second.after)
    assert first.accuracy == 1.0
    assert not np.array_equal(first.before, first.after)


def test_the_right_half_of_the_photo_is_the_one_it_is_tested_on():
    columns = np.tile(np.sin(np.arange(35.0)), (60, 1))
    [run] = learn_orientation(np.hstack([BANDS[:, :35], columns]), seeds=[1])
    assert run.accuracy == 0.0


def test_frozen_kernels_stay_and_only_the_decision_learns():
    [trained] = learn_orientation(BANDS, seeds=[1])
    [frozen] = learn_orientation(BANDS, seeds=[1], train_kernels=False)
    [untrained] = learn_orientation(BANDS, seeds=[1], num_steps=0)
    assert np.array_equal(frozen.before, trained.before)
    assert np.array_equal(frozen.after, frozen.before)
    assert np.array_equal(untrained.after, trained.before)
    assert untrained.accuracy < frozen.accuracy


@pytest.mark.parametrize("num_steps", [-1, 1.5, True], ids=repr)
def test_a_number_of_steps_is_needed(num_steps):
    with pytest.raises((TypeError, ValueError), match=r"^learn_orientation received num_steps="):
        learn_orientation(BANDS, seeds=[1], num_steps=num_steps)


def test_another_seed_starts_elsewhere():
    runs = learn_orientation(BANDS, seeds=(1, 2))
    assert not np.allclose(runs[0].before, runs[1].before)


@pytest.mark.parametrize(
    "kernel, share",
    [
        pytest.param(EDGE, 1.0, id="rows"),
        pytest.param(EDGE.T, 1.0, id="columns"),
        pytest.param(np.array([[1.0] * 3, [-2.0] * 3, [1.0] * 3]), 1.0, id="line"),
        pytest.param(np.ones((3, 3)), 0.0, id="blur"),
        pytest.param(np.outer([1.0, 0, -1], [1.0, 2, 1]), 8 / 9, id="sobel"),
        pytest.param(np.outer([1.0, 0, -1], [1.0, 0, -1]), 0.0, id="corner"),
        pytest.param(EDGE + EDGE.T, 0.5, id="diagonal"),
        pytest.param(EDGE + 1, 6 / 15, id="edge-and-blur"),
    ],
)
def test_straight_share_of_known_kernels(kernel, share):
    assert straight_share(kernel) == pytest.approx(share)
    assert straight_share(-3 * kernel) == pytest.approx(share)


def test_random_kernels_have_a_straight_share_of_a_third():
    kernels = np.random.default_rng(0).standard_normal((20_000, 3, 3))
    assert straight_share(kernels).mean() == pytest.approx(1 / 3, abs=0.01)


@pytest.mark.slow
def test_learned_kernels_get_straight_and_are_needed_on_other_seeds():
    bricks = datasets.photo("brick", size=128, gray=True)[0]
    learned = learn_orientation(bricks, seeds=(3, 4, 5))
    frozen = learn_orientation(bricks, seeds=(3, 4, 5), train_kernels=False, num_steps=1500)
    for run, control in zip(learned, frozen, strict=True):
        before, after = (straight_share(kernels).mean() for kernels in (run.before, run.after))
        assert before < after and after > 0.8
        assert run.accuracy > 0.95 and control.accuracy < 0.9
