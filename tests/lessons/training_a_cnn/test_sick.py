"""Trainings with a fault: each fault does what it says, and the ladder sees it on other seeds."""

import numpy as np
import pytest
import torch

from course_lib import datasets
from course_lib.lessons.training_a_cnn import sick
from course_lib.lessons.training_a_cnn.sick import Climb, climb_table

HELD_BACK = (3, 4, 5)


def test_the_same_seed_gives_the_same_network_and_leaves_the_caller_alone():
    torch.manual_seed(7)
    before = torch.get_rng_state()
    first, again, other = (sick.fresh_cnn(seed)[0].weight for seed in (1, 1, 2))
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.equal(torch.get_rng_state(), before)


def test_slipped_labels_belong_to_the_neighbor():
    labels = datasets.load("digits").y_train
    _, slipped = sick._images_and_labels(sick.SLIPPED)
    _, in_place = sick._images_and_labels("nothing")
    assert np.array_equal(in_place, labels)
    assert np.array_equal(slipped[1:], labels[:-1]) and slipped[0] == labels[-1]


@pytest.mark.parametrize("fault", sick.FAULTS)
def test_a_fault_changes_what_it_names_and_nothing_else(fault):
    sound, ill = sick._Trainer("nothing", 0), sick._Trainer(fault, 0)
    changed = {
        "first layer": not torch.equal(sound.model[0].weight, ill.model[0].weight),
        "last layer": not torch.equal(sound.model[-1].weight, ill.model[-1].weight),
        "rate": sound.optimizer.param_groups[0]["lr"] != ill.optimizer.param_groups[0]["lr"],
        "frozen": not ill.model[0].weight.requires_grad,
        "forgets": sound.forgets != ill.forgets,
    }
    expected = {
        "last layer 100 times too loud": {"last layer"},
        "old gradients kept": {"forgets"},
        "rate 50 times too large": {"rate"},
        "convolutions do not learn": {"frozen"},
    }.get(fault, set())
    assert {name for name, differs in changed.items() if differs} == expected


def test_kept_gradients_add_up_and_frozen_layers_stay():
    x = torch.rand(4, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([0, 1, 2, 3])
    kept, frozen = sick._Trainer("old gradients kept", 0), sick._Trainer(sick.FAULTS[-1], 0)
    before = frozen.model[0].weight.clone()
    for _ in range(2):
        kept.step(x, labels)
        frozen.step(x, labels)
    summed = kept.model[-1].bias.grad.clone()
    torch.nn.functional.cross_entropy(kept.model(x), labels).backward()
    assert not torch.allclose(kept.model[-1].bias.grad, summed)
    assert torch.equal(frozen.model[0].weight, before)


def test_runs_know_their_own_images_and_have_a_loss_for_each_step():
    runs = sick.labels_in_place_and_slipped(seeds=(0,), images=40, epochs=3)
    assert list(runs) == ["in place", "slipped"]
    for [run] in runs.values():
        assert run.losses.shape == (6,) and 0 <= run.test_accuracy <= 1


def test_the_table_has_a_number_for_each_seed():
    shown = climb_table({"nothing": [Climb(2.31, 30, 0.956), Climb(2.29, None, 0.1)]})
    assert shown.splitlines()[1].split() == ["nothing", "2.3", "2.3", "30", "–", "0.96", "0.10"]


@pytest.mark.slow
def test_slipped_labels_are_learned_by_heart_on_other_seeds():
    runs = sick.labels_in_place_and_slipped(seeds=HELD_BACK)
    assert min(run.train_accuracy for three in runs.values() for run in three) > 0.95
    assert min(run.test_accuracy for run in runs["in place"]) > 0.85
    assert max(run.test_accuracy for run in runs["slipped"]) < 0.2


@pytest.mark.slow
def test_each_rung_catches_the_same_faults_on_other_seeds():
    climbs = [[sick.climb(fault, seed=seed) for seed in HELD_BACK] for fault in sick.FAULTS]
    sound, loud, kept, fast, slipped, frozen = climbs
    assert min(run.first_loss for run in loud) > 5
    assert max(run.first_loss for run in sound + kept + fast + slipped + frozen) < 3
    assert all(run.steps_to_fifty for run in sound + loud + slipped)
    assert not any(run.steps_to_fifty for run in kept + fast + frozen)
    assert min(run.test_accuracy for run in sound + loud) > 0.88
    assert max(run.test_accuracy for run in slipped) < 0.2
    assert max(run.test_accuracy for run in kept + frozen) < 0.9
