"""experiments: honest measures, and the verdicts of the notebook on seeds it does not show."""

from itertools import pairwise

import numpy as np
import pytest
from torch import nn

from course_lib.lessons.volumes_3d import experiments, networks, volumes

HELD_BACK = (3, 4, 5)


def test_a_resting_clip_only_repeats_its_ends():
    clip = np.arange(4.0).reshape(1, 1, 4, 1, 1)
    early, late = (experiments.rest(clip, before).ravel().tolist() for before in (0, 4))
    assert early == [0, 1, 2, 3, 3, 3, 3, 3]
    assert late == [0, 0, 0, 0, 0, 1, 2, 3]


def test_a_whole_clip_shifts_without_wrapping():
    clip = experiments.whole_clip("right")
    for before, after in pairwise(clip):
        np.testing.assert_array_equal(after[:, 1:], before[:, :-1])
        assert not after[:, 0].any() and not (clip[:, 0].any() and clip[:, -1].any())


def test_training_learns_and_is_the_same_twice():
    first, second = (experiments.accuracies("3-D", seeds=(0,), steps=32) for _ in range(2))
    assert first == second and first[0] > 0.4


def test_what_is_kept_is_the_input_of_a_norm_and_the_output_of_a_relu():
    network = nn.Sequential(networks.convolution(1, 5, (3, 3, 3)), nn.ReLU())
    voxels = 4 * 6 * 7
    assert experiments.kept_bytes(network, (1, 1, 4, 6, 7)) == 4 * voxels * (1 + 5)
    with_norm = nn.Sequential(network[0], nn.BatchNorm3d(5), nn.ReLU())
    kept = experiments.kept_bytes(with_norm, (1, 1, 4, 6, 7))
    assert kept == pytest.approx(4 * voxels * (1 + 5 + 5), rel=0.02)


def test_the_largest_side_fits_and_the_next_does_not():
    for axes in (2, 3):
        side = experiments.largest_side(7.3, axes=axes, space=1e6)
        assert side**axes * 7.3 <= 1e6 < (side + 1) ** axes * 7.3


@pytest.mark.slow
def test_verdicts_on_clips_hold_on_other_seeds():
    shares = {kind: experiments.accuracies(kind, seeds=HELD_BACK) for kind in networks.CLIP_KINDS}
    assert max(shares.pop("per frame")) < 0.25
    assert min(min(values) for values in shares.values()) > 0.93
    halfway = [experiments.accuracies(k, seeds=HELD_BACK, steps=32) for k in ("3-D", "(2+1)-D")]
    assert np.ptp(halfway) > np.ptp([shares["3-D"], shares["(2+1)-D"]]) + 0.03
    channels, deep = (
        experiments.early_and_late(kind, seeds=HELD_BACK) for kind in ("frames as channels", "3-D")
    )
    assert max(channels.late) < 0.65 < 0.78 < min(deep.late)
    assert min(channels.early + deep.early) > 0.8


@pytest.mark.slow
def test_verdicts_on_volumes_and_clouds_hold_on_other_seeds():
    test = volumes.draw_volumes(volumes.NUM_TEST, seed=1)
    discs = volumes.dice(test.tissue > 0, test.tissue == 2)
    plans = {"per slice": 8, "7 slices as channels": 13, "3-D": 8}
    scores = {
        kind: [run.dice for run in volumes.segment(kind, seeds=HELD_BACK, width=width)]
        for kind, width in plans.items()
    }
    assert max(abs(value - discs) for value in scores["per slice"]) < 0.08
    assert min(scores["3-D"] + scores["7 slices as channels"]) > discs + 0.3
    assert max(scores["7 slices as channels"]) > min(scores["3-D"])  # no order is claimed
    seen = experiments.read_clouds(seeds=HELD_BACK)
    assert all(a > b + 0.12 for a, b in zip(*seen, strict=True)) and min(seen.standing) > 0.75
