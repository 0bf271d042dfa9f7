"""Keys, outputs and gradients of `models` against torchvision, installed or recorded."""

import json
from pathlib import Path

import pytest
import torch
from compare import assert_same
from torchvision_oracle import (
    FORWARD_SIZES,
    NAMES,
    fill,
    fingerprint,
    first_logits,
    torchvision_network,
)

from course_lib import models

HERE = Path(__file__).parent
HEAVY = ("alexnet", "vgg11_bn", "resnet50")
LIGHT = tuple(name for name in FORWARD_SIZES if name not in HEAVY)
OTHERS = tuple(name for name in NAMES if name not in LIGHT)
SMALL = (64, 49)


def recorded(file: str) -> dict:
    return json.loads((HERE / file).read_text())


def heavy(names: tuple[str, ...]) -> list:
    return [pytest.param(name, marks=pytest.mark.slow) for name in names]


def test_all_that_was_recorded_is_compared():
    assert set(recorded("state_dicts.json")) == set(NAMES)
    assert set(recorded("reference_outputs.json")) == set(FORWARD_SIZES)


@pytest.mark.parametrize("name", NAMES)
def test_keys_and_shapes_are_those_recorded_from_torchvision(name):
    with torch.device("meta"):
        network = models.build(name)
    assert fingerprint(network) == recorded("state_dicts.json")[name]


@pytest.mark.parametrize("name", [*LIGHT, *heavy(HEAVY)])
def test_outputs_are_those_recorded_from_torchvision(name):
    logits = first_logits(models.build(name), FORWARD_SIZES[name])
    assert_same(
        torch.tensor(logits), torch.tensor(recorded("reference_outputs.json")[name]), tolerance=1e-5
    )


@pytest.mark.parametrize("name", NAMES)
def test_keys_and_shapes_are_those_of_torchvision(name):
    with torch.device("meta"):
        expected, actual = torchvision_network(name).state_dict(), models.build(name).state_dict()
    assert {k: v.shape for k, v in actual.items()} == {k: v.shape for k, v in expected.items()}


@pytest.mark.parametrize("name", [*LIGHT, *heavy(OTHERS)])
def test_outputs_and_gradients_are_those_of_torchvision(name):
    theirs = torchvision_network(name)
    fill(theirs)
    ours = models.build(name)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    image = torch.randn(2, 3, *FORWARD_SIZES.get(name, SMALL))
    with torch.no_grad():
        assert_same(ours.eval()(image), theirs.eval()(image), tolerance=1e-5)
    for expected, actual in zip(
        run_training_step(theirs, image), run_training_step(ours, image), strict=True
    ):
        assert_same(actual, expected, tolerance=1e-4)


def run_training_step(network: torch.nn.Module, image: torch.Tensor) -> list[torch.Tensor]:
    """Return all outputs, then all gradients in the order of sorted parameter names.

    The same seed makes dropout and stochastic depth drop the same values on both sides.
    """
    torch.manual_seed(7)
    outputs = network.train()(image)
    outputs = list(outputs) if isinstance(outputs, tuple) else [outputs]
    generator = torch.Generator().manual_seed(8)
    upstream = [torch.randn(y.shape, generator=generator) for y in outputs]
    parameters = dict(sorted(network.named_parameters()))
    gradients = torch.autograd.grad(outputs, list(parameters.values()), upstream)
    return [y.detach() for y in outputs] + list(gradients)


def test_the_heads_of_googlenet_have_torchvisions_names_and_places():
    theirs, ours = torchvision_network("googlenet"), models.build("googlenet")
    fill(theirs)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    image = torch.randn(2, 3, 64, 80)
    torch.manual_seed(9)
    expected = theirs.train()(image)
    torch.manual_seed(9)
    actual = ours.train()(image)
    assert actual._fields == expected._fields
    for field in actual._fields:
        assert_same(
            getattr(actual, field).detach(), getattr(expected, field).detach(), tolerance=1e-5
        )
