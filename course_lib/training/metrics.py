"""How good predictions are: accuracy and the confusion matrix."""

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import require_int, require_shape, shape_text
from course_lib.errors import InvalidValue
from course_lib.training.inputs import require_class_numbers

MOST_CLASSES = 10_000  # whose square of counts takes 800 MB


def accuracy(predicted: NDArray, target: NDArray) -> float:
    """Return the share of predicted classes that are right, from 0 to 1.

    Parameters
    ----------
    predicted, target : (N,)
        Class numbers: whole ones, True and False as 1 and 0.

    Raises
    ------
    TypeError, ValueError
        If these are no arrays of class numbers, shapes differ or there is nothing to compare.

    Examples
    --------
    >>> accuracy(np.array([1, 2, 3, 3]), np.array([1, 2, 3, 0]))
    0.75
    """
    predicted, target = _require_pairs("accuracy", predicted, target)
    return float(np.mean(predicted == target))


def confusion_matrix(predicted: NDArray, target: NDArray, *, num_classes: int) -> NDArray:
    """Count how often each true class was taken for each class.

    Parameters
    ----------
    predicted, target : (N,)
        Class numbers from 0 to num_classes - 1; True and False are 1 and 0.
    num_classes : int
        Number of rows and columns.

    Returns
    -------
    counts : (num_classes, num_classes), int64
        Row: the true class; column: the predicted one. The diagonal is right.

    Raises
    ------
    TypeError, ValueError
        If these are no arrays of class numbers, shapes differ, there is nothing to count, or a
        class number is out of range.

    Examples
    --------
    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 0, 1]), num_classes=2)
    array([[1, 1],
           [0, 1]])
    """
    predicted, target = _require_pairs("confusion_matrix", predicted, target)
    num_classes = require_int("confusion_matrix", "num_classes", num_classes, minimum=1)
    if num_classes > MOST_CLASSES:
        raise InvalidValue(
            "confusion_matrix", received=f"num_classes={num_classes}",
            needed=f"at most {MOST_CLASSES:,} classes, as each has a row and a column",
            fix="count only the classes that occur")  # fmt: skip
    for name, classes in {"predicted": predicted, "target": target}.items():
        if classes.min() < 0 or classes.max() >= num_classes:
            raise InvalidValue(
                "confusion_matrix", received=f"{name} with classes from {classes.min()} to "
                f"{classes.max()}", needed=f"classes from 0 to {num_classes - 1}",
                fix="raise num_classes or check the labels")  # fmt: skip
    counts = np.zeros((num_classes, num_classes), np.int64)
    np.add.at(counts, (target, predicted), 1)
    return counts


def _require_pairs(operation: str, predicted: NDArray, target: NDArray) -> tuple[NDArray, NDArray]:
    """Return both as int64, one for one."""
    predicted = require_class_numbers(operation, "predicted", predicted)
    target = require_class_numbers(operation, "target", target)
    require_shape(operation, "predicted", predicted, target.shape, "one class for each target")
    if target.size == 0:
        raise InvalidValue(
            operation, received=f"target with shape {shape_text(target)}",
            needed="at least one prediction",
            fix="check that the data set is not empty")  # fmt: skip
    return predicted, target
