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
            "described, size + 2 * padding, span",
            "described, size + padding, span",
        ),
        ("no plus one", "- span) // stride + 1", "- span) // stride"),
        (
            "window starts in the padding",
            "< axis.size + axis.padding:\n",
            "< axis.size + 2 * axis.padding:\n",
        ),
        ("no window accepted", "    if num_windows < 1:\n", "    if num_windows < 0:\n"),
        (
            "a window that sticks out of both ends refused",
            "    if num_windows < 1:\n",
            "    if axis.span > padded:\n",
        ),
        ("ceil_mode adds a window always", "ceil_mode and pixels_left", "ceil_mode"),
        ("output padding forgotten", "+ 1 + output_padding\n", "+ 1\n"),
    ),
    *mutants_of(
        "course_lib/contracts/arrays.py",
        "tests/contracts/test_array_kinds.py",
        ("a missing array is let through", "    if x is None:\n", "    if False:\n"),
        ("either library will do", "    if _is_of(", "    if True or _is_of("),
        ("a required array may be None", "given = arrays | given\n", "given = given\n"),
    ),
    *mutants_of(
        "course_lib/checks.py",
        "tests/contracts/test_array_kinds.py",
        ("byte order is part of the dtype", 'getattr(dtype, "name", dtype)', "dtype"),
    ),
    *mutants_of(
        "course_lib/torch_ops/losses.py",
        "tests/contracts/test_losses.py",
        ("an unknown probability is 0.5", "probability**2 * target, loss", "loss, loss"),
        ("its gradient is 1", "probability**2 * target, loss", "probability, loss"),
    ),
    *mutants_of(
        "course_lib/errors.py",
        "tests/test_errors.py",
        ("copies lose their kind", "return _make, (type(self),", "return _make, (InvalidValue,"),
        ("copies lose their notes", "self.fix), vars(self)", "self.fix)"),
    ),
    *mutants_of(
        "course_lib/terminal.py",
        "tests/test_cli.py::test_a_mistake_of_the_program_shows_its_traceback "
        "tests/test_cli.py::test_bad_input_found_anywhere_is_one_sentence",
        ("a mistake of the program is a sentence", "(InvalidValue, InvalidType)", "Exception"),
        ("a bad type shows a traceback", "(InvalidValue, InvalidType)", "InvalidValue"),
    ),
]
