"""Mistakes in the linear layer, dropout and the initializers."""

from mutants import mutants_of

MUTANTS = [
    *mutants_of(
        "course_lib/numpy_ops/linear.py",
        "tests/parity/test_linear.py",
        (
            "weight gradient transposed",
            "rows.T @ _rows(x)",
            "(_rows(x).T @ rows).reshape(weight.shape)",
        ),
        (
            "bias gradient averaged",
            "sum_axis(rows, 0, rows.dtype))",
            "sum_axis(rows, 0, rows.dtype) / len(rows))",
        ),
        ("grad_x always computed", "if needs_grad_x else None", "if True else None"),
        ("flatten of a view", 'np.array(x, order="C").reshape', "x.reshape"),
    ),
    *mutants_of(
        "course_lib/numpy_ops/regularization.py",
        "tests/parity/test_regularization.py",
        ("probability turned round", "generator.random(shape) >= p", "generator.random(shape) < p"),
        ("kept values not scaled", "np.multiply(kept, keep_scale(p), out=kept)", "kept"),
        ("drops in evaluation", "    if not training:\n", "    if False and not training:\n"),
        (
            "gradient of evaluation is thinned",
            "    return _thin(grad_y, mask, p) if training else grad_y.copy()\n\n\ndef dropout2d(",
            "    return _thin(grad_y, mask, p)\n\n\ndef dropout2d(",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/initialization.py",
        "tests/parity/test_initialization.py",
        (
            "fans swapped",
            "Fans(width * prod(kernel), out * prod(kernel))",
            "Fans(out * prod(kernel), width * prod(kernel))",
        ),
        ("kernel forgotten in the fans", "Fans(width * prod(kernel),", "Fans(width,"),
        (
            "He with 1/n",
            "gain * sqrt(2 / fan_in_and_fan_out(shape).fan_in)",
            "gain * sqrt(1 / fan_in_and_fan_out(shape).fan_in)",
        ),
        (
            "Xavier with fan-in only",
            "gain * sqrt(2 / sum(fan_in_and_fan_out(shape)))",
            "gain * sqrt(2 / fan_in_and_fan_out(shape).fan_in)",
        ),
        ("uniform bound is the deviation", "gain * sqrt(6 / sum(", "gain * sqrt(2 / sum("),
        (
            "variance for deviation",
            "gain / sqrt(fan_in_and_fan_out(shape).fan_in)",
            "gain / fan_in_and_fan_out(shape).fan_in",
        ),
        ("orthogonal without the sign", "    q *= np.sign(np.diagonal(r))\n", ""),
        ("leaky gain without the slope", "sqrt(2 / (1 + slope**2))", "sqrt(2)"),
    ),
]
