"""Mistakes in the norms."""

from mutants import mutants_of

TESTS = "tests/parity/test_normalization.py"
PRECISION = "tests/numpy_ops/test_precision.py"
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
            "eps outside the root",
            "scale[c] / np.sqrt(variance + eps)",
            "scale[c] / (np.sqrt(variance) + eps)",
        ),
        (
            "gradient through the mean dropped",
            "        out -= along(CHANNEL, grad_beta / n, out)\n",
            "",
        ),
        (
            "gradient through the variance dropped",
            "out *= along(CHANNEL, -inverse * grad_gamma / n, out)",
            "out *= 0",
        ),
        (
            "eval gradient without gamma",
            "np.multiply(grad_y, along(CHANNEL, scale * inverse, out), out=out)",
            "np.multiply(grad_y, along(CHANNEL, inverse, out), out=out)",
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
        ("projection kept", "    out *= along(ROW, -slope * inverse**2, out)\n", "    out *= 0\n"),
        ("gradient not divided by the spread", "    out *= along(ROW, inverse, out)\n", ""),
        (
            "grad_gamma of values not normalized",
            "_add_rows(inverse, products)",
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
            "        variance = sum_over(axis, out, out) / size\n        if not ((mean",
            "        variance = sum_over(axis, out, out) / (size - 1)\n        if not ((mean",
        ),
    ),
    *mutants_of(
        f"{FAMILIES}/moments.py",
        PRECISION,
        ("what rounding left of the mean stays", "        out -= along(axis, rest, x)\n", ""),
        ("no care for large means", "(mean * mean <= variance)", "(variance >= 0)"),
        ("no care where squares overflow", " & (variance < np.inf)).all()", ").all()"),
        ("variance with what rounding left", "np.sqrt(variance)).any()", "np.inf).any()"),
        (
            "mean of a constant rounded",
            "mean = np.where(is_near, first, ",
            "mean = np.where(False, first, ",
        ),
        ("sums of any length in single precision", "RUN = 4096", "RUN = 2**30"),
        (
            "what fills no run forgotten",
            "for span in spans(length, RUN):",
            "for span in spans(length - length % RUN, RUN):",
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
