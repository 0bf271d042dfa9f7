"""Mistakes in the convolutions, their algorithms and their validator."""

from mutants import mutants_of

TESTS = "tests/parity/test_convolution.py"
ALGORITHMS = "tests/numpy_ops/test_algorithms.py"
FOLDER = "course_lib/numpy_ops/algorithms"

MUTANTS = [
    *mutants_of(
        f"{FOLDER}/im2col.py",
        ALGORITHMS,
        (
            "rows paid back at the wrong place",
            "rows.start * geometry.stride[0] :]",
            "rows.start :]",
        ),
        (
            "weight gradient of the last chunk only",
            "grad_filters += (factors[0]",
            "grad_filters[...] = (factors[0]",
        ),
        (
            "weight gradient averaged over images",
            "factors[1].swapaxes(2, 3)).sum(axis=0)",
            "factors[1].swapaxes(2, 3)).mean(axis=0)",
        ),
        (
            "swapped product not swapped back",
            "np.ascontiguousarray(grad_filters.swapaxes(1, 2) if swapped else grad_filters)",
            "np.ascontiguousarray(grad_filters)",
        ),
        (
            "taps of a phase not reversed",
            "np.flip(weight[last_axes(*taps)], spatial).swapaxes(0, 1)",
            "weight[last_axes(*taps)].swapaxes(0, 1)",
        ),
        (
            "phases for dilated kernels",
            "geometry.groups == 1 and set(geometry.dilation) == {1}",
            "geometry.groups == 1",
        ),
        (
            "phases for groups",
            "geometry.groups == 1 and set(geometry.dilation) == {1}",
            "set(geometry.dilation) == {1}",
        ),
        (
            "padding not cut off",
            "np.ascontiguousarray(crop_spatial(grad_x_pad, geometry.padding))",
            "grad_x_pad",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/phases.py",
        ALGORITHMS,
        ("padding on the wrong side", "first = (index - pads[0]) % stride", "first = index"),
        ("one output too few", "min(last, num_outputs)", "min(last, num_outputs - 1)"),
        (
            "zeros only in front",
            "(outputs.start - first, last - outputs.stop)",
            "(outputs.start - first + last - outputs.stop, 0)",
        ),
    ),
    *mutants_of(
        f"{FOLDER}/pointwise.py",
        "tests/numpy_ops/test_geometries.py",
        ("padding reads each pixel once", " and not any(map(any, geometry.padding))", ""),
        ("stride reads each pixel once", "max(geometry.stride) == 1 and ", ""),
    ),
    *mutants_of(
        f"{FOLDER}/winograd.py",
        ALGORITHMS,
        ("outliers let in", " and _is_even(a) for a in images)", " for a in images)"),
        (
            "outliers of a batch, not of an image",
            "np.sqrt(squares)).all()",
            "np.sqrt(squares.max())).all()",
        ),
        (
            "numbers of any size let in",
            "(largest < float(limits.max) ** (1 / 4))",
            "(largest < limits.max)",
        ),
        ("tiny numbers let in", "> float(limits.tiny) ** (1 / 3)", "> 0"),
        ("gradient not looked at", "[x] if grad_y is None else [x, grad_y]", "[x]"),
        (
            "tiles not transformed back",
            "_transform(matrices.data.T, grad_values, grad_work)",
            "_transform(matrices.data, grad_values, grad_work)",
        ),
        (
            "tile rows added at the top",
            "from_first_row = x_pad[:, :, rows.start * OUTPUT_TILE :]",
            "from_first_row = x_pad",
        ),
        (
            "kernels' gradient of the last chunk",
            "grad_kernels += grad_products",
            "grad_kernels[...] = grad_products",
        ),
    ),
    *mutants_of(
        f"{FOLDER}/im2col_batch_last.py",
        ALGORITHMS,
        ("batch axis in front", "np.moveaxis(y[0], -1, 0)", "np.moveaxis(y[0], 0, -1)"),
    ),
    *mutants_of(
        f"{FOLDER}/pointwise.py",
        ALGORITHMS,
        (
            "stride forgotten on the way back",
            "grad_x_pad[last_axes(*_positions(geometry))] = grad_read",
            "grad_x_pad[:, :, : grad_read.shape[2], : grad_read.shape[3]] = grad_read",
        ),
        (
            "weight gradient of one image",
            "grad_weight += grad_image @ image.T",
            "grad_weight = grad_image @ image.T",
        ),
    ),
    *mutants_of(
        f"{FOLDER}/fft.py",
        ALGORITHMS,
        ("convolution for correlation", "images @ kernels.conj()", "images @ kernels"),
        ("dilation forgotten", "(0, 0), stride=geometry.dilation,", "(0, 0), stride=(1, 1),"),
        (
            "stride forgotten on the way back",
            "grad_full[last_axes(*_positions(geometry))] = grad_y",
            "grad_full[:, :, : grad_y.shape[2], : grad_y.shape[3]] = grad_y",
        ),
    ),
    *mutants_of(
        f"{FOLDER}/depthwise.py",
        ALGORITHMS,
        (
            "weight gradient of the last image",
            "grad_filters[channels, :, k] += np.vecdot",
            "grad_filters[channels, :, k] = np.vecdot",
        ),
    ),
    *mutants_of(
        f"{FOLDER}/depthwise_channels_last.py",
        ALGORITHMS,
        ("several filters a channel", " and len(weight) == geometry.groups", ""),
        (
            "weight gradient of the last image",
            'grad_filters += np.einsum("cuvij',
            'grad_filters[...] = np.einsum("cuvij',
        ),
        (
            "taps overwrite each other",
            "padded[reads] += np.multiply",
            "padded[reads] = np.multiply",
        ),
        ("height for width", "transpose(1, 2, 0)", "transpose(2, 1, 0)"),
    ),
    *mutants_of(
        f"{FOLDER}/__init__.py",
        ALGORITHMS + " " + TESTS,
        ("wide maps by channels last", "max(geometry.output_size) <= depth", "14 <= depth"),
        (
            "few channels last",
            "len(weight) >= depthwise_channels_last.MIN_CHANNELS",
            "len(weight) > 0",
        ),
        (
            "bias forgotten",
            "return y if bias is None else add_bias(y, bias)\n\n\ndef convolve_backward",
            "return y\n\n\ndef convolve_backward",
        ),
        ("bias gradient averaged", "return sum_axis(maps.sum(", "return sum_axis(maps.mean("),
        (
            "pointwise for all 1x1 kernels of groups",
            "if pointwise.supports(weight, geometry):",
            "if weight.shape[2:] == (1, 1):",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/windows.py",
        TESTS,
        (
            "one pixel cropped too many",
            "slice(before, size - after) for",
            "slice(before, size - after - 1) for",
        ),
        ("taps not dilated", "    first = tap * dilation\n", "    first = tap\n"),
        (
            "windows overwrite each other",
            "x_pad[last_axes(*slices)] += windows",
            "x_pad[last_axes(*slices)] = windows",
        ),
        (
            "stride and dilation swapped",
            "taps = tuple(d * step for d, step in zip(dilation, steps",
            "taps = tuple(d * step for d, step in zip(stride, steps",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/conv_transpose.py",
        "tests/parity/test_conv_transpose.py",
        (
            "gradients of x and weight from swapped inputs",
            "algorithm.backward(x, grad_y, weight,",
            "algorithm.backward(grad_y, x, weight,",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/correlation.py",
        "tests/parity/test_correlation.py",
        (
            "convolution without the flip",
            "return _correlate(image, kernel[::-1, ::-1], output_size)",
            "return _correlate(image, kernel, output_size)",
        ),
        (
            "flip along one axis",
            "return _correlate(image, kernel[::-1, ::-1], output_size)",
            "return _correlate(image, kernel[::-1], output_size)",
        ),
        (
            "kernel gradient not flipped back",
            "grads.grad_kernel[::-1, ::-1].copy()",
            "grads.grad_kernel.copy()",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/unfolding.py",
        "tests/parity/test_unfolding.py",
        (
            "pad2d shares memory on the way back",
            "return crop_spatial(grad_y, target.pairs).copy()",
            "return grad_y",
        ),
        (
            "columns of unpadded images",
            "pad_spatial(x, geometry.padding),\n        kernel",
            "x,\n        kernel",
        ),
    ),
    *mutants_of(
        "course_lib/contracts/convolution.py",
        ALGORITHMS,
        ("stride along the batch", "stride=(*self.stride, 1)", "stride=(*self.stride, 2)"),
    ),
    *mutants_of(
        "course_lib/numpy_ops/flat_taps.py",
        ALGORITHMS,
        ("dilation forgotten", "divmod(t * d, s)", "divmod(t, s)"),
        ("phases without the padding", "-(-(size + sum(pads)) // step)", "-(-size // step)"),
        (
            "last window left out",
            "_flat_place(last_window, pitch) + 1",
            "_flat_place(last_window, pitch)",
        ),
    ),
    *mutants_of(
        "course_lib/contracts/convolution.py",
        "tests/contracts/test_convolution.py tests/parity/test_convolution.py",
        (
            "groups need not divide",
            "if x.shape[1] % groups or weight.shape[0] % groups:",
            "if x.shape[1] % groups:",
        ),
        (
            "same padding on the wrong side",
            "((span - 1) // 2, span // 2)",
            "(span // 2, (span - 1) // 2)",
        ),
        ("wrong channel count accepted", "if weight.shape[1] * groups != x.shape[1]:", "if False:"),
        (
            "bias of any length accepted",
            "    if bias is not None:\n        require_shape(",
            "    if False:\n        require_shape(",
        ),
    ),
]
