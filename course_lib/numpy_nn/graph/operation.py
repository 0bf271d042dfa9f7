"""What the table says about one operation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from course_lib import numpy_ops


@dataclass(frozen=True)
class Operation:
    """A row of the table: what the graph, receptive fields, layers and parity need to know.

    Attributes
    ----------
    forward : callable
        Takes the arguments of the ATen operation in the order of its schema, arrays for tensors,
        and gives one array or a tuple of them.
    backward : callable, or None
        `backward(grad_y, *arguments)` gives the gradients of the leading arguments, as a tuple
        with None where there is none, or as one array for the first. None says that no gradient
        flows: creations, comparisons, whole numbers.
    field : str
        How a unit's receptive field follows from those of the arguments; a rule of
        `course_lib.analysis.field_rules`.
    reads_result : bool, default=False
        `backward(grad_y, y, *arguments)`: it needs what `forward` gave.
    may_skip_grad_x : bool, default=False
        `backward(…, needs_grad_x=False)` leaves out the gradient of the first argument.
    draws : bool, default=False
        `forward(generator, *arguments)` draws random numbers.
    references : tuple of str, default=()
        The operations of `numpy_ops` that it is, if they are of the course: each must have its
        parity cases.
    layers : tuple of str, default=()
        The layers of `numpy_nn` that do the same.
    """

    forward: Callable[..., Any]
    backward: Callable[..., Any] | None
    field: str
    reads_result: bool = False
    may_skip_grad_x: bool = False
    draws: bool = False
    references: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()


def from_reference(
    name: str, *, options: Sequence[str] = (), field: str = "each", layer: str = ""
) -> Operation:
    """Make a row of an operation of one array, whose ATen arguments are `x` and `options`.

    Examples
    --------
    >>> import numpy as np
    >>> row = from_reference("leaky_relu", options=["negative_slope"], layer="LeakyReLU")
    >>> row.forward(np.array([-1.0, 2.0]), 0.5)
    array([-0.5,  2. ])
    """
    function, backward = getattr(numpy_ops, name), getattr(numpy_ops, f"{name}_backward")
    return Operation(
        forward=lambda x, *values: function(x, **dict(zip(options, values, strict=False))),
        backward=lambda grad_y, x, *values: backward(
            grad_y, x, **dict(zip(options, values, strict=False))
        ),
        field=field,
        references=(name,),
        layers=(layer,) if layer else (),
    )


def without_gradient(forward: Callable[..., Any], *, field: str = "each") -> Operation:
    """Make a row of an operation that no gradient passes."""
    return Operation(forward, None, field)
