"""Promises of correlation and convolution on single images."""

from typing import Any, NamedTuple

from course_lib.checks import require_axes, shape_text
from course_lib.contracts.arrays import require_float, require_grad
from course_lib.contracts.convolution import conv_geometry


class CorrelationGrads(NamedTuple):
    """Gradients of a scalar loss with respect to the image and the kernel."""

    grad_image: Any
    grad_kernel: Any


def check_correlation(operation: str, image: Any, kernel: Any) -> tuple[int, int]:
    """Raise TypeError or ValueError unless the kernel fits the image; return the output size."""
    require_float(operation, image=image, kernel=kernel)
    require_axes(operation, "image", image, "H, W")
    require_axes(operation, "kernel", kernel, "K_h, K_w")
    described = f"image with shape {shape_text(image)} and kernel with shape {shape_text(kernel)}"
    size, taps = tuple(image.shape), tuple(kernel.shape)
    geometry = conv_geometry(operation, described, size, taps, stride=1, padding=0, dilation=1)
    h_out, w_out = geometry.output_size
    return h_out, w_out


def check_correlation_grad(
    operation: str, grad_y: Any, image: Any, output_size: tuple[int, int]
) -> None:
    """Raise TypeError or ValueError unless `grad_y` fits the output."""
    require_grad(operation, grad_y, output_size, image=image)
