"""experiments: fair measures, and the verdicts of the notebook on seeds it does not show."""

import numpy as np
import pytest
import torch
from torch import nn

from course_lib.analysis import receptive_field
from course_lib.lessons.vgg import experiments

HELD_BACK = (3, 4, 5)


@pytest.mark.parametrize("kind", experiments.KERNELS)
def test_all_kinds_see_the_same_window(kind):
    network = experiments.build(kind)
    assert receptive_field(network, input_shape=(1, 1, 9, 9)).last.size == 5
    assert network(torch.zeros(2, 1, 9, 8)).shape == (2, 1, 5, 4)


def test_the_control_has_the_same_weights_and_one_relu_less():
    torch.manual_seed(0)
    two = experiments.build("two 3×3")
    torch.manual_seed(0)
    control = experiments.build("two 3×3, no ReLU between")
    relus = [sum(isinstance(layer, nn.ReLU) for layer in net) for net in (two, control)]
    assert relus == [3, 2]
    for ours, theirs in zip(two.parameters(), control.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_a_fifth_of_the_pixels_is_spoiled():
    x = torch.full((200, 200), 0.4)
    y = experiments.spoil(x, torch.Generator().manual_seed(1))
    shares = [(y == value).double().mean().item() for value in (0.0, 1.0, x[0, 0].item())]
    assert shares == pytest.approx([0.1, 0.1, 0.8], abs=0.01)


def test_cleaning_repeats_itself_and_learns():
    first, again = (experiments.clean("two 3×3", seeds=(0,), steps=40) for _ in range(2))
    np.testing.assert_array_equal(first.pictures, again.pictures)
    photo = experiments.held_back_photo()
    spoiled = photo.spoiled[2:-2, 2:-2]
    assert first.errors[0] < 0.8 * np.sqrt(((spoiled - photo.clean) ** 2).mean())


def test_columns_have_as_many_convolutions_as_they_say():
    counts = [
        sum(isinstance(layer, nn.Conv2d) for layer in experiments.build_column(column))
        for column in "ABDE"
    ]
    assert counts == [4, 6, 7, 8]


def test_a_column_is_measured_as_a_share():
    (share,) = experiments.column_accuracies("A", seeds=(0,), steps=1)
    assert 0 <= share <= 1


@pytest.mark.parametrize("make", [experiments.build, experiments.build_column])
def test_an_unknown_network_is_named(make):
    with pytest.raises(ValueError, match=r"received \w+='C'"):
        make("C")


@pytest.mark.slow
def test_small_kernels_with_a_relu_between_clean_better_on_other_seeds():
    seeds = range(6, 18)
    errors = {kind: experiments.clean(kind, seeds=seeds).errors for kind in experiments.KERNELS}
    assert errors["two 3×3"].mean() < 0.97 * errors["one 5×5"].mean()
    assert errors["two 3×3"].mean() < 0.93 * errors["two 3×3, no ReLU between"].mean()


@pytest.mark.slow
def test_at_this_budget_the_deepest_column_is_not_the_best_on_other_seeds():
    shares = {column: experiments.column_accuracies(column, seeds=HELD_BACK) for column in "BE"}
    assert np.mean(shares["B"]) > np.mean(shares["E"]) + 0.05
