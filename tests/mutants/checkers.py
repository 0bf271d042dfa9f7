"""Mistakes in gradcheck, in the parity run and in the size formulas."""

from mutants import mutants_of

MUTANTS = [
    *mutants_of(
        "course_lib/gradcheck.py",
        "tests/test_gradcheck.py",
        ("one-sided difference", "(value + eps, value - eps)", "(value + eps, value)"),
        ("input not put back", "        x[index] = value\n        numeric", "        numeric"),
        ("checks only the first element", "np.isclose(analytic,", "np.isclose(analytic.flat[0],"),
        ("ones instead of a random upstream", ".standard_normal(\n", "; grad_y = np.ones(\n"),
    ),
    *mutants_of(
        "course_lib/parity/compare.py",
        "tests/parity/test_twins.py tests/parity/test_runner.py",
        ("shapes not compared", "if actual.shape != expected.shape:", "if False:"),
        ("dtypes not compared", "if same_dtype and dtype_name", "if False and dtype_name"),
        ("new NaN overlooked", "if not np.isfinite(difference):", "if False:"),
    ),
    *mutants_of(
        "course_lib/parity/runner.py",
        "tests/parity/test_runner.py",
        ("gradients do not count", "(gradient_error or 0.0) <=", "0.0 <="),
        ("missing field overlooked", "(a is None) != (e is None)", "False"),
    ),
    *mutants_of(
        "course_lib/shapes.py",
        "tests/test_shapes.py",
        ("dilation left out", "span = dilation * (kernel - 1) + 1", "span = kernel"),
        (
            "padding on one side",
            "(size + 2 * padding - span) // stride",
            "(size + padding - span) // stride",
        ),
        ("no plus one", "- span) // stride + 1", "- span) // stride"),
        ("window starts in the padding", "< size + padding\n", "< size + 2 * padding\n"),
        ("output padding forgotten", "2 * padding + output_padding\n", "2 * padding\n"),
    ),
]
