"""Convolution as a product of spectra.

Shifting and summing in space is multiplying in frequency. With all images and kernels brought to
one size by zeros, and conj for the kernel since correlation does not flip it,

    y = IFFT( sum_c FFT(x[n, c]) * conj(FFT(weight[o, c])) )

The product is circular: what leaves at the right comes back at the left. On the positions where
the kernel lies inside the padded image nothing has wrapped, and only those are kept.

Cost: with P = H_pad * W_pad about N * C_in + C_out * C_in + N * C_out transforms of
(5/2) P log2 P operations, and 4 * N * C_out * C_in * P / 2 multiply-adds between them, *whatever
the size of the kernel*. So it pays for large kernels at stride 1; 3x3 kernels are faster without.
The spectra of all kernels have the size of the image: it takes much memory.

Error: a few units in the last place times log2 P, relative to the largest |y|: about 1e-6 in
float32 and 1e-15 in float64. An infinity or NaN spreads over its whole image.

Works for every stride, dilation and number of groups: a stride keeps some of the positions, a
dilation puts zeros between the taps.

Source: Mathieu, Henaff and LeCun, 2013, arXiv:1312.5851.
"""

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.convolution import ConvGeometry
from course_lib.numpy_ops.windows import crop_spatial, last_axes, pad_spatial, tap_slices


def supports(weight: NDArray, geometry: ConvGeometry) -> bool:
    """Tell whether the convolution is over images, that is over two axes."""
    return weight.ndim == 4


def forward(x: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """Convolve `x` (N, C_in, H, W) with `weight` (C_out, C_in / groups, K_h, K_w)."""
    x_pad = pad_spatial(x, geometry.padding)
    size = _fast_size(x_pad)
    images = _image_spectra(x_pad, size, geometry.groups)
    kernels = _kernel_spectra(weight, size, geometry)
    y = _from_spectra(images @ kernels.conj(), size, x.dtype)  # (N, C_out, *size)
    # A view would keep the whole padded result alive.
    return np.ascontiguousarray(y[last_axes(*_positions(geometry))])


def backward(
    grad_y: NDArray,
    x: NDArray,
    weight: NDArray,
    geometry: ConvGeometry,
    *,
    needs_grad_x: bool = True,
) -> tuple[NDArray | None, NDArray]:
    """Return grad_x (None if not needed) and grad_weight.

    grad_weight correlates x with grad_y; grad_x convolves grad_y with the weight, flipped, and so
    without conj.
    """
    x_pad = pad_spatial(x, geometry.padding)
    size = _fast_size(x_pad)
    images = _image_spectra(x_pad, size, geometry.groups)
    grad_full = np.zeros((*grad_y.shape[:2], *size), grad_y.dtype)
    grad_full[last_axes(*_positions(geometry))] = grad_y
    grads = _image_spectra(grad_full, size, geometry.groups)
    grad_kernels = _from_spectra(grads.conj().swapaxes(3, 4) @ images, size, x.dtype)
    grad_weight = _taps(grad_kernels, weight, geometry)
    if not needs_grad_x:
        return None, grad_weight
    kernels = _kernel_spectra(weight, size, geometry)
    grad_full = _from_spectra(grads @ kernels.swapaxes(3, 4), size, x.dtype)
    grad_x_pad = grad_full[:, :, : x_pad.shape[2], : x_pad.shape[3]]
    return np.ascontiguousarray(crop_spatial(grad_x_pad, geometry.padding)), grad_weight


def _fast_size(x_pad: NDArray) -> tuple[int, int]:
    """Round the size up to lengths without prime factors above 5, where the FFT is fast."""
    return _fast_length(x_pad.shape[2]), _fast_length(x_pad.shape[3])


def _fast_length(length: int) -> int:
    rest = length
    for prime in (2, 3, 5):  # NumPy's FFT has a fast step for each of these
        while rest % prime == 0:
            rest //= prime
    return length if rest == 1 else _fast_length(length + 1)


def _image_spectra(x: NDArray, size: tuple[int, int], groups: int) -> NDArray:
    """(N, C, H, W) as spectra (rows, columns, G, N, C / G): one matrix a frequency and group."""
    spectra = np.fft.rfft2(x, size)  # of real numbers: half the columns say it all
    n, c, *frequencies = spectra.shape
    return spectra.reshape(n, groups, c // groups, *frequencies).transpose(3, 4, 1, 0, 2)


def _kernel_spectra(weight: NDArray, size: tuple[int, int], geometry: ConvGeometry) -> NDArray:
    """(C_out, C_in / G, K_h, K_w) as spectra (rows, columns, G, C_in / G, C_out / G)."""
    c_out, group_width = weight.shape[:2]
    spread = np.zeros((c_out, group_width, *size), weight.dtype)
    spread[last_axes(*_tap_positions(weight, geometry))] = weight
    spectra = np.fft.rfft2(spread)
    by_group = (geometry.groups, c_out // geometry.groups, group_width)
    return spectra.reshape(*by_group, *spectra.shape[2:]).transpose(3, 4, 0, 2, 1)


def _from_spectra(spectra: NDArray, size: tuple[int, int], dtype: np.dtype) -> NDArray:
    """Turn (rows, columns, G, N, M) back into (N, G * M, *size)."""
    *frequencies, groups, n, m = spectra.shape
    by_channel = spectra.transpose(3, 2, 4, 0, 1).reshape(n, groups * m, *frequencies)
    return np.fft.irfft2(by_channel, size).astype(dtype, copy=False)


def _taps(grad_kernels: NDArray, weight: NDArray, geometry: ConvGeometry) -> NDArray:
    """Pick the taps out of (C_out / G, C_in, *size) and bring them into the shape of the weight."""
    c_out, group_width, *kernel = weight.shape
    taps = grad_kernels[last_axes(*_tap_positions(weight, geometry))]
    by_group = taps.reshape(c_out // geometry.groups, geometry.groups, group_width, *kernel)
    # Filters of one group are neighbors in the weight, so the group comes first there.
    return np.ascontiguousarray(by_group.swapaxes(0, 1)).reshape(weight.shape)


def _tap_positions(weight: NDArray, geometry: ConvGeometry) -> tuple[slice, ...]:
    """Slice the places of the taps: `dilation` pixels apart."""
    return tap_slices(
        (0, 0), stride=geometry.dilation, dilation=(1, 1), output_size=weight.shape[2:]
    )


def _positions(geometry: ConvGeometry) -> tuple[slice, ...]:
    """Slice the positions of the windows: `stride` pixels apart."""
    return tap_slices(
        (0, 0), stride=geometry.stride, dilation=(1, 1), output_size=geometry.output_size
    )
