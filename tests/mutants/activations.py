"""Mistakes in the activations."""

from mutants import mutants_of

TESTS = "tests/parity/test_activations.py"
FORMULA_TESTS = "tests/numpy_ops/test_activation_formulas.py"
FORMULAS = "course_lib/numpy_ops/activation_formulas.py"

MUTANTS = [
    *mutants_of(
        "course_lib/numpy_ops/normal_cdf.py",
        "tests/numpy_ops/test_normal_cdf.py",
        ("tail not halved", "    tail *= 0.5\n", ""),
        ("tail of another width", "z *= sqrt(0.5)", "z *= 0.5"),
        ("squares not taken off", "    exponent -= z\n", ""),
        ("far tails not zero", "np.square(z, out=z)", "np.minimum(np.square(z), 8, out=z)"),
        ("both sides alike", "np.subtract(x > 0, tail, out=tail)", "tail"),
    ),
    *mutants_of(
        "course_lib/numpy_ops/chunks.py",
        "tests/parity/test_activations.py",
        ("last piece left out", "list(spans(y.size, PIECE))", "list(spans(y.size - 1, PIECE))"),
    ),
    *mutants_of(
        "course_lib/numpy_ops/chunks.py",
        FORMULA_TESTS,
        ("float16 worked on in float16", "    if dtype == np.float16:\n", "    if False:\n"),
    ),
    *mutants_of(
        FORMULAS,
        TESTS,
        (
            "relu passes gradient at zero",
            "np.multiply(grad_y, ~(x <= 0), out",
            "np.multiply(grad_y, x >= 0, out",
        ),
        ("relu6 without its ceiling", "np.clip(x, 0, 6, out", "np.clip(x, 0, None, out"),
        ("relu6 leaks above six", "(x > 0) & (x < 6)", "(x > 0)"),
        ("leaky relu bends the wrong side", "    above = x > 0  #", "    above = x < 0  #"),
        ("sigmoid slope without y", "    out *= y\n", ""),
        (
            "tanh slope without the square",
            "    np.tanh(x, out=out)\n    out *= out\n",
            "    np.tanh(x, out=out)\n",
        ),
        (
            "silu slope without its second term",
            "        out *= x\n        out += 1\n",
            "        out[...] = 1\n",
        ),
        (
            "hard sigmoid slope at the wrong width",
            "(x > -3) & (x < 3), out",
            "(x > -6) & (x < 6), out",
        ),
        (
            "hard sigmoid divided by three",
            "    np.clip(out, 0, 6, out=out)\n    out /= 6\n",
            "    np.clip(out, 0, 6, out=out)\n    out /= 3\n",
        ),
        (
            "hard swish without its ends",
            "    np.copyto(out, x > 0, where=(x <= -3) | (x >= 3))\n",
            "",
        ),
    ),
    *mutants_of(
        FORMULAS,
        TESTS,
        (
            "elu with exp for expm1",
            "        np.expm1(out, out=out)\n",
            "        np.exp(out, out=out)\n",
        ),
        ("elu slope of alpha on both sides", "        np.copyto(out, 1, where=x > 0)\n", ""),
        ("gelu density without the half", "density *= -0.5", "density *= -1"),
        ("gelu by tanh without the cubic slope", "1 + 3 * GELU_CUBIC", "1 + GELU_CUBIC"),
        ("softplus not divided by beta", "    out /= beta\n", ""),
        ("softplus without its threshold", "    np.copyto(out, x, where=z > threshold)\n", ""),
        (
            "softplus slope of the wrong sign",
            "    np.negative(z, out=out)\n",
            "    np.positive(z, out=out)\n",
        ),
        (
            "softplus slope without its threshold",
            "    np.copyto(out, grad_y, where=z > threshold)\n",
            "",
        ),
        ("mish slope without its second term", "        out *= near\n", "        out *= 0\n"),
        ("mish without its tanh", "    out *= out + 2\n    out /= out + 2\n", ""),
    ),
    *mutants_of(
        FORMULAS,
        FORMULA_TESTS,
        (
            "a difference that loses digits",
            "    np.tanh(out, out=out)\n    out /= 1 - out\n    out *= 2\n",
            "    out *= 2\n    np.exp(out, out=out)\n    out -= 1\n",
        ),
        (
            "the exponential of positive numbers",
            "    np.clip(x, -np.inf, 0, out=out)\n    if x.dtype",
            "    np.copyto(out, x)\n    if x.dtype",
        ),
        ("what rounding took forgotten", "    e -= total - 1\n", "    e *= 0\n"),
        ("steep slopes by the maximum", " & np.less_equal(slope, 1)", ""),
        ("mish straight too early", "MISH_IS_STRAIGHT = 25.0", "MISH_IS_STRAIGHT = 5.0"),
    ),
    *mutants_of(
        "course_lib/numpy_ops/activations.py",
        TESTS,
        ("prelu sums over channels", "(0, *range(2, x.ndim))", "(0, *range(1, x.ndim))"),
        (
            "prelu gradient of the positive half",
            "grad_y * np.minimum(x, 0)",
            "grad_y * np.maximum(x, 0)",
        ),
        ("prelu of the first image alone", "spans(len(x), count", "spans(min(len(x), 1), count"),
        (
            "selu slope unscaled",
            "np.multiply(grad_x, SELU_SCALE, out",
            "np.multiply(grad_x, 1, out",
        ),
        (
            "gelu forms swapped",
            "in_pieces(formulas.gelu if approximate",
            "in_pieces(formulas.gelu_by_tanh if approximate",
        ),
        (
            "softmax gradient without the coupling",
            "np.subtract(grad_y, grad_x.sum(axis=axis, keepdims=True), out=grad_x)",
            "np.copyto(grad_x, grad_y)",
        ),
    ),
]
