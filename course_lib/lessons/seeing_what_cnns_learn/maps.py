"""Maps that claim to explain a network, at one resolution, and a number for how alike two are."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib import numpy_ops
from course_lib.analysis import grad_cam, saliency
from course_lib.errors import InvalidValue
from course_lib.unchanged import unchanged

PLACES = 28  # along each side of a map that is compared: 8 × 8 pixels each
METHODS = ("guided backprop", "gradient", "Grad-CAM")
SOBEL = np.array([[1.0, 2, 1], [0, 0, 0], [-1, -2, -1]]) / 8


def guided_backprop(network: nn.Module, x: Tensor, target: Tensor | int) -> Tensor:
    """Go back from the target score to the image, and drop what is negative at every ReLU.

    grad_x = grad_y · (0 < x < cap) · (grad_y > 0) at each ReLU; cap is 6 for ReLU6

    Parameters
    ----------
    network : torch.nn.Module
        Its ReLUs are modules; it stays as it is.
    x : (N, C, H, W)
        Images.
    target : (N,) integers or int
        Classes.

    Returns
    -------
    (N, H, W)
        Largest absolute value over the channels.

    References
    ----------
    Springenberg et al., 2015, arXiv:1412.6806, section 3.4.

    Examples
    --------
    >>> network = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 2))
    >>> guided_backprop(network, torch.ones(1, 1, 4, 4), 0).shape
    torch.Size([1, 4, 4])
    """
    with unchanged(network):
        for layer in network.modules():
            if isinstance(layer, nn.ReLU | nn.ReLU6):
                layer.inplace = False
                layer.register_full_backward_hook(_only_positive)
        return saliency(network, x, target)


def _only_positive(layer: nn.Module, grad_x: tuple, grad_y: tuple) -> tuple[Tensor]:
    """Drop what is negative; where the ReLU is shut, the gradient is 0 already."""
    return (grad_x[0].clamp(min=0),)


def explain(network: nn.Module, x: Tensor, target: Tensor | int) -> dict[str, NDArray]:
    """Make the maps of all `METHODS`, each (N, 28, 28).

    Parameters
    ----------
    network : torch.nn.Module
        EfficientNet-Lite0, or a copy with other weights.
    x : (N, 3, 224, 224)
        Images.
    target : (N,) integers or int
        The class that is asked about.

    Returns
    -------
    dict of str to (N, 28, 28)
        By the name of the method, all at least 0.
    """
    made = (
        guided_backprop(network, x, target),
        saliency(network, x, target),
        grad_cam(network, x, target, layer=network.features[-1]),
    )
    return {name: coarse(each) for name, each in zip(METHODS, made, strict=True)}


def coarse(maps: Tensor | NDArray) -> NDArray:
    """Bring maps to 28 × 28 places: means of fine ones, lines between the places of rough ones.

    Parameters
    ----------
    maps : (N, H, W)
        H and W are multiples of 28, or smaller.

    Returns
    -------
    (N, 28, 28)
        float64.

    Examples
    --------
    >>> coarse(np.ones((1, 56, 56))).shape, coarse(np.ones((1, 7, 7))).max()
    ((1, 28, 28), np.float64(1.0))
    """
    whole = torch.as_tensor(maps).detach().double()[:, None]
    if whole.shape[-1] < PLACES:
        size = (PLACES, PLACES)
        return nn.functional.interpolate(whole, size=size, mode="bilinear")[:, 0].numpy()
    return nn.functional.adaptive_avg_pool2d(whole, PLACES)[:, 0].numpy()


def edges(x: Tensor) -> NDArray:
    """Give the size of the change of brightness at each pixel, which needs no network.

    Parameters
    ----------
    x : (N, 3, H, W)
        Images.

    Returns
    -------
    (N, H, W)
        Length of the gradient that Sobel's two kernels measure; the rim is repeated.
    """
    gray = np.pad(x.numpy().mean(axis=1), ((0, 0), (1, 1), (1, 1)), mode="edge")[:, None]
    kernels = np.stack([SOBEL, SOBEL.T])[:, None].astype(gray.dtype)
    return np.linalg.norm(numpy_ops.conv2d(gray, kernels), axis=1)


def rank_correlation(first: NDArray, second: NDArray) -> float:
    """Compare the order of the places of two maps (Spearman): 1 the same, 0 none in common.

    Parameters
    ----------
    first, second : array
        Of one shape; equal values share the mean of their ranks.

    Returns
    -------
    float
        From −1 to 1; 0 where a map is the same everywhere and so orders nothing.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> rank_correlation(np.array([1, 2, 9]), np.array([0.1, 0.2, 0.3]))
    1.0
    """
    if np.shape(first) != np.shape(second):
        raise InvalidValue(
            "rank_correlation", received=f"shapes {np.shape(first)} and {np.shape(second)}",
            needed="two maps of one shape", fix="bring both to one resolution")  # fmt: skip
    one, other = (ranks(each) - (np.size(each) + 1) / 2 for each in (first, second))
    length = np.sqrt((one @ one) * (other @ other))
    return round(float(one @ other / length), 12) if length else 0.0


def ranks(values: NDArray) -> NDArray:
    """Give each value its place from the smallest, 1, upwards; equal ones share their mean place.

    Examples
    --------
    >>> ranks(np.array([5, 2, 5, 9]))
    array([2.5, 1. , 2.5, 4. ])
    """
    _, place, count = np.unique(np.ravel(values), return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place.ravel()]


def likeness(first: Mapping[str, NDArray], second: Mapping[str, NDArray]) -> dict[str, float]:
    """Give the rank correlation of two sets of maps, by method, as a mean over the images."""
    return {name: mean_correlation(maps, second[name]) for name, maps in first.items()}


def mean_correlation(first: Sequence[NDArray], second: Sequence[NDArray]) -> float:
    """Give the mean rank correlation of maps, pair by pair."""
    return float(np.mean([rank_correlation(*pair) for pair in zip(first, second, strict=True)]))
