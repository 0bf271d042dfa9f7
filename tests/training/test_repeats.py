"""Training from several seeds: the same seed gives the same network, the caller keeps his own."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from course_lib import datasets, training


@pytest.fixture(scope="module")
def digits():
    whole = datasets.load("digits")
    return replace(whole, x_train=whole.x_train[:70], y_train=whole.y_train[:70])


def make_model():
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 10))


def weights(model):
    return model[1].weight.detach().numpy()


def test_a_seed_gives_the_same_network_again_and_another_gives_another(digits):
    first, second, again = training.train_on_seeds(make_model, digits, seeds=(0, 1, 0), steps=4)
    assert np.array_equal(weights(first), weights(again))
    assert not np.allclose(weights(first), weights(second))


def test_it_is_the_training_of_fit(digits):
    (model,) = training.train_on_seeds(
        make_model, digits, seeds=(3,), steps=4, batch_size=32, learning_rate=0.02
    )
    torch.manual_seed(3)
    twin = make_model()
    training.fit(
        twin, digits, epochs=2, batch_size=32, optimizer="adam", learning_rate=0.02,
        schedule="one_cycle", device="cpu", seed=3, progress=False,
    )  # fmt: skip
    assert np.array_equal(weights(model), weights(twin))


def test_the_random_state_of_the_caller_stays(digits):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    training.train_on_seeds(make_model, digits, seeds=(0,), steps=1)
    assert torch.equal(torch.rand(3), expected)


def test_accuracies_are_those_of_the_test_images(digits):
    models = training.train_on_seeds(make_model, digits, seeds=(0, 1), steps=60)
    x = torch.from_numpy(digits.x_test)
    expected = [float((model(x).argmax(dim=1).numpy() == digits.y_test).mean()) for model in models]
    assert training.accuracies_of(models, digits) == pytest.approx(expected)
    assert min(expected) > 0.6


def test_spread_is_the_standard_deviation_of_a_sample():
    assert training.mean_std([1.0, 3.0]) == "2.000 ± 1.414"


def test_bad_input_is_named(digits):
    with pytest.raises(ValueError, match=r"^train_on_seeds received steps=0"):
        training.train_on_seeds(make_model, digits, seeds=(0,), steps=0)
    with pytest.raises(ValueError, match=r"^mean_std received 1 values"):
        training.mean_std([0.5])
