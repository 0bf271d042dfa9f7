"""The parts of the network of the capstone: what each is given, and what it must return."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.exercises import Case, Exercise
from course_lib.exercises.checking import NOT_ATTEMPTED, SOLVED, examine
from course_lib.exercises.stubs import does_nothing

Arrays = tuple[Any, ...]


@dataclass(frozen=True)
class Part:
    """One function that a reader may bring.

    Attributes
    ----------
    call : str
        How it is called, with the names of its inputs.
    task : str
        What it returns.
    package : callable
        What stands in for it, and what it is held to.
    cases : tuple of tuple
        Inputs that it is tried on.
    outputs : tuple of str, default=()
        Names of its results, where it returns several.
    """

    call: str
    task: str
    package: Callable
    cases: tuple[Arrays, ...]
    outputs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Give the name of the function."""
        return self.call.partition("(")[0]


def is_open(function: Any) -> bool:
    """Tell whether a part is not written yet: None, ... or an empty function.

    Examples
    --------
    >>> is_open(...), is_open(lambda z: None), is_open(np.abs)
    (True, True, False)
    """
    return function is None or function is ... or does_nothing(function)


def fault_of(part: Part, function: Any, *, seconds: float = 10) -> str | None:
    """Say what is wrong with a reader's function, or None where it does what the part does.

    Parameters
    ----------
    part : Part
        What it must do.
    function : Any
        What the reader has brought; it is called with copies.
    seconds : float, default=10
        Limit for all its calls.

    Examples
    --------
    >>> relu = next(part for part in PARTS if part.name == "relu")
    >>> fault_of(relu, lambda z: np.maximum(z, 0)) is None
    True
    >>> fault_of(relu, np.abs).splitlines()[0]
    'case 1 of 2: at index (0, 1): received 2, expected 0'
    """
    if not callable(function):
        return f"received {type(function).__name__}, not a function"
    for place, output in enumerate(part.outputs or ("",)):
        chosen = place if part.outputs else None
        exercise = Exercise(
            id=part.name, prompt=part.task, hints=(), near_misses={},
            solution=_output(part.package, chosen), cases=_cases(part),
        )  # fmt: skip
        verdict = examine(exercise, _output(function, chosen), seconds=seconds)
        if verdict.status not in (SOLVED, NOT_ATTEMPTED):
            return _told(verdict.message, output)
    return None


def _cases(part: Part) -> tuple[Case, ...]:
    return tuple(Case("", inputs) for inputs in part.cases)


def _output(function: Callable, place: int | None) -> Callable:
    """Pick one of several results."""
    return function if place is None else lambda *inputs: function(*inputs)[place]


def _told(message: str, output: str) -> str:
    """Take from a verdict what was found: the case, the numbers, what they resemble."""
    case, found, *more = (line.strip() for line in message.partition("✗ ")[2].splitlines())
    kept = [line for line in more if not line.startswith(("hint(", "with "))]
    found = f"{output}: {found}" if output else found
    return "\n".join([f"{case.strip()} {found}", *(f"  {line}" for line in kept)])


def _max_pool(x: NDArray) -> NDArray:
    return numpy_ops.max_pool2d(x, kernel_size=2)


def _max_pool_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    return numpy_ops.max_pool2d_backward(grad_y, x, kernel_size=2)


def _dense_backward(delta: NDArray, h: NDArray, W: NDArray) -> tuple[NDArray, ...]:
    return tuple(numpy_ops.linear_backward(delta, h, W, np.zeros(len(W))))


def _cross_entropy(z: NDArray, target: NDArray) -> NDArray:
    return numpy_ops.cross_entropy(z, target)


def _cross_entropy_backward(z: NDArray, target: NDArray) -> NDArray:
    return numpy_ops.cross_entropy_backward(np.ones((), z.dtype), z, target)


def _momentum_step(
    weight: NDArray, grad: NDArray, velocity: NDArray, learning_rate: float, momentum: float
) -> NDArray:
    velocity = momentum * velocity + grad
    return np.stack([weight - learning_rate * velocity, velocity])


def _made_up() -> dict[str, tuple[Arrays, ...]]:
    """Make the inputs that each part is tried on.

    They are random and oblong, and no two numbers are the same: a tie in a window of max pooling,
    or a ReLU at 0, may be decided either way.
    """
    rng = np.random.default_rng(seed=16)
    draw = rng.standard_normal
    by_hand = np.array([[1.0, -2.0, 0.5], [3.0, 4.0, -1.0]])
    images, kernels = ((4, 3), (5, 9), (16, 8)), ((2, 2), (2, 4), (3, 3))
    slid = tuple((draw(image), draw(kernel)) for image, kernel in zip(images, kernels, strict=True))
    maps = (draw((1, 1, 2, 4)), draw((3, 2, 4, 6)))
    layer = tuple((draw((n, i)), draw((o, i)), draw(o)) for n, i, o in ((2, 3, 4), (5, 4, 2)))
    return {
        "correlation": slid,
        "its slopes": tuple(
            (image, draw(np.subtract(image.shape, kernel.shape) + 1)) for image, kernel in slid
        ),
        "sums": ((by_hand,), (draw((2, 3, 2, 2)),)),
        "sums and slopes": tuple((draw(z.shape), z) for z in (by_hand, draw((2, 3, 2, 2)))),
        "maps": tuple((x,) for x in maps),
        "maps and slopes": tuple((draw(_max_pool(x).shape), x) for x in maps),
        "layer": layer,
        "layer and slopes": tuple((draw((len(h), len(b))), h, W) for h, W, b in layer),
        "scores": tuple((draw((n, c)), rng.integers(0, c, n)) for n, c in ((2, 3), (5, 4))),
        "steps": tuple((*draw((3, *size)), 0.1, 0.5) for size in ((2,), (2, 3))),
    }


MADE_UP = _made_up()
PARTS = (
    Part("correlate(image, kernel)", "one map: the kernel at every place of the image",
         numpy_ops.cross_correlate2d, MADE_UP["correlation"]),
    Part("grad_weight(image, grad_y)", "the slopes of that kernel",
         numpy_ops.cross_correlate2d, MADE_UP["its slopes"]),
    Part("relu(z)", "z where it is positive, else 0",
         numpy_ops.relu, MADE_UP["sums"]),
    Part("relu_backward(grad_y, z)", "the slopes of z",
         numpy_ops.relu_backward, MADE_UP["sums and slopes"]),
    Part("max_pool(x)", "the largest of each 2×2 pixels; x is (N, C, H, W)",
         _max_pool, MADE_UP["maps"]),
    Part("max_pool_backward(grad_y, x)", "the slopes of x",
         _max_pool_backward, MADE_UP["maps and slopes"]),
    Part("dense(h, W, b)", "h Wᵀ + b",
         numpy_ops.linear, MADE_UP["layer"]),
    Part("dense_backward(delta, h, W)", "the slopes of h, W and b",
         _dense_backward, MADE_UP["layer and slopes"],
         ("slopes of h", "slopes of W", "slopes of b")),
    Part("cross_entropy(z, target)", "the mean of −log p of the right classes",
         _cross_entropy, MADE_UP["scores"]),
    Part("cross_entropy_backward(z, target)", "the slopes of z",
         _cross_entropy_backward, MADE_UP["scores"]),
    Part("momentum_step(weight, grad, velocity, learning_rate, momentum)",
         "np.stack([new weight, new velocity])", _momentum_step, MADE_UP["steps"]),
)  # fmt: skip
