"""Cases for im2col, col2im and padding."""

from course_lib.parity.cases import Case, normal


def im2col(name: str, *, x: tuple[int, ...] = (2, 3, 7, 11), **options: object) -> Case:
    """Make a case whose axis sizes all differ."""
    return Case("im2col", name, normal(x), {"kernel_size": (3, 2), **options})


def col2im(name: str, *, columns: tuple[int, ...], **options: object) -> Case:
    """Make a case whose columns fit the options."""
    return Case("col2im", name, normal(columns), {"kernel_size": (3, 2), **options})


def pad2d(name: str, *, x: tuple[int, ...] = (2, 3, 4, 5), **options: object) -> Case:
    """Make a case whose axis sizes all differ."""
    return Case("pad2d", name, normal(x), options)


CASES = [
    im2col("oblong-window"),
    im2col("square-window", kernel_size=3, padding=1),
    im2col("one-tap", kernel_size=1),
    im2col("stride-leaves-pixels-over", kernel_size=(4, 3), stride=3, padding=2),
    im2col("oblong-options", stride=(2, 1), padding=(0, 2), dilation=(1, 3)),
    im2col("window-fills-image", kernel_size=(7, 11)),
    im2col("empty-batch", x=(0, 3, 7, 11)),
    col2im("oblong-window", columns=(2, 18, 50), output_size=(7, 11)),
    col2im("square-window", columns=(2, 27, 77), output_size=(7, 11), kernel_size=3, padding=1),
    col2im("one-tap", columns=(2, 3, 77), output_size=(7, 11), kernel_size=1),
    col2im(
        "stride-leaves-pixels-over",
        columns=(2, 36, 15),
        output_size=(7, 11),
        kernel_size=(4, 3),
        stride=3,
        padding=2,
    ),
    col2im("one-column", columns=(2, 18, 1), output_size=(3, 2)),
    col2im("square-image", columns=(2, 18, 12), output_size=5, dilation=1),
    col2im("empty-batch", columns=(0, 18, 50), output_size=(7, 11)),
    pad2d("four-sides", padding=(1, 2, 3, 0)),
    pad2d("one-number", padding=2),
    pad2d("value", padding=(0, 1, 2, 0), value=-1.5),
    pad2d("nothing", padding=0),
    pad2d("empty-batch", x=(0, 3, 4, 5), padding=1),
]
