"""What a training is given, cleaned once where it enters: plain arrays, plain numbers."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import dtype_name, require_int, shape_text
from course_lib.contracts.arrays import Twin, require_own_array
from course_lib.errors import InvalidType, InvalidValue

DTYPES = ("uint8", "float32", "float64")
LARGEST_SEED = 2**63 - 1  # that PyTorch takes
PARTS = ("x_train", "y_train", "x_test", "y_test")


class TrainingSet(NamedTuple):
    """The four arrays of a data set: images of a dtype that trains, labels in int64."""

    x_train: NDArray
    y_train: NDArray
    x_test: NDArray
    y_test: NDArray

    @property
    def largest_label(self) -> int:
        """Number of the last class that an image of either part has."""
        return int(max(self.y_train.max(), self.y_test.max()))


def require_training_set(operation: str, dataset: Any) -> TrainingSet:
    """Return the arrays of `dataset`, or raise where they cannot be trained on and tested with."""
    missing = [name for name in PARTS if not hasattr(dataset, name)]
    if missing:
        raise InvalidType(
            operation, received=f"dataset of type {type(dataset).__name__} without "
            f"{', '.join(missing)}", needed=f"a Dataset, which has {', '.join(PARTS)}",
            fix="make one with course_lib.datasets")  # fmt: skip
    train, test = (
        _require_part(operation, part, getattr(dataset, f"x_{part}"), getattr(dataset, f"y_{part}"))
        for part in ("train", "test")
    )
    if train[0].ndim != test[0].ndim or train[0].shape[1] != test[0].shape[1]:
        raise InvalidValue(
            operation, received=f"x_train with shape {shape_text(train[0])} and x_test with shape "
            f"{shape_text(test[0])}", needed="test images of the same axes and channels",
            fix="make both parts in the same way")  # fmt: skip
    return TrainingSet(*train, *test)


def require_seed(operation: str, seed: Any) -> int:
    """Return a seed that NumPy and PyTorch take as an int of Python."""
    number = require_int(operation, "seed", seed, minimum=0)
    if number > LARGEST_SEED:
        raise InvalidValue(
            operation, received=f"seed={number}", needed="a seed below 2**63",
            fix="use a smaller number")  # fmt: skip
    return number


def require_images(operation: str, name: str, x: Any) -> NDArray:
    """Return images (N, C, ...) as a plain array of this machine's byte order.

    Raises
    ------
    TypeError, ValueError
        If `x` is no array or tensor, hides or lacks numbers, counts levels in integers other than
        bytes, or has no axis of channels.
    """
    x = _plain_array(operation, name, x)
    if dtype_name(x) not in DTYPES:
        is_half = dtype_name(x).startswith(("float", "longdouble"))
        raise InvalidType(
            operation, received=f"{name} with dtype {dtype_name(x)}",
            needed="uint8, float32 or float64",
            fix=f"convert it, for example {name}.astype(np.float32)" if is_half
            else "scale to float first, for example x.astype(float) / 255")  # fmt: skip
    if x.ndim < 2:
        raise InvalidValue(
            operation, received=f"{name} with shape {shape_text(x)}",
            needed=f"{name} (N, C, H, W), or at least (N, C)",
            fix=f"add the missing axes, for example {name}[None]")  # fmt: skip
    return x


def require_class_numbers(operation: str, name: str, classes: Any) -> NDArray:
    """Return class numbers (N,) as int64; True is 1, and 3.0 is 3.

    Raises
    ------
    TypeError, ValueError
        If these are no numbers of classes, such as scores, or negative or too large to be any.
    """
    classes = _plain_array(operation, name, classes)
    kind = classes.dtype.kind
    if kind not in "biuf" or (kind == "f" and not (classes == np.floor(classes)).all()):
        raise InvalidType(
            operation, received=f"{name} with shape {shape_text(classes)} and dtype "
            f"{dtype_name(classes)}", needed="class numbers, which are whole",
            fix="choose the class of each row of scores with .argmax(axis=1)")  # fmt: skip
    if classes.size and not (classes.min() >= -(2**62) and classes.max() < 2**62):
        raise InvalidValue(
            operation, received=f"{name} with classes from {classes.min()} to {classes.max()}",
            needed="class numbers", fix="check how the classes were numbered")  # fmt: skip
    return classes.astype(np.int64)


def require_logits(operation: str, logits: Any, largest_label: int) -> None:
    """Raise ValueError unless there is a logit for each class."""
    if len(logits.shape) != 2 or logits.shape[1] <= largest_label:
        raise InvalidValue(
            operation, received=f"a model with outputs of shape {shape_text(logits)} and labels up "
            f"to {largest_label}",
            needed=f"logits (N, classes) for at least {largest_label + 1} classes",
            fix="make the last layer wider, or number the classes from 0")  # fmt: skip


def require_made(operation: str, make: Callable[..., Any], kind: type, **options: Any) -> Any:
    """Call a reader's own optimizer, and return what it makes, or raise TypeError.

    `options` are given by name, but for `parameters`, which comes first.
    """
    parameters = options.pop("parameters")
    named = ", ".join(f"{name}=..." for name in options)
    needed = f"a callable that takes (parameters, {named}) and makes an optimizer"
    fix = f"pass a class such as {kind.__module__.rpartition('.')[0]}.Adam, or a partial of one"
    try:
        made = make(parameters, **options)
    except (InvalidType, InvalidValue):
        raise
    except (TypeError, AttributeError, ValueError) as problem:
        error = InvalidValue if isinstance(problem, ValueError) else InvalidType
        raise error(
            operation, received=f"an optimizer that cannot be made so ({problem})",
            needed=needed, fix=fix) from problem  # fmt: skip
    if not isinstance(made, kind):
        raise InvalidType(
            operation, received=f"an optimizer that makes a {type(made).__name__}",
            needed=needed, fix=fix)  # fmt: skip
    return made


def _plain_array(operation: str, name: str, x: Any) -> NDArray:
    """Return an array or tensor as a plain array of this machine's byte order."""
    if hasattr(x, "detach"):
        require_own_array(Twin(operation), name, x)
        x = x.detach().cpu()
        if dtype_name(x) == "bfloat16":  # NumPy has no such kind
            raise InvalidType(
                operation, received=f"{name} with dtype bfloat16",
                needed="a dtype that NumPy has too", fix="convert it with .float()")  # fmt: skip
        x = x.resolve_conj().resolve_neg().numpy()
    require_own_array(operation, name, x)
    return np.asarray(x, dtype=x.dtype.newbyteorder("="))


def _require_part(operation: str, part: str, x: Any, y: Any) -> tuple[NDArray, NDArray]:
    """Return the images and labels of one part, cleaned."""
    x, y = _plain_array(operation, f"x_{part}", x), _plain_array(operation, f"y_{part}", y)
    if x.shape[:1] in ((), (0,)) or y.shape != x.shape[:1]:
        raise InvalidValue(
            operation, received=f"x_{part} with shape {shape_text(x)} and y_{part} with shape "
            f"{shape_text(y)}", needed="at least one image and one label for each",
            fix="check how the data set was made")  # fmt: skip
    x = require_images(operation, f"x_{part}", x)
    if x.size == 0:
        raise InvalidValue(
            operation, received=f"x_{part} with shape {shape_text(x)}",
            needed="images of at least one pixel",
            fix="check how the data set was made")  # fmt: skip
    # Minimum and maximum of an array with a NaN are NaN.
    if dtype_name(x) != "uint8" and not (math.isfinite(x.min()) and math.isfinite(x.max())):
        raise InvalidValue(
            operation, received=f"x_{part} with NaN or infinite values", needed="finite numbers",
            fix="find them with np.isfinite and drop or repair those images")  # fmt: skip
    if not dtype_name(y).startswith("int"):
        raise InvalidType(
            operation, received=f"y_{part} with dtype {dtype_name(y)}",
            needed="class numbers as signed integers", fix="convert them to int64")  # fmt: skip
    if y.min() < 0:
        raise InvalidValue(
            operation, received=f"y_{part} with label {y.min()}", needed="labels from 0",
            fix="number the classes from 0 and drop images without a label")  # fmt: skip
    return x, y.astype(np.int64)
