"""im2col for many small maps: the batch becomes the last image axis, and one product does it all.

y = weight (C_out, C_in*K_h*K_w) @ columns (C_in*K_h*K_w, H_out*W_out*N)

A 7x7 map gives the copy of `im2col` only runs of 7 numbers and the product only 49 columns an
image. With the batch last each run is N numbers long and all images share one wide product. To
`im2col` that is nothing new: a convolution over three axes (H, W, N) whose kernel has one tap
along N.

Cost: that of `im2col`, plus turning x and y around. Error: that of `im2col`. Works for every
option.

Source: Krizhevsky, 2012, cuda-convnet, whose arrays are (C, H, W, N).
"""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGeometry
from course_lib.numpy_ops.algorithms import im2col

MIN_IMAGES = 16  # fewer make short rows


def images_at_once(weight: NDArray, geometry: ConvGeometry) -> int:
    """Tell how many images should stay together."""
    return MIN_IMAGES


def forward(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """Convolve `x` (N, C_in, H, W) with `weight` (C_out, C_in / groups, K_h, K_w)."""
    # One tap along the batch: weight (C_out, C_in / groups, K_h, K_w, 1).
    y = im2col.forward(_batch_last(x), weight[..., None], geometry.with_plain_axis(len(x)))
    return _batch_first(y)


def backward(
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    geometry: ConvGeometry,
    *,
    needs_grad_x: bool = True,
) -> tuple[NDArray | None, NDArray]:
    """Return grad_x (None if not needed) and grad_weight."""
    grad_x, grad_weight = im2col.backward(
        _batch_last(grad_y),
        _batch_last(x),
        weight[..., None],
        geometry.with_plain_axis(len(x)),
        needs_grad_x=needs_grad_x,
    )
    return None if grad_x is None else _batch_first(grad_x), grad_weight[..., 0]


def _batch_last(x: NDArray) -> NDArray:
    """(N, C, H, W) as (1, C, H, W, N)."""
    return np.ascontiguousarray(np.moveaxis(x, 0, -1))[None]


def _batch_first(y: NDArray) -> NDArray:
    """(1, C, H, W, N) as (N, C, H, W)."""
    return np.ascontiguousarray(np.moveaxis(y[0], -1, 0))
