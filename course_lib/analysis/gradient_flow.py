"""How large signals and gradients are in each layer of a torch network."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from course_lib.errors import InvalidValue
from course_lib.unchanged import unchanged


class LayerFlow(NamedTuple):
    """Sizes in one layer: variances over all elements, Euclidean norms over all weights.

    `weight_norm` and `grad_weight_norm` are None for a layer without a weight.
    """

    name: str
    kind: str
    output_variance: float
    grad_output_variance: float
    weight_norm: float | None
    grad_weight_norm: float | None


def gradient_flow(
    module: nn.Module, x: Tensor, loss: Callable[[Tensor], Tensor]
) -> list[LayerFlow]:
    """Run one forward and one backward pass and measure every layer on the way.

    Parameters
    ----------
    module : torch.nn.Module
        The network, in the mode that is wanted; running statistics and gradients are left as they
        were.
    x : Tensor
        One batch, such as (N, C, H, W).
    loss : callable
        Takes the output of the network, returns a scalar.

    Returns
    -------
    list of LayerFlow
        One for each call of a layer without sub-layers that returns a tensor, in the order of the
        forward pass.

    Raises
    ------
    ValueError
        If the loss is not a scalar, or no weight moves it.

    References
    ----------
    Glorot and Bengio, 2010, section 4.2; He et al., 2015, arXiv:1502.01852, section 2.2.

    Examples
    --------
    >>> net = nn.Sequential(nn.Linear(4, 4), nn.Sigmoid(), nn.Linear(4, 1))
    >>> rows = gradient_flow(net, torch.ones(3, 4), lambda y: y.sum())
    >>> [(row.name, row.kind) for row in rows]
    [('0', 'Linear'), ('1', 'Sigmoid'), ('2', 'Linear')]
    """
    calls: list[tuple[str, nn.Module, float, list[float]]] = []
    leaves = {layer: name for name, layer in module.named_modules() if not any(layer.children())}
    hooks = [layer.register_forward_hook(_recorder(calls, leaves)) for layer in leaves]
    try:
        with unchanged(module), torch.enable_grad():
            value = loss(module(x.clone()))  # a module may work on its input in place
            _require_scalar(value)
            weights = [w for w in module.parameters() if w.requires_grad]
            grads = torch.autograd.grad(value, weights, allow_unused=True)
    finally:
        for hook in hooks:
            hook.remove()
    grad_of = dict(zip(weights, grads, strict=True))
    return [_row(*call, grad_of) for call in calls]


def _recorder(calls: list, leaves: dict[nn.Module, str]) -> Callable:
    def record(layer: nn.Module, inputs: tuple, y: Tensor) -> None:
        if not isinstance(y, Tensor):
            return
        grad_variance: list[float] = []
        if y.requires_grad:
            # A hook on the tensor, not on the module: it survives layers that work in place.
            y.register_hook(lambda grad: grad_variance.append(_variance(grad)))
        calls.append((leaves[layer], layer, _variance(y), grad_variance))

    return record


def _row(
    name: str,
    layer: nn.Module,
    output_variance: float,
    grad_variance: list[float],
    grad_of: dict[Tensor, Tensor | None],
) -> LayerFlow:
    weight = getattr(layer, "weight", None)
    grad = None if weight is None else grad_of.get(weight)
    return LayerFlow(
        name,
        type(layer).__name__,
        output_variance,
        grad_variance[0] if grad_variance else 0.0,
        None if weight is None else weight.detach().norm().item(),
        None if grad is None else grad.norm().item(),
    )


def _variance(x: Tensor) -> float:
    return x.detach().var(correction=0).item()


def _require_scalar(value: Tensor) -> None:
    if value.numel() != 1:
        raise InvalidValue(
            "gradient_flow", received=f"a loss with shape {tuple(value.shape)}",
            needed="a scalar loss", fix="average it, for example with .mean()")  # fmt: skip
    if not value.requires_grad:
        raise InvalidValue(
            "gradient_flow", received="a loss that no gradient leads from to a weight",
            needed="a network with weights that can be trained",
            fix="take out no_grad() and detach(), or set requires_grad of a weight")  # fmt: skip
