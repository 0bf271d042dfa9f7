"""Normalization layers; each is the operation of the same name in `numpy_ops` with weights."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.checks import require_flag, require_int
from course_lib.errors import InvalidValue
from course_lib.numpy_nn.module import Module, Operation, Parameter, require_needed, require_sizes


class Normalization(Module):
    """What these layers share: gamma and beta, named `weight` and `bias` as in torch.

    Parameters
    ----------
    shape : tuple of int
        Shape of gamma, which starts at 1, and of beta, which starts at 0.
    affine : bool
        With False there is neither.
    """

    def __init__(self, shape: tuple[int, ...], *, affine: bool) -> None:
        name = type(self).__name__
        shape = require_sizes(name, shape)
        require_flag(name, "affine", affine)
        self.weight = Parameter(np.ones(shape, np.float32)) if affine else None
        self.bias = Parameter(np.zeros(shape, np.float32)) if affine else None

    def gamma_and_beta(self) -> tuple[NDArray | None, NDArray | None]:
        """Return the arrays that the operation takes."""
        return tuple(None if p is None else p.data for p in (self.weight, self.bias))

    def take_grads(self, grads: Any, needs_grad_x: bool) -> NDArray | None:
        """Add the gradients of gamma and beta; return that of x, or None if not needed."""
        needed = require_needed(self, needs_grad_x)
        if self.weight is not None:
            self.weight.add_grad(grads.grad_gamma)
            self.bias.add_grad(grads.grad_beta)
        return grads.grad_x if needed else None


class BatchNorm2d(Normalization):
    """Normalize each channel of images over the batch: `numpy_ops.batch_norm` with weights.

    While training it uses the mean and variance of the batch and keeps running averages of them;
    in eval mode it uses the averages.

    Parameters
    ----------
    num_features : int
        Number of channels C.
    eps : float, default=1e-5
        Added to the variance.
    momentum : float, default=0.1
        Weight of the *new* value in the running averages.
    affine : bool, default=True
        Whether to learn gamma and beta.

    Attributes
    ----------
    weight, bias : Parameter (C,), or None
        gamma and beta.
    running_mean, running_var : (C,)
        Averages for eval mode, from 0 and 1.
    num_batches_tracked : (), int64
        How many batches went into them.

    References
    ----------
    Ioffe and Szegedy, 2015, arXiv:1502.03167, algorithms 1 and 2.

    Examples
    --------
    >>> layer = BatchNorm2d(3)
    >>> y = layer(np.random.default_rng(seed=0).random((8, 3, 4, 4)).astype(np.float32))
    >>> bool(abs(y.mean(axis=(0, 2, 3))).max() < 1e-6)
    True
    """

    buffer_names: ClassVar[tuple[str, ...]] = (
        "running_mean",
        "running_var",
        "num_batches_tracked",
    )

    def __init__(
        self, num_features: int, *, eps: float = 1e-5, momentum: float = 0.1, affine: bool = True
    ) -> None:
        count = require_int(type(self).__name__, "num_features", num_features, minimum=1)
        super().__init__((count,), affine=affine)
        self.running_mean = np.zeros(count, np.float32)
        self.running_var = np.ones(count, np.float32)
        self.num_batches_tracked = np.zeros((), np.int64)
        self.options = {"momentum": momentum, "eps": eps}

    def forward(self, x: NDArray) -> NDArray:
        """Normalize `x` (N, C, ...); while training also move the running averages."""
        averages = self.running_mean, self.running_var
        self._last = x, averages, self.training
        result = numpy_ops.batch_norm(
            x, *averages, *self.gamma_and_beta(), training=self.training, **self.options
        )
        if self.training:
            self.running_mean, self.running_var = result.running_mean, result.running_var
            self.num_batches_tracked = self.num_batches_tracked + 1
        return result.y

    def backward(self, grad_y: NDArray, *, needs_grad_x: bool = True) -> NDArray | None:
        """Add to the gradients of gamma and beta; return grad_x, or None if not needed."""
        x, averages, training = self._latest("_last")
        grads = numpy_ops.batch_norm_backward(
            grad_y, x, *averages, *self.gamma_and_beta(), training=training, **self.options
        )
        return self.take_grads(grads, needs_grad_x)


class BatchNorm1d(BatchNorm2d):
    """Normalize each feature of (N, C) or (N, C, L) over the batch; otherwise as `BatchNorm2d`."""


class BatchNorm3d(BatchNorm2d):
    """Normalize each channel of (N, C, D, H, W) over the batch; otherwise as `BatchNorm2d`."""


class GroupNorm(Normalization):
    """Normalize groups of channels, image by image: `numpy_ops.group_norm` with weights.

    Parameters
    ----------
    num_groups, num_channels : int
        Number of groups and of channels; the first divides the second.
    eps : float, default=1e-5
        Added to the variance.
    affine : bool, default=True
        Whether to learn gamma and beta, one number a channel each.

    References
    ----------
    Wu and He, 2018, arXiv:1803.08494, equations 1 to 7.
    """

    def __init__(
        self, num_groups: int, num_channels: int, *, eps: float = 1e-5, affine: bool = True
    ) -> None:
        num_groups, num_channels = (
            require_int("GroupNorm", name, value, minimum=1)
            for name, value in (("num_groups", num_groups), ("num_channels", num_channels))
        )
        if num_channels % num_groups:
            raise InvalidValue(
                "GroupNorm", received=f"num_groups={num_groups} and num_channels={num_channels}",
                needed="channels divisible by groups",
                fix="choose num_groups that divides num_channels")  # fmt: skip
        super().__init__((num_channels,), affine=affine)
        self.options = {"num_groups": num_groups, "eps": eps}

    def forward(self, x: NDArray) -> NDArray:
        """Normalize `x` (N, C, ...)."""
        self._last_x = x
        return numpy_ops.group_norm(x, *self.gamma_and_beta(), **self.options)

    def backward(self, grad_y: NDArray, *, needs_grad_x: bool = True) -> NDArray | None:
        """Add to the gradients of gamma and beta; return grad_x, or None if not needed."""
        grads = numpy_ops.group_norm_backward(
            grad_y, self._latest("_last_x"), *self.gamma_and_beta(), **self.options
        )
        return self.take_grads(grads, needs_grad_x)


class LayerNorm(Normalization):
    """Normalize each sample over its last axes: `numpy_ops.layer_norm` with weights.

    Parameters
    ----------
    normalized_shape : int or tuple of int
        Sizes of these axes.
    eps : float, default=1e-5
        Added to the variance.
    elementwise_affine : bool, default=True
        Whether to learn gamma and beta, one number for each place.

    References
    ----------
    Ba, Kiros and Hinton, 2016, arXiv:1607.06450.
    """

    def __init__(
        self,
        normalized_shape: int | tuple[int, ...],
        *,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
    ) -> None:
        require_flag("LayerNorm", "elementwise_affine", elementwise_affine)
        is_list = isinstance(normalized_shape, tuple | list)
        given = normalized_shape if is_list else (normalized_shape,)
        shape = tuple(require_int("LayerNorm", "normalized_shape", n, minimum=1) for n in given)
        super().__init__(shape, affine=elementwise_affine)
        self.options = {"normalized_shape": shape, "eps": eps}

    def forward(self, x: NDArray) -> NDArray:
        """Normalize `x`."""
        self._last_x = x
        return numpy_ops.layer_norm(x, *self.gamma_and_beta(), **self.options)

    def backward(self, grad_y: NDArray, *, needs_grad_x: bool = True) -> NDArray | None:
        """Add to the gradients of gamma and beta; return grad_x, or None if not needed."""
        grads = numpy_ops.layer_norm_backward(
            grad_y, self._latest("_last_x"), *self.gamma_and_beta(), **self.options
        )
        return self.take_grads(grads, needs_grad_x)


class InstanceNorm2d(Normalization):
    """Normalize each map of each image by itself: `numpy_ops.instance_norm` with weights.

    Parameters
    ----------
    num_features : int
        Number of channels C.
    eps : float, default=1e-5
        Added to the variance.
    affine : bool, default=False
        Whether to learn gamma and beta.
    """

    def __init__(self, num_features: int, *, eps: float = 1e-5, affine: bool = False) -> None:
        count = require_int("InstanceNorm2d", "num_features", num_features, minimum=1)
        super().__init__((count,), affine=affine)
        self.options = {"eps": eps}

    def forward(self, x: NDArray) -> NDArray:
        """Normalize `x` (N, C, H, W)."""
        self._last_x = x
        return numpy_ops.instance_norm(x, *self.gamma_and_beta(), **self.options)

    def backward(self, grad_y: NDArray, *, needs_grad_x: bool = True) -> NDArray | None:
        """Add to the gradients of gamma and beta; return grad_x, or None if not needed."""
        grads = numpy_ops.instance_norm_backward(
            grad_y, self._latest("_last_x"), *self.gamma_and_beta(), **self.options
        )
        return self.take_grads(grads, needs_grad_x)


class LocalResponseNorm(Operation):
    """Damp each channel by its neighbors, as AlexNet does: `numpy_ops.local_response_norm`."""

    def __init__(
        self, size: int, *, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
    ) -> None:
        size = require_int("LocalResponseNorm", "size", size, minimum=1)
        super().__init__(
            numpy_ops.local_response_norm,
            numpy_ops.local_response_norm_backward,
            {"size": size, "alpha": alpha, "beta": beta, "k": k},
        )
