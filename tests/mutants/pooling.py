"""Mistakes in the poolings."""

from mutants import mutants_of

TESTS = "tests/parity/test_pooling.py"

MUTANTS = [
    *mutants_of(
        "course_lib/numpy_ops/pooling/max.py",
        "tests/parity/test_pooling_properties.py",
        ("NaN is dropped", "if np.isnan(largest).any():", "if False:"),
    ),
    *mutants_of(
        "course_lib/numpy_ops/pooling/max.py",
        TESTS,
        ("a tie goes to the last", "(run > largest)", "(run >= largest)"),
        ("padding with zeros wins", "places[...] = -np.inf", "places[...] = 0.0"),
        ("overlapping windows overwrite", "        if overlap:", "        if False:"),
        (
            "corner without padding",
            "np.arange(axis.output_size) * axis.stride - axis.padding[0]",
            "np.arange(axis.output_size) * axis.stride",
        ),
        (
            "dilation forgotten in backward",
            "taps = np.arange(axis.kernel) * axis.dilation",
            "taps = np.arange(axis.kernel)",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/flat_taps.py",
        TESTS,
        ("pooling without dilation", "divmod(t * d, s)", "divmod(t, s)"),
    ),
    *mutants_of(
        "course_lib/numpy_ops/pooling/average.py",
        TESTS,
        (
            "count_include_pad turned round",
            "rim = before if count_include_pad else 0",
            "rim = 0 if count_include_pad else before",
        ),
        (
            "ceil_mode counts what it reads beyond",
            "np.minimum(start + axis.kernel, size + rim)",
            "start + axis.kernel",
        ),
        (
            "stride forgotten along an axis",
            "slice(tap, last + 1, stride)",
            "slice(tap, tap + num_windows)",
        ),
        (
            "backward without the division",
            "grad = grad / count.astype(grad.dtype)",
            "grad = grad * 1",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/pooling/whole.py",
        TESTS,
        (
            "adaptive windows end too early",
            "-(-(index + 1) * size // num_windows)",
            "(index + 1) * size // num_windows",
        ),
        (
            "global average over the rows only",
            "share = grad_y / (x.shape[2] * x.shape[3])",
            "share = grad_y / x.shape[2]",
        ),
        ("global maximum goes to the first pixel", "pixels.argmax(axis=2))", "0)"),
    ),
    *mutants_of(
        "course_lib/numpy_ops/pooling/blur.py",
        TESTS,
        ("box instead of binomial", "math.comb(order, tap) / 2**order", "1 / kernel_size"),
        (
            "rim repeated in the mirror",
            "np.abs(np.arange(-before, size + after))",
            "np.maximum(np.arange(-before, size + after), 0)",
        ),
        ("mirrored rims lost in backward", "+= np.flip(head, axis)", "+= 0"),
    ),
    *mutants_of(
        "course_lib/shapes.py",
        "tests/test_shapes.py tests/contracts/test_pooling.py",
        (
            "padding above half a window accepted",
            "if 2 * axis.padding > axis.kernel:",
            "if axis.padding > axis.kernel:",
        ),
    ),
    *mutants_of(
        "course_lib/contracts/pooling.py",
        TESTS + " tests/contracts",
        (
            "stride 0 accepted",
            '"stride", stride, num_axes=num_axes, minimum=1)\n    padding',
            '"stride", stride, num_axes=num_axes, minimum=0)\n    padding',
        ),
    ),
]
