"""Dropout as layers: while training, chance leaves values out."""

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.checks import require_finite
from course_lib.numpy_nn.initialization import require_generator
from course_lib.numpy_nn.module import Module, require_needed


class Dropout(Module):
    """Set each value to 0 with probability `p` while training; scale the others by 1 / (1 - p).

    Parameters
    ----------
    p : float, default=0.5
        Share of the values that is dropped.
    generator : numpy.random.Generator
        Draws which.

    References
    ----------
    Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, 2014, "Dropout: a simple way to
    prevent neural networks from overfitting".
    """

    operation = staticmethod(numpy_ops.dropout)
    operation_backward = staticmethod(numpy_ops.dropout_backward)

    def __init__(self, p: float = 0.5, *, generator: np.random.Generator) -> None:
        name = type(self).__name__
        self.p = require_finite(name, "p", p, minimum=0.0, maximum=1.0)
        require_generator(name, generator)
        self.generator = generator

    def forward(self, x: NDArray) -> NDArray:
        """Drop values of `x` while training, none in eval mode."""
        result = self.operation(x, p=self.p, training=self.training, generator=self.generator)
        self._last = x, self.training, result.mask
        return result.y

    def backward(self, grad_y: NDArray, *, needs_grad_x: bool = True) -> NDArray | None:
        """Let the gradient through where values were kept, scaled alike."""
        x, training, mask = self._latest("_last")
        if not require_needed(self, needs_grad_x):
            return None
        return self.operation_backward(grad_y, x, p=self.p, training=training, mask=mask)


class Dropout2d(Dropout):
    """Drop whole maps of `x` (N, C, H, W) while training; otherwise as `Dropout`.

    References
    ----------
    Tompson, Goroshin, Jain, LeCun and Bregler, 2015, arXiv:1411.4280 (SpatialDropout).
    """

    operation = staticmethod(numpy_ops.dropout2d)
    operation_backward = staticmethod(numpy_ops.dropout2d_backward)
