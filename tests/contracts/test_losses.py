"""Bad calls of the losses: both twins refuse them with the same words."""

import numpy as np
import pytest
import torch
from compare import INVALID

from course_lib import numpy_ops, torch_ops


def array(*shape, value=0.5, dtype="float64"):
    return np.full(shape, value, dtype)


LOGITS, LABELS = array(2, 3), np.array([0, 2])
HALF = array(2, 3, value=1 / 3)
NAN_WEIGHT = np.array([0.0, 1.0, 0.0])

BAD_CALLS = [
    ("cross_entropy", (LOGITS.astype(int), LABELS), {}, TypeError, "floating point"),
    ("cross_entropy", (LOGITS, LABELS.astype(float)), {}, TypeError, "labels as integers"),
    ("cross_entropy", (LOGITS, np.array([True, False])), {}, TypeError, "labels as integers"),
    ("cross_entropy", (LOGITS, HALF.astype("float32")), {}, TypeError, "mixed dtypes"),
    ("cross_entropy", (LOGITS, np.eye(3, dtype=int)[:2]), {}, TypeError, "floating point"),
    ("cross_entropy", (LOGITS, LABELS), {"weight": array(3, dtype="float32")}, TypeError, "mixed"),
    ("cross_entropy", (LOGITS, np.array([0, 3])), {}, ValueError, "from 0 to 3"),
    ("cross_entropy", (LOGITS, np.array([0, -100])), {}, ValueError, "from -100 to 0"),
    ("cross_entropy", (LOGITS, np.array([0, 1, 2])), {}, ValueError, "target with shape (3,)"),
    ("cross_entropy", (LOGITS, np.array([[0], [1]])), {}, ValueError, "target with shape (2, 1)"),
    ("cross_entropy", (LOGITS, array(2, 3)), {}, ValueError, "miss 1 by up to 0.5"),
    ("cross_entropy", (LOGITS, np.array([[2.0, -1, 0]] * 2)), {}, ValueError, "from -1 to 2"),
    ("cross_entropy", (array(3), np.array(1)), {}, ValueError, "logits (N, C)"),
    ("cross_entropy", (array(0, 3), LABELS[:0]), {}, ValueError, "at least one sample"),
    (
        "cross_entropy",
        (array(0, 3), LABELS[:0]),
        {"reduction": "none"},
        ValueError,
        "at least one sample",
    ),
    ("cross_entropy", (array(2, 3, value=-np.inf), LABELS), {}, ValueError, "only -inf"),
    ("cross_entropy", (LOGITS, LABELS), {"weight": array(2)}, ValueError, "one number a class"),
    ("cross_entropy", (LOGITS, LABELS), {"weight": NAN_WEIGHT}, ValueError, "sums to 0"),
    ("cross_entropy", (LOGITS, LABELS), {"label_smoothing": 1.5}, ValueError, "label_smoothing"),
    ("cross_entropy", (LOGITS, LABELS), {"label_smoothing": "a"}, TypeError, "as a number"),
    ("cross_entropy", (LOGITS, LABELS), {"reduction": "average"}, ValueError, "'mean'"),
    ("nll_loss", (LOGITS, np.array([0, 3])), {}, ValueError, "from 0 to 3"),
    ("nll_loss", (LOGITS, np.array([0.0, 1.0])), {}, TypeError, "labels as integers"),
    ("nll_loss", (LOGITS, LABELS), {"weight": NAN_WEIGHT}, ValueError, "sums to 0"),
    ("nll_loss", (array(0, 3), LABELS[:0]), {}, ValueError, "at least one sample"),
    ("binary_cross_entropy", (array(2, value=1.5), array(2)), {}, ValueError, "probability with"),
    ("binary_cross_entropy", (array(2), array(2, value=-0.5)), {}, ValueError, "target with"),
    ("binary_cross_entropy", (array(2), array(2, 1)), {}, ValueError, "nothing is broadcast"),
    ("binary_cross_entropy", (array(2), LABELS), {}, TypeError, "dtype int64"),
    ("binary_cross_entropy", (array(0), array(0)), {}, ValueError, "at least one sample"),
    (
        "binary_cross_entropy",
        (array(2, 3), array(2, 3)),
        {"weight": array(2)},
        ValueError,
        "can be broadcast",
    ),
    (
        "binary_cross_entropy_with_logits",
        (array(2), array(2, value=2.0)),
        {},
        ValueError,
        "target with values from 2 to 2",
    ),
    (
        "binary_cross_entropy_with_logits",
        (array(3), array(3)),
        {"pos_weight": array(2, 3)},
        ValueError,
        "pos_weight with shape (2, 3)",
    ),
    ("focal_loss", (LOGITS, LABELS), {"gamma": -1.0}, ValueError, "gamma"),
    ("focal_loss", (LOGITS, LABELS), {"alpha": array(2)}, ValueError, "alpha with shape (2,)"),
    ("focal_loss", (LOGITS, LABELS), {"alpha": 0.25}, TypeError, "alpha of type float"),
    ("focal_loss", (LOGITS, HALF), {}, ValueError, "target with shape (2, 3)"),
    ("focal_loss", (LOGITS, np.array([0, -1])), {}, ValueError, "from -1 to 0"),
    ("binary_focal_loss", (array(2), array(2)), {"alpha": 1.5}, ValueError, "alpha"),
    ("binary_focal_loss", (array(2), array(2)), {"gamma": -0.1}, ValueError, "gamma"),
    ("binary_focal_loss", (array(2), array(2, value=1.1)), {}, ValueError, "target with values"),
    ("mse_loss", (array(3), array(3, 1)), {}, ValueError, "target with shape (3, 1)"),
    ("mse_loss", (array(3), array(3, dtype="float32")), {}, TypeError, "mixed dtypes"),
    ("mse_loss", (array(0), array(0)), {}, ValueError, "at least one sample"),
    ("mse_loss", ([1.0], array(1)), {}, TypeError, "of type list"),
]


def to_torch(value):
    return torch.as_tensor(value) if isinstance(value, np.ndarray | np.generic) else value


@pytest.mark.parametrize("suffix", ["", "_backward"])
@pytest.mark.parametrize(
    ("operation", "inputs", "options", "error", "text"),
    BAD_CALLS,
    ids=[f"{call[0]}-{k}" for k, call in enumerate(BAD_CALLS)],
)
def test_bad_calls_are_refused_alike(operation, inputs, options, error, text, suffix):
    name = operation + suffix
    upstream = (1.0,) if suffix else ()
    with pytest.raises(error) as reference:
        getattr(numpy_ops, name)(*upstream, *inputs, **options)
    with pytest.raises(error) as twin:
        getattr(torch_ops, name)(
            *upstream, *map(to_torch, inputs), **{k: to_torch(v) for k, v in options.items()}
        )
    message = str(reference.value)
    assert type(reference.value) is INVALID[error]
    assert text in message
    assert message.startswith(f"{name} received ") and "; it needs " in message
    assert str(twin.value) == message


@pytest.mark.parametrize(
    ("grad_y", "reduction", "error"),
    [
        (np.ones(2, "float32"), "none", TypeError),
        (np.ones(3), "none", ValueError),
        (1.0, "none", TypeError),
        (np.ones(2), "mean", ValueError),
        (np.ones((), "float32"), "sum", TypeError),
    ],
)
def test_a_wrong_upstream_gradient_is_refused_alike(grad_y, reduction, error):
    options = {"reduction": reduction}
    with pytest.raises(error) as reference:
        numpy_ops.cross_entropy_backward(grad_y, LOGITS, LABELS, **options)
    with pytest.raises(error) as twin:
        torch_ops.cross_entropy_backward(*map(to_torch, (grad_y, LOGITS, LABELS)), **options)
    assert str(twin.value) == str(reference.value)


@pytest.mark.parametrize("grad_y", [2.0, 2, np.float32(2), np.array(2, "float32")])
def test_a_scalar_gradient_may_come_in_any_form(grad_y):
    logits, target = LOGITS.astype("float32"), LABELS
    expected = 2 * numpy_ops.cross_entropy_backward(1.0, logits, target)
    actual = numpy_ops.cross_entropy_backward(grad_y, logits, target)
    assert actual.dtype == np.float32
    np.testing.assert_array_equal(actual, expected)
    twin = torch_ops.cross_entropy_backward(to_torch(grad_y), to_torch(logits), to_torch(target))
    assert twin.dtype == torch.float32


def test_nan_passes():
    assert np.isnan(numpy_ops.cross_entropy(array(2, 3, value=np.nan), LABELS))
    assert np.isnan(numpy_ops.cross_entropy(LOGITS, array(2, 3, value=np.nan)))
    assert np.isnan(numpy_ops.mse_loss(array(2, value=np.inf), array(2, value=np.inf)))


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_an_unknown_probability_gives_an_unknown_loss(reduction):
    probability, target = np.array([0.2, np.nan, 0.9]), np.array([0.0, 1.0, 1.0])
    grad_y = np.ones(3) if reduction == "none" else 1.0
    results = []
    for side, convert in ((numpy_ops, np.asarray), (torch_ops, to_torch)):
        loss = side.binary_cross_entropy(convert(probability), convert(target), reduction=reduction)
        grad = side.binary_cross_entropy_backward(
            convert(grad_y) if reduction == "none" else grad_y, convert(probability),
            convert(target), reduction=reduction,
        )  # fmt: skip
        results.append((np.asarray(loss), np.asarray(grad)))
    for reference, twin in zip(*results, strict=True):
        np.testing.assert_allclose(twin, reference, rtol=1e-12)  # NaN where the other is NaN
    loss, grad = results[0]
    np.testing.assert_array_equal(np.isnan(loss), [0, 1, 0] if reduction == "none" else True)
    np.testing.assert_array_equal(np.isnan(grad), [0, 1, 0])


@pytest.mark.parametrize("dtype", ["int64", "uint8", "bool"])
@pytest.mark.parametrize("operation", ["cross_entropy", "nll_loss", "focal_loss"])
def test_one_hot_labels_get_the_right_advice(operation, dtype):
    one_hot = np.eye(3)[LABELS].astype(dtype)
    texts = []
    for side, convert in ((numpy_ops, np.asarray), (torch_ops, to_torch)):
        with pytest.raises((TypeError, ValueError), match="for one-hot targets take ") as caught:
            getattr(side, operation)(convert(LOGITS), convert(one_hot))
        texts.append(str(caught.value))
        advice = texts[-1].partition("take ")[2].removesuffix(".")
        labels = eval(advice, {"target": convert(one_hot)})
        getattr(side, operation)(convert(LOGITS), labels)
    assert texts[0] == texts[1]


def test_a_probability_of_extended_precision_is_accepted():
    logits = LOGITS.astype(np.longdouble)
    assert numpy_ops.cross_entropy(logits, HALF.astype(np.longdouble)).dtype == np.longdouble
