"""Pooling layers; each is the operation of the same name in `numpy_ops`."""

from course_lib import numpy_ops
from course_lib.numpy_nn.module import Operation


class MaxPool2d(Operation):
    """Keep the largest value of every window, as `torch.nn.MaxPool2d`.

    Parameters
    ----------
    kernel_size, stride, padding, dilation, ceil_mode
        As for `numpy_ops.max_pool2d`; `stride` None means `kernel_size`.
    """

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
