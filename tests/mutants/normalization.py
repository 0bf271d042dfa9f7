"""Mistakes in the norms."""

from mutants import mutants_of

TESTS = "tests/parity/test_normalization.py"
PRECISION = "tests/numpy_ops/test_precision.py"
MAGNITUDES = "tests/numpy_ops/test_magnitudes.py"
FAMILIES = "course_lib/numpy_ops/normalization"

MUTANTS = [
    *mutants_of(
        f"{FAMILIES}/batch.py",
        TESTS,
        ("running variance biased", "batch[1] *= n / (n - 1)", "batch[1] *= 1"),
        (
            "momentum weighs the old value",
            "(1 - momentum) * running + momentum * batch",
            "momentum * running + (1 - momentum) * batch",
        ),
        (
            "eps outside the root of a running variance",
            "factor = 1 / np.sqrt(running[1, c] + eps)",
            "factor = 1 / (np.sqrt(running[1, c]) + eps)",
        ),
        (
            "gradient through the mean dropped",
            "        out -= along(CHANNEL, grad_beta / n, out)\n",
            "",
        ),
        (
            "gradient through the variance dropped",
            "out *= along(CHANNEL, -factor * grad_gamma / n, out)",
            "out *= 0",
        ),
        (
            "gradient without gamma",
            "for numbers in (slope, gamma)))",
            "for numbers in (slope, gamma**0)))",
        ),
        (
            "statistics of the batch in eval",
            "        if uses_batch or running is None:\n",
            "        if True:\n",
        ),
    ),
    *mutants_of(
        f"{FAMILIES}/rows.py",
        TESTS,
        (
            "gamma of the first rows for all blocks",
            "else parameter[block]",
            "else parameter[: len(parameter[block])]",
        ),
    ),
    *mutants_of(
        f"{FAMILIES}/layer.py",
        TESTS,
        (
            "gamma left out of the gradient",
            "grad_y if gamma is None else np",
            "grad_y if True else np",
        ),
        ("gamma left out of the mean", "sum_last(grad_y, gamma)", "sum_last(grad_y, None)"),
        ("mean of the gradient kept", "    out -= along(ROW, mean, out)\n", ""),
        ("projection kept", "    out *= along(ROW, -tilt * factor**2, out)\n", "    out *= 0\n"),
        ("gradient not divided by the spread", "    out *= along(ROW, slope, out)\n", ""),
        (
            "grad_gamma of values not normalized",
            "_add_rows(factor, products)",
            "_add_rows(np.ones(len(x)), products)",
        ),
        (
            "sums of the last block only",
            "        sums += _row_backward",
            "        sums[:] = _row_backward",
        ),
    ),
    *mutants_of(
        f"{FAMILIES}/layer.py",
        f"{PRECISION} -k adds_many_rows",
        ("all rows added in single precision", "ROWS_AT_ONCE = 128", "ROWS_AT_ONCE = 2**30"),
        (
            "weights of the first rows for all",
            "weights[span].astype",
            "weights[: len(values[span])].astype",
        ),
    ),
    *mutants_of(
        f"{FAMILIES}/moments.py",
        TESTS,
        (
            "standard deviation unbiased",
            "        variance = sum_over(axis, out, out) / size\n        if not ((abs",
            "        variance = sum_over(axis, out, out) / (size - 1)\n        if not ((abs",
        ),
        (
            "eps outside the root",
            "    slope = 1 / np.sqrt(variance + eps)",
            "    slope = 1 / (np.sqrt(variance) + eps)",
        ),
    ),
    *mutants_of(
        f"{FAMILIES}/moments.py",
        PRECISION,
        ("what rounding left of the mean stays", "        out -= along(axis, rest, x)\n", ""),
        ("no care for large means", "(abs(mean) <= np.sqrt(variance))", "(variance >= 0)"),
        ("variance with what rounding left", "np.sqrt(variance)).any()", "np.inf).any()"),
        ("sums of any length in single precision", "RUN = 4096", "RUN = 2**30"),
        (
            "what fills no run forgotten",
            "for span in spans(length, RUN):",
            "for span in spans(length - length % RUN, RUN):",
        ),
    ),
    *mutants_of(
        f"{FAMILIES}/moments.py",
        f"{MAGNITUDES} -x",
        ("no care where squares overflow", "(variance <= limits.max) & ", ""),
        (
            "no care where squares vanish",
            " & (variance + eps > limits.tiny / limits.eps)",
            "",
        ),
        (
            "mean of a constant rounded",
            "mean = np.where(is_constant, low, ",
            "mean = np.where(False, low, ",
        ),
        ("eps in the units of x", "np.ldexp(float(eps), -2 * power)", "eps"),
        ("slope in other units", "np.ldexp(factor, -power))", "factor)"),
        ("variance in other units", "true = np.ldexp(variance, 2 * power)", "true = variance * 1"),
        ("mean in other units", "Moments(np.ldexp(mean, power), ", "Moments(mean, "),
        ("constant times an infinite factor", "np.minimum(factor, most)", "factor"),
        ("constant times an infinite product", "if np.isfinite(both).all():", "if True:"),
        ("sums beyond single precision infinite", "or np.isfinite(total).all():", "or True:"),
    ),
    *mutants_of(
        f"{FAMILIES}/batch.py",
        f"{MAGNITUDES} -x",
        (
            "running variance in its own precision",
            "[running_mean, running_var]).astype(np.result_type(x, float))",
            "[running_mean, running_var])",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/precision.py",
        PRECISION,
        ("rows added in their own precision", "dtype=np.result_type(x, float))", "dtype=x.dtype)"),
    ),
    *mutants_of(
        f"{FAMILIES}/group.py",
        TESTS,
        ("gradient through the group's mean kept", "    out -= along(ROW, mean, out)\n", ""),
        ("gamma not in the gradient's mean", "(scale * sums).sum(axis=2)", "sums.sum(axis=2)"),
    ),
    *mutants_of(
        f"{FAMILIES}/group.py",
        TESTS,
        (
            "one group for all",
            "return _channel_norm(x, num_groups,",
            "return _channel_norm(x, 1,",
        ),
        (
            "instance norm over the batch",
            "return _channel_norm(x, x.shape[1],",
            "return _channel_norm(x.swapaxes(0, 1), len(x),",
        ),
    ),
    *mutants_of(
        f"{FAMILIES}/local_response.py",
        TESTS,
        ("alpha not divided by size", "return k + alpha / size *", "return k + alpha *"),
        (
            "neighbors on the wrong side",
            "_sum_of_neighbors(x * x, size // 2, (size - 1) // 2)",
            "_sum_of_neighbors(x * x, (size - 1) // 2, size // 2)",
        ),
        ("k forgotten", "return k + alpha", "return 1 + alpha"),
    ),
    *mutants_of(
        "course_lib/contracts/normalization.py",
        "tests/contracts/test_normalization.py",
        ("groups that do not divide accepted", "if x.shape[1] % num_groups:", "if False:"),
        (
            "no group accepted",
            '"num_groups", num_groups, minimum=1)',
            '"num_groups", num_groups, minimum=0)',
        ),
        ("eps of zero accepted", "    if value <= 0:\n", "    if value < 0:\n"),
        ("negative variance accepted", "if bool((running_var < 0).any()):", "if False:"),
    ),
]
