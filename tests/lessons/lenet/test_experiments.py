"""experiments: counts, shapes, and the verdicts of the notebook on seeds it does not show."""

import numpy as np
import pytest

from course_lib import models
from course_lib.lessons.lenet import experiments
from course_lib.lessons.lenet.networks import YEAR_1998

HELD_BACK = (3, 4, 5)
pytestmark = pytest.mark.usefixtures("one_thread")


def test_counts_are_those_the_paper_prints():
    counted = experiments.count_layers(models.build("lenet5_original"))
    for layer in counted[:-1]:
        assert layer[2:] == experiments.PUBLISHED[layer.name]
    assert counted[-1][2:] == (0, 840)
    assert [layer.shape for layer in counted][2:4] == [(16, 10, 10), (16, 5, 5)]


def test_counting_leaves_no_hook_behind():
    network = models.build("lenet5_original")
    experiments.count_layers(network)
    assert not any(module._forward_hooks for module in network.modules())


def test_digits_come_in_the_grays_of_the_paper():
    dataset = experiments.digits(held_out="validation")
    assert dataset.x_train.shape == (2000, 1, 32, 32)
    assert dataset.x_train.dtype == np.float32
    np.testing.assert_allclose([dataset.x_train.min(), dataset.x_train.max()], [-0.1, 1.175])


def test_accuracies_come_by_name_and_seed():
    found = experiments.accuracies({"dense": None, "1998": YEAR_1998}, seeds=(7, 8), steps=1)
    assert {name: len(shares) for name, shares in found.items()} == {"dense": 2, "1998": 2}
    assert all(0 <= share <= 1 for shares in found.values() for share in shares)


def test_spreads_shrink_as_the_formula_says():
    by_count, by_root = (experiments.spreads(v, seed=7) for v in (YEAR_1998, experiments.ROOTED))
    assert list(by_count) == ["image", "C1", "S2", "C3", "S4", "C5", "F6"]
    assert by_count["image"] == by_root["image"]
    factor = 2.4 / np.sqrt(3) / np.sqrt(120)  # of F6, for which f is nearly a line
    assert by_count["F6"] / by_count["C5"] == pytest.approx(1.7159 * 2 / 3 * factor, rel=0.25)
    assert by_root["F6"] > 20 * by_count["F6"]


@pytest.mark.slow
def test_verdicts_on_one_change_hold_on_other_seeds():
    dense, old, new = experiments.accuracies(experiments.OPENING, seeds=HELD_BACK).values()
    assert max(old) < min(dense) - 0.03 < min(new) - 0.08
    single = experiments.accuracies(experiments.ONE_CHANGE, seeds=HELD_BACK)
    gains = {name: np.subtract(shares, old) for name, shares in single.items()}
    assert gains["full table"].mean() < 0.12 and gains["ReLU"].min() > 0.04
    assert all(
        gains[name].min() > 0.07 and gains[name].mean() > 0.1
        for name in ("max pooling", "trained output", "larger first weights")
    )


@pytest.mark.slow
def test_in_a_healthy_network_the_changes_gain_less_on_other_seeds():
    changes = {name: experiments.ONE_CHANGE[name] for name in experiments.SECOND_CHANGE}
    early = experiments.accuracies({"start": YEAR_1998, **changes}, seeds=HELD_BACK)
    late = experiments.accuracies(
        {"start": experiments.ROOTED, **experiments.SECOND_CHANGE}, seeds=HELD_BACK
    )
    for name in changes:
        first, second = (np.mean(f[name]) - np.mean(f["start"]) for f in (early, late))
        assert second < 0.75 * first
