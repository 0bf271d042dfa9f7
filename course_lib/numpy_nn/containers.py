"""Networks out of layers: one after another, side by side, and around a shortcut."""

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import require_shape
from course_lib.contracts.arrays import require_own_array
from course_lib.errors import InvalidType, InvalidValue
from course_lib.numpy_nn.module import Module, require_needed


class Sequential(Module):
    """Layers one after another: the output of each is the input of the next.

    Parameters
    ----------
    *layers : Module
        At least one; a layer may stand in a network only once, as it keeps its latest input.

    Examples
    --------
    >>> from course_lib.numpy_nn import Conv2d, Flatten, ReLU
    >>> rng = np.random.default_rng(seed=0)
    >>> net = Sequential(Conv2d(1, 4, 3, generator=rng), ReLU(), Flatten())
    >>> y = net(np.ones((2, 1, 5, 5), np.float32))
    >>> net.backward(np.ones_like(y)).shape
    (2, 1, 5, 5)
    """

    def __init__(self, *layers: Module) -> None:
        _require_layers("Sequential", layers)
        self.layers = list(layers)

    def children(self) -> dict[str, Module]:
        """Name the layers "0", "1", ... as `torch.nn.Sequential` does."""
        return {str(i): layer for i, layer in enumerate(self.layers)}

    def forward(self, x: NDArray) -> NDArray:
        """Send `x` through the layers, first to last."""
        for layer in self.layers:
            x = layer(x)
        return x

    def backward(self, grad_y: NDArray, *, needs_grad_x: bool = True) -> NDArray | None:
        """Send `grad_y` through the layers, last to first.

        With `needs_grad_x=False` it goes only as far down as there are parameters.
        """
        require_needed(self, needs_grad_x)
        for i, layer in reversed(list(enumerate(self.layers))):
            needed = needs_grad_x or any(below.parameters() for below in self.layers[:i])
            grad_y = layer.backward(grad_y, needs_grad_x=needed)
            if not needed:
                return None
        return grad_y


class Residual(Module):
    """A block with a shortcut around it: y = body(x) + shortcut(x).

    The ReLU that follows the addition in a residual network is a layer of its own.

    Parameters
    ----------
    body : Module
        The block that learns the difference.
    shortcut : Module or None, default=None
        Fits `x` to the shape of the body's output; None is the identity.

    References
    ----------
    He, Zhang, Ren and Sun, 2016, arXiv:1512.03385, equations 1 and 2.

    Examples
    --------
    >>> from course_lib.numpy_nn import ReLU
    >>> Residual(ReLU())(np.array([[-1.0, 2.0]]))
    array([[-1.,  4.]])
    """

    def __init__(self, body: Module, *, shortcut: Module | None = None) -> None:
        _require_layers("Residual", (body,) if shortcut is None else (body, shortcut))
        self.body = body
        self.shortcut = shortcut

    def forward(self, x: NDArray) -> NDArray:
        """Add the body's output and the shortcut's, which must have one shape."""
        y, through = self.body(x), x if self.shortcut is None else self.shortcut(x)
        if y.shape != through.shape:
            raise InvalidValue(
                "Residual", received=f"a body output {y.shape} and a shortcut {through.shape}",
                needed="two equal shapes to add",
                fix="give a shortcut that changes the shape alike, such as a 1x1 convolution",
            )  # fmt: skip
        return y + through

    def backward(self, grad_y: NDArray, *, needs_grad_x: bool = True) -> NDArray | None:
        """Send `grad_y` both ways; the gradients of the two paths add up."""
        require_needed(self, needs_grad_x)
        grad_body = self.body.backward(grad_y, needs_grad_x=needs_grad_x)
        if self.shortcut is None:
            return grad_body + grad_y if needs_grad_x else None
        grad_shortcut = self.shortcut.backward(grad_y, needs_grad_x=needs_grad_x)
        return grad_body + grad_shortcut if needs_grad_x else None


class Concat(Module):
    """Branches side by side on the same input, their channels joined.

    Parameters
    ----------
    *branches : Module
        Each turns `x` (N, C_in, ...) into (N, C_branch, ...); the other axes must agree.

    References
    ----------
    Szegedy et al., 2015, arXiv:1409.4842, figure 2.

    Examples
    --------
    >>> from course_lib.numpy_nn import ReLU, Residual
    >>> Concat(ReLU(), Residual(ReLU()))(np.array([[-1.0, 2.0]]))
    array([[ 0.,  2., -1.,  4.]])
    """

    def __init__(self, *branches: Module) -> None:
        _require_layers("Concat", branches)
        self.branches = list(branches)

    def children(self) -> dict[str, Module]:
        """Name the branches "0", "1", ..."""
        return {str(i): branch for i, branch in enumerate(self.branches)}

    def forward(self, x: NDArray) -> NDArray:
        """Run every branch and join the outputs along the channels."""
        outputs = [branch(x) for branch in self.branches]
        shapes = [y.shape for y in outputs]
        if min(map(len, shapes)) < 2 or len({(shape[0], *shape[2:]) for shape in shapes}) > 1:
            raise InvalidValue(
                "Concat", received=f"branch outputs {', '.join(map(str, shapes))}",
                needed="outputs (N, C, ...) that differ in channels only",
                fix="choose strides and paddings that keep the sizes alike")  # fmt: skip
        y = np.concatenate(outputs, axis=1)
        self._last_shape_and_ends = y.shape, np.cumsum([shape[1] for shape in shapes])[:-1]
        return y

    def backward(self, grad_y: NDArray, *, needs_grad_x: bool = True) -> NDArray | None:
        """Give every branch its channels of `grad_y`; the gradients of `x` add up."""
        shape, ends = self._latest("_last_shape_and_ends")
        require_needed(self, needs_grad_x)
        require_own_array("Concat.backward", "grad_y", grad_y)
        require_shape("Concat.backward", "grad_y", grad_y, shape, "the shape of the output")
        shares = np.split(grad_y, ends, axis=1)
        grads = [
            branch.backward(share, needs_grad_x=needs_grad_x)
            for branch, share in zip(self.branches, shares, strict=True)
        ]
        return sum(grads[1:], start=grads[0]) if needs_grad_x else None


def _require_layers(operation: str, layers: tuple[Module, ...]) -> None:
    """Raise unless these are modules of `numpy_nn`, each different from all others inside."""
    for layer in layers:
        if not isinstance(layer, Module):
            raise InvalidType(
                operation, received=f"a layer of type {type(layer).__name__}",
                needed="modules of course_lib.numpy_nn",
                fix="create each layer first, for example ReLU() with its brackets")  # fmt: skip
    if not layers:
        raise InvalidValue(operation, received="no layer", needed="at least one", fix="pass one")
    inside = [module for layer in layers for module in layer.modules()]
    if len({id(module) for module in inside}) < len(inside):
        raise InvalidValue(
            operation, received="the same layer twice",
            needed="a new layer for each place, since a layer keeps its latest input",
            fix="create one layer for each place")  # fmt: skip
