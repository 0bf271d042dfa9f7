"""Every public function of training, datasets and numpy_nn, on whatever a reader may give it.

The functions, and what each takes, are found by looking: a new one is tried as soon as it has a
name. A call gives the right result or raises an error of the package, which says what came.
"""

import dataclasses
import inspect
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from course_lib import datasets, numpy_nn, numpy_ops, training
from course_lib.errors import InvalidType, InvalidValue

# An infinite slope of an activation is used as IEEE says, which NumPy remarks upon.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

RECORDS = {"History", "Dataset"}  # hold what they are given
BASES = {"Module", "Optimizer", "MaxPool", "Normalization"}  # of layers, for who writes one


def rng():
    return np.random.default_rng(seed=0)


IMAGES, LABELS = rng().random((9, 1, 4, 4)).astype(np.float32), np.arange(9) % 2
DATA = datasets.Dataset(IMAGES, LABELS, IMAGES[:4], LABELS[:4], ("a", "b"), "here", "free")


def torch_model():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(16, 2))


def network():
    linear = numpy_nn.Linear(16, 2, generator=rng())
    return numpy_nn.Sequential(numpy_nn.Flatten(), linear)


def parameters():
    made = numpy_nn.Parameter(np.ones(3))
    made.grad = np.arange(3.0)
    return [made]


# What a parameter of this name is given; made anew for each call. Those of one function alone
# stand under its name and theirs.
VALID = {
    "model": torch_model, "network": network, "dataset": lambda: DATA, "x": lambda: IMAGES,
    "epochs": lambda: 1, "batch_size": lambda: 4, "optimizer": lambda: "sgd",
    "learning_rate": lambda: 0.5, "schedule": lambda: "linear", "device": lambda: "cpu",
    "seed": lambda: 3, "checkpoint": lambda: None, "resume": lambda: False,
    "progress": lambda: False, "predicted": lambda: LABELS, "target": lambda: LABELS[::-1],
    "num_classes": lambda: 2, "num_samples": lambda: 5, "start_step": lambda: 0,
    "merge_single": lambda: False, "models": lambda: [torch_model()], "values": lambda: [0.5, 0.25],
    "make_model": lambda: torch_model, "seeds": lambda: [1], "steps": lambda: 1,
    "state": lambda: {"a": 1}, "size": lambda: 12, "gray": lambda: False, "test_share": lambda: 0.5,
    "num_train": lambda: 3, "num_test": lambda: 2, "width": lambda: 8.0,
    "train_shift": lambda: 1, "test_shift": lambda: 1, "frames": lambda: None,
    "held_out": lambda: "test", "parameters": parameters, "momentum": lambda: 0.5,
    "weight_decay": lambda: 0.5, "nesterov": lambda: False, "betas": lambda: (0.5, 0.5),
    "eps": lambda: 0.5, "data": lambda: np.ones(3), "in_channels": lambda: 2,
    "out_channels": lambda: 4, "in_features": lambda: 5, "out_features": lambda: 3,
    "kernel_size": lambda: 3, "stride": lambda: 2, "padding": lambda: 1, "dilation": lambda: 1,
    "groups": lambda: 1, "bias": lambda: True, "generator": rng, "output_padding": lambda: 1,
    "ceil_mode": lambda: False, "count_include_pad": lambda: True, "output_size": lambda: 3,
    "num_features": lambda: 2, "affine": lambda: True, "num_groups": lambda: 1,
    "num_channels": lambda: 2, "normalized_shape": lambda: (7,),
    "elementwise_affine": lambda: True, "alpha": lambda: 0.5, "beta": lambda: 0.5,
    "k": lambda: 1.0, "p": lambda: 0.5, "negative_slope": lambda: 0.5,
    "approximate": lambda: "none", "threshold": lambda: 20.0, "axis": lambda: 1,
    "num_parameters": lambda: 2, "init": lambda: 0.5, "label_smoothing": lambda: 0.5,
    "layers": numpy_nn.ReLU, "branches": numpy_nn.ReLU, "body": numpy_nn.ReLU,
    "shortcut": lambda: None, "shape": lambda: (4, 2, 3, 3), "options": dict,
    ("training_step", "x"): lambda: IMAGES, ("training_step", "target"): lambda: LABELS,
    ("training_step", "optimizer"): lambda: numpy_nn.SGD(parameters(), learning_rate=0.1),
    ("load", "name"): lambda: "shifted_digits", ("photo", "name"): lambda: "cat",
    ("photo_credit", "name"): lambda: "cat", ("LocalResponseNorm", "size"): lambda: 3,
    ("Operation", "operation"): lambda: numpy_ops.relu,
    ("Operation", "operation_backward"): lambda: numpy_ops.relu_backward,
    ("Convolution", "operation"): lambda: numpy_ops.conv2d,
    ("Convolution", "operation_backward"): lambda: numpy_ops.conv2d_backward,
}  # fmt: skip

HUGE = 10**30
# A larger number is right there, only slow; or the operation itself decides.
MAY_BE_HUGE = {"epochs", "steps", "padding", "output_padding", "output_size", "dilation"}


# Takes functions of the reader: an error inside one is the reader's, and comes out as it is.
CALLED = {"schedule", "make_model", "operation", "operation_backward"}


def closed_file():
    file = Path(__file__).open("rb")
    file.close()
    return file


# No parameter takes these: whoever accepts one has not looked at it.
NEVER = {
    "object": object, "nan": lambda: float("nan"), "numpy-nan": lambda: np.float32("nan"),
    "nan-array": lambda: np.array(np.nan), "complex": lambda: 1j, "set": lambda: {2},
    "ellipsis": lambda: ..., "closed-file": closed_file, "bytes": lambda: b"2",
    "slice": lambda: slice(1),
    "masked": lambda: np.ma.masked_array(np.ones((9, 1, 4, 4), np.float32)),
    "objects": lambda: np.array([None, "a"], object), "date": lambda: np.datetime64("2020-01-01"),
    "text-array": lambda: np.array(["a"]), "complex-tensor": lambda: torch.tensor([1j]),
}  # fmt: skip
PERHAPS = {
    "list": lambda: [1, 2], "empty-list": list, "tuple": lambda: (1, 2), "empty-tuple": tuple,
    "dict": dict, "text": lambda: "text", "empty-text": str, "zero": lambda: 0,
    "negative": lambda: -1, "half": lambda: 0.5, "infinite": lambda: float("inf"),
    "path": lambda: Path("no/such/file"), "folder": lambda: Path(__file__).parent,
    "numpy-text": lambda: np.str_("text"), "int8": lambda: np.int8(1),
    "uint8": lambda: np.uint8(3), "float16": lambda: np.float16(0.5),
    "longdouble": lambda: np.longdouble(0.5), "array-of-one": lambda: np.array(1),
    "array": lambda: np.ones(3), "ints": lambda: np.arange(4), "empty": lambda: np.ones((0, 3)),
    "tensor-of-one": lambda: torch.tensor(1), "tensor": lambda: torch.ones(3),
    "bool-array": lambda: np.array([True, False]), "negative-ints": lambda: np.arange(-3, 3),
    "range": lambda: range(3), "generator": lambda: (i for i in (1, 2)), "class": lambda: int,
    "function": lambda: len, "module": lambda: numpy_nn.ReLU(), "huge": lambda: HUGE,
    "large": lambda: 10**13, "nested": lambda: [[1, [2]]], "pairs": lambda: ((1, 2), (3, 4)),
}  # fmt: skip


def public(package):
    """List the functions and classes that a package exports, but for plain records and bases."""
    things = {name: getattr(package, name) for name in package.__all__}
    return {
        name: thing for name, thing in things.items()
        if callable(thing) and name not in RECORDS | BASES
    }  # fmt: skip


THINGS = public(training) | public(datasets) | public(numpy_nn)


def parameters_of(name):
    return inspect.signature(THINGS[name]).parameters


def valid(name, folder, wanted=None):
    """Give right arguments, made anew."""
    special = {
        ("load_checkpoint", "path"): folder / "a.ckpt", ("save_checkpoint", "path"): folder / "b",
        ("from_npz", "path"): folder / "a.npz", ("from_folder", "path"): folder / "pictures",
    }  # fmt: skip
    given = {}
    for option in parameters_of(name) if wanted is None else [wanted]:
        if (name, option) in special:
            given[option] = special[name, option]
        else:
            given[option] = (VALID.get((name, option)) or VALID[option])()
    return given


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("inputs")
    training.save_checkpoint(path / "a.ckpt", {"a": 1})
    arrays = {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES[:4], "y_test": LABELS[:4]}
    np.savez(path / "a.npz", **arrays)
    for name in ("a/1.png", "a/2.png", "b/1.png", "b/2.png"):
        (path / "pictures" / name).parent.mkdir(parents=True, exist_ok=True)
        shade = np.full((4, 4), 9 * len(name), np.uint8)
        datasets.photos.Image.fromarray(shade).save(path / "pictures" / name)
    return path


def call(name, given):
    """Call the thing, and use what a class makes; give all numbers that come out."""
    kinds = {option: parameter.kind for option, parameter in parameters_of(name).items()}
    first = [v for o, v in given.items() if kinds[o] is not inspect.Parameter.KEYWORD_ONLY]
    named = {o: v for o, v in given.items() if kinds[o] is inspect.Parameter.KEYWORD_ONLY}
    made = THINGS[name](*first, **named)
    if isinstance(made, numpy_nn.Module):
        made = run_layer(made)
    if isinstance(made, numpy_nn.Optimizer):
        made.step()
        made = [parameter.data for parameter in made.parameters]
    if isinstance(made, numpy_nn.CrossEntropyLoss):
        made = [made(np.ones((2, 3)), np.array([0, 2])), made.backward()]
    return numbers_of(made)


def image_of(layer):
    """Draw an input that a layer of this name takes."""
    kind = type(layer).__name__
    ending = {"1d": (3, 2, 7), "3d": (2, 2, 5, 6, 7)}.get(kind[-2:], (3, 2, 6, 7))
    return rng().random((3, 5) if kind == "Linear" else ending).astype(np.float32)


def run_layer(layer):
    y = layer(image_of(layer))
    grad_x = layer.backward(rng().random(y.shape).astype(y.dtype))
    return [y, grad_x, *(parameter.grad for parameter in layer.parameters())]


def numbers_of(result):
    """Lay everything out that a call gave, but for times."""
    if isinstance(result, torch.nn.Module):
        return numbers_of(result.state_dict())
    if isinstance(result, Iterator):
        return numbers_of(list(itertools.islice(result, 3)))
    if dataclasses.is_dataclass(result):
        return numbers_of({k: v for k, v in vars(result).items() if k not in ("seconds", "source")})
    if isinstance(result, dict):
        return numbers_of(list(result.items()))
    if isinstance(result, list | tuple):
        return [number for part in result for number in numbers_of(part)]
    if isinstance(result, numpy_nn.Parameter):
        return numbers_of(result.data)
    return [np.asarray(result)]


def outcome(name, given):
    """Tell how a call ended: "given", "refused", or in an error that is not the package's."""
    try:
        call(name, given)
    except (InvalidType, InvalidValue) as error:
        return "refused" if str(error).count("; it needs ") == 1 else f"in odd words: {error}"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:150]}"
    return "given"


PLACES = [(name, option) for name in THINGS for option in parameters_of(name)]
EVERY_PLACE = pytest.mark.parametrize("name, option", PLACES, ids=[".".join(p) for p in PLACES])


@pytest.mark.parametrize("name", THINGS)
def test_the_right_arguments_are_right(folder, name):
    assert outcome(name, valid(name, folder)) == "given"


@EVERY_PLACE
def test_what_nobody_can_use_is_refused(folder, name, option):
    """None and True count as such where they are not among the values that are meant."""
    never = dict(NEVER)
    right = valid(name, folder, option)[option]
    if isinstance(right, np.ndarray) and right.dtype.kind == "f" and option == "data":
        never = {kind: make for kind, make in never.items() if "nan" not in kind}  # numbers, too
    if "None" not in str(parameters_of(name)[option].annotation):
        never["none"] = lambda: None
    if not isinstance(right, bool):
        never |= {"true": lambda: True, "numpy-true": lambda: np.bool_(True)}
    wrong = {}
    for kind, make in never.items():
        ended = outcome(name, valid(name, folder) | {option: make()})
        if ended != "refused":
            wrong[kind] = ended
    assert not wrong


@EVERY_PLACE
def test_anything_else_is_used_or_refused(folder, name, option, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wrong = {}
    for kind, make in PERHAPS.items():
        if kind in ("huge", "large") and option in MAY_BE_HUGE | {"stride"}:
            continue
        if kind in ("class", "function", "module") and option in CALLED:
            continue
        ended = outcome(name, valid(name, folder) | {option: make()})
        if ended not in ("given", "refused"):
            wrong[kind] = ended
    assert not wrong


def other_forms(value):
    """Give the same value in other forms."""
    if isinstance(value, np.ndarray) and value.ndim:
        locked = value.copy()
        locked.flags.writeable = False
        return {
            "big-endian": value.astype(value.dtype.newbyteorder(">")), "read-only": locked,
            "strided": np.repeat(value, 2, axis=0)[::2], "fortran": np.asfortranarray(value),
            "tensor": torch.from_numpy(value.copy()),
        }  # fmt: skip
    if isinstance(value, bool):
        return {"numpy": np.bool_(value), "array": np.array(value), "tensor": torch.tensor(value)}
    if isinstance(value, int | float):
        short = np.uint8 if isinstance(value, int) else np.float32
        return {"numpy": np.array(value)[()], "short": short(value), "array": np.array(value),
                "tensor": torch.tensor(value), "half": np.float16(value)}  # fmt: skip
    if isinstance(value, tuple):
        return {"list": list(value), "numpy": tuple(np.array(v)[()] for v in value)}
    if isinstance(value, Path):
        return {"text": str(value)}
    return {"numpy": np.str_(value)} if isinstance(value, str) else {}


@EVERY_PLACE
def test_the_same_value_in_another_form_gives_the_same_or_is_refused(folder, name, option):
    expected = call(name, valid(name, folder))
    wrong = {}
    for kind, form in other_forms(valid(name, folder, option)[option]).items():
        try:
            got = call(name, valid(name, folder) | {option: form})
        except (InvalidType, InvalidValue):
            continue
        except Exception as error:
            wrong[kind] = f"{type(error).__name__}: {str(error)[:150]}"
            continue
        same = len(got) == len(expected) and all(
            np.array_equal(a, b) or (a.dtype.kind == "f" and np.allclose(a, b, rtol=1e-6))
            for a, b in zip(got, expected, strict=True)
        )
        if not same:
            wrong[kind] = "another result"
    assert not wrong


LAYERS = [name for name, thing in THINGS.items() if inspect.isclass(thing)
          and issubclass(thing, numpy_nn.Module)]  # fmt: skip
METHODS = {
    "forward": lambda layer, odd: layer(odd),
    "backward": lambda layer, odd: layer.backward(odd),
    "needs_grad_x": lambda layer, odd: layer.backward(layer.last_y, needs_grad_x=odd),
    "astype": lambda layer, odd: layer.astype(odd),
    "load_state_dict": lambda layer, odd: layer.load_state_dict(odd),
    "entry": lambda layer, odd: layer.load_state_dict(dict.fromkeys(layer.state_dict(), odd)),
    "train": lambda layer, odd: layer.train(odd),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", LAYERS)
def test_layers_use_or_refuse_whatever_they_are_given(folder, name, method):
    given = valid(name, folder)
    wrong = {}
    for kind, make in (NEVER | PERHAPS | {"none": lambda: None}).items():
        layer = made_layer(name, given)
        try:
            METHODS[method](layer, make())
        except (InvalidType, InvalidValue):
            continue
        except Exception as error:
            wrong[kind] = f"{type(error).__name__}: {str(error)[:150]}"
            continue
        is_number = "nan" in kind and method == "forward"
        if kind in NEVER and not is_number and (method != "entry" or layer.state_dict()):
            wrong[kind] = "used"
    assert not wrong


def made_layer(name, given):
    """Make a layer that has seen an input."""
    kinds = {option: parameter.kind for option, parameter in parameters_of(name).items()}
    first = [v for o, v in given.items() if kinds[o] is not inspect.Parameter.KEYWORD_ONLY]
    named = {o: v for o, v in given.items() if kinds[o] is inspect.Parameter.KEYWORD_ONLY}
    layer = THINGS[name](*first, **named)
    layer.last_y = layer(image_of(layer))
    return layer
