"""Mistakes in the activations."""

from mutants import mutants_of

TESTS = "tests/parity/test_activations.py"

MUTANTS = [
    *mutants_of(
        "course_lib/numpy_ops/normal_cdf.py",
        "tests/numpy_ops/test_normal_cdf.py",
        ("tail not halved", "    tail *= 0.5\n", ""),
        ("both sides alike", "np.subtract(x > 0, tail, out=tail)", "tail"),
    ),
    *mutants_of(
        "course_lib/numpy_ops/chunks.py",
        "tests/parity/test_activations.py",
        ("last piece left out", "list(spans(y.size, PIECE))", "list(spans(y.size - 1, PIECE))"),
    ),
    *mutants_of(
        "course_lib/numpy_ops/activations.py",
        TESTS,
        (
            "relu passes gradient at zero",
            "np.multiply(grad_y, x > 0, out",
            "np.multiply(grad_y, x >= 0, out",
        ),
        ("relu6 without its ceiling", "np.clip(x, 0, 6, out", "np.clip(x, 0, None, out"),
        ("relu6 leaks above six", "(x > 0) & (x < 6)", "(x > 0)"),
        ("prelu sums over channels", "(0, *range(2, x.ndim))", "(0, *range(1, x.ndim))"),
        (
            "prelu gradient of the positive half",
            "grad_y * np.minimum(x, 0)",
            "grad_y * np.maximum(x, 0)",
        ),
        (
            "leaky relu bends the wrong side",
            "    above = x > 0  #",
            "    above = x < 0  #",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/activations.py",
        TESTS,
        ("sigmoid slope without 1 - y", "    grad_x *= y\n", "    grad_x[...] = y\n"),
        (
            "mish slope without its second term",
            "        slope *= 1 - t * t\n",
            "        slope *= 0\n",
        ),
        (
            "mish without tanh",
            "    return np.tanh(y, out=y)\n\n\ndef _sigmoid",
            "    return y\n\n\ndef _sigmoid",
        ),
        ("tanh slope without the square", "    grad_x *= grad_x\n", ""),
        (
            "silu slope without its second term",
            "        slope *= x\n        slope += 1\n",
            "        slope[...] = 1\n",
        ),
        (
            "hard sigmoid slope at the wrong width",
            "(x > -3) & (x < 3), out",
            "(x > -6) & (x < 6), out",
        ),
        (
            "hard sigmoid divided by three",
            "    return np.divide(y, 6, out=y)\n",
            "    return np.divide(y, 3, out=y)\n",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/activations.py",
        TESTS,
        ("elu with exp for expm1", "    np.expm1(y, out=y)\n", "    np.exp(y, out=y)\n"),
        ("elu overflows", "y = np.minimum(x, 0, out=np.empty_like(x))", "y = x.copy()"),
        ("selu slope unscaled", "    slope *= SELU_SCALE\n", ""),
        (
            "gelu forms swapped",
            "in_pieces(_gelu if approximate",
            "in_pieces(_gelu_by_tanh if approximate",
        ),
        ("gelu density without the half", "density *= -0.5", "density *= -1"),
        ("softplus not divided by beta", "    y /= beta\n", ""),
        ("softplus without its threshold", "    np.copyto(y, x, where=z > threshold)\n", ""),
        (
            "softplus slope of the wrong sign",
            "np.exp(np.negative(z, out",
            "np.exp(np.positive(z, out",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/activations.py",
        TESTS,
        (
            "softmax gradient without the coupling",
            "np.subtract(grad_y, grad_x.sum(axis=axis, keepdims=True), out=grad_x)",
            "np.copyto(grad_x, grad_y)",
        ),
    ),
]
