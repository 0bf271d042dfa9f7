"""The networks by name, and what the world says about each.

A builder registers itself, with its facts, in the file of its family:

    @register(year=2015, weights=Weights("resnet18-f37072fd.pth"), published=Published(...))
    def resnet18(*, num_classes: int = 1000, ...) -> ResNet:

Nothing else repeats a name or a number; `course_lib.models` needs one line for the file.
"""

import inspect
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from PIL import Image

from course_lib.checks import require_choice
from course_lib.errors import InvalidType
from course_lib.models.layers import ImageNetwork

__all__ = ["Facts", "Published", "build", "facts", "list_models"]

TORCHVISION = "torchvision 0.28, weights IMAGENET1K_V1"
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
BILINEAR, BICUBIC = Image.Resampling.BILINEAR, Image.Resampling.BICUBIC

Builder = TypeVar("Builder", bound=Callable[..., ImageNetwork])


class Published(NamedTuple):
    """Totals of a network for one image; None where nobody gives the number.

    `multiply_adds` are in units of 10⁹ at `image_size` pixels; the receptive field, in pixels, is
    that of the last layer that does not see the whole image, by the closed form of Araujo, Norris
    and Sim 2019 (doi:10.23915/distill.00021); `top1` and `top5` are accuracies on the ImageNet
    validation set, one crop, in percent, with the weights of the source.
    """

    parameters: int
    multiply_adds: float | None = None
    receptive_field: int | None = None
    top1: float | None = None
    top5: float | None = None
    image_size: int = 224
    source: str = TORCHVISION


class Weights(NamedTuple):
    """The file with published weights: on torchvision's server, or in an installed `package`.

    The sha256 of the file starts with `sha256` or, if that is empty, with the digits at the end
    of the file's name. `layers` gives the names of our layers for those of the file, where they
    differ.
    """

    file: str
    package: str | None = None
    sha256: str = ""
    layers: Callable[[], Mapping[str, str]] = dict


class Preparation(NamedTuple):
    """How the photos were prepared that a network was trained on.

    The shorter side is scaled to `resize` pixels, the middle `crop` × `crop` pixels are kept,
    and each channel becomes (value / 255 - mean) / std.
    """

    resize: int = 256
    crop: int = 224
    interpolation: Image.Resampling = BILINEAR
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD


USUAL = Preparation()


@dataclass(frozen=True)
class Facts:
    """What is known about a network before it is built.

    `year` is that of the first paper. `single_output` holds the options with which the network
    has one output while training too; the published totals count it so.
    """

    builder: Callable[..., ImageNetwork]
    year: int
    published: Published | None = None
    weights: Weights | None = None
    preparation: Preparation = USUAL
    single_output: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name for `build`: that of the builder."""
        return self.builder.__name__

    @property
    def options(self) -> tuple[str, ...]:
        """What the builder can be told, such as num_classes."""
        return tuple(inspect.signature(self.builder).parameters)

    @property
    def differs(self) -> str:
        """What "Differs from the paper", as the file of the family lists it."""
        text = inspect.getdoc(sys.modules[self.builder.__module__]) or ""
        found = re.search(r"^Differs from the paper\n-+\n(.+)", text, re.M | re.S)
        return found.group(1) if found else ""


_FACTS: dict[str, Facts] = {}


def register(
    *,
    year: int,
    published: Published | None = None,
    weights: Weights | None = None,
    preparation: Preparation = USUAL,
    single_output: Mapping[str, Any] | None = None,
) -> Callable[[Builder], Builder]:
    """Decorate the builder of a network, so that `build` finds it; see `Facts`."""

    def record(builder: Builder) -> Builder:
        facts = Facts(builder, year, published, weights, preparation, single_output or {})
        _FACTS[facts.name] = facts
        return builder

    return record


def list_models() -> tuple[str, ...]:
    """List the networks that `build` knows, oldest first.

    Examples
    --------
    >>> list_models()[:3]
    ('lenet5', 'lenet5_original', 'alexnet')
    """
    return tuple(sorted(_FACTS, key=lambda name: _FACTS[name].year))


def facts(name: str) -> Facts:
    """Tell what is known about a network: published totals, weights, how photos are prepared.

    Parameters
    ----------
    name : str
        One of `list_models()`.

    Returns
    -------
    Facts
        As registered beside its builder.

    Raises
    ------
    ValueError
        If there is no network of this name.

    Examples
    --------
    >>> published = facts("resnet18").published
    >>> published.parameters, published.receptive_field, published.top1
    (11689512, 435, 69.758)
    """
    return _FACTS[require_choice("models.facts", "name", name, list_models())]


def build(name: str, **options: Any) -> ImageNetwork:
    """Build a network by name, with fresh weights.

    Parameters
    ----------
    name : str
        One of `list_models()`.
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
    chosen = _FACTS[require_choice("models.build", "name", name, list_models())]
    unknown = [option for option in options if option not in chosen.options]
    if unknown:
        raise InvalidType(
            "models.build", received=f"{', '.join(unknown)} for {name!r}",
            needed=f"options out of {', '.join(chosen.options)}",
            fix="leave out or rename the others")  # fmt: skip
    return chosen.builder(**options)
