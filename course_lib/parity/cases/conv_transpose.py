"""Cases for the transposed convolution."""

from course_lib.parity.cases import Case, normal


def conv_transpose2d(
    name: str,
    *,
    x: tuple[int, ...] = (2, 3, 4, 6),
    weight: tuple[int, ...] = (3, 5, 3, 2),
    bias: bool = True,
    **options: object,
) -> Case:
    """Make a case whose axis sizes all differ."""
    num_channels = weight[1] * int(options.get("groups", 1))
    shapes = (x, weight, (num_channels,) if bias else None)
    return Case("conv_transpose2d", name, normal(*shapes), options)


CASES = [
    conv_transpose2d("oblong-kernel"),
    conv_transpose2d("no-bias", bias=False),
    conv_transpose2d("pointwise", weight=(3, 5, 1, 1)),
    conv_transpose2d("pointwise-strided", weight=(3, 5, 1, 1), stride=(2, 3)),
    conv_transpose2d("enlarge-twofold", weight=(3, 5, 4, 4), stride=2, padding=1),
    conv_transpose2d("oblong-options", stride=(2, 1), padding=(0, 1), dilation=(1, 3)),
    conv_transpose2d("output-padding", stride=(3, 2), padding=1, output_padding=(2, 1)),
    conv_transpose2d("output-padding-below-dilation", dilation=3, output_padding=(2, 1)),
    conv_transpose2d("stride-leaves-gaps", stride=(4, 5)),
    conv_transpose2d("two-groups", x=(2, 6, 4, 5), weight=(6, 2, 3, 2), groups=2, stride=2),
    conv_transpose2d("depthwise", x=(2, 4, 6, 5), weight=(4, 1, 3, 2), groups=4, padding=1),
    conv_transpose2d("one-pixel", x=(2, 3, 1, 1)),
    conv_transpose2d("one-image", x=(1, 3, 4, 6)),
    conv_transpose2d("empty-batch", x=(0, 3, 4, 6)),
]
