"""Formulas typed as books have them, and the same so that no exponent is positive."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional

Function = Callable[[Tensor], Tensor]

TYPED: Mapping[str, Function] = {
    "sigmoid": lambda x: 1 / (1 + torch.exp(-x)),
    "tanh": lambda x: (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x)),
    "ELU": lambda x: torch.where(x > 0, x, torch.exp(x) - 1),
}
STABLE: Mapping[str, Function] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "ELU": functional.elu,
}


def value_and_slope(function: Function, at: float) -> tuple[float, float]:
    """Give a function and its slope at one place, by autograd in float32.

    Parameters
    ----------
    function : callable
        From a tensor to a tensor of its shape.
    at : float
        Where.

    Returns
    -------
    tuple of float
        Value and slope; NaN or infinite where the function overflows on its way.

    Examples
    --------
    >>> value_and_slope(torch.tanh, 0.0)
    (0.0, 1.0)
    """
    x = torch.tensor([at], requires_grad=True)
    y = function(x)
    (slope,) = torch.autograd.grad(y.sum(), x)
    return y.item(), slope.item()
