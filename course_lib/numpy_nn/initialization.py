"""How the weights of `numpy_nn` start, unless they are loaded or set."""

import math

import numpy as np
from numpy.typing import NDArray

from course_lib.errors import InvalidType
from course_lib.numpy_nn.module import Parameter, require_parameter_room


def uniform_by_fan_in(
    shape: tuple[int, ...], *, fan_in: int, generator: np.random.Generator
) -> Parameter:
    """Draw float32 values from U(-b, b) with b = 1 / sqrt(fan_in).

    This is what `torch.nn` does for weights and biases of convolutions and linear layers, so
    both sides start alike. The variance 1 / (3 * fan_in) is small for ReLU networks: notebook 10
    shows what happens over 30 layers, and `numpy_ops.he_normal` is the cure.

    Parameters
    ----------
    shape : tuple of int
        Shape of the parameter.
    fan_in : int
        Number of inputs that one output adds up.
    generator : numpy.random.Generator
        Draws the values.

    Examples
    --------
    >>> rng = np.random.default_rng(seed=0)
    >>> weight = uniform_by_fan_in((3, 25), fan_in=25, generator=rng)
    >>> bool(abs(weight.data).max() <= 0.2)
    True
    """
    require_parameter_room(shape)
    bound = 1 / math.sqrt(fan_in)
    values: NDArray = generator.uniform(-bound, bound, shape)
    return Parameter(values.astype(np.float32))


def require_generator(operation: str, generator: np.random.Generator) -> None:
    """Raise TypeError unless `generator` is a numpy.random.Generator."""
    if not isinstance(generator, np.random.Generator):
        raise InvalidType(
            operation, received=f"generator of type {type(generator).__name__}",
            needed="a numpy.random.Generator",
            fix="pass generator=np.random.default_rng(seed=0)")  # fmt: skip
