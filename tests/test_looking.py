"""Looking does not change: every tool that looks into a network leaves it, and its input, alone."""

import contextlib
import copy
import random
from collections import deque
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn

from course_lib import numpy_nn, training
from course_lib.analysis import (
    attribution,
    complexity,
    equivariance,
    gradient_flow,
    network_blocks,
    receptive_field,
)
from course_lib.datasets import Dataset
from course_lib.models import photos


class Nasty(nn.Module):
    """A network that does everything a looker may trip over.

    It starts in place, has a frozen and a learning batch norm, keeps attributes and counts its
    calls, holds gradients and hooks, and comes in training mode.
    """

    name, in_channels, image_size = "resnet18", 3, (8, 8)

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.frozen, self.learning = nn.BatchNorm2d(4), nn.BatchNorm2d(4)
        self.act = nn.ReLU(inplace=True)
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(4, 1000)
        self.calls, self.seen, self.notes = 0, [], {"last": None}
        self.fails = False
        self.register_buffer("steps", torch.zeros(()))
        self.train()
        self.frozen.eval()
        self.conv.register_forward_hook(lambda *given: None)

    def forward(self, x):
        self.calls += 1
        self.seen.append(tuple(x.shape))
        self.notes["last"] = x
        self.steps += 1
        x.sub_(0.5).div_(0.25)
        maps = self.act(self.learning(self.frozen(self.conv(x))))
        if self.fails:
            raise ArithmeticError("on purpose")
        self.last_maps = maps
        return self.head(self.drop(maps.mean((2, 3))))


@pytest.fixture
def network():
    torch.manual_seed(0)
    network = Nasty()
    network(torch.rand(4, 3, 8, 8)).sum().backward()
    return network


@pytest.fixture
def image():
    return torch.rand(2, 3, 8, 8)


def snapshot(network):
    """Copy what there is to see of a network."""
    plain = {
        name: copy.deepcopy(value) for name, value in vars(network).items()
        if not isinstance(value, torch.Tensor) and not name.startswith("_")
    }  # fmt: skip
    return {
        "modes": [layer.training for layer in network.modules()],
        "state": {name: value.clone() for name, value in network.state_dict().items()},
        "gradients": {n: p.grad.clone() for n, p in network.named_parameters()},
        "hooks": [
            (len(m._forward_hooks), len(m._backward_hooks), len(m._forward_pre_hooks))
            for m in network.modules()
        ],
        "attributes": sorted(vars(network)),
        "plain": plain,
        "last_maps": network.last_maps.detach().clone(),
    }


def assert_unchanged(before, after):
    for part in ("modes", "hooks", "attributes"):
        assert before[part] == after[part], part
    for part in ("state", "gradients"):
        for name, value in before[part].items():
            assert torch.equal(value, after[part][name]), (part, name)
    assert before["plain"].pop("notes")["last"].equal(after["plain"].pop("notes")["last"])
    assert before["plain"] == after["plain"]
    assert torch.equal(before["last_maps"], after["last_maps"])


LOOKERS = {
    "predict": lambda net, x: training.predict(net, x.numpy(), device="cpu"),
    "classify": lambda net, x: photos.classify(net, np.full((3, 9, 9), 0.5)),
    "gradient_flow": lambda net, x: gradient_flow(net, x, lambda y: y.square().mean()),
    "equivariance_error": lambda net, x: equivariance.equivariance_error(
        lambda a: equivariance.call(net, a)[:, :, None, None], x.numpy(), shift=1),
    "invariance_error": lambda net, x: equivariance.invariance_error(net, x.numpy(), shift=1),
    "saliency": lambda net, x: attribution.saliency(net, x, 3),
    "occlusion": lambda net, x: attribution.occlusion(net, x, 3, window=4, stride=4),
    "grad_cam": lambda net, x: attribution.grad_cam(net, x, 3, layer=net.conv),
    "complexity": lambda net, x: complexity(net, (2, 3, 8, 8)),
    "receptive_field": lambda net, x: receptive_field(net, input_shape=(2, 3, 8, 8)),
    "network_blocks": lambda net, x: network_blocks(net, (1, 3, 8, 8)),
    "from_torch": lambda net, x: numpy_nn.graph.from_torch(net, x),
}  # fmt: skip


@pytest.mark.parametrize("fails", [False, True], ids=["runs", "fails"])
@pytest.mark.parametrize("look", LOOKERS.values(), ids=LOOKERS.keys())
def test_a_network_that_is_looked_at_stays_as_it_was(network, image, look, fails):
    network.fails = fails
    before, pixels = snapshot(network), image.clone()
    if fails:
        with pytest.raises((ArithmeticError, ValueError), match="on purpose"):
            look(network, image)
    else:
        look(network, image)
    assert_unchanged(before, snapshot(network))
    assert torch.equal(image, pixels)


def test_a_change_would_be_seen(network, image):
    """Guard the test above."""
    for change in (lambda: network(image), lambda: network.eval(), lambda: network.zero_grad()):
        before = snapshot(network)
        change()
        with pytest.raises((AssertionError, AttributeError)):
            assert_unchanged(before, snapshot(network))


def data_set(num_images=8):
    rng = np.random.default_rng(seed=0)
    x = rng.random((num_images, 3, 8, 8)).astype(np.float32)
    return Dataset(x, np.arange(num_images) % 2, x, np.arange(num_images) % 2, ("a", "b"), "", "")


def test_training_leaves_frozen_statistics_and_its_images_alone(network):
    data, frozen = data_set(), network.frozen.running_mean.clone()
    learning, pixels = network.learning.running_mean.clone(), data.x_train.copy()
    training.fit(
        network, data, epochs=2, batch_size=4, optimizer="sgd", learning_rate=0.01, seed=0,
        device="cpu", progress=False,
    )  # fmt: skip
    assert torch.equal(network.frozen.running_mean, frozen)
    assert not torch.equal(network.learning.running_mean, learning)
    assert [network.training, network.frozen.training] == [True, False]
    np.testing.assert_array_equal(data.x_train, pixels)


@dataclass(frozen=True)
class Settings:
    """An object that cannot be assigned to, and holds what can be changed."""

    sizes: list


class Counter:
    """An object without a dict."""

    __slots__ = ("count",)

    def __init__(self):
        self.count = 0


class Restless(nn.Module):
    """A network whose forward changes all that it reaches."""

    def __init__(self):
        super().__init__()
        self.conv, self.norms = nn.Conv2d(3, 4, 3), [nn.BatchNorm2d(4)]
        self.clipped, self.table = nn.Parameter(torch.ones(4)), nn.Embedding(5, 4, max_norm=0.1)
        self.spare = nn.Linear(2, 2)
        self.deep = {"lists": [[0], (deque([0], maxlen=2), {0})], "tensor": [torch.zeros(2)]}
        self.settings, self.counter, self.array = Settings([0]), Counter(), np.zeros(2)
        self.text = bytearray(b"a")
        self.draws = np.random.default_rng(seed=0), random.Random(0), torch.Generator()

    def forward(self, x):
        self.change_attributes()
        self.change_weights()
        torch.set_default_dtype(torch.float64)
        np.seterr(divide="ignore")
        y = self.norms[0](self.conv(x)).mean((2, 3)) * self.clipped
        return y + self.table(torch.zeros(1, dtype=torch.long))

    def change_attributes(self):
        lists, (queue, numbers) = self.deep["lists"]
        lists.append(1), queue.append(1), numbers.add(1)
        self.deep["tensor"][0] += 1
        self.settings.sizes.append(1)
        self.counter.count += 1
        self.array += 1
        self.text[0] += 1
        self.draws[0].random(), self.draws[1].random(), torch.rand(1, generator=self.draws[2])
        if hasattr(self, "spare"):
            del self.spare
            self.late = nn.Linear(1, 1)

    def change_weights(self):
        with torch.no_grad():
            self.clipped.mul_(0.5)
        self.conv.weight.data = self.conv.weight.data * 0.5
        self.conv.bias.grad = torch.ones_like(self.conv.bias)
        self.table.weight.requires_grad_(False)
        self.conv.bias.seen = True
        self.norms[0].momentum = 0.5


def pictured(item, seen=None):
    """Write down by value and identity all that can be reached from an object."""
    seen = {} if seen is None else seen
    if id(item) in seen:
        return id(item)
    seen[id(item)] = item
    if isinstance(item, torch.Tensor):
        grad = item.grad if item.is_leaf else None
        return (id(item), item.requires_grad, item.tolist(), id(grad), pictured(vars(item), seen))
    if isinstance(item, dict):
        return [(str(key), id(value), pictured(value, seen)) for key, value in item.items()]
    if isinstance(item, list | tuple | deque):
        return [(id(value), pictured(value, seen)) for value in item]
    if isinstance(item, np.random.Generator):
        return str(item.bit_generator.state)
    if isinstance(item, random.Random | torch.Generator):
        return str(item.getstate() if isinstance(item, random.Random) else item.get_state())
    if isinstance(item, Counter):
        return item.count
    return pictured(vars(item), seen) if hasattr(item, "__dict__") else str(item)


def surroundings():
    return torch.get_default_dtype(), torch.is_grad_enabled(), np.geterr()


DEEP = {
    "predict": LOOKERS["predict"],
    "gradient_flow": LOOKERS["gradient_flow"],
    "equivariance_error": LOOKERS["equivariance_error"],
    "invariance_error": LOOKERS["invariance_error"],
    "saliency": LOOKERS["saliency"],
    "occlusion": LOOKERS["occlusion"],
    "grad_cam": LOOKERS["grad_cam"],
    "activation_maximization": lambda net, x: attribution.activation_maximization(
        lambda image: net(image)[:, 3], shape=(1, 3, 8, 8), steps=2),
    "complexity": LOOKERS["complexity"],
    "receptive_field": LOOKERS["receptive_field"],
}  # fmt: skip


def raiser(kind):
    def stop(layer, inputs, y):
        raise kind("on purpose")

    return stop


@pytest.mark.parametrize("stops", [None, ArithmeticError, KeyboardInterrupt], ids=str)
@pytest.mark.parametrize("look", DEEP.values(), ids=DEEP.keys())
def test_all_that_a_forward_changes_comes_back(image, look, stops):
    torch.manual_seed(0)
    network = Restless()
    if stops is not None:
        network.conv.register_forward_hook(
            lambda *given: (_ for _ in ()).throw(stops("on purpose"))
        )
    before, around, pixels = pictured(network), surroundings(), image.clone()
    expected = () if stops is None else (stops, ValueError)
    # The forward draws, deletes and replaces as no graph can: a refusal leaves as much alone.
    with contextlib.suppress(*expected, ValueError):
        look(network, image)
    assert surroundings() == around
    assert pictured(network) == before
    assert torch.equal(image, pixels)


def test_all_that_a_forward_changes_would_be_seen(image):
    """Guard the test above: the picture sees each change."""
    network = Restless()
    before, around = pictured(network), surroundings()
    try:
        network(image)
        assert surroundings() != around
    finally:
        torch.set_default_dtype(around[0])
        np.seterr(**around[2])
    changed = {name for name, *_ in before} & {
        name for a, b in zip(before, pictured(network), strict=False) if a != b for name in (a[0],)
    }
    assert changed >= {"_parameters", "_modules", "deep", "settings", "counter", "array"}


def lazy():
    return nn.Sequential(
        nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.LazyLinear(5),
    )  # fmt: skip


@pytest.mark.parametrize("name", ["predict", "gradient_flow", "saliency", "complexity"])
def test_lazy_layers_stay_lazy(image, name):
    network = lazy()
    with contextlib.suppress(ValueError):
        LOOKERS[name](network, image)
    assert [type(layer) for layer in network] == [type(layer) for layer in lazy()]
    assert all(isinstance(p, nn.UninitializedParameter) for p in network.parameters())
    assert network(image).shape == (2, 5)


@pytest.mark.parametrize("name", ["predict", "gradient_flow", "saliency", "complexity"])
def test_a_backward_that_waits_for_its_turn_still_runs(image, name):
    """To autograd, writing the same values again would be a change."""
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.Flatten(),
        nn.Linear(4 * 36, 5),
    )  # fmt: skip
    y = network(image)
    LOOKERS[name](network, image)
    y.sum().backward()
    assert network[0].weight.grad is not None


class InPlace(nn.Module):
    """A network that normalizes its input and rectifies its maps, in place or not."""

    def __init__(self, in_place):
        super().__init__()
        self.in_place = in_place
        self.conv, self.act = nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(inplace=in_place)
        self.head = nn.Linear(6, 4)

    def forward(self, x):
        x = x.sub_(0.5).div_(0.25) if self.in_place else (x - 0.5) / 0.25
        maps = self.act(self.conv(x))
        return self.head(maps.mean((2, 3)))


ATTRIBUTIONS = {
    "saliency": lambda net, x: attribution.saliency(net, x, 1),
    "occlusion": lambda net, x: attribution.occlusion(net, x, 1, window=4, stride=4),
    "grad_cam-conv": lambda net, x: attribution.grad_cam(net, x, 1, layer=net.conv),
    "grad_cam-act": lambda net, x: attribution.grad_cam(net, x, 1, layer=net.act),
}


@pytest.mark.parametrize("attribute", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_attributions_are_those_of_the_network_that_works_out_of_place(image, attribute):
    torch.manual_seed(0)
    plain, in_place = InPlace(False).eval(), InPlace(True).eval()
    in_place.load_state_dict(plain.state_dict())
    expected = attribute(plain, image)
    assert expected.abs().max() > 0
    torch.testing.assert_close(attribute(in_place, image), expected, rtol=1e-5, atol=1e-7)


class Cut(nn.Module):
    """A network with a region that no gradient flows through."""

    def __init__(self):
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 6, 3), nn.Linear(6, 4)

    def forward(self, x):
        with torch.no_grad():
            maps = self.conv(x)
        return self.head(maps.mean((2, 3)))


@pytest.mark.parametrize("name", ["saliency", "grad_cam-conv"])
def test_a_network_without_a_gradient_is_refused_in_a_sentence(image, name):
    with pytest.raises(ValueError, match="scores that no gradient leads from to"):
        ATTRIBUTIONS[name](Cut(), image)


def test_grad_cam_refuses_a_layer_that_gives_no_tensor(image):
    class Pair(nn.Module):
        def forward(self, x):
            return x, x

    net = nn.Sequential(Pair())
    net.forward = lambda x: net[0](x)[0].mean((2, 3))
    with pytest.raises(ValueError, match="a layer Pair with output tuple"):
        attribution.grad_cam(net, image, 0, layer=net[0])


def test_numpy_networks_keep_the_modes_of_their_layers():
    rng = np.random.default_rng(seed=0)
    net = numpy_nn.Sequential(numpy_nn.Flatten(), numpy_nn.BatchNorm1d(192),
                              numpy_nn.Linear(192, 2, generator=rng))  # fmt: skip
    net.layers[1].eval()
    data = data_set()
    training.predict_numpy(net, data.x_test)
    assert [layer.training for layer in net.modules()] == [True, True, False, True]
    with pytest.raises(ValueError):
        training.predict_numpy(net, data.x_test[:, :, :4])
    assert [layer.training for layer in net.modules()] == [True, True, False, True]
    training.fit_numpy(net, data, epochs=1, batch_size=4, optimizer="sgd", learning_rate=0.1,
                       seed=0, progress=False)  # fmt: skip
    np.testing.assert_array_equal(net.layers[1].running_mean, np.zeros(192))
