"""Mistakes in the norms."""

from mutants import mutants_of

TESTS = "tests/parity/test_normalization.py"
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
            "slope = scale[c] / np.sqrt(variance + eps)",
            "slope = scale[c] / (np.sqrt(variance) + eps)",
        ),
        ("gradient through the mean dropped", "- grad_beta / n)", ")"),
        ("gradient through the variance dropped", "out *= along(CHANNEL, -slope)", "out *= 0"),
        (
            "eval gradient without gamma",
            "np.multiply(grad_y, along(CHANNEL, scale * inverse), out=out)",
            "np.multiply(grad_y, along(CHANNEL, inverse), out=out)",
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
        ("gamma left out of the gradient", "* (1 if gamma is None else gamma)", "* 1"),
        (
            "mean of the gradient kept",
            "        grad_x[block] -= along(ROW, sum_over(ROW, grad_x[block]) / size)\n",
            "",
        ),
        ("projection kept", "        grad_x[block] -= z[block] * along(ROW, slope)\n", ""),
    ),
    *mutants_of(
        f"{FAMILIES}/moments.py",
        TESTS,
        (
            "standard deviation unbiased",
            "variance = sum_over(axis, shifted, shifted) / size -",
            "variance = sum_over(axis, shifted, shifted) / (size - 1) -",
        ),
    ),
    *mutants_of(
        f"{FAMILIES}/group.py",
        TESTS,
        ("one group for all", "normalize(x, x.shape[0] * num_groups,", "normalize(x, x.shape[0],"),
        (
            "instance norm over the batch",
            "num_rows = x.shape[0] * x.shape[1]",
            "num_rows = x.shape[1]",
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
        ("eps of zero accepted", "    if value <= 0:\n", "    if value < 0:\n"),
        ("negative variance accepted", "if bool((running_var < 0).any()):", "if False:"),
    ),
]
