"""The networks by name."""

import inspect
from collections.abc import Callable
from typing import Any

from course_lib.checks import require_choice
from course_lib.errors import InvalidType
from course_lib.models.alexnet import alexnet, alexnet_original
from course_lib.models.efficientnet import (
    efficientnet_b0,
    efficientnet_b1,
    efficientnet_b2,
    efficientnet_b3,
    efficientnet_b4,
    efficientnet_b5,
    efficientnet_b6,
    efficientnet_b7,
    efficientnet_lite0,
)
from course_lib.models.googlenet import googlenet
from course_lib.models.layers import ImageNetwork
from course_lib.models.lenet import lenet5, lenet5_original
from course_lib.models.mobilenet import mobilenet_v1, mobilenet_v2
from course_lib.models.preact_resnet import (
    preact_resnet18,
    preact_resnet34,
    preact_resnet50,
    preact_resnet101,
    preact_resnet152,
)
from course_lib.models.resnet import resnet18, resnet34, resnet50, resnet101, resnet152
from course_lib.models.vgg import (
    vgg11,
    vgg11_bn,
    vgg13,
    vgg13_bn,
    vgg16,
    vgg16_bn,
    vgg19,
    vgg19_bn,
)

_BUILDERS: dict[str, Callable[..., ImageNetwork]] = {
    builder.__name__: builder
    for builder in (
        lenet5,
        lenet5_original,
        alexnet,
        alexnet_original,
        vgg11,
        vgg11_bn,
        vgg13,
        vgg13_bn,
        vgg16,
        vgg16_bn,
        vgg19,
        vgg19_bn,
        googlenet,
        resnet18,
        resnet34,
        resnet50,
        resnet101,
        resnet152,
        preact_resnet18,
        preact_resnet34,
        preact_resnet50,
        preact_resnet101,
        preact_resnet152,
        mobilenet_v1,
        mobilenet_v2,
        efficientnet_b0,
        efficientnet_b1,
        efficientnet_b2,
        efficientnet_b3,
        efficientnet_b4,
        efficientnet_b5,
        efficientnet_b6,
        efficientnet_b7,
        efficientnet_lite0,
    )
}


def names() -> tuple[str, ...]:
    """List the networks that `build` knows, oldest family first.

    Examples
    --------
    >>> names()[:3]
    ('lenet5', 'lenet5_original', 'alexnet')
    """
    return tuple(_BUILDERS)


def build(name: str, **options: Any) -> ImageNetwork:
    """Build a network by name, with fresh weights.

    Parameters
    ----------
    name : str
        One of `names()`.
    **options
        Those of the function of this name: all take `num_classes`, and most `in_channels`.

    Returns
    -------
    ImageNetwork
        A `torch.nn.Module` in training mode. Weights are drawn with torch's global generator:
        call `torch.manual_seed` first to repeat them.

    Raises
    ------
    TypeError, ValueError
        If there is no network of this name, or it has no such option or value.

    Examples
    --------
    >>> network = build("resnet18", num_classes=10)
    >>> network.fc
    Linear(in_features=512, out_features=10, bias=True)
    """
    builder = _BUILDERS[require_choice("models.build", "name", name, _BUILDERS)]
    known = inspect.signature(builder).parameters
    unknown = [option for option in options if option not in known]
    if unknown:
        raise InvalidType(
            "models.build", received=f"{', '.join(unknown)} for {name!r}",
            needed=f"options out of {', '.join(known)}",
            fix="leave out or rename the others")  # fmt: skip
    return builder(**options)
