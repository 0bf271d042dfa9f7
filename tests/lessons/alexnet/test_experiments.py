"""experiments: a fair race, a fair ablation, and the notebook's verdicts on seeds it hides."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from course_lib.lessons.alexnet import experiments

HELD_BACK = (3, 4, 5)


def test_all_that_race_begin_with_the_same_weights():
    networks = [experiments.four_layers(name, (0, 1)) for name in experiments.ACTIVATIONS]
    for each in zip(*(network.parameters() for network in networks), strict=True):
        assert all(torch.equal(each[0], other) for other in each[1:])


def test_a_network_does_not_depend_on_what_runs_beside_it():
    alone = experiments.race("tanh", seeds=(1,), rates=(0.1,), steps=25)
    beside = experiments.race("tanh", seeds=(0, 1), rates=(0.01, 0.1), steps=25)
    np.testing.assert_allclose(alone.errors[0, 0], beside.errors[1, 1], atol=0.01)


def test_the_error_is_that_of_the_last_twenty_batches():
    found = experiments.race("ReLU", seeds=(0,), rates=(0.06,), steps=22)
    assert np.isnan(found.errors[0, 0, : experiments.TAIL - 1]).all()
    assert 0 < found.errors[0, 0, -1] <= 1
    assert np.isinf(found.steps).all()  # 22 steps are too few


def test_the_best_rate_is_the_fastest_and_else_the_one_that_errs_least():
    errors = np.array([[[0.3]], [[0.2]], [[0.1]]])
    race = experiments.Race((0.1, 0.2, 0.3), errors, np.array([[50.0], [40.0], [60.0]]))
    assert race.best == 1
    assert race._replace(steps=np.full((3, 1), np.inf)).best == 2


def test_response_norm_side_by_side_is_that_of_each_network():
    x = 50 * torch.randn(2, 6, 3, 4, generator=torch.Generator().manual_seed(0))
    mine = experiments.ResponseNorm(3, 2)(x)
    for part in (slice(0, 3), slice(3, 6)):
        expected = functional.local_response_norm(x[:, part], 5, alpha=5e-4, beta=0.75, k=2.0)
        torch.testing.assert_close(mine[:, part], expected)


@pytest.mark.parametrize("change", experiments.CHANGES)
def test_every_change_keeps_sizes_and_parameters(change):
    options = {k: v for k, v in experiments.CHANGES[change].items() if k != "rate"}
    network = experiments.small_alexnet((0, 1), **options)
    whole = experiments.small_alexnet((0, 1))
    assert network(torch.zeros(2, 2, 12, 12)).shape == (2, 20, 1, 1)
    counts = [sum(p.numel() for p in net.parameters()) for net in (network, whole)]
    assert counts[0] == counts[1]


def test_each_change_takes_out_what_it_says():
    without = {
        change: experiments.small_alexnet((0,), **{k: v for k, v in options.items() if k != "rate"})
        for change, options in experiments.CHANGES.items()
    }

    def has(change, kind):
        return any(isinstance(layer, kind) for layer in without[change])

    assert has("all four", nn.ReLU) and not has("tanh for ReLU", nn.ReLU)
    assert has("all four", experiments.ResponseNorm)
    assert not has("no response norm", experiments.ResponseNorm)
    pools = [layer for layer in without["pooling side by side"] if isinstance(layer, nn.MaxPool2d)]
    assert {(pool.kernel_size, pool.stride) for pool in pools} == {(2, 2)}
    assert [layer.p for layer in without["no dropout"] if isinstance(layer, nn.Dropout)] == [0.0]


def test_a_share_is_measured():
    shares = experiments.shares_without("none of the four", seeds=(0, 1), steps=1)
    assert shares.shape == (2,) and (0 <= shares).all() and (shares <= 1).all()


def test_a_photo_takes_time():
    assert experiments.seconds_a_photo(rounds=1) > 0


@pytest.mark.parametrize("call", [experiments.race, experiments.shares_without])
def test_an_unknown_name_is_refused(call):
    with pytest.raises(ValueError, match=r"received \w+='softer'"):
        call("softer", seeds=(0,))


@pytest.mark.slow
def test_tanh_is_as_fast_as_relu_on_other_seeds_and_the_sigmoid_never_arrives():
    races = {name: experiments.race(name, seeds=HELD_BACK) for name in experiments.ACTIVATIONS}
    steps = {name: race.steps[race.best].mean() for name, race in races.items()}
    assert steps["tanh"] < 1.1 * steps["ReLU"]
    assert steps["no activation"] < 1.1 * steps["ReLU"]
    assert np.isinf(races["sigmoid"].steps).all()


@pytest.mark.slow
def test_nothing_that_is_taken_out_is_missed_on_other_seeds():
    read = {
        change: experiments.shares_without(change, seeds=HELD_BACK).mean()
        for change in experiments.CHANGES
    }
    whole = read["all four"]
    assert min(read["tanh for ReLU"], read["none of the four"]) > whole + 0.1
    assert read["no dropout"] > whole + 0.05
    assert min(read["pooling side by side"], read["no response norm"]) > whole - 0.08
