"""Depthwise convolution of small maps: the channels become the last axis, which is never short.

y[i, j, c] = sum over u, v of x_pad[i*S + u*D, j*S + v*D, c] * filters[u, v, c]

A 7x7 map gives the taps of `depthwise` only runs of 73 numbers, and each channel a matrix product
of its own. With the channels last, a tap is one number a channel, and what it multiplies lies
in memory in the same order. Channels 0 to 3 of the first window, and what meets its taps:

    pixels     (0, 0)  0 1 2 3   (0, 1)  0 1 2 3   (0, 2)  0 1 2 3   ...
    taps       (0, 0)  0 1 2 3   (0, 1)  0 1 2 3   (0, 2)  0 1 2 3   ...

Nothing is copied but the image, once, to turn it around; stride and dilation only choose pixels.

Cost: N * C * H_out * W_out * K_h * K_w multiply-adds, and turning x and y around. Error: that of a
sum of K_h * K_w products.

Source: TensorFlow's depthwise kernels and oneDNN, whose arrays are (N, H, W, C).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGeometry
from course_lib.numpy_ops.windows import crop_spatial, tap_slices, window_view

MIN_CHANNELS = 192  # fewer make short rows
MAX_OUTPUT = 14  # rows and columns, from which on `depthwise` has runs that are long enough
LINE = 16  # numbers, 64 bytes of float32


def supports(weight: NDArray, geometry: ConvGeometry) -> bool:
    """Tell whether each channel of an image has one filter of its own."""
    one_each = weight.shape[1] == 1 and len(weight) == geometry.groups
    return one_each and len(geometry.output_size) == 2


def forward(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """Convolve `x` (N, C, H, W) with `weight` (C, 1, K_h, K_w)."""
    y = np.empty((*x.shape[:2], *geometry.output_size), x.dtype)
    filters = _turn(weight[:, 0])  # (K_h, K_w, C)
    pixels, windows = _image_and_windows(x, weight, geometry)
    turned = _zeros(geometry.output_size, len(weight), x.dtype)
    for n, image in enumerate(x):
        pixels[...] = image
        np.einsum("cuvij,uvc->ijc", windows, filters, out=turned)
        y[n] = turned.transpose(2, 0, 1)
    return y


def backward(
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    geometry: ConvGeometry,
    *,
    needs_grad_x: bool = True,
) -> tuple[NDArray | None, NDArray]:
    """Return grad_x (None if not needed) and grad_weight."""
    filters = _turn(weight[:, 0])
    grad_x = np.empty(x.shape, x.dtype) if needs_grad_x else None
    grad_filters = np.zeros(filters.shape, np.result_type(x, float))
    pixels, windows = _image_and_windows(x, weight, geometry)
    for n, image in enumerate(x):
        pixels[...] = image
        grad = _turn(grad_y[n])  # (H_out, W_out, C)
        grad_filters += np.einsum("cuvij,ijc->uvc", windows, grad)
        if grad_x is not None:
            grad_x[n] = _image_gradient(grad, filters, image.shape, geometry)
    return grad_x, grad_filters.transpose(2, 0, 1)[:, None].astype(weight.dtype)


def _image_gradient(
    grad: NDArray, filters: NDArray, shape: tuple[int, ...], geometry: ConvGeometry
) -> NDArray:
    """Send the gradient (H_out, W_out, C) of an image back to its pixels (C, H, W), tap by tap."""
    padded = np.zeros((*_padded_size(shape, geometry), shape[0]), grad.dtype)
    product = np.empty_like(grad)
    for tap in np.ndindex(*filters.shape[:2]):
        reads = tap_slices(
            tap,
            stride=geometry.stride,
            dilation=geometry.dilation,
            output_size=geometry.output_size,
        )
        padded[reads] += np.multiply(grad, filters[tap], out=product)
    return crop_spatial(padded.transpose(2, 0, 1), geometry.padding)


def _image_and_windows(
    x: NDArray, weight: NDArray, geometry: ConvGeometry
) -> tuple[NDArray, NDArray]:
    """Make room for an image (C, H, W) between zeros; return the place for it and its windows."""
    padded = _zeros(_padded_size(x.shape[1:], geometry), x.shape[1], x.dtype).transpose(2, 0, 1)
    windows = window_view(
        padded,
        kernel=weight.shape[2:],
        stride=geometry.stride,
        dilation=geometry.dilation,
        output_size=geometry.output_size,
    )
    return crop_spatial(padded, geometry.padding), windows


def _padded_size(shape: tuple[int, ...], geometry: ConvGeometry) -> list[int]:
    """Height and width of an image (C, H, W) with its padding."""
    return [size + sum(pads) for size, pads in zip(shape[1:], geometry.padding, strict=True)]


def _zeros(size: Sequence[int], channels: int, dtype: np.dtype) -> NDArray:
    """Return zeros (H, W, C) whose pixels lie an odd number of cache lines apart.

    With a power of two the values of one channel, which are read one after the other to turn the
    image back, would compete for the same few places of the cache.
    """
    num_lines = channels // LINE + 1
    return np.zeros((*size, (num_lines | 1) * LINE), dtype)[..., :channels]


def _turn(images: NDArray) -> NDArray:
    """(C, H, W) as (H, W, C)."""
    return np.ascontiguousarray(images.transpose(1, 2, 0))
