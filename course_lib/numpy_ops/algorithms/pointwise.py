"""1x1 convolution: a matrix product across channels, pixel by pixel.

y[n] = weight (C_out, C_in) @ x[n] (C_in, H*W)

Cost: N * C_out * C_in * H_out * W_out multiply-adds and no copy of the windows, since every
window is one pixel. Error: that of a sum of C_in products. A stride only drops pixels.

Source: Lin, Chen and Yan, 2014, arXiv:1312.4400, section 3 (the "mlpconv" layer).
"""

import math

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGeometry
from course_lib.numpy_ops.windows import crop_spatial, last_axes, pad_spatial, tap_slices


def supports(weight: NDArray, geometry: ConvGeometry) -> bool:
    """Tell whether the kernel is one pixel and every filter sees every channel."""
    return math.prod(weight.shape[2:]) == 1 and geometry.groups == 1


def forward(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """Convolve `x` (N, C_in, H, W) with `weight` (C_out, C_in, 1, 1)."""
    pixels = _read_pixels(pad_spatial(x, geometry.padding), geometry)
    y = np.matmul(weight.reshape(weight.shape[:2]), pixels)  # (N, C_out, H_out * W_out)
    return y.reshape(x.shape[0], weight.shape[0], *geometry.output_size)


def backward(
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    geometry: ConvGeometry,
    *,
    needs_grad_x: bool = True,
) -> tuple[NDArray | None, NDArray]:
    """Return grad_x (None if not needed) and grad_weight."""
    x_pad = pad_spatial(x, geometry.padding)
    grad_pixels = grad_y.reshape(*grad_y.shape[:2], math.prod(geometry.output_size))
    grad_weight = np.zeros(weight.shape[:2], weight.dtype)
    # Image by image: a batched product would first make N matrices (C_out, C_in), then sum them.
    for grad_image, image in zip(grad_pixels, _read_pixels(x_pad, geometry), strict=True):
        grad_weight += grad_image @ image.T
    grad_weight = grad_weight.reshape(weight.shape)
    if not needs_grad_x:
        return None, grad_weight
    grad_read = np.matmul(weight.reshape(weight.shape[:2]).T, grad_pixels)
    grad_read = grad_read.reshape(*x.shape[:2], *geometry.output_size)
    if _reads_each_pixel_once(geometry):
        return grad_read, grad_weight
    grad_x_pad = np.zeros(x_pad.shape, x.dtype)
    grad_x_pad[last_axes(*_positions(geometry))] = grad_read
    return np.ascontiguousarray(crop_spatial(grad_x_pad, geometry.padding)), grad_weight


def _reads_each_pixel_once(geometry: ConvGeometry) -> bool:
    """Tell whether output and image are the same pixels; an equal size alone does not say so."""
    return max(geometry.stride) == 1 and not any(map(any, geometry.padding))


def _read_pixels(x_pad: NDArray, geometry: ConvGeometry) -> NDArray:
    """Keep the pixels that a window reads, as (N, C_in, H_out * W_out)."""
    return x_pad[last_axes(*_positions(geometry))].reshape(
        *x_pad.shape[:2], math.prod(geometry.output_size)
    )


def _positions(geometry: ConvGeometry) -> tuple[slice, ...]:
    size = geometry.output_size
    first = (0,) * len(size)
    return tap_slices(first, stride=geometry.stride, dilation=geometry.dilation, output_size=size)
