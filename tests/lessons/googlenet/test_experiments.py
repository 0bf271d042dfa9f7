"""experiments: honest measures, and the verdicts of the notebook on seeds it does not show."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from course_lib import datasets
from course_lib.lessons.googlenet import experiments, networks
from course_lib.lessons.googlenet.experiments import Part
from course_lib.training import accuracies_of, predict

HELD_BACK = (3, 4, 5)


@pytest.fixture
def direct():
    torch.manual_seed(3)
    return networks.build("direct")


def test_as_many_mixtures_as_channels_change_no_answer(direct, monkeypatch):
    dataset = datasets.load("cluttered_digits", size=16, width=(8.0, 10.0), num_test=200)
    for branch in (direct[4].branch2, direct[4].branch3):  # let what they see decide
        torch.nn.init.normal_(branch.bn.weight, std=30)
    answers = predict(direct, dataset.x_test, device="cpu").argmax(axis=1)
    answered = replace(dataset, y_test=answers)
    monkeypatch.setattr(experiments, "digits", lambda: answered)
    [shares] = experiments.accuracies_with_mixtures([direct], (64, 1))
    assert shares[0] > 0.99 > shares[1]


def test_mixtures_leave_the_network_as_it_was(direct):
    before = direct[4].branch3.conv.weight.clone()
    shares = experiments.accuracies_with_mixtures([direct], (1, 8))
    assert shares.shape == (1, 2)
    assert torch.equal(direct[4].branch3.conv.weight, before)


def test_a_training_repeats_itself(monkeypatch):
    few = datasets.load("cluttered_digits", size=16, width=(8.0, 10.0), num_train=64)
    monkeypatch.setattr(experiments, "digits", lambda: few)
    first, again = (experiments.train("reduced", seeds=(0,), steps=4)[0] for _ in range(2))
    for ours, theirs in zip(first.parameters(), again.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_the_parts_of_a_module_are_all_there():
    parts = experiments.module_parts(rounds=1)
    totals = [sum(part.multiply_adds for part in each.values()) for each in parts.values()]
    assert totals == [308_281_344, 128_049_152]
    for each in parts.values():
        assert all(part.seconds > 0 for part in each.values())
        assert each["max pool"] == parts["direct"]["max pool"]
        assert each["max pool"].multiply_adds == each["ReLU and joining"].multiply_adds == 0


def test_ratios_are_of_direct_to_reduced():
    parts = {
        "direct": {"3×3": Part(40, 4.0), "max pool": Part(0, 2.0)},
        "reduced": {"3×3": Part(10, 2.0), "max pool": Part(0, 2.0)},
    }
    assert experiments.ratios(parts) == (4, 1.5, 2)
    assert experiments.share_of_time(parts["reduced"], "max pool") == 0.5


def test_two_networks_are_timed():
    times = experiments.network_times(images=2, rounds=1)
    assert set(times) == {"direct", "reduced"} and min(times.values()) > 0


def test_heads_change_the_training_and_not_the_start():
    runs = [experiments.train_deep(heads=heads, seeds=(0,), steps=3) for heads in (False, True)]
    np.testing.assert_array_equal(runs[0].slopes, runs[1].slopes)
    again = experiments.train_deep(heads=True, seeds=(0,), steps=3)
    np.testing.assert_array_equal(runs[1].accuracies, again.accuracies)
    assert runs[0].slopes.shape == (1, 3) and (runs[0].slopes > 0).all()


def test_the_slope_of_a_head_counts_with_its_weight():
    torch.manual_seed(5)
    network, dataset = networks.Deep(), experiments.moved_digits()
    x, target = torch.from_numpy(dataset.x_train[:200]), torch.from_numpy(dataset.y_train[:200])
    _, early = network(x)
    (0.3 * torch.nn.functional.cross_entropy(early[0], target)).backward()
    run = experiments.train_deep(heads=True, seeds=(5,), steps=1)
    first = network.stem[0].conv.weight.grad.norm().item()
    assert run.slopes[0, 1] == pytest.approx(first, rel=1e-3)


@pytest.mark.slow
def test_reduced_reads_like_direct_and_better_than_narrow_on_other_seeds():
    trained = {kind: experiments.train(kind, seeds=HELD_BACK) for kind in networks.KINDS}
    mean = {k: np.mean(accuracies_of(each, experiments.digits())) for k, each in trained.items()}
    assert mean["reduced"] > mean["direct"] - 0.08
    assert mean["reduced"] > mean["direct, narrow"] + 0.02
    kept = experiments.accuracies_with_mixtures(trained["direct"], (1, 16, 64)).mean(axis=0)
    assert kept[1] > kept[2] - 0.06 and kept[0] < kept[2] - 0.1


@pytest.mark.slow
def test_heads_bring_no_clear_gain_on_other_seeds():
    without, heads = (experiments.train_deep(heads=on, seeds=HELD_BACK) for on in (False, True))
    assert heads.slopes[:, 0].mean() > heads.slopes[:, 1:].mean(axis=0).max()
    assert heads.accuracies.min() < without.accuracies.max()
