"""Mistakes in the losses."""

from mutants import mutants_of

TESTS = "tests/parity/test_losses.py"

MUTANTS = [
    *mutants_of(
        "course_lib/numpy_ops/losses/classes.py",
        TESTS,
        (
            "weighted mean divided by the count",
            'if weight is None or reduction != "mean"',
            'if True or reduction != "mean"',
        ),
        (
            "smoothing over the other classes only",
            "mass += smoothing / scores.shape[1]",
            "mass += smoothing / (scores.shape[1] - 1)",
        ),
        ("gradient without the target", "    grad_logits -= mass\n", ""),
        (
            "weights of probability targets dropped",
            "    if weight is not None:\n        mass *=",
            "    if False:\n        mass *=",
        ),
        (
            "gradient of the mean not divided",
            "spread_grad(grad_y, reduction, total, class_axis=True)\n    return narrowed(grad_l",
            "spread_grad(grad_y, reduction, 1, class_axis=True)\n    return narrowed(grad_l",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/losses/common.py",
        TESTS,
        (
            "naive log-sum-exp",
            "shifted = logits - logits.max(axis=1, keepdims=True)",
            "shifted = logits + 0",
        ),
        (
            "mean over the wrong count",
            "loss.sum() / (total or loss.size)",
            "loss.sum() / len(loss)",
        ),
        (
            "sum is a mean",
            'return loss.sum() if reduction == "sum"',
            'return loss.mean() if reduction == "sum"',
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/losses/common.py",
        "tests/numpy_ops/test_precision.py",
        ("float16 summed as it is", "at_least_float32(a) if _is_float(a)", "a if _is_float(a)"),
    ),
    *mutants_of(
        "course_lib/numpy_ops/precision.py",
        "tests/numpy_ops/test_precision.py",
        (
            "float16 comes out as float32",
            "return result.astype(x.dtype, copy=False)",
            "return result",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/losses/binary.py",
        TESTS,
        ("negatives forgotten", "(t * log_yes + (1 - t) * log_no)", "(t * log_yes)"),
        (
            "pos_weight on the negatives",
            "loss = (1 - t) * stable_softplus(z) + yes_factor",
            "loss = (1 - yes_factor * t) * stable_softplus(z) + yes_factor",
        ),
        ("sigmoid of the wrong sign", "np.where(z >= 0, 1, small)", "np.where(z <= 0, 1, small)"),
        ("logarithm not clamped", "np.maximum(np.log(p), -100)", "np.log(p)"),
    ),
    *mutants_of(
        "course_lib/numpy_ops/losses/focal.py",
        TESTS,
        ("focus on the easy", "-((-np.expm1(log_p)) ** gamma)", "-(np.exp(log_p) ** gamma)"),
        (
            "alpha for both kinds alike",
            "alpha * target + (1 - alpha) * (1 - target)",
            "alpha + 0 * target",
        ),
        (
            "gradient of the focus dropped",
            " * (1 - gamma * np.exp(log_p) * log_p / miss)",
            "",
        ),
        (
            "binary focus turned round",
            "miss = (1 - t) * stable_sigmoid(z) + t * stable_sigmoid(-z)",
            "miss = t * stable_sigmoid(z) + (1 - t) * stable_sigmoid(-z)",
        ),
    ),
    *mutants_of(
        "course_lib/numpy_ops/losses/squared.py",
        TESTS,
        (
            "factor two missing",
            "np.asarray(2 * (p - t))",
            "np.asarray(p - t)",
        ),
        (
            "sign of the gradient",
            "np.asarray(2 * (p - t))",
            "np.asarray(2 * (t - p))",
        ),
    ),
]
