"""Pooling layers; each is the operation of the same name in `numpy_ops`."""

from typing import ClassVar

from numpy.typing import NDArray

from course_lib import numpy_ops
from course_lib.checks import require_int
from course_lib.contracts.arrays import require_grad
from course_lib.contracts.pooling import check_pool
from course_lib.numpy_nn.module import Operation, require_needed
from course_lib.numpy_ops.pooling.max import max_and_tap, scatter_to_taps


class MaxPool(Operation):
    """What max-pooling layers share: while training they remember which pixel won each window.

    So their backward only sends gradients there; the operation itself would find the winners
    again. In eval mode they are the plain operation.
    """

    num_axes: ClassVar[int]

    def forward(self, x: NDArray) -> NDArray:
        """Keep the largest value of every window."""
        self._last_tap = None
        if not self.training:
            return super().forward(x)
        name = f"max_pool{self.num_axes}d"
        geometry = check_pool(name, x, num_axes=self.num_axes, **self.options)
        y, self._last_tap = max_and_tap(x, geometry)
        self._last_x, self._last_geometry = x, geometry
        return y

    def backward(self, grad_y: NDArray, *, needs_grad_x: bool = True) -> NDArray | None:
        """Send the gradient of every window to the pixel that won it."""
        x, tap = self._latest("_last_x"), self._last_tap
        if tap is None or not require_needed(self, needs_grad_x):
            return super().backward(grad_y, needs_grad_x=needs_grad_x)
        require_grad(f"max_pool{self.num_axes}d_backward", grad_y, tap.shape, x=x)
        return scatter_to_taps(grad_y, tap, x.shape, self._last_geometry)


class MaxPool2d(MaxPool):
    """Keep the largest value of every window of images (N, C, H, W).

    Parameters
    ----------
    kernel_size, stride, padding, dilation, ceil_mode
        As for `numpy_ops.max_pool2d`; `stride` None means `kernel_size`.
    """

    num_axes = 2

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        *,
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        ceil_mode: bool = False,
    ) -> None:
        options = {
            "kernel_size": kernel_size,
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "ceil_mode": ceil_mode,
        }
        super().__init__(numpy_ops.max_pool2d, numpy_ops.max_pool2d_backward, options)


class MaxPool1d(MaxPool):
    """Keep the largest value of every window of signals (N, C, L).

    Parameters
    ----------
    kernel_size, stride, padding, dilation, ceil_mode
        As for `numpy_ops.max_pool1d`; `stride` None means `kernel_size`.
    """

    num_axes = 1

    def __init__(
        self,
        kernel_size: int | tuple[int],
        *,
        stride: int | tuple[int] | None = None,
        padding: int | tuple[int] = 0,
        dilation: int | tuple[int] = 1,
        ceil_mode: bool = False,
    ) -> None:
        options = {
            "kernel_size": kernel_size,
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "ceil_mode": ceil_mode,
        }
        super().__init__(numpy_ops.max_pool1d, numpy_ops.max_pool1d_backward, options)


class MaxPool3d(MaxPool):
    """Keep the largest value of every window of volumes (N, C, D, H, W).

    Parameters
    ----------
    kernel_size, stride, padding, dilation, ceil_mode
        As for `numpy_ops.max_pool3d`; `stride` None means `kernel_size`.
    """

    num_axes = 3

    def __init__(
        self,
        kernel_size: int | tuple[int, int, int],
        *,
        stride: int | tuple[int, int, int] | None = None,
        padding: int | tuple[int, int, int] = 0,
        dilation: int | tuple[int, int, int] = 1,
        ceil_mode: bool = False,
    ) -> None:
        options = {
            "kernel_size": kernel_size,
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "ceil_mode": ceil_mode,
        }
        super().__init__(numpy_ops.max_pool3d, numpy_ops.max_pool3d_backward, options)


class AvgPool2d(Operation):
    """Take the mean of every window of images (N, C, H, W).

    Parameters
    ----------
    kernel_size, stride, padding, ceil_mode, count_include_pad
        As for `numpy_ops.avg_pool2d`; `stride` None means `kernel_size`.
    """

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        *,
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        options = {
            "kernel_size": kernel_size,
            "stride": stride,
            "padding": padding,
            "ceil_mode": ceil_mode,
            "count_include_pad": count_include_pad,
        }
        super().__init__(numpy_ops.avg_pool2d, numpy_ops.avg_pool2d_backward, options)


class AvgPool1d(Operation):
    """Take the mean of every window of signals (N, C, L).

    Parameters
    ----------
    kernel_size, stride, padding, ceil_mode, count_include_pad
        As for `numpy_ops.avg_pool1d`; `stride` None means `kernel_size`.
    """

    def __init__(
        self,
        kernel_size: int | tuple[int],
        *,
        stride: int | tuple[int] | None = None,
        padding: int | tuple[int] = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        options = {
            "kernel_size": kernel_size,
            "stride": stride,
            "padding": padding,
            "ceil_mode": ceil_mode,
            "count_include_pad": count_include_pad,
        }
        super().__init__(numpy_ops.avg_pool1d, numpy_ops.avg_pool1d_backward, options)


class AvgPool3d(Operation):
    """Take the mean of every window of volumes (N, C, D, H, W).

    Parameters
    ----------
    kernel_size, stride, padding, ceil_mode, count_include_pad
        As for `numpy_ops.avg_pool3d`; `stride` None means `kernel_size`.
    """

    def __init__(
        self,
        kernel_size: int | tuple[int, int, int],
        *,
        stride: int | tuple[int, int, int] | None = None,
        padding: int | tuple[int, int, int] = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        options = {
            "kernel_size": kernel_size,
            "stride": stride,
            "padding": padding,
            "ceil_mode": ceil_mode,
            "count_include_pad": count_include_pad,
        }
        super().__init__(numpy_ops.avg_pool3d, numpy_ops.avg_pool3d_backward, options)


class AdaptiveAvgPool2d(Operation):
    """Take means so that maps of any size come out with `output_size` rows and columns."""

    def __init__(self, output_size: int | tuple[int | None, int | None] | None) -> None:
        super().__init__(
            numpy_ops.adaptive_avg_pool2d,
            numpy_ops.adaptive_avg_pool2d_backward,
            {"output_size": output_size},
        )


class GlobalAvgPool2d(Operation):
    """Take the mean of every map: (N, C, H, W) to (N, C)."""

    def __init__(self) -> None:
        super().__init__(numpy_ops.global_avg_pool2d, numpy_ops.global_avg_pool2d_backward)


class GlobalMaxPool2d(Operation):
    """Keep the largest value of every map: (N, C, H, W) to (N, C)."""

    def __init__(self) -> None:
        super().__init__(numpy_ops.global_max_pool2d, numpy_ops.global_max_pool2d_backward)


class BlurPool2d(Operation):
    """Blur with a small binomial kernel, then keep every `stride`-th pixel."""

    def __init__(self, *, kernel_size: int = 3, stride: int = 2) -> None:
        kernel_size = require_int("BlurPool2d", "kernel_size", kernel_size, minimum=1)
        stride = require_int("BlurPool2d", "stride", stride, minimum=1)
        super().__init__(
            numpy_ops.blur_pool2d,
            numpy_ops.blur_pool2d_backward,
            {"kernel_size": kernel_size, "stride": stride},
        )
