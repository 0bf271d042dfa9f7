"""SGD and Adam against torch.optim: the same steps to 1e-12."""

import numpy as np
import pytest
import torch
from compare import assert_same

from course_lib import numpy_nn
from course_lib.numpy_nn import SGD, Adam, Parameter

SETTINGS = [
    pytest.param("SGD", {}, id="sgd"),
    pytest.param("SGD", {"momentum": 0.9}, id="momentum"),
    pytest.param("SGD", {"weight_decay": 0.1}, id="decay"),
    pytest.param("SGD", {"momentum": 0.8, "weight_decay": 0.1}, id="momentum-decay"),
    pytest.param("SGD", {"momentum": 0.9, "nesterov": True}, id="nesterov"),
    pytest.param(
        "SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}, id="nesterov-decay"
    ),
    pytest.param("Adam", {}, id="adam"),
    pytest.param("Adam", {"betas": (0.5, 0.9), "eps": 1e-3}, id="adam-betas-eps"),
    pytest.param("Adam", {"weight_decay": 0.1}, id="adam-decay"),
]


@pytest.mark.parametrize("name, options", SETTINGS)
def test_steps_match_torch(name, options):
    rng = np.random.default_rng(seed=0)
    starts = [rng.standard_normal((5, 3)), rng.standard_normal(7)]
    ours = [Parameter(start.copy()) for start in starts]
    theirs = [torch.nn.Parameter(torch.tensor(start)) for start in starts]
    optimizer = {"SGD": SGD, "Adam": Adam}[name](ours, learning_rate=0.03, **options)
    twin = getattr(torch.optim, name)(theirs, lr=0.03, **options)
    for step in range(30):
        if step == 20:  # a schedule changes the rate under way
            optimizer.learning_rate = twin.param_groups[0]["lr"] = 0.003
        for parameter, leaf in zip(ours, theirs, strict=True):
            parameter.grad = rng.standard_normal(parameter.data.shape)
            leaf.grad = torch.from_numpy(parameter.grad.copy())
        optimizer.step()
        twin.step()
        for parameter, leaf in zip(ours, theirs, strict=True):
            assert_same(parameter.data, leaf, tolerance=1e-12)


@pytest.mark.parametrize("name, options", SETTINGS)
def test_float32_stays_float32_and_gradients_are_not_changed(name, options):
    parameter = Parameter(np.ones(4, np.float32))
    grad = np.arange(4, dtype=np.float32)
    optimizer = {"SGD": SGD, "Adam": Adam}[name]([parameter], learning_rate=0.1, **options)
    for _ in range(3):
        parameter.grad = grad
        optimizer.step()
    assert parameter.data.dtype == np.float32
    assert_same(grad, np.arange(4, dtype=np.float32), tolerance=0.0)


@pytest.mark.parametrize("name, options", SETTINGS)
def test_a_gradient_array_may_be_used_again(name, options):
    ends = []
    for reuse in (True, False):
        rng = np.random.default_rng(seed=0)
        parameter = Parameter(np.ones(3))
        optimizer = {"SGD": SGD, "Adam": Adam}[name]([parameter], learning_rate=0.1, **options)
        parameter.grad = np.empty(3)
        for _ in range(4):
            if not reuse:
                parameter.grad = np.empty(3)
            parameter.grad[...] = rng.standard_normal(3)
            optimizer.step()
        ends.append(parameter.data)
    assert_same(*ends, tolerance=0.0)


def test_parameters_without_gradient_stay():
    moved, still = Parameter(np.ones(2)), Parameter(np.ones(3))
    optimizer = SGD([moved, still], learning_rate=0.5, momentum=0.9, weight_decay=1.0)
    moved.grad = np.ones(2)
    optimizer.step()
    assert_same(still.data, np.ones(3), tolerance=0.0)
    assert_same(moved.data, np.zeros(2), tolerance=0.0)


@pytest.mark.parametrize(
    "build, error, text",
    [
        pytest.param(lambda p: SGD(p, learning_rate=-1), ValueError, "learning_rate=-1", id="rate"),
        pytest.param(
            lambda p: SGD(p, learning_rate=1, momentum=1.5),
            ValueError,
            "momentum=1.5",
            id="momentum",
        ),
        pytest.param(
            lambda p: SGD(p, learning_rate=1, nesterov=True), ValueError, "nesterov", id="nesterov"
        ),
        pytest.param(lambda p: SGD([], learning_rate=1), ValueError, "no parameters", id="empty"),
        pytest.param(lambda p: Adam(p, betas=(0.9, 1.0)), ValueError, r"betas\[1\]", id="betas"),
        pytest.param(lambda p: Adam(p, eps="small"), TypeError, "eps='small'", id="eps"),
    ],
)
def test_bad_options_are_refused(build, error, text):
    with pytest.raises(error, match=text):
        build([Parameter(np.ones(2))])


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_a_shared_parameter_moves_once(name):
    rng = np.random.default_rng(seed=0)
    a, b = (numpy_nn.Linear(3, 3, bias=False, generator=rng) for _ in range(2))
    b.weight = a.weight
    net = numpy_nn.Sequential(a, numpy_nn.Tanh(), b).astype("float64")
    ta, tb = (torch.nn.Linear(3, 3, bias=False).double() for _ in range(2))
    ta.weight.data = torch.from_numpy(a.weight.data.copy())
    tb.weight = ta.weight
    twin = torch.nn.Sequential(ta, torch.nn.Tanh(), tb)
    ours, theirs = {
        "sgd": (numpy_nn.SGD, torch.optim.SGD),
        "adam": (numpy_nn.Adam, torch.optim.Adam),
    }[name]
    moves = ours(net.parameters(), learning_rate=0.1)
    twin_moves = theirs(twin.parameters(), lr=0.1)
    listed_twice = ours([a.weight, b.weight], learning_rate=0.1)
    assert [name for name, _ in net.named_parameters()] == [n for n, _ in twin.named_parameters()]
    assert len(net.parameters()) == len(listed_twice.parameters) == 1
    assert net.state_dict().keys() == twin.state_dict().keys()
    for _ in range(3):
        x, grad_y = rng.standard_normal((4, 3)), rng.standard_normal((4, 3))
        net(x)
        net.zero_grad()
        net.backward(grad_y)
        moves.step()
        twin_moves.zero_grad()
        twin(torch.from_numpy(x)).backward(torch.from_numpy(grad_y))
        twin_moves.step()
    np.testing.assert_allclose(a.weight.data, ta.weight.detach().numpy(), rtol=1e-10)
