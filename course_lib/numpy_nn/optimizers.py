"""Optimizers: how the parameters move, given their gradients; the same steps as `torch.optim`."""

from abc import ABC, abstractmethod
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import require_finite, require_flag, require_list, shape_text
from course_lib.contracts.arrays import require_own_array
from course_lib.errors import InvalidType, InvalidValue
from course_lib.numpy_nn.module import Parameter


class Optimizer(ABC):
    """Holds the parameters; a subclass says in `_move` how each of them moves.

    Attributes
    ----------
    learning_rate : float
        Size of the steps; may be changed between steps.
    """

    def __init__(self, parameters: Iterable[Parameter], *, learning_rate: float) -> None:
        operation = type(self).__name__
        self.parameters = _listed(operation, parameters)
        self.learning_rate = learning_rate
        if not self.parameters:
            raise InvalidValue(
                operation, received="no parameters", needed="the parameters of a network",
                fix="pass network.parameters()")  # fmt: skip

    @property
    def learning_rate(self) -> float:
        """Size of the steps, a finite number of at least 0."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._learning_rate = require_finite(
            type(self).__name__, "learning_rate", value, minimum=0.0
        )

    def step(self) -> None:
        """Move every parameter that has a gradient once, in place.

        Raises
        ------
        TypeError, ValueError
            Before anything moves, if a gradient has not the shape of its parameter, or the values
            of a parameter are write-protected.
        """
        moving = [(k, p) for k, p in enumerate(self.parameters) if p.grad is not None]
        for k, parameter in moving:
            _require_movable(f"{type(self).__name__}.step", k, parameter)
        for k, parameter in moving:
            self._move(k, parameter.data, parameter.grad)

    @abstractmethod
    def _move(self, k: int, data: NDArray, grad: NDArray) -> None:
        """Move the values `data` of parameter number k in place, by its gradient."""


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum.

    g = grad + weight_decay * data;  v = momentum * v + g, starting at the first g;
    data -= learning_rate * v, or with Nesterov data -= learning_rate * (g + momentum * v)

    Parameters
    ----------
    parameters : iterable of Parameter
        What to move, usually `network.parameters()`.
    learning_rate : float
        Size of the steps; `lr` in torch.
    momentum : float, default=0.0
        Share of the last velocity v that is kept, from 0 to 1.
    weight_decay : float, default=0.0
        Pull towards zero: the gradient of weight_decay / 2 * sum(data**2).
    nesterov : bool, default=False
        Look one step of momentum ahead; needs momentum above 0.

    References
    ----------
    Sutskever, Martens, Dahl and Hinton, 2013, "On the importance of initialization and momentum
    in deep learning", section 2; in the form of `torch.optim.SGD`, which takes the learning rate
    out of v.

    Examples
    --------
    >>> weight = Parameter(np.array([1.0]))
    >>> optimizer = SGD([weight], learning_rate=0.1, momentum=0.9)
    >>> for _ in range(2):  # a constant slope of 1: steps of 0.1, then 0.19
    ...     weight.grad = np.array([1.0])
    ...     optimizer.step()
    >>> weight.data
    array([0.71])
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        *,
        learning_rate: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(parameters, learning_rate=learning_rate)
        self.momentum = require_finite("SGD", "momentum", momentum, minimum=0.0, maximum=1.0)
        self.weight_decay = require_finite("SGD", "weight_decay", weight_decay, minimum=0.0)
        self.nesterov = require_flag("SGD", "nesterov", nesterov)
        if self.nesterov and self.momentum == 0:
            raise InvalidValue(
                "SGD", received="nesterov=True with momentum=0",
                needed="momentum above 0 for Nesterov", fix="pass momentum=0.9")  # fmt: skip
        self._velocities: dict[int, NDArray] = {}

    def _move(self, k: int, data: NDArray, grad: NDArray) -> None:
        if self.weight_decay:
            grad = grad + self.weight_decay * data
        step = grad
        if self.momentum:
            velocity = self._velocities.get(k)
            velocity = grad.copy() if velocity is None else self.momentum * velocity + grad
            self._velocities[k] = velocity
            step = grad + self.momentum * velocity if self.nesterov else velocity
        data -= self.learning_rate * step


class Adam(Optimizer):
    """Steps scaled for each number by the size of its own recent gradients.

    m = b1 * m + (1 - b1) * g;  v = b2 * v + (1 - b2) * g**2;
    data -= learning_rate * (m / (1 - b1**t)) / (sqrt(v / (1 - b2**t)) + eps) at step t = 1, 2, ...

    Parameters
    ----------
    parameters : iterable of Parameter
        What to move, usually `network.parameters()`.
    learning_rate : float, default=1e-3
        About the largest move of a number in one step.
    betas : (float, float), default=(0.9, 0.999)
        Shares b1 and b2 of the running averages that are kept, below 1.
    eps : float, default=1e-8
        Keeps the division finite.
    weight_decay : float, default=0.0
        Added to the gradient as in `SGD`.

    References
    ----------
    Kingma and Ba, 2015, arXiv:1412.6980, algorithm 1.

    Examples
    --------
    >>> weight = Parameter(np.array([1.0, 1.0]))
    >>> weight.grad = np.array([100.0, -0.01])
    >>> Adam([weight], learning_rate=0.1).step()
    >>> weight.data.round(6)  # the first step is learning_rate whatever the gradient
    array([0.9, 1.1])
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        *,
        learning_rate: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate=learning_rate)
        below_one = float(np.nextafter(1.0, 0.0))
        if not (isinstance(betas, tuple | list) and len(betas) == 2):
            raise InvalidType(
                "Adam", received=f"betas={betas!r}", needed="a pair of numbers",
                fix="pass betas=(0.9, 0.999)")  # fmt: skip
        self.betas = tuple(
            require_finite("Adam", f"betas[{i}]", beta, minimum=0.0, maximum=below_one)
            for i, beta in enumerate(betas)
        )
        self.eps = require_finite("Adam", "eps", eps, minimum=0.0)
        self.weight_decay = require_finite("Adam", "weight_decay", weight_decay, minimum=0.0)
        self._averages: dict[int, tuple[int, NDArray, NDArray]] = {}

    def _move(self, k: int, data: NDArray, grad: NDArray) -> None:
        if self.weight_decay:
            grad = grad + self.weight_decay * data
        beta_1, beta_2 = self.betas
        t, mean, square = self._averages.get(k, (0, np.zeros_like(data), np.zeros_like(data)))
        t += 1
        mean = beta_1 * mean + (1 - beta_1) * grad
        square = beta_2 * square + (1 - beta_2) * grad * grad
        self._averages[k] = (t, mean, square)
        size = np.sqrt(square / (1 - beta_2**t)) + self.eps
        data -= self.learning_rate / (1 - beta_1**t) * mean / size


def _listed(operation: str, parameters: Iterable[Parameter]) -> list[Parameter]:
    """List the parameters; one that is listed twice moves once."""
    fix = "pass network.parameters()"
    given = require_list(operation, "parameters", parameters, of="parameters", fix=fix)
    wrong = [type(one).__name__ for one in given if not isinstance(one, Parameter)]
    if wrong:
        raise InvalidType(
            operation, received=f"parameters with a {wrong[0]}", needed="a list of parameters",
            fix=fix)  # fmt: skip
    return list(dict.fromkeys(given))


def _require_movable(operation: str, k: int, parameter: Parameter) -> None:
    """Raise unless the gradient of parameter number k fits, and its values may be changed."""
    data, grad = parameter.data, parameter.grad
    for name, array in {"values": data, "gradient": grad}.items():
        require_own_array(operation, f"the {name} of parameter {k}", array)
    if grad.shape != data.shape or grad.dtype.kind != "f":
        raise InvalidValue(
            operation, received=f"a gradient with shape {shape_text(grad)} and dtype {grad.dtype} "
            f"for parameter {k} with shape {shape_text(data)}",
            needed="a number of the gradient for each number of the parameter",
            fix="check where the gradient was made")  # fmt: skip
    if not data.flags.writeable:
        raise InvalidValue(
            operation, received=f"parameter {k} with write-protected values",
            needed="values that may change", fix="give the parameter a copy of them")  # fmt: skip
