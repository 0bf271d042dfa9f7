"""The checks every validator is made of, and the one form of an error text.

Each text is one sentence with three parts: what came, what is needed, how to fix it.
"""

import operator
from collections.abc import Collection
from functools import lru_cache
from typing import Any


def complaint(operation: str, *, received: str, needed: str, fix: str) -> str:
    """Word an error: what came, what is needed, how to fix it.

    Examples
    --------
    >>> complaint("relu", received="a list", needed="an array", fix="call np.asarray first")
    'relu received a list; it needs an array; call np.asarray first.'
    """
    return f"{operation} received {received}; it needs {needed}; {fix}."


def dtype_name(x: Any) -> str:
    """Name the dtype of an array or tensor without its library: "float32", "int64"."""
    return _text_of_dtype(x.dtype)


@lru_cache  # NumPy takes longer to name a dtype than to add a thousand numbers
def _text_of_dtype(dtype: Any) -> str:
    return str(dtype).removeprefix("torch.")


def shape_text(x: Any) -> str:
    """Write a shape the same way for arrays and tensors: "(2, 3, 8, 8)"."""
    return str(tuple(x.shape))


def require_array(operation: str, name: str, x: Any) -> None:
    """Raise TypeError unless `x` has a shape and a dtype."""
    if not (hasattr(x, "shape") and hasattr(x, "dtype")):
        raise TypeError(
            complaint(
                operation,
                received=f"{name} of type {type(x).__name__}",
                needed=f"{name} as an array or tensor",
                fix="convert it with np.asarray or torch.as_tensor",
            )
        )


def require_float(operation: str, **arrays: Any) -> None:
    """Raise TypeError unless all arrays that are not None are floating point of one dtype."""
    given = {name: x for name, x in arrays.items() if x is not None}
    for name, x in given.items():
        require_array(operation, name, x)
        if not dtype_name(x).startswith(("float", "bfloat")):
            raise TypeError(
                complaint(
                    operation,
                    received=f"{name} with shape {shape_text(x)} and dtype {dtype_name(x)}",
                    needed=f"{name} in floating point",
                    fix="scale to float first, for example x.astype(float) / 255",
                )
            )
    if len({dtype_name(x) for x in given.values()}) > 1:
        listing = ", ".join(f"{name} {dtype_name(x)}" for name, x in given.items())
        raise TypeError(
            complaint(
                operation,
                received=f"mixed dtypes ({listing})",
                needed="one dtype for all arrays",
                fix="convert them to the same dtype",
            )
        )


def require_axes(operation: str, name: str, x: Any, axes: str) -> None:
    """Raise ValueError unless `x` has the axes named in `axes`, such as "N, C_in, H, W"."""
    needed = axes.count(",") + 1
    if len(x.shape) != needed:
        fix = (
            f"add the missing axis, for example {name}[None]"
            if len(x.shape) < needed
            else "remove or merge the extra axes"
        )
        raise ValueError(
            complaint(
                operation,
                received=f"{name} with shape {shape_text(x)}",
                needed=f"{name} ({axes})",
                fix=fix,
            )
        )


def require_shape(operation: str, name: str, x: Any, shape: tuple[int, ...], why: str) -> None:
    """Raise ValueError unless `x` has exactly `shape`; `why` says where that shape comes from."""
    if tuple(x.shape) != tuple(shape):
        raise ValueError(
            complaint(
                operation,
                received=f"{name} with shape {shape_text(x)}",
                needed=f"{name} with shape {tuple(shape)}, {why}",
                fix="reshape it or check where it was made",
            )
        )


def require_grad(operation: str, grad_y: Any, shape: tuple[int, ...], **inputs: Any) -> None:
    """Raise unless `grad_y` has the dtype of the inputs and the shape of the output."""
    require_float(operation, grad_y=grad_y, **inputs)
    require_shape(operation, "grad_y", grad_y, shape, "the shape of the output")


def require_int(operation: str, name: str, value: Any, *, minimum: int) -> int:
    """Return `value` as an int of at least `minimum`, or raise TypeError or ValueError."""
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = None
    if number is None:
        raise TypeError(
            complaint(
                operation,
                received=f"{name}={value!r} of type {type(value).__name__}",
                needed=f"{name} as an int",
                fix="pass a whole number",
            )
        )
    if number < minimum:
        raise ValueError(
            complaint(
                operation,
                received=f"{name}={number}",
                needed=f"{name} of at least {minimum}",
                fix="use a larger number",
            )
        )
    return number


def per_axis(
    operation: str, name: str, value: Any, *, num_axes: int, minimum: int
) -> tuple[int, ...]:
    """Spell an option out for each spatial axis: 2 becomes (2, 2); (1, 2) stays."""
    if not isinstance(value, tuple | list):
        return (require_int(operation, name, value, minimum=minimum),) * num_axes
    if len(value) != num_axes:
        raise ValueError(
            complaint(
                operation,
                received=f"{name}={tuple(value)} with {len(value)} numbers",
                needed=f"{name} as one int or {num_axes}, one a spatial axis",
                fix="give one number for each axis",
            )
        )
    return tuple(require_int(operation, name, v, minimum=minimum) for v in value)


def require_number(
    operation: str,
    name: str,
    value: Any,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
) -> float:
    """Return a real option as float, within its closed range, or raise TypeError or ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(
            complaint(
                operation,
                received=f"{name}={value!r} of type {type(value).__name__}",
                needed=f"{name} as a number",
                fix="pass an int or a float",
            )
        )
    low = float("-inf") if minimum is None else minimum
    high = float("inf") if maximum is None else maximum
    if not low <= value <= high:
        raise ValueError(
            complaint(
                operation,
                received=f"{name}={value}",
                needed=f"{name} from {low} to {high}",
                fix="choose a value in that range",
            )
        )
    return float(value)


def require_flag(operation: str, name: str, value: Any) -> bool:
    """Return an option that is True or False, or raise TypeError."""
    if not isinstance(value, bool):
        raise TypeError(
            complaint(
                operation,
                received=f"{name}={value!r} of type {type(value).__name__}",
                needed=f"{name} as True or False",
                fix="pass a bool",
            )
        )
    return value


def require_choice(operation: str, name: str, value: Any, choices: Collection[str]) -> str:
    """Return `value` if it is one of `choices`, or raise ValueError."""
    if value not in choices:
        raise ValueError(
            complaint(
                operation,
                received=f"{name}={value!r}",
                needed=f"{name} as one of {', '.join(map(repr, choices))}",
                fix="choose one of these",
            )
        )
    return value
