"""Cases for the convolutions."""

from course_lib.parity.cases import Case, normal


def conv2d(
    name: str,
    *,
    x: tuple[int, ...] = (2, 3, 7, 11),
    weight: tuple[int, ...] = (5, 3, 3, 3),
    bias: bool = True,
    **options: object,
) -> Case:
    """Make a case whose axis sizes all differ."""
    shapes = (x, weight, (weight[0],) if bias else None)
    return Case("conv2d", name, normal(*shapes), options)


CASES = [
    conv2d("pointwise", weight=(5, 3, 1, 1)),
    conv2d("pointwise-strided-padded", weight=(5, 3, 1, 1), stride=(2, 3), padding=1),
    conv2d("oblong-kernel", weight=(5, 3, 3, 2)),
    conv2d("no-bias", bias=False),
    conv2d("same-size", padding=1),
    conv2d("stride-leaves-pixels-over", weight=(5, 3, 4, 3), stride=3, padding=2),
    conv2d("oblong-options", stride=(2, 1), padding=(0, 2), dilation=(1, 3)),
    conv2d("kernel-fills-image", weight=(5, 3, 7, 11)),
    conv2d("dilated", dilation=2, padding=2),
    conv2d("padding-same", weight=(5, 3, 3, 5), padding="same"),
    conv2d("padding-same-even-kernel", weight=(5, 3, 2, 4), padding="same"),
    conv2d("padding-valid", padding="valid"),
    conv2d("two-groups", x=(2, 6, 7, 11), weight=(4, 3, 3, 2), groups=2),
    conv2d("depthwise", x=(2, 6, 7, 11), weight=(6, 1, 3, 3), groups=6, padding=1),
    conv2d("depthwise-doubled", x=(2, 3, 7, 11), weight=(6, 1, 3, 2), groups=3, stride=2),
    conv2d("one-image", x=(1, 3, 7, 11)),
    conv2d("empty-batch", x=(0, 3, 7, 11)),
]
