"""What lies around the operations of a graph: random draws, modes of the caller, state, forms."""

import logging
import pickle
import random
from dataclasses import dataclass

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from compare import assert_same
from graphs import assert_graph_matches
from torch import nn

from course_lib.analysis import complexity
from course_lib.errors import InvalidType, InvalidValue
from course_lib.numpy_nn.graph import from_torch


class Scaled(nn.Module):
    """A module with one weight whose forward is the function under test."""

    def __init__(self, function):
        super().__init__()
        self.function = function
        self.weight = nn.Parameter(torch.tensor([0.3, -1.2, 2.1]))
        self.register_buffer("steps", torch.zeros(()))

    def forward(self, x):
        return self.function(self, x)


def image():
    return torch.randn(2, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_a_draw_that_nobody_reads_moves_those_after_it():
    def forward(module, x):
        F.dropout(x, 0.5)
        return F.dropout(x * module.weight, 0.3)

    assert_graph_matches(Scaled(forward).double(), image())


GLOBAL_DRAWS = {
    "Python": lambda module, x: x * (2 if random.random() < 0.5 else 3),
    "NumPy": lambda module, x: x * np.random.rand(),  # noqa: NPY002
    "torch": lambda module, x: (torch.manual_seed(0), x + torch.randn(x.shape))[1],
}


@pytest.mark.parametrize("name", GLOBAL_DRAWS)
def test_a_forward_that_moves_global_random_numbers_is_refused_and_they_stay(name):
    torch.manual_seed(0)  # a seed that is set to what it was is a change as well
    before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002
    with pytest.raises(InvalidValue, match=f"global random numbers of {name}"):
        from_torch(Scaled(GLOBAL_DRAWS[name]).double(), image())
    after = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002
    assert before == after


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode])
def test_gradients_are_there_whatever_the_caller_has_switched_off(context):
    module = Scaled(lambda module, x: x * module.weight).double()
    inside, outside = from_torch(module), from_torch(module)
    with context():
        outside.forward(image().numpy())
        inside.forward(image().numpy())
        found = [inside.backward(np.ones((2, 3)))]
    found.append(outside.backward(np.ones((2, 3))))
    for grads in found:
        assert_same(grads.parameters["weight"], image().sum(0))
        assert_same(grads.grad_x, module.weight.detach().expand(2, 3))


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode])
def test_networks_are_compared_with_torch_whatever_the_caller_has_switched_off(context):
    network = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(inplace=True), nn.Dropout(), nn.Flatten(),
        nn.Linear(2 * 4 * 4, 3),
    ).double()  # fmt: skip
    x = np.random.default_rng(0).standard_normal((4, 1, 6, 6))
    with context():
        graph = from_torch(network)
        grads = graph.backward(np.ones_like(graph.forward(x)))
    assert set(grads.parameters) == set(dict(network.named_parameters()))


def test_a_parameter_that_is_an_output_gets_its_gradient():
    assert_graph_matches(Scaled(lambda module, x: (module.weight, x * 2)).double(), image())


def replaced(module, x):
    module.steps = module.steps + 1
    return x * module.weight * module.steps


def replaced_and_changed(module, x):
    module.steps = 0.5 * module.steps + x.detach().mean()
    module.steps.add_(1)
    return x * module.weight - module.steps


@pytest.mark.parametrize("forward", [replaced, replaced_and_changed])
def test_a_buffer_that_is_replaced_has_its_new_value_the_next_time(forward):
    module = Scaled(forward).double()
    graph = from_torch(module)
    for _ in range(3):
        assert_same(graph.forward(image().numpy()), module(image()).detach())
    assert_same(graph.buffers["steps"], module.steps.detach())


@dataclass
class Scores:
    """A form that PyTorch does not look into."""

    y: torch.Tensor


@pytest.mark.parametrize("form", [Scores, lambda y: {y}, lambda y: iter((y,))])
def test_outputs_in_a_form_that_cannot_be_followed_are_refused(form):
    with pytest.raises(InvalidValue, match="a module that returns a "):
        from_torch(Scaled(lambda module, x: form(x * 2)), image())


def two():
    graph = from_torch(Scaled(lambda module, x: {"b": 3 * x, "a": [2 * x, None]}).double())
    graph.forward(image().numpy())
    return graph


def test_gradients_in_a_dict_are_read_by_their_keys():
    grads = two().backward({"a": [np.full((2, 3), 10.0), None], "b": np.ones((2, 3))})
    assert_same(grads.grad_x, np.full((2, 3), 23.0))
    assert two().backward(None).grad_x is None


G = np.ones((2, 3))


@pytest.mark.parametrize(
    "grads, error",
    [
        ({"b": G, "c": G}, InvalidValue),
        ({"b": G}, InvalidValue),
        ({"b": G, "a": [G, None], "c": G}, InvalidValue),
        ([G, [G, None]], InvalidValue),
        ({"b": G, "a": G}, InvalidValue),
        ({"b": torch.ones(2, 3), "a": None}, InvalidType),
        ({"b": G.astype(complex), "a": None}, InvalidType),
        ({"b": G.astype(int), "a": None}, InvalidType),
    ],
    ids=["key", "missing", "more", "list", "flat", "tensor", "complex", "whole"],
)
def test_gradients_of_another_form_or_kind_are_refused(grads, error):
    with pytest.raises(error, match=r"Graph\.backward received"):
        two().backward(grads)


class StraightThrough(torch.autograd.Function):
    """Rounds, and lets the gradient through."""

    @staticmethod
    def forward(ctx, x):
        return x.round()

    @staticmethod
    def backward(ctx, grad_y):
        return grad_y


def test_a_backward_in_python_is_refused_in_words():
    with pytest.raises(InvalidValue, match=r"an autograd\.Function at test_graph_surr.* whose"):
        from_torch(Scaled(lambda module, x: StraightThrough.apply(x)), image())


@pytest.mark.filterwarnings("ignore:.*LeafSpec:FutureWarning")  # torch's own, in its pickling
def test_a_graph_can_be_pickled_between_the_ways():
    graph = from_torch(nn.Sequential(nn.Linear(3, 4), nn.Dropout(), nn.BatchNorm1d(4)).double())
    y = graph.forward(image().numpy())
    again = pickle.loads(pickle.dumps(graph))
    assert_same(again.backward(y).grad_x, graph.backward(y).grad_x)
    assert_same(again.forward(image().numpy()), graph.forward(image().numpy()))


MISTAKES = {
    "a product of the wrong size": lambda module, x: x @ torch.ones(4, 5, dtype=x.dtype),
    "pieces that do not add up": lambda module, x: torch.split(x, [1, 9])[0],
    "a view of the wrong size": lambda module, x: x.view(5, 7),
    "a decision by values": lambda module, x: x if x.sum() > 0 else -x,
    "an end of the program": lambda module, x: exit(3),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_forward_is_a_sentence_and_nothing_else(name, capfd, monkeypatch):
    loud = logging.getLogger("torch._subclasses.fake_tensor")
    printed = logging.StreamHandler()  # as torch prints, whichever stream it took at its import
    monkeypatch.setattr(loud, "handlers", [printed])
    with pytest.raises(InvalidValue, match=r"stops on inputs|decides by the values"):
        complexity(Scaled(MISTAKES[name]), (2, 3))
    assert capfd.readouterr() == ("", "")
    loud.error("heard again")
    assert capfd.readouterr().err == "heard again\n"
