"""What in an image a torch network looks at: four methods, each a few lines."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from course_lib.checks import require_axes, require_int, require_number
from course_lib.errors import InvalidValue
from course_lib.unchanged import unchanged, unchanged_in


def saliency(module: nn.Module, x: Tensor, target: Tensor | int) -> Tensor:
    """Give each pixel the size of the gradient of its image's target score.

    s[n, h, w] = max_c |d score[n, target[n]] / d x[n, c, h, w]|

    Parameters
    ----------
    module : torch.nn.Module
        Takes (N, C, H, W), returns scores (N, classes); use eval mode.
    x : (N, C, H, W)
        Images.
    target : (N,) integers or int
        The class whose score is explained; an int holds for all images.

    Returns
    -------
    (N, H, W)
        Score per unit of input, at least 0.

    Raises
    ------
    ValueError
        If `x` is not (N, C, H, W) or the scores are not (N, classes).

    References
    ----------
    Simonyan, Vedaldi and Zisserman, 2014, arXiv:1312.6034, section 3.

    Examples
    --------
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    >>> saliency(net, torch.zeros(1, 1, 2, 2), target=1).shape
    torch.Size([1, 2, 2])
    """
    require_axes("saliency", "x", x, "N, C, H, W")
    x = x.detach().clone().requires_grad_()
    with unchanged(module), torch.enable_grad():
        # A clone goes in: a module may work on its input in place, which a leaf does not allow.
        scores = _target_scores("saliency", module(x.clone()), target)
        return _gradient("saliency", scores, x, "the image").abs().amax(dim=1)


def grad_cam(module: nn.Module, x: Tensor, target: Tensor | int, *, layer: nn.Module) -> Tensor:
    """Weigh the maps of a layer by how much the target score wants them.

    cam[n] = relu(sum_k a[n, k] maps[n, k]), a[n, k] = mean_hw d score / d maps[n, k, h, w]

    Parameters
    ----------
    module, x, target
        As for `saliency`.
    layer : torch.nn.Module
        The layer of `module` whose output (N, K, H', W') is weighed: usually the last one with
        maps.

    Returns
    -------
    (N, H', W')
        At least 0, at the resolution of the maps.

    Raises
    ------
    ValueError
        As `saliency`; also if the layer is not used or does not return maps.

    References
    ----------
    Selvaraju et al., 2017, arXiv:1610.02391, equations 1 and 2.

    Examples
    --------
    >>> conv = nn.Conv2d(1, 3, 3)
    >>> net = nn.Sequential(conv, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 2))
    >>> grad_cam(net, torch.ones(1, 1, 6, 8), target=0, layer=conv).shape
    torch.Size([1, 4, 6])
    """
    require_axes("grad_cam", "x", x, "N, C, H, W")
    maps: list[Tensor] = []

    def keep(layer: nn.Module, inputs: tuple, y: Tensor) -> Tensor | None:
        maps.append(y)
        # What follows gets a copy, as it may work in place and write over the maps.
        return y.clone() if isinstance(y, Tensor) else None

    hook = layer.register_forward_hook(keep)
    try:
        # The input needs no gradient, but frozen weights must not cut the graph.
        leaf = x.detach().clone().requires_grad_()
        with unchanged(module), torch.enable_grad():
            scores = _target_scores("grad_cam", module(leaf.clone()), target)
            _require_maps(layer, maps)
            grad = _gradient("grad_cam", scores, maps[0], f"the layer {type(layer).__name__}")
    finally:
        hook.remove()
    importance = grad.mean(dim=(2, 3), keepdim=True)
    return (importance * maps[0].detach()).sum(dim=1).relu()


def occlusion(
    module: nn.Module,
    x: Tensor,
    target: Tensor | int,
    *,
    window: int,
    stride: int = 1,
    fill: float = 0.0,
) -> Tensor:
    """Cover a window of the image and see how far the target score falls, place by place.

    Parameters
    ----------
    module, x, target
        As for `saliency`.
    window : int
        Side of the covered square, in pixels.
    stride : int, default=1
        Step between places, in pixels.
    fill : float, default=0.0
        Value that covers.

    Returns
    -------
    (N, H_out, W_out)
        Fall of the score, H_out = (H - window) // stride + 1; negative where covering helps.

    Raises
    ------
    ValueError
        As `saliency`; also if the window is larger than the image.

    References
    ----------
    Zeiler and Fergus, 2014, arXiv:1311.2901, section 4.2.

    Examples
    --------
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(16, 2))
    >>> occlusion(net, torch.zeros(1, 1, 4, 4), target=1, window=2, stride=2)
    tensor([[[0., 0.],
             [0., 0.]]])
    """
    require_axes("occlusion", "x", x, "N, C, H, W")
    require_int("occlusion", "window", window, minimum=1)
    require_int("occlusion", "stride", stride, minimum=1)
    rows, columns = (range(0, size - window + 1, stride) for size in x.shape[2:])
    if not rows or not columns:
        raise InvalidValue(
            "occlusion", received=f"window={window} for x with shape {tuple(x.shape)}",
            needed="a window no larger than the image", fix="use a smaller window")  # fmt: skip
    with unchanged(module), torch.no_grad():
        full = _target_scores("occlusion", module(x.clone()), target)
        falls = [
            full - _target_scores("occlusion", module(_cover(x, i, j, window, fill)), target)
            for i in rows
            for j in columns
        ]
    return torch.stack(falls, dim=1).reshape(x.shape[0], len(rows), len(columns))


def activation_maximization(
    score: Callable[[Tensor], Tensor],
    *,
    shape: tuple[int, int, int, int],
    steps: int = 100,
    learning_rate: float = 0.05,
    weight_decay: float = 1e-4,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Climb from noise to an image that a unit, channel or class likes best.

    Parameters
    ----------
    score : callable
        Takes images (N, C, H, W), returns what to make large, of any shape; it is averaged.
    shape : (N, C, H, W)
        Shape of the images to make.
    steps : int, default=100
        Steps of Adam.
    learning_rate : float, default=0.05
        Step size, in units of the input.
    weight_decay : float, default=1e-4
        Pulls pixels towards 0, so that they do not grow without end.
    generator : torch.Generator, default=None
        Draws the noise; None means seed 0.

    Returns
    -------
    (N, C, H, W)
        The images.

    References
    ----------
    Erhan et al., 2009, "Visualizing higher-layer features of a deep network".

    Examples
    --------
    >>> image = activation_maximization(lambda x: x[..., 0], shape=(1, 1, 2, 2), steps=20)
    >>> bool((image[..., 0] > image[..., 1]).all())
    True
    """
    require_int("activation_maximization", "steps", steps, minimum=1)
    require_number("activation_maximization", "learning_rate", learning_rate, minimum=0.0)
    generator = generator or torch.Generator().manual_seed(0)
    image = (0.1 * torch.randn(shape, generator=generator)).requires_grad_()
    optimizer = torch.optim.Adam([image], learning_rate, weight_decay=weight_decay)
    for _ in range(steps):
        with unchanged_in(score), torch.enable_grad():
            # A clone goes in: a module may work on its input in place.
            (image.grad,) = torch.autograd.grad(-score(image.clone()).mean(), image)
        optimizer.step()
    return image.detach()


def _target_scores(operation: str, scores: Tensor, target: Tensor | int) -> Tensor:
    """Pick the score of the target class for each image."""
    if scores.ndim != 2:
        raise InvalidValue(
            operation, received=f"scores with shape {tuple(scores.shape)}",
            needed="scores (N, classes)", fix="flatten the output of the network")  # fmt: skip
    targets = torch.as_tensor(target, device=scores.device).expand(scores.shape[0])
    return scores.gather(1, targets[:, None])[:, 0]


def _require_maps(layer: nn.Module, outputs: list) -> None:
    """Raise ValueError unless the layer was called and gave maps."""
    if outputs and isinstance(outputs[0], Tensor) and outputs[0].ndim == 4:
        return
    shape = getattr(outputs[0], "shape", None) if outputs else None
    given = f"with output {type(outputs[0]).__name__}" if outputs else "that was not called"
    raise InvalidValue(
        "grad_cam", received=f"a layer {type(layer).__name__} "
        + (given if shape is None else f"with output {tuple(shape)}"),
        needed="a layer of the module with output (N, K, H, W)",
        fix="choose a convolution or pooling layer of the module")  # fmt: skip


def _gradient(operation: str, scores: Tensor, x: Tensor, name: str) -> Tensor:
    """Give the gradient of the scores; a graph that does not lead from `x` to them has none."""
    grad = None
    if scores.requires_grad and x.requires_grad:
        (grad,) = torch.autograd.grad(scores.sum(), x, allow_unused=True)
    if grad is None:
        raise InvalidValue(
            operation, received=f"scores that no gradient leads from to {name}",
            needed="a network through which gradients flow there",
            fix="take out detach() and no_grad(), or choose another layer")  # fmt: skip
    return grad


def _cover(x: Tensor, row: int, column: int, window: int, fill: float) -> Tensor:
    covered = x.clone()
    covered[:, :, row : row + window, column : column + window] = fill
    return covered
