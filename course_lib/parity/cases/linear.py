"""Cases for the linear layer and flatten."""

from course_lib.parity.cases import Case, normal

CASES = [
    Case("linear", "samples", normal((5, 7), (3, 7), (3,))),
    Case("linear", "no-bias", normal((5, 7), (3, 7), None)),
    Case("linear", "sequences", normal((2, 5, 7), (3, 7), (3,))),
    Case("linear", "one-row", normal((7,), (3, 7), (3,))),
    Case("linear", "one-sample", normal((1, 7), (3, 7), (3,))),
    Case("linear", "one-feature", normal((5, 1), (3, 1), (3,))),
    Case("linear", "one-output", normal((5, 7), (1, 7), (1,))),
    Case("linear", "empty-batch", normal((0, 7), (3, 7), (3,))),
    Case("flatten", "images", normal((2, 3, 5, 7))),
    Case("flatten", "rows", normal((3, 5))),
    Case("flatten", "one-image", normal((1, 3, 5))),
    Case("flatten", "empty-batch", normal((0, 3, 5))),
]
