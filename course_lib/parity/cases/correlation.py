"""Cases for correlation and convolution on single images."""

from course_lib.parity.cases import Case, normal

SHAPES = {
    "oblong-kernel": ((7, 11), (3, 2)),
    "one-tap": ((2, 3), (1, 1)),
    "row-kernel": ((7, 11), (1, 4)),
    "kernel-fills-image": ((5, 6), (5, 6)),
    "one-pixel": ((1, 1), (1, 1)),
}

CASES = [
    Case(operation, name, normal(image, kernel))
    for operation in ("cross_correlate2d", "convolve2d")
    for name, (image, kernel) in SHAPES.items()
]
