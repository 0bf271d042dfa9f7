"""Promises of the losses: which predictions, targets and options are valid.

Labels and probabilities are checked by value, so that no loss is computed from nonsense; NaN
passes, as IEEE says.
"""

from typing import Any

from course_lib.checks import dtype_name, require_choice, require_number, require_shape, shape_text
from course_lib.contracts.arrays import require_float, require_grad, require_own_array
from course_lib.errors import InvalidType, InvalidValue

WHOLE_NUMBERS = ("int", "uint", "bool")
REDUCTIONS = ("none", "mean", "sum")
# How far probabilities may sum from 1: rounding, but not another scale.
SUM_TOLERANCE = {"float32": 1e-5, "float16": 1e-2, "bfloat16": 1e-2}


def check_cross_entropy(
    operation: str, logits: Any, target: Any, *, weight: Any, label_smoothing: float, reduction: str
) -> tuple[bool, float]:
    """Raise unless the call is valid; return whether target holds labels, and the smoothing."""
    require_float(operation, logits=logits, optional={"weight": weight})
    smoothing = require_number(operation, "label_smoothing", label_smoothing, minimum=0, maximum=1)
    check_classes(operation, "logits", logits, reduction, weight=weight)
    require_own_array(operation, "target", target)
    require_some_logit(operation, logits)
    if tuple(target.shape) != tuple(logits.shape):
        require_labels(operation, target, "logits", logits)
        return True, smoothing
    if dtype_name(target).startswith(WHOLE_NUMBERS):
        raise InvalidType(
            operation, received=f"target with shape {shape_text(target)} and dtype "
            f"{dtype_name(target)}",
            needed="class labels without the class axis, or probabilities in floating point",
            fix=_one_hot_advice(target))  # fmt: skip
    require_float(operation, logits=logits, target=target)
    require_unit_interval(operation, target=target)
    require_sum_of_one(operation, target)
    return False, smoothing


def check_nll(
    operation: str, log_probability: Any, target: Any, *, weight: Any, reduction: str
) -> None:
    """Raise TypeError or ValueError unless the call is valid."""
    require_float(operation, log_probability=log_probability, optional={"weight": weight})
    check_classes(operation, "log_probability", log_probability, reduction, weight=weight)
    require_labels(operation, target, "log_probability", log_probability)


def check_focal(
    operation: str, logits: Any, target: Any, *, gamma: float, alpha: Any, reduction: str
) -> float:
    """Raise TypeError or ValueError unless the call is valid; return gamma."""
    require_float(operation, logits=logits, optional={"alpha": alpha})
    gamma = require_number(operation, "gamma", gamma, minimum=0)
    check_classes(operation, "logits", logits, reduction, alpha=alpha)
    require_labels(operation, target, "logits", logits)
    require_some_logit(operation, logits)
    return gamma


def check_binary(
    operation: str, probability: Any, target: Any, *, weight: Any, reduction: str
) -> None:
    """Raise TypeError or ValueError unless the call is valid."""
    check_pair(operation, "probability", probability, target, reduction=reduction)
    check_factors(operation, "probability", probability, weight=weight)
    require_unit_interval(operation, probability=probability, target=target)


def check_binary_logits(
    operation: str, logits: Any, target: Any, *, weight: Any, pos_weight: Any, reduction: str
) -> None:
    """Raise TypeError or ValueError unless the call is valid."""
    check_pair(operation, "logits", logits, target, reduction=reduction)
    check_factors(operation, "logits", logits, weight=weight, pos_weight=pos_weight)
    require_unit_interval(operation, target=target)


def check_binary_focal(
    operation: str, logits: Any, target: Any, *, gamma: float, alpha: float | None, reduction: str
) -> tuple[float, float | None]:
    """Raise TypeError or ValueError unless the call is valid; return gamma and alpha."""
    check_pair(operation, "logits", logits, target, reduction=reduction)
    gamma = require_number(operation, "gamma", gamma, minimum=0)
    if alpha is not None:
        alpha = require_number(operation, "alpha", alpha, minimum=0, maximum=1)
    require_unit_interval(operation, target=target)
    return gamma, alpha


def check_pair(operation: str, name: str, prediction: Any, target: Any, *, reduction: str) -> None:
    """Raise unless target and prediction are of one shape and dtype, with some element."""
    require_float(operation, **{name: prediction})
    require_own_array(operation, "target", target)
    if dtype_name(target).startswith(WHOLE_NUMBERS):
        raise InvalidType(
            operation, received=f"target with shape {shape_text(target)} and dtype "
            f"{dtype_name(target)}",
            needed=f"target in the floating point of {name}, {dtype_name(prediction)}",
            fix="convert it to that dtype")  # fmt: skip
    require_float(operation, **{name: prediction}, target=target)
    require_choice(operation, "reduction", reduction, REDUCTIONS)
    why = f"the shape of {name}, for nothing is broadcast"
    require_shape(operation, "target", target, prediction.shape, why)
    require_not_empty(operation, name, prediction)


def check_factors(operation: str, name: str, prediction: Any, **factors: Any) -> None:
    """Raise unless each factor that is not None can be broadcast to the prediction."""
    require_float(operation, **{name: prediction}, optional=factors)
    shape = tuple(prediction.shape)
    for factor_name, factor in factors.items():
        if factor is None:
            continue
        sizes = tuple(factor.shape)
        aligned = shape[len(shape) - len(sizes) :] if sizes else ()
        if len(sizes) > len(shape) or any(
            size not in (1, full) for size, full in zip(sizes, aligned, strict=True)
        ):
            raise InvalidValue(
                operation, received=f"{factor_name} with shape {sizes} for {name} with shape "
                f"{shape}", needed=f"{factor_name} that can be broadcast to the shape of {name}",
                fix="give one factor for each element, or sizes of 1 where it is the same",
            )  # fmt: skip


def check_classes(operation: str, name: str, scores: Any, reduction: str, **factors: Any) -> None:
    """Raise ValueError unless scores are (N, C, ...), none of them 0, and factors are (C,)."""
    require_choice(operation, "reduction", reduction, REDUCTIONS)
    if len(scores.shape) < 2:
        raise InvalidValue(
            operation, received=f"{name} with shape {shape_text(scores)}",
            needed=f"{name} (N, C) or (N, C, d1, ...)",
            fix=f"add the missing axis, for example {name}[None]")  # fmt: skip
    require_not_empty(operation, name, scores)
    for factor_name, factor in factors.items():
        if factor is not None:
            require_shape(operation, factor_name, factor, (scores.shape[1],), "one number a class")


def check_loss_grad(
    operation: str, grad_y: Any, shape: tuple[int, ...], reduction: str, **inputs: Any
) -> None:
    """Raise unless `grad_y` fits the loss: `shape` for "none", else one number.

    A plain Python number has no dtype to disagree with and is taken as it is.
    """
    if reduction == "none":
        require_grad(operation, grad_y, shape, **inputs)
    elif type(grad_y) not in (int, float):
        require_grad(operation, grad_y, (), **inputs)


def require_not_empty(operation: str, name: str, x: Any) -> None:
    """Raise ValueError if there is nothing to take a loss of, whatever the reduction."""
    if 0 in tuple(x.shape):
        raise InvalidValue(
            operation, received=f"{name} with shape {shape_text(x)}",
            needed="at least one sample and one class, for a loss over nothing is undefined",
            fix="skip empty batches")  # fmt: skip


def require_labels(operation: str, target: Any, name: str, scores: Any) -> None:
    """Raise unless `target` holds one integer label from 0 to C - 1 for each position."""
    require_own_array(operation, "target", target)
    if tuple(target.shape) == tuple(scores.shape):
        raise InvalidValue(
            operation, received=f"target with shape {shape_text(target)}, that of {name}",
            needed="one label for each position, without the class axis",
            fix=_one_hot_advice(target))  # fmt: skip
    positions = (scores.shape[0], *scores.shape[2:])
    why = f"one label for each position of {name} {shape_text(scores)}"
    require_shape(operation, "target", target, positions, why)
    if not dtype_name(target).startswith(("int", "uint")):
        raise InvalidType(
            operation, received=f"target with shape {shape_text(target)} and dtype "
            f"{dtype_name(target)}",
            needed="class labels as integers", fix="convert them to int64")  # fmt: skip
    num_classes = scores.shape[1]
    lowest, highest = int(target.min()), int(target.max())
    if lowest < 0 or highest >= num_classes:
        raise InvalidValue(
            operation, received=f"target with labels from {lowest} to {highest}",
            needed=f"labels from 0 to {num_classes - 1}, one of the {num_classes} classes",
            fix="number the classes from 0 and drop samples without a label")  # fmt: skip


def _one_hot_advice(target: Any) -> str:
    is_bool = dtype_name(target) == "bool"  # of which torch takes no argmax
    return f"for one-hot targets take {'(1 * target)' if is_bool else 'target'}.argmax(1)"


def require_some_logit(operation: str, logits: Any) -> None:
    """Raise ValueError if every class of a sample is impossible: a row of only -inf."""
    if bool((logits == float("-inf")).all(axis=1).any()):
        raise InvalidValue(
            operation, received=f"logits with shape {shape_text(logits)} and only -inf for some "
            "sample", needed="at least one possible class for each sample",
            fix="mask fewer classes")  # fmt: skip


def require_unit_interval(operation: str, **arrays: Any) -> None:
    """Raise ValueError if a value lies outside [0, 1]; NaN passes."""
    for name, x in arrays.items():
        if bool(((x < 0) | (x > 1)).any()):
            lowest, highest = float(x.min()), float(x.max())
            raise InvalidValue(
                operation, received=f"{name} with values from {lowest:.6g} to {highest:.6g}",
                needed=f"{name} with values from 0 to 1",
                fix="pass probabilities: logits go through a sigmoid or softmax first")  # fmt: skip


def require_sum_of_one(operation: str, target: Any) -> None:
    """Raise ValueError unless probabilities sum to 1 over the classes; NaN passes."""
    error = abs(target.sum(axis=1) - 1)
    if bool((error > SUM_TOLERANCE.get(dtype_name(target), 1e-6)).any()):
        raise InvalidValue(
            operation, received="target with probabilities that miss 1 by up to "
            f"{float(error.max()):.3g} in sum",
            needed="probabilities that sum to 1 over the classes of each sample",
            fix="divide them by their sum")  # fmt: skip


def require_total_weight(operation: str, total: Any) -> None:
    """Raise ValueError if the weights of all labels of a batch sum to 0."""
    if float(total) == 0:
        raise InvalidValue(
            operation, received="weight that sums to 0 over the labels of the batch",
            needed="some weight to divide the mean by",
            fix='give these classes a weight, or use reduction="sum"')  # fmt: skip
