"""Correlation and convolution of one image with one kernel, forward beside backward.

twin: course_lib/torch_ops/correlation.py   test: tests/parity/test_correlation.py
"""

from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGeometry
from course_lib.contracts.correlation import (
    CorrelationGrads,
    check_correlation,
    check_correlation_grad,
)
from course_lib.numpy_ops import algorithms

__all__ = [  # noqa: RUF022 (in the order of the course)
    "cross_correlate2d",
    "cross_correlate2d_backward",
    "convolve2d",
    "convolve2d_backward",
]


def cross_correlate2d(image: NDArray, kernel: NDArray) -> NDArray:
    """Slide a kernel over one image and take the weighted sum under it: what a CNN computes.

    y[i, j] = sum_uv kernel[u, v] * image[i + u, j + v]

    Parameters
    ----------
    image : (H, W)
        One channel, floating point.
    kernel : (K_h, K_w)
        The weights; not flipped.

    Returns
    -------
    y : (H_out, W_out)
        Only where the kernel fits: H_out = H - K_h + 1, W_out = W - K_w + 1.

    Raises
    ------
    TypeError
        If an array is not floating point, or dtypes are mixed.
    ValueError
        If an array is not two-dimensional, or the kernel is larger than the image.

    Notes
    -----
    Cost: H_out * W_out * K_h * K_w multiply-adds.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, equation 9.6; also
    `scipy.signal.correlate2d` with mode="valid".

    Examples
    --------
    >>> import numpy as np
    >>> cross_correlate2d(np.array([[0.0, 0.0, 1.0, 0.0]]), np.array([[1.0, 2.0]]))
    array([[0., 2., 1.]])
    """
    output_size = check_correlation("cross_correlate2d", image, kernel)
    return _correlate(image, kernel, output_size)


def cross_correlate2d_backward(
    grad_y: NDArray, image: NDArray, kernel: NDArray
) -> CorrelationGrads:
    """Send the loss gradient back through `cross_correlate2d`.

    grad_kernel[u, v] = sum_ij grad_y[i, j] * image[i + u, j + v]; grad_image adds
    kernel[u, v] * grad_y[i, j] to pixel (i + u, j + v).

    Parameters
    ----------
    grad_y : (H_out, W_out)
        Gradient of the loss with respect to the output of `cross_correlate2d`.
    image, kernel
        The arrays that were passed to `cross_correlate2d`.

    Returns
    -------
    CorrelationGrads
        `grad_image` (H, W) and `grad_kernel` (K_h, K_w).

    Raises
    ------
    TypeError, ValueError
        As `cross_correlate2d`; also if `grad_y` has another dtype or not the shape of the output.

    References
    ----------
    Dumoulin and Visin, 2016, arXiv:1603.07285, section 4.

    Examples
    --------
    >>> import numpy as np
    >>> image, kernel = np.array([[1.0, 2.0, 3.0]]), np.array([[5.0, 7.0]])
    >>> cross_correlate2d_backward(np.array([[1.0, 0.0]]), image, kernel).grad_image
    array([[5., 7., 0.]])
    """
    output_size = check_correlation("cross_correlate2d_backward", image, kernel)
    check_correlation_grad("cross_correlate2d_backward", grad_y, image, output_size)
    return _correlate_backward(grad_y, image, kernel, output_size)


def convolve2d(image: NDArray, kernel: NDArray) -> NDArray:
    """Convolve in the sense of mathematics: the kernel is flipped along both axes first.

    y[i, j] = sum_uv kernel[u, v] * image[i + K_h - 1 - u, j + K_w - 1 - v]

    Parameters
    ----------
    image : (H, W)
        One channel, floating point.
    kernel : (K_h, K_w)
        The weights, before the flip.

    Returns
    -------
    y : (H_out, W_out)
        Only where the kernel fits: H_out = H - K_h + 1, W_out = W - K_w + 1.

    Raises
    ------
    TypeError, ValueError
        As `cross_correlate2d`.

    Notes
    -----
    Unlike cross-correlation it is commutative and associative (over the full output), which is
    why mathematics prefers it; a network learns its kernels either way round.

    References
    ----------
    Goodfellow, Bengio and Courville, 2016, Deep Learning, equations 9.4 and 9.5; also
    `scipy.signal.convolve2d` with mode="valid".

    Examples
    --------
    >>> import numpy as np
    >>> convolve2d(np.array([[0.0, 0.0, 1.0, 0.0]]), np.array([[1.0, 2.0]]))
    array([[0., 1., 2.]])
    """
    output_size = check_correlation("convolve2d", image, kernel)
    return _correlate(image, kernel[::-1, ::-1], output_size)


def convolve2d_backward(grad_y: NDArray, image: NDArray, kernel: NDArray) -> CorrelationGrads:
    """Send the loss gradient back through `convolve2d`: flip in, flip the kernel's gradient out.

    grad_kernel[u, v] = sum_ij grad_y[i, j] * image[i + K_h - 1 - u, j + K_w - 1 - v]

    Parameters
    ----------
    grad_y : (H_out, W_out)
        Gradient of the loss with respect to the output of `convolve2d`.
    image, kernel
        The arrays that were passed to `convolve2d`.

    Returns
    -------
    CorrelationGrads
        `grad_image` (H, W) and `grad_kernel` (K_h, K_w).

    Raises
    ------
    TypeError, ValueError
        As `convolve2d`; also if `grad_y` has another dtype or not the shape of the output.

    Examples
    --------
    >>> import numpy as np
    >>> image, kernel = np.array([[1.0, 2.0, 3.0]]), np.array([[5.0, 7.0]])
    >>> convolve2d_backward(np.array([[1.0, 0.0]]), image, kernel).grad_image
    array([[7., 5., 0.]])
    """
    output_size = check_correlation("convolve2d_backward", image, kernel)
    check_correlation_grad("convolve2d_backward", grad_y, image, output_size)
    grads = _correlate_backward(grad_y, image, kernel[::-1, ::-1], output_size)
    return CorrelationGrads(grads.grad_image, grads.grad_kernel[::-1, ::-1].copy())


def _correlate(image: NDArray, kernel: NDArray, output_size: tuple[int, int]) -> NDArray:
    """Treat image and kernel as a batch of one with one channel."""
    x, weight, geometry = image[None, None], kernel[None, None], _geometry(output_size)
    return algorithms.convolve(x, weight, None, geometry)[0, 0]


def _correlate_backward(
    grad_y: NDArray, image: NDArray, kernel: NDArray, output_size: tuple[int, int]
) -> CorrelationGrads:
    x, weight, geometry = image[None, None], kernel[None, None], _geometry(output_size)
    grad_y = grad_y[None, None]
    grads = algorithms.convolve_backward(grad_y, x, weight, geometry, needs_grad_x=True)
    return CorrelationGrads(grads.grad_x[0, 0], grads.grad_weight[0, 0])


def _geometry(output_size: tuple[int, int]) -> ConvGeometry:
    return ConvGeometry(
        stride=(1, 1),
        padding=((0, 0), (0, 0)),
        dilation=(1, 1),
        groups=1,
        output_size=output_size,
    )
