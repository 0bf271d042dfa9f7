"""training: what is asked leaves the networks alone, and the batch counts in training mode."""

import numpy as np
import torch

from course_lib import datasets
from course_lib.lessons.normalization.networks import Plan
from course_lib.lessons.normalization.training import losses_of, predictions, train

DIGITS = datasets.load("digits").x_test[:40]


def test_each_network_is_judged_by_its_own_targets():
    logits = torch.zeros(2, 20)
    logits[:, 3] = 50.0  # the first network says 3, the second nothing
    target = torch.tensor([[3, 3], [3, 3]])
    losses = losses_of(lambda x: logits, torch.zeros(2, 2, 8, 8), target)
    np.testing.assert_allclose(losses, [0.0, np.log(10)], atol=1e-6)


def test_asking_changes_nothing():
    network = train([Plan("batch", 0)], steps=3, batch_size=8).network
    before = {name: value.clone() for name, value in network.state_dict().items()}
    predictions(network, DIGITS, training=True, batch_size=10)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert network.training


def test_only_batch_norm_in_training_mode_minds_the_company():
    network = train([Plan("batch", 0), Plan("4 groups", 0)], steps=40, batch_size=32).network
    ask = lambda size, **mode: predictions(network, DIGITS, batch_size=size, **mode)  # noqa: E731
    apart, together = ask(5, training=True), ask(40, training=True)
    assert (apart[:, 0] != together[:, 0]).any()
    assert (apart[:, 1] == together[:, 1]).all()
    assert (ask(5, training=False) == ask(40, training=False)).all()


def test_a_watcher_is_told_of_every_step():
    seen = []
    train([Plan("none", 0)], steps=3, batch_size=4, watch=lambda step: seen.append(step.number))
    assert seen == [1, 2, 3]
