"""What a trace of one forward does not show: hooks, changes under no_grad, state, other layouts."""

import copy
import itertools
import random
from collections import deque
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from compare import assert_same
from graphs import assert_graph_matches
from torch import nn
from torch.nn.utils import parametrizations, prune

from course_lib.errors import InvalidType, InvalidValue
from course_lib.numpy_nn.graph import from_torch
from course_lib.numpy_nn.graph.agreement import worst_gradient


class Scaled(nn.Module):
    """A module with one weight, and attributes, whose forward is the function under test."""

    def __init__(self, function, **attributes):
        super().__init__()
        self.function = function
        self.weight = nn.Parameter(torch.tensor([0.3, -1.2, 2.1], dtype=torch.float64))
        self.register_buffer("steps", torch.zeros((), dtype=torch.float64))
        for name, value in attributes.items():
            setattr(self, name, value)

    def forward(self, x):
        return self.function(self, x)


def normal(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


X = normal(2, 3)


def without_grad(change):
    def forward(module, x):
        with torch.no_grad():
            change(module.weight)
        return x * module.weight

    return forward


def of_product(change):
    def forward(module, x):
        y = x * module.weight
        change(y)
        return y + 1

    return forward


def no_grad(function, *arguments):
    with torch.no_grad():
        return function(*arguments)


def normalized_data(module, x):
    module.weight.data = module.weight.data / module.weight.data.norm()
    return x * module.weight


def input_in_place(module, x):
    with torch.no_grad():
        x.clamp_(-0.5, 0.5)
    return x * module.weight


class MaxNorm(nn.Module):
    """An embedding that shortens its rows as they are read."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(5, 3, max_norm=1.0, dtype=torch.float64)

    def forward(self, x):
        return self.table(torch.tensor([[1, 2, 1], [0, 1, 3]])).mean(1) * x


UNSEEN = {
    "clamp": Scaled(without_grad(lambda w: w.clamp_(-1, 1))),
    "copy": Scaled(without_grad(lambda w: w.copy_(w / w.norm()))),
    "item": Scaled(without_grad(lambda w: w.__setitem__(0, 0.0))),
    "operator": Scaled(without_grad(lambda w: w.__imul__(0.9))),
    "view": Scaled(without_grad(lambda w: w[1:].mul_(0.9))),
    "mask": Scaled(without_grad(lambda w: w.masked_fill_(w < 0, 0.0))),
    "out": Scaled(without_grad(lambda w: torch.clamp(w, -1, 1, out=w))),
    "data": Scaled(lambda module, x: (module.weight.data.clamp_(-1, 1), x * module.weight)[1]),
    "detach": Scaled(lambda module, x: (module.weight.detach().mul_(2), x * module.weight)[1]),
    "new data": Scaled(normalized_data),
    "max_norm": MaxNorm(),
    "input": Scaled(input_in_place),
    "product": Scaled(of_product(lambda y: no_grad(y.clamp_, -1, 1))),
    "product's data": Scaled(of_product(lambda y: y.data.mul_(2))),
    "product's view": Scaled(of_product(lambda y: no_grad(lambda: y[:, 0].mul_(2)))),
    "straight through": Scaled(
        lambda module, x: x * module.weight + ((x * module.weight).round() - x).detach()
    ),
}
if torch.__version__ >= "2.13":  # as older ones write it, the check refuses it by name
    UNSEEN["cosine"] = Scaled(lambda module, x: F.cosine_similarity(x, module.weight[None], dim=1))


@pytest.mark.parametrize("module", UNSEEN.values(), ids=UNSEEN)
def test_a_change_that_autograd_does_not_see_leaves_the_gradient(module):
    assert_graph_matches(module, X)


def hooked(register):
    module = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()
    register(module)
    return module


def tensor_hook(change):
    def forward(module, x):
        y = x * module.weight
        if y.requires_grad:
            y.register_hook(change)
        return y * 2

    return Scaled(forward)


def node_hook(module, x):
    y = x * module.weight
    if y.grad_fn is not None:
        y.grad_fn.register_hook(lambda grads, _: (grads[0] * 2, grads[1]))
    return y


def double(grad):
    return grad * 2


def double_in_place(parameter):
    parameter.grad.mul_(2)


CHANGING = {
    "module": lambda: hooked(
        lambda m: m[1].register_full_backward_hook(lambda _, g, h: (g[0] * 2,))
    ),
    "root": lambda: hooked(lambda m: m.register_full_backward_hook(lambda _, g, h: (g[0] * 2,))),
    "before": lambda: hooked(
        lambda m: m[1].register_full_backward_pre_hook(lambda _, g: (g[0] * 2,))
    ),
    "weight": lambda: hooked(lambda m: m[0].weight.register_hook(double)),
    "accumulated": lambda: hooked(
        lambda m: m[0].weight.register_post_accumulate_grad_hook(double_in_place)
    ),
    "tensor": lambda: tensor_hook(double),
    "node": lambda: Scaled(node_hook),
}


@pytest.mark.parametrize("name", CHANGING)
def test_a_hook_that_changes_gradients_is_refused_and_left(name):
    module = CHANGING[name]()
    graph = from_torch(module)
    y = graph.forward(X.numpy())
    with pytest.raises(InvalidValue, match=r"Graph\.backward .* differs from torch's by"):
        graph.backward(np.ones_like(y))
    assert all(p.grad is None for p in module.parameters())


LOOKING = {
    "module": lambda seen: hooked(
        lambda m: m[1].register_full_backward_hook(lambda _, g, h: seen.append(1))
    ),
    "weight": lambda seen: hooked(lambda m: m[0].weight.register_hook(lambda g: seen.append(1))),
    "tensor": lambda seen: tensor_hook(lambda g: seen.append(1)),
}


@pytest.mark.parametrize("name", LOOKING)
def test_a_hook_that_only_looks_is_called_each_time(name):
    seen = []
    graph = from_torch(LOOKING[name](seen))
    y = graph.forward(X.numpy())
    for count in (1, 2):
        graph.backward(np.ones_like(y))
        assert len(seen) == count
    unchecked = from_torch(LOOKING[name](seen), check=False)
    unchecked.forward(X.numpy())
    with pytest.raises(InvalidValue, match="hooks for gradients on"):
        unchecked.backward(np.ones_like(y))


def test_a_hook_that_changes_only_large_gradients_is_found_when_it_does():
    graph = from_torch(tensor_hook(lambda g: g.clamp(-3, 3)))
    y = graph.forward(X.numpy())
    graph.backward(np.ones_like(y))
    with pytest.raises(InvalidValue, match="with hooks for gradients on"):
        graph.backward(100 * np.ones_like(y))


def test_gradients_are_those_of_torch_or_refused():
    ours, theirs = {"w": np.ones(4), "b": np.full(2, 1e-16)}, {"w": np.ones(4), "b": np.zeros(2)}
    assert worst_gradient(ours, theirs, lambda seed: theirs) is None
    off = {"w": np.array([1, 1, 1, 1.001])}
    assert worst_gradient(off, theirs, lambda seed: theirs)[0] == "w"
    assert worst_gradient(off, theirs, lambda seed: {"w": np.full(4, 1.0 + 1e-4)}) is None
    missing = {"w": np.ones(4), "b": np.ones(2)}
    assert worst_gradient(ours, missing, lambda seed: missing) == ("b", pytest.approx(1))
    nan = {"w": np.full(4, np.nan)}
    assert worst_gradient(nan, nan, lambda seed: nan) is None
    assert worst_gradient(nan, theirs, lambda seed: theirs)[0] == "w"


def requires_grad_changes(module, x):
    module.weight.requires_grad_(False)
    return x * module.weight


def test_gradients_that_do_not_follow_from_the_operations_are_refused():
    graph = from_torch(Scaled(requires_grad_changes))
    y = graph.forward(X.numpy())
    with pytest.raises(InvalidValue, match="whose gradient of weight differs from torch's"):
        graph.backward(np.ones_like(y))


def counted(use):
    def forward(module, x):
        module.step += 1
        return x * module.weight * use(module.step)

    return forward


def cached(module, x):
    y = x * module.weight + (0 if module.kept is None else module.kept)
    module.kept = x.detach()
    return y


def flagged(module, x):
    y = x * module.weight * (2 if module.first else 1)
    module.first = False
    return y


def logged(module, x):
    module.log.append(1)
    return x * module.weight * len(module.log)


def deque_of_means(module, x):
    module.means.append(x.detach().mean())
    return x * module.weight - sum(module.means)


def counted_in(find):
    def forward(module, x):
        find(module)["step"] += 1
        return x * module.weight * (2 if find(module)["step"] > 50 else 1)

    return forward


COUNT = itertools.count(1)
STATEFUL = {
    "factor": lambda: Scaled(counted(lambda step: step), step=0),
    "far threshold": lambda: Scaled(counted(lambda step: 2 if step > 50 else 1), step=0),
    "schedule": lambda: Scaled(counted(lambda step: 1 - min(1.0, step / 1000)), step=0),
    "period": lambda: Scaled(counted(lambda step: 2 if step % 100 == 0 else 1), step=0),
    "range": lambda: Scaled(counted(lambda step: sum(1 for _ in range(step // 40))), step=0),
    "in a dict": lambda: Scaled(counted_in(lambda m: m.held), held={"step": 0}),
    "in settings": lambda: Scaled(counted_in(lambda m: vars(m.held)), held=SimpleNamespace(step=0)),
    "tensor": lambda: Scaled(counted(lambda step: step), step=torch.zeros(())),
    "array": lambda: Scaled(counted(lambda step: float(step[0])), step=np.zeros(1)),
    "flag": lambda: Scaled(flagged, first=True),
    "cache": lambda: Scaled(cached, kept=None),
    "list": lambda: Scaled(logged, log=[]),
    "deque": lambda: Scaled(deque_of_means, means=deque(maxlen=3)),
    "generator": lambda: Scaled(lambda module, x: x * module.weight * next(COUNT)),
    "draws": lambda: Scaled(
        lambda module, x: x * module.weight * module.own.random(), own=random.Random(0)
    ),
}


@pytest.mark.parametrize("name", STATEFUL)
def test_a_forward_that_depends_on_what_it_changes_is_refused(name):
    module = STATEFUL[name]()
    before = copy.deepcopy({k: v for k, v in vars(module).items() if k[0] not in "_fo"})
    with pytest.raises(InvalidValue, match="for its buffers"):
        from_torch(module).forward(X.numpy())
    assert repr({name: vars(module)[name] for name in before}) == repr(before)


def shown(module, x):
    module.step += 1
    module.text = f"step {module.step}"
    return x * module.weight


def cached_constant(module, x):
    if module.kept is None:
        module.kept = torch.arange(3, dtype=x.dtype)
    return x * module.weight + module.kept


def in_a_buffer(module, x):
    module.steps += 1
    return x * module.weight * module.steps


HARMLESS = {
    "counter": lambda: Scaled(shown, step=0),
    "log": lambda: Scaled(lambda module, x: (module.log.append(x), x * module.weight)[1], log=[]),
    "cache": lambda: Scaled(cached_constant, kept=None),
    "buffer": lambda: Scaled(in_a_buffer),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_state_that_is_only_kept_is_no_matter(name):
    graph, module = from_torch(HARMLESS[name]()), HARMLESS[name]()
    for _ in range(3):
        assert_same(graph.forward(X.numpy()), module(X).detach())
        assert set(graph.backward(np.ones((2, 3))).parameters) == {"weight"}


def times_attribute(module, x):
    return x * module.weight * module.factor


CHANGES = {
    "number": (lambda: Scaled(times_attribute, factor=2.0), lambda m: setattr(m, "factor", 3.0)),
    "tensor": (
        lambda: Scaled(times_attribute, factor=torch.ones(3).double()),
        lambda m: m.factor.fill_(4.0),
    ),
    "list": (
        lambda: Scaled(lambda m, x: x * m.weight * m.factors[0], factors=[2.0]),
        lambda m: m.factors.__setitem__(0, 3.0),
    ),
    "settings": (
        lambda: Scaled(lambda m, x: x * m.weight * m.held.a, held=SimpleNamespace(a=2.0)),
        lambda m: setattr(m.held, "a", 3.0),
    ),
    "function": (
        lambda: Scaled(lambda m, x: m.bend(x * m.weight), bend=torch.relu),
        lambda m: setattr(m, "bend", torch.tanh),
    ),
    "layer": (
        lambda: nn.Sequential(nn.Linear(3, 2), nn.ReLU()).double(),
        lambda m: m.__setitem__(1, nn.Tanh()),
    ),
    "hook": (
        lambda: nn.Sequential(nn.Linear(3, 2)).double(),
        lambda m: m[0].register_forward_hook(lambda layer, x, y: y * 2),
    ),
    "frozen": (
        lambda: nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2)).double(),
        lambda m: m[0].requires_grad_(False),
    ),
    "dropout": (
        lambda: nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.0)).double(),
        lambda m: setattr(m[1], "p", 1.0),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_the_user_changes_between_two_forwards_counts(name):
    make, change = CHANGES[name]
    module = make()
    graph = from_torch(module)
    graph.forward(X.numpy())
    change(module)
    y = module(X.clone())
    assert_same(graph.forward(X.numpy()), y.detach())
    y.sum().backward()  # the forward of the graph has not touched what this needs
    wanted = {name for name, p in module.named_parameters() if p.grad is not None}
    assert set(graph.backward(np.ones(y.shape)).parameters) == wanted


def test_other_weights_than_those_that_were_copied_are_refused():
    module = nn.Sequential(nn.Linear(3, 3), nn.ReLU()).double()
    graph = from_torch(module)
    graph.forward(X.numpy())
    module[0] = nn.Linear(3, 5).double()
    with pytest.raises(InvalidValue, match=r"other weights than when it was copied: 0\.bias"):
        graph.forward(X.numpy())


def test_the_mode_of_the_forward_holds_on_the_way_back():
    module = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5)).double()
    graph = from_torch(module)
    y = graph.forward(normal(5, 3).numpy())
    module.eval()
    graph.backward(np.ones_like(y))
    assert not module.training


def test_an_input_may_be_used_for_the_next_batch_before_the_way_back():
    graph, x = from_torch(Scaled(lambda module, x: x * module.weight)), X.numpy().copy()
    graph.forward(x)
    x[...] = 0
    assert_same(graph.backward(np.ones((2, 3))).parameters["weight"], X.sum(0))


def test_whole_numbers_have_no_gradient():
    graph = from_torch(Scaled(lambda module, i: i.double() * module.weight))
    graph.forward(np.arange(3))
    assert graph.backward(np.ones(3)).grad_x is None


LAYERS = {
    "circular 1d": (nn.Conv1d(4, 3, 3, padding=2, padding_mode="circular"), normal(2, 4, 6)),
    "circular 2d": (nn.Conv2d(4, 3, 3, padding=2, padding_mode="circular"), normal(2, 4, 6, 7)),
    "circular 3d": (nn.Conv3d(2, 3, 3, padding=1, padding_mode="circular"), normal(1, 2, 3, 4, 5)),
    "circular cut": (
        Scaled(lambda module, x: F.pad(x, (2, -1), mode="circular") * module.weight[0]),
        normal(2, 3, 5),
    ),
    "circular all": (
        Scaled(lambda module, x: F.pad(x, (7, 7, 6, 6), "circular") * module.weight[0]),
        normal(2, 4, 6, 7),
    ),
    "spectral": (parametrizations.spectral_norm(nn.Linear(3, 4)), X),
    "spectral conv": (parametrizations.spectral_norm(nn.Conv2d(4, 3, 3)), normal(2, 4, 6, 7)),
    "weight norm": (parametrizations.weight_norm(nn.Linear(3, 4), dim=None), X),
    "pruned": (prune.l1_unstructured(nn.Linear(3, 4), "weight", 0.4), X),
    "momentum None": (nn.BatchNorm2d(4, momentum=None), normal(2, 4, 6, 7)),
    "output padding": (
        nn.ConvTranspose3d(2, 3, 2, stride=1, output_padding=1, dilation=2),
        normal(1, 2, 3, 4, 5),
    ),
    "variance of one": (Scaled(lambda module, x: (x[:, :1] * 0 + x).std(0)), X),
    "no spread": (Scaled(lambda module, x: (x * 0).std(1) + module.weight[:2]), X),
    "mean of nothing": (Scaled(lambda module, x: x[:0].mean(0) * 0 + module.weight), X),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", LAYERS)
def test_layer(name):
    module, x = LAYERS[name]
    module = module.double()
    assert_graph_matches(module, x)
    graph = from_torch(module)
    for _ in range(3):  # what the forwards leave in the buffers, too
        assert_same(graph.forward(x.numpy()), module(x.clone()).detach())


def test_no_images_have_no_maxima():
    graph = from_torch(nn.AdaptiveMaxPool2d(2))
    assert graph.forward(np.ones((0, 4, 6, 7))).shape == (0, 4, 2, 2)
    assert graph.backward(np.ones((0, 4, 2, 2))).grad_x.shape == (0, 4, 6, 7)


REFUSED = {
    "largest of nothing": (
        Scaled(lambda module, x: x[:0].max(0)[0]), InvalidValue, r"max\.dim \(Scaled, test_graph_un"
    ),
    "place beyond": (
        Scaled(lambda module, x: x.gather(1, torch.full((2, 1), 7))), InvalidValue, "gather"
    ),
    "devices": (nn.DataParallel(nn.Linear(3, 4).double()), InvalidType, "its attribute module"),
}  # fmt: skip


@pytest.mark.parametrize("module, error, text", REFUSED.values(), ids=REFUSED)
def test_what_stops_is_told_in_a_sentence(module, error, text, capfd):
    with pytest.raises(error, match=text):
        from_torch(module).forward(X.numpy())
    assert capfd.readouterr().err == ""
