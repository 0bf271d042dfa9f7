"""Bad calls of the norms: both twins refuse them with the same words."""

import numpy as np
import pytest
import torch
from compare import INVALID

from course_lib import numpy_ops, torch_ops

X, ONES, TWO = np.zeros((4, 3, 5)), np.ones(3), np.ones(2)
NEGATIVE = np.array([1.0, -0.5, 1.0])
SINGLE = np.zeros((1, 3))
TRAIN = {"training": True}
GROUPS = {"num_groups": 3}
SHAPE = {"normalized_shape": (3, 5)}

BAD_CALLS = [
    ("batch_norm", (X.astype(int), ONES, ONES), {}, TypeError, "floating point"),
    ("batch_norm", (X.astype("float32"), ONES, ONES), {}, TypeError, "mixed dtypes"),
    ("batch_norm", (ONES, ONES, ONES), {}, ValueError, "x with shape (3,)"),
    ("batch_norm", (X, TWO, ONES), {}, ValueError, "running_mean with shape (2,)"),
    ("batch_norm", (X, ONES, TWO), {}, ValueError, "running_var with shape (2,)"),
    ("batch_norm", (X, ONES, ONES, TWO), {}, ValueError, "gamma with shape (2,)"),
    ("batch_norm", (X, ONES, ONES, ONES, TWO), {}, ValueError, "beta with shape (2,)"),
    ("batch_norm", (X, ONES, None), {}, ValueError, "without running_var"),
    ("batch_norm", (X, None, ONES), TRAIN, ValueError, "without running_mean"),
    ("batch_norm", (X, ONES, NEGATIVE), {}, ValueError, "value of -0.5"),
    ("batch_norm", (X, ONES, NEGATIVE), TRAIN, ValueError, "value of -0.5"),
    ("batch_norm", (SINGLE, ONES, ONES), TRAIN, ValueError, "one value a channel"),
    ("batch_norm", (SINGLE, None, None), {}, ValueError, "one value a channel"),
    ("batch_norm", (X, ONES, ONES), {"eps": 0.0}, ValueError, "eps above 0"),
    ("batch_norm", (X, ONES, ONES), {"eps": -1e-5}, ValueError, "eps above 0"),
    ("batch_norm", (X, ONES, ONES), {"momentum": 1.5}, ValueError, "momentum"),
    ("batch_norm", (X, ONES, ONES), {"momentum": None}, TypeError, "momentum"),
    ("batch_norm", (X, ONES, ONES), {"training": 1}, TypeError, "True or False"),
    ("group_norm", (X,), {"num_groups": 0}, ValueError, "num_groups of at least 1"),
    ("group_norm", (X,), {"num_groups": 2}, ValueError, "divides the 3 channels"),
    ("group_norm", (X,), {"num_groups": 1.5}, TypeError, "num_groups as an int"),
    ("group_norm", (X, TWO), GROUPS, ValueError, "gamma with shape (2,)"),
    ("group_norm", (X, None, TWO), GROUPS, ValueError, "beta with shape (2,)"),
    ("group_norm", (ONES,), GROUPS, ValueError, "x with shape (3,)"),
    ("group_norm", (X,), {"num_groups": 3, "eps": 0}, ValueError, "eps above 0"),
    ("layer_norm", (X,), {"normalized_shape": 3}, ValueError, "last axes of x"),
    ("layer_norm", (X,), {"normalized_shape": ()}, ValueError, "last axes of x"),
    ("layer_norm", (X,), {"normalized_shape": (2, 4, 3, 5)}, ValueError, "last axes of x"),
    ("layer_norm", (X,), {"normalized_shape": 5.0}, TypeError, "normalized_shape as an int"),
    ("layer_norm", (X, ONES), SHAPE, ValueError, "gamma with shape (3,)"),
    ("layer_norm", (X, None, ONES), SHAPE, ValueError, "beta with shape (3,)"),
    ("layer_norm", (X.astype(int),), SHAPE, TypeError, "floating point"),
    ("instance_norm", (X[..., :1],), {}, ValueError, "one value a channel"),
    ("instance_norm", (X[..., 0],), {}, ValueError, "x with shape (4, 3)"),
    ("instance_norm", (X, TWO), {}, ValueError, "gamma with shape (2,)"),
    ("instance_norm", (X,), {"eps": -1.0}, ValueError, "eps above 0"),
    ("local_response_norm", (X,), {"size": 0}, ValueError, "size of at least 1"),
    ("local_response_norm", (X,), {"size": 2.0}, TypeError, "size as an int"),
    ("local_response_norm", (X,), {"size": 3, "k": 0.0}, ValueError, "k above 0"),
    ("local_response_norm", (X,), {"size": 3, "alpha": -1.0}, ValueError, "alpha"),
    ("local_response_norm", (X,), {"size": 3, "beta": "1"}, TypeError, "beta as a number"),
    ("local_response_norm", (X[0],), {"size": 3}, ValueError, "x with shape (3, 5)"),
]


def to_torch(value):
    return torch.from_numpy(value) if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("suffix", ["", "_backward"])
@pytest.mark.parametrize(
    ("operation", "inputs", "options", "error", "text"),
    BAD_CALLS,
    ids=[f"{call[0]}-{k}" for k, call in enumerate(BAD_CALLS)],
)
def test_bad_calls_are_refused_alike(operation, inputs, options, error, text, suffix):
    name = operation + suffix
    inputs = (inputs[0], *inputs) if suffix else inputs
    with pytest.raises(error) as reference:
        getattr(numpy_ops, name)(*inputs, **options)
    with pytest.raises(error) as twin:
        getattr(torch_ops, name)(*map(to_torch, inputs), **options)
    message = str(reference.value)
    assert type(reference.value) is INVALID[error]
    assert text in message
    assert message.startswith(f"{name} received ") and "; it needs " in message
    assert str(twin.value) == message


@pytest.mark.parametrize("channels", [1, 3])
def test_two_values_a_channel_are_enough_for_a_batch(channels):
    x = np.arange(2.0 * channels).reshape(2, channels)
    y = np.sign(x - x.mean(axis=0))
    np.testing.assert_allclose(numpy_ops.batch_norm(x, None, None, eps=1e-12).y, y)
    np.testing.assert_allclose(torch_ops.batch_norm(to_torch(x), None, None, eps=1e-12).y, y)


@pytest.mark.parametrize(
    ("operation", "inputs", "options"),
    [
        ("batch_norm", (X, ONES, ONES), TRAIN),
        ("group_norm", (X,), GROUPS),
        ("layer_norm", (X,), SHAPE),
        ("instance_norm", (X,), {}),
        ("local_response_norm", (X,), {"size": 3}),
    ],
)
@pytest.mark.parametrize(
    ("grad_y", "error"), [(X[:, :, :4], ValueError), (X.astype("float32"), TypeError)]
)
def test_a_wrong_upstream_gradient_is_refused_alike(operation, inputs, options, grad_y, error):
    name = f"{operation}_backward"
    with pytest.raises(error) as reference:
        getattr(numpy_ops, name)(grad_y, *inputs, **options)
    with pytest.raises(error) as twin:
        getattr(torch_ops, name)(*map(to_torch, (grad_y, *inputs)), **options)
    assert str(twin.value) == str(reference.value)
