"""What parameters, states and optimizers are given: taken whole, or refused before a change."""

import numpy as np
import pytest
import torch
from compare import assert_same

from course_lib.numpy_nn import SGD, Adam, Concat, Conv2d, LayerNorm, Linear, Parameter, ReLU


def linear():
    return Linear(3, 2, generator=np.random.default_rng(seed=0))


@pytest.mark.parametrize("dtype", ["int32", "bool", "complex64", "x", None, 3, torch.float32, "U3"])
def test_weights_become_no_other_kind_of_number(dtype):
    layer = linear()
    before = layer.state_dict()
    with pytest.raises(TypeError, match=r"^Linear.astype received dtype="):
        layer.astype(dtype)
    for name, array in layer.state_dict().items():
        assert_same(array, before[name], tolerance=0.0)


@pytest.mark.parametrize("dtype", ["float64", float, np.float64, np.dtype(">f8"), "d"])
def test_every_name_of_a_dtype_is_that_of_this_machine(dtype):
    assert linear().astype(dtype).weight.data.dtype == np.dtype("=f8")


@pytest.mark.parametrize(
    "convert",
    [
        pytest.param(lambda a: a.astype(">f4"), id="big-endian"),
        pytest.param(lambda a: torch.from_numpy(a).requires_grad_(), id="with-gradient"),
        pytest.param(lambda a: np.repeat(a, 2, axis=0)[::2], id="strided"),
    ],
)
def test_a_state_in_another_form_is_the_same(convert):
    layer, other = linear(), Linear(3, 2, generator=np.random.default_rng(seed=1))
    other.load_state_dict({name: convert(a) for name, a in layer.state_dict().items()})
    assert_same(other.weight.data, layer.weight.data, tolerance=0.0)
    assert other.weight.data.dtype.isnative


@pytest.mark.parametrize(
    "convert, text",
    [
        pytest.param(lambda a: a.astype(float), 'call astype."float64"', id="float64"),
        pytest.param(lambda a: a.astype(">f8"), 'call astype."float64"', id="big-endian"),
        pytest.param(lambda a: a.astype(int), "convert it to float32 where", id="int"),
        pytest.param(lambda a: torch.from_numpy(a).bfloat16(), r"with \.float\(\)", id="bfloat16"),
        pytest.param(np.ma.masked_array, "a plain array", id="masked"),
        pytest.param(lambda a: a.tolist(), "of type list", id="list"),
        pytest.param(lambda a: torch.from_numpy(a).to_sparse(), "dense", id="sparse"),
        pytest.param(lambda a: torch.from_numpy(a).to("meta"), "meta", id="meta"),
    ],
)
def test_a_state_of_another_kind_tells_the_way_out(convert, text):
    layer = linear()
    state = {name: convert(array) for name, array in layer.state_dict().items()}
    with pytest.raises(TypeError, match=rf"^Linear.load_state_dict received .*{text}"):
        layer.load_state_dict(state)


@pytest.mark.parametrize("state", [None, 3, "a.pt", [("weight", 1)]], ids=repr)
def test_what_is_no_state_is_named(state):
    with pytest.raises(TypeError, match=r"^Linear.load_state_dict received a state of type"):
        linear().load_state_dict(state)


OPTIMIZERS = pytest.mark.parametrize("build", [SGD, Adam])


@OPTIMIZERS
@pytest.mark.parametrize("rate", [float("nan"), float("inf"), -1, True, None, "0.1"], ids=repr)
def test_a_rate_that_ruins_the_weights_is_refused_at_the_start_and_later(build, rate):
    error = ValueError if isinstance(rate, float | int) and rate is not True else TypeError
    with pytest.raises(error, match=rf"^{build.__name__} received learning_rate="):
        build([Parameter(np.ones(2))], learning_rate=rate)
    moves = build([Parameter(np.ones(2))], learning_rate=0.1)
    with pytest.raises(error, match=rf"^{build.__name__} received learning_rate="):
        moves.learning_rate = rate
    assert moves.learning_rate == 0.1


@pytest.mark.parametrize("betas", [0.9, (0.9,), (0.9, 0.9, 0.9), "ab", None, {0.9: 1}], ids=repr)
def test_betas_are_a_pair(betas):
    with pytest.raises(TypeError, match=r"^Adam received betas"):
        Adam([Parameter(np.ones(2))], betas=betas)


@OPTIMIZERS
@pytest.mark.parametrize("given", [[np.ones(2)], ReLU(), np.ones(2), None, "weights", {}, 3],
                         ids=lambda given: type(given).__name__)  # fmt: skip
def test_what_are_no_parameters_is_named(build, given):
    with pytest.raises(TypeError, match=rf"^{build.__name__} received parameters .*parameters\(\)"):
        build(given, learning_rate=0.1)


@OPTIMIZERS
@pytest.mark.parametrize(
    "grad, error",
    [
        pytest.param(np.ones(1), ValueError, id="would-be-broadcast"),
        pytest.param(np.ones((2, 2)), ValueError, id="too-large"),
        pytest.param(np.ones(2, int), ValueError, id="ints"),
        pytest.param(np.ones(2, complex), ValueError, id="complex"),
        pytest.param([1.0, 1.0], TypeError, id="list"),
        pytest.param(torch.ones(2), TypeError, id="tensor"),
        pytest.param(np.ma.masked_array([1.0, 2.0]), TypeError, id="masked"),
    ],
)
def test_a_gradient_that_does_not_fit_moves_nothing(build, grad, error):
    first, second = Parameter(np.ones(2)), Parameter(np.ones(2))
    first.grad, second.grad = np.ones(2), grad
    with pytest.raises(error, match=rf"^{build.__name__}.step received .*parameter 1"):
        build([first, second], learning_rate=0.1).step()
    assert first.data.tolist() == second.data.tolist() == [1.0, 1.0]


def test_values_that_may_not_change_are_copied_or_refused():
    locked = np.ones(2)
    locked.flags.writeable = False
    weight = Parameter(locked)
    weight.grad = np.ones(2)
    SGD([weight], learning_rate=0.5).step()
    assert weight.data.tolist() == [0.5, 0.5] and locked.tolist() == [1.0, 1.0]
    weight.data = locked
    with pytest.raises(ValueError, match="parameter 0 with write-protected values"):
        SGD([weight], learning_rate=0.5).step()


def test_a_single_number_learns():
    weight = Parameter(np.float32(1.0))
    weight.grad = np.ones((), np.float32)
    SGD([weight], learning_rate=0.5).step()
    assert weight.data == 0.5


@pytest.mark.parametrize("data", [[1.0], None, np.ones(2, int), "a", torch.ones(2)], ids=repr)
def test_what_is_no_parameter_is_named(data):
    with pytest.raises(TypeError, match=r"^Parameter received data"):
        Parameter(data)


def test_sizes_of_any_integer_are_whole():
    """30 * 3 * 3 is 14 in eight bits, and the weights would start five times too large."""
    generator = np.random.default_rng
    short = Conv2d(np.uint8(30), np.uint8(2), np.uint8(3), generator=generator(seed=0))
    plain = Conv2d(30, 2, 3, generator=generator(seed=0))
    assert_same(short.weight.data, plain.weight.data, tolerance=0.0)


def test_layer_norm_takes_a_list_as_torch_does():
    assert LayerNorm([2, 3]).weight.data.shape == torch.nn.LayerNorm([2, 3]).weight.shape


@pytest.mark.parametrize("grad_y", [None, [[1.0]], np.ones((2, 5)), torch.ones(2, 4)], ids=repr)
def test_branches_are_given_a_gradient_of_the_shape_of_their_output(grad_y):
    layer = Concat(ReLU(), ReLU())
    layer(np.ones((2, 2)))
    with pytest.raises((TypeError, ValueError), match=r"^Concat.backward received grad_y"):
        layer.backward(grad_y)
