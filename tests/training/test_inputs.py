"""What a training is given: cleaned once where it enters, or refused before any step."""

import functools
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from compare import assert_same
from torch import nn

from course_lib import numpy_nn, training

OPTIONS = {
    "epochs": 2, "batch_size": 16, "optimizer": "momentum", "learning_rate": 0.05, "seed": 3,
    "progress": False,
}  # fmt: skip


def fit(data, **changes):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(30, 3))
    options = {"device": "cpu", **OPTIONS, **changes}
    return training.fit(changes.pop("model", model), data, **options).losses


def fit_numpy(data, **changes):
    linear = numpy_nn.Linear(30, 3, generator=np.random.default_rng(seed=0))
    network = numpy_nn.Sequential(numpy_nn.Flatten(), linear)
    return training.fit_numpy(network, data, **OPTIONS | changes).losses


LOOPS = pytest.mark.parametrize("loop", [fit, fit_numpy], ids=["torch", "numpy"])

NUMBERS = {
    "python": lambda number: number,
    "numpy": lambda number: np.array(number)[()],
    "short": lambda number: np.array(number, np.float32 if number < 1 else np.uint8)[()],
    "array": np.array,
    "tensor": torch.tensor,
}


@LOOPS
@pytest.mark.parametrize("convert", NUMBERS.values(), ids=NUMBERS.keys())
def test_numbers_of_any_library_are_those_of_python(stripes, loop, convert):
    names = ("epochs", "batch_size", "seed", "learning_rate")
    given = {name: convert(OPTIONS[name]) for name in names}
    got = loop(stripes, **given, schedule=lambda t: convert(1.0))
    np.testing.assert_allclose(got, loop(stripes), rtol=1e-6)


@pytest.mark.parametrize("convert", NUMBERS.values(), ids=NUMBERS.keys())
def test_a_training_with_numbers_of_any_library_can_be_resumed(stripes, tmp_path, convert):
    file = tmp_path / "a.ckpt"
    given = {name: convert(OPTIONS[name]) for name in ("batch_size", "seed", "learning_rate")}
    stepper = functools.partial(torch.optim.SGD, momentum=np.float64(0.5), nesterov=np.bool_(True))
    given |= {"schedule": lambda t: convert(0.5), "optimizer": stepper, "checkpoint": file}
    fit(stripes, epochs=convert(1), **given)
    assert set(map(type, training.load_checkpoint(file)["settings"].values())) == {int, float, str}
    assert len(fit(stripes, epochs=convert(3), resume=True, **given)) == 3 * 5


class Warmup:
    """A schedule that is an object: its repr holds where it lies in the memory."""

    def __call__(self, t):
        return min(1.0, 4 * t)


def test_a_schedule_that_is_an_object_is_the_same_in_the_next_run(stripes, tmp_path):
    options = {"checkpoint": tmp_path / "a.ckpt"}
    first = fit(stripes, schedule=Warmup(), **options)
    assert fit(stripes, schedule=Warmup(), resume=True, **options) == first
    with pytest.raises(ValueError, match="fit received schedule="):
        fit(stripes, schedule=functools.partial(Warmup()), resume=True, **options)


ARRAYS = {
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "strided": lambda a: np.repeat(a, 2, axis=0)[::2],
    "backwards": lambda a: np.flip(a.copy()[..., ::-1], axis=-1),
    "fortran": np.asfortranarray,
    "tensor": lambda a: torch.from_numpy(a.copy()),
    "with-gradient": lambda a: torch.from_numpy(a.copy()).requires_grad_(a.dtype.kind == "f"),
}


@LOOPS
@pytest.mark.parametrize("convert", ARRAYS.values(), ids=ARRAYS.keys())
def test_the_same_numbers_in_another_form_train_alike(stripes, loop, convert):
    given = SimpleNamespace(**{name: convert(a) for name, a in vars(stripes).items()})
    assert loop(given) == loop(stripes)


@LOOPS
@pytest.mark.parametrize("name", ["x_train", "y_train", "x_test", "y_test"])
@pytest.mark.parametrize(
    "change, error, text",
    [
        pytest.param(lambda a: a.tolist(), TypeError, "of type list", id="list"),
        pytest.param(lambda a: None, TypeError, "=None", id="none"),
        pytest.param(lambda a: "digits", TypeError, "of type str", id="text"),
        pytest.param(np.ma.masked_array, TypeError, "of type MaskedArray", id="masked"),
        pytest.param(lambda a: a.astype(object), TypeError, "with dtype object", id="object"),
        pytest.param(lambda a: a.astype(complex), TypeError, "with dtype complex128", id="complex"),
        pytest.param(lambda a: a.astype(str), TypeError, "with dtype str", id="texts"),
        pytest.param(lambda a: a > 0.5, TypeError, "with dtype bool", id="bool"),
        pytest.param(lambda a: a[0, ...][()], (TypeError, ValueError), "", id="one"),
        pytest.param(lambda a: a[:0], ValueError, "with shape", id="empty"),
        pytest.param(lambda a: a[:-1], ValueError, "one label for each", id="too-few"),
        pytest.param(
            lambda a: torch.from_numpy(a.copy()).bfloat16(), TypeError, "bfloat16", id="bfloat16"
        ),
        pytest.param(
            lambda a: torch.from_numpy(a.copy()).to_sparse(), TypeError, "sparse", id="sparse"
        ),
    ],
)
def test_arrays_that_cannot_be_trained_on_are_named(stripes, loop, name, change, error, text):
    data = SimpleNamespace(**vars(stripes) | {name: change(getattr(stripes, name))})
    with pytest.raises(error, match=rf"^{loop.__name__} received .*{text}"):
        loop(data)


@LOOPS
@pytest.mark.parametrize("data", [None, 3, [1], "digits", {}, np.ones(3)], ids=repr)
def test_what_is_no_data_set_is_named(loop, data):
    with pytest.raises(TypeError, match=rf"^{loop.__name__} received dataset of type"):
        loop(data)


NOT_FINITE = [float("nan"), float("inf"), -0.1, np.float32("nan"), 10**400]
NO_NUMBER = [True, np.bool_(True), None, "0.1", [0.1], 1j, np.ones(2), torch.ones(2), object()]


@LOOPS
@pytest.mark.parametrize("value", NOT_FINITE, ids=lambda v: repr(v)[:9])
def test_rates_that_ruin_the_weights_are_refused(stripes, loop, value):
    with pytest.raises(ValueError, match=rf"^{loop.__name__} received learning_rate="):
        loop(stripes, learning_rate=value)
    with pytest.raises(ValueError, match=rf"^{loop.__name__} received <lambda>\(0\)="):
        loop(stripes, schedule=lambda t: value)


@LOOPS
@pytest.mark.parametrize("value", NO_NUMBER, ids=lambda v: type(v).__name__)
def test_rates_that_are_no_numbers_are_refused(stripes, loop, value):
    with pytest.raises(TypeError, match=rf"^{loop.__name__} received learning_rate="):
        loop(stripes, learning_rate=value)
    with pytest.raises(TypeError, match=rf"^{loop.__name__} received <lambda>\(0\)="):
        loop(stripes, schedule=lambda t: value)


@LOOPS
@pytest.mark.parametrize("optimizer", [lambda *given, **more: 3, lambda: None, dict, print])
def test_a_callable_that_makes_no_optimizer_is_named(stripes, loop, optimizer):
    error = (TypeError, ValueError)
    with pytest.raises(error, match=rf"^{loop.__name__} received an optimizer that"):
        loop(stripes, optimizer=optimizer)


def test_networks_of_the_other_library_are_named(stripes):
    ours, theirs = numpy_nn.Flatten(), nn.Flatten()
    options = {name: OPTIONS[name] for name in OPTIONS}
    for model in (ours, nn.Flatten, None, "resnet18"):
        with pytest.raises(TypeError, match=r"^fit received .* torch.nn.Module"):
            training.fit(model, stripes, device="cpu", **options)
        with pytest.raises(TypeError, match=r"^predict received .* torch.nn.Module"):
            training.predict(model, stripes.x_test)
    for model in (theirs, numpy_nn.Flatten, None, "resnet18"):
        with pytest.raises(TypeError, match=r"^fit_numpy received .* course_lib.numpy_nn"):
            training.fit_numpy(model, stripes, **options)
        with pytest.raises(TypeError, match=r"^predict_numpy received .* course_lib.numpy_nn"):
            training.predict_numpy(model, stripes.x_test)


@LOOPS
def test_test_images_of_another_size_are_tried_before_the_first_step(stripes, loop):
    smaller = SimpleNamespace(**vars(stripes) | {"x_test": stripes.x_test[..., :4]})
    with pytest.raises(ValueError, match=r"\(1, 1, 6, 4\)|\(1, 24\)"):
        loop(smaller, schedule=lambda t: pytest.fail("a step was taken"))


@LOOPS
@pytest.mark.parametrize("channels", [2, 3])
def test_test_images_of_other_channels_are_refused(stripes, loop, channels):
    x_test = np.repeat(stripes.x_test, channels, axis=1)
    data = SimpleNamespace(**vars(stripes) | {"x_test": x_test})
    with pytest.raises(ValueError, match="of the same axes and channels"):
        loop(data)


def test_a_network_for_any_size_may_be_tested_on_another(stripes):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    smaller = SimpleNamespace(**vars(stripes) | {"x_test": stripes.x_test[..., :4]})
    history = training.fit(model, smaller, device="cpu", **OPTIONS)
    assert len(history.test_losses) == 2


def test_what_the_optimizer_keeps_but_no_file_can_is_said_before_the_first_step(stripes, tmp_path):
    class Noted(torch.optim.SGD):
        def __init__(self, parameters, lr):
            super().__init__(parameters, lr=lr)
            self.param_groups[0]["note"] = np.ones(2)

    with pytest.raises(TypeError, match=r"^fit received state\['optimizer'\].* of type ndarray"):
        fit(
            stripes, optimizer=Noted, checkpoint=tmp_path / "a",
            schedule=lambda t: pytest.fail("a step was taken"),
        )  # fmt: skip


LOGITS = {
    "torch": lambda x: training.predict(nn.Flatten(), x, device="cpu"),
    "numpy": lambda x: training.predict_numpy(numpy_nn.Flatten(), x),
}


@pytest.mark.parametrize("logits_of", LOGITS.values(), ids=LOGITS.keys())
@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", ">f8"])
def test_a_network_without_weights_predicts_in_the_dtype_of_the_images(logits_of, dtype):
    x = (np.arange(24).reshape(2, 1, 3, 4) * 10).astype(dtype)
    scale = 255 if dtype == "uint8" else 1
    expected = {"uint8": "float32", ">f8": "float64"}.get(dtype, dtype)
    assert_same(logits_of(x), (x.reshape(2, 12) / np.float64(scale)).astype(expected))


@pytest.mark.parametrize("logits_of", LOGITS.values(), ids=LOGITS.keys())
@pytest.mark.parametrize("dtype", ["int64", "int8", "uint16", "bool", "complex64", "str"])
def test_images_whose_scale_nobody_knows_are_refused(logits_of, dtype):
    with pytest.raises(TypeError, match=r"^predict\w* received x with dtype "):
        logits_of(np.ones((2, 1, 3, 4)).astype(dtype))


def test_predictions_of_a_bfloat16_model_are_float32(stripes):
    model = nn.Sequential(nn.Flatten(), nn.Linear(30, 3)).bfloat16()
    assert training.predict(model, stripes.x_test, device="cpu").dtype == np.float32


class Several(nn.Module):
    def forward(self, x):
        return {"out": x, "aux": x}


@pytest.mark.parametrize(
    "model, error, text",
    [
        pytest.param(Several(), TypeError, "whose output is a dict", id="dict"),
        pytest.param(nn.Linear(7, 3), ValueError, r"of shape \(20, 1, 6, 5\)", id="size"),
        pytest.param(nn.Sequential(nn.Flatten(0), nn.Linear(600, 1), nn.Flatten(0)), None, "",
                     id="a-row"),
    ],
)  # fmt: skip
def test_models_that_give_no_logits_are_named(stripes, model, error, text):
    if error is None:
        assert training.predict(model, stripes.x_test, device="cpu").shape == (1,)
        return
    with pytest.raises(error, match=rf"^predict received .*{text}"):
        training.predict(model, stripes.x_test, device="cpu")


@pytest.mark.parametrize("device", [None, 3.5, 0, ["cpu"], b"cpu", np.array("cpu")], ids=repr)
def test_what_is_no_device_is_named(device):
    with pytest.raises(TypeError, match="received device of type"):
        training.find_device(device)


@pytest.mark.parametrize("device", ["", "gpu", "cuda:-1", "cpu:x", "meta", "hpu", "xla", "vulkan"])
def test_devices_that_are_not_there_are_named(device):
    with pytest.raises(ValueError, match="received device="):
        training.find_device(device)


CLASSES = {
    "bool": np.array([True, False, True]), "uint8": np.array([1, 0, 1], np.uint8),
    "float": np.array([1.0, 0.0, 1.0]), "big-endian": np.array([1, 0, 1], ">i4"),
    "tensor": torch.tensor([1, 0, 1]),
}  # fmt: skip


@pytest.mark.parametrize("target", CLASSES.values(), ids=CLASSES.keys())
@pytest.mark.parametrize("predicted", CLASSES.values(), ids=CLASSES.keys())
def test_class_numbers_of_every_kind_count_alike(predicted, target):
    counts = training.confusion_matrix(predicted, target, num_classes=np.int64(2))
    assert counts.tolist() == [[1, 0], [0, 2]]
    assert training.accuracy(predicted, target) == 1.0


@pytest.mark.parametrize(
    "classes, error",
    [
        pytest.param([1], TypeError, id="list"),
        pytest.param(None, TypeError, id="none"),
        pytest.param(np.array([0.3]), TypeError, id="scores"),
        pytest.param(np.array([np.nan]), TypeError, id="nan"),
        pytest.param(np.array([np.inf]), ValueError, id="infinite"),
        pytest.param(np.array([2**64 - 1], np.uint64), ValueError, id="huge"),
        pytest.param(np.ma.masked_array([1]), TypeError, id="masked"),
        pytest.param(np.array(["1"]), TypeError, id="text"),
        pytest.param(np.array([1, 0]), ValueError, id="two"),
    ],
)
def test_what_are_no_class_numbers_is_refused(classes, error):
    right = np.array([1])
    for given in ((classes, right), (right, classes)):
        with pytest.raises(error, match=r"^accuracy received"):
            training.accuracy(*given)
        with pytest.raises(error, match=r"^confusion_matrix received"):
            training.confusion_matrix(*given, num_classes=2)


@pytest.mark.parametrize("num_classes", [0, 10**5, 10**30])
def test_tables_that_no_memory_holds_are_refused(num_classes):
    with pytest.raises(ValueError, match="received num_classes="):
        training.confusion_matrix(np.array([1]), np.array([1]), num_classes=num_classes)


@pytest.mark.parametrize(
    "change", [{"batch_size": 0}, {"epochs": -1}, {"seed": -1}, {"start_step": -1}], ids=repr
)
def test_batches_are_checked_when_they_are_asked_for(change):
    options = {"batch_size": 2, "epochs": 1, "seed": 0}
    with pytest.raises(ValueError, match=r"^batches received"):
        training.batches(5, **options | change)
    with pytest.raises(TypeError, match=r"^batches received num_samples"):
        training.batches(None, **options)
    assert list(training.batches(0, **options)) == []
