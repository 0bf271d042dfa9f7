"""training: what is asked leaves the networks alone, and the batch counts in training mode."""

import torch

from course_lib import datasets
from course_lib.lessons.normalization.networks import Plan
from course_lib.lessons.normalization.training import predictions, train

DIGITS = datasets.load("digits").x_test[:40]


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
