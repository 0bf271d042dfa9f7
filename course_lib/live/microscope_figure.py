"""The CNN microscope: a drawing pad and every number of a small CNN, in a notebook or as a page."""

import copy
import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.figure
import numpy as np
from numpy.typing import NDArray

from course_lib import datasets, numpy_ops, plots
from course_lib import numpy_nn as nn
from course_lib.errors import InvalidType, InvalidValue
from course_lib.files import replace_file
from course_lib.live.figures import Figure, Trial, pack, unpack
from course_lib.live.ink import MNIST_FILL, PAD, as_drawings, centered, resized
from course_lib.live.network import network_state

if TYPE_CHECKING:
    import torch

MODULE = Path(__file__).with_name("microscope.js")
WEIGHTS = Path(__file__).with_name("microscope_weights.json")
MOST_BYTES = 2**20  # of weights, as the page carries them
SIZES = range(8, 65)  # pixels, of an input that a pad can be
NUM_TRAIN, NUM_TEST = 600, 200  # digits that the page carries
POOLS = ("max_pool2d", "avg_pool2d")
LEVELS = 16  # gray levels of the 8 x 8 digits


def microscope(
    network: "nn.Sequential | torch.nn.Module | None" = None,
    *,
    size: int | None = None,
    class_names: Sequence[str] | None = None,
    fill: float | None = None,
) -> Figure:
    """Look into a small CNN while you draw, point at its numbers, and train it.

    Parameters
    ----------
    network : numpy_nn.Sequential or torch.nn.Sequential, default=None
        Your own network; None is the course's, two convolutions for digits of 28 x 28 pixels. It
        takes images (N, 1 or 3, size, size) and gives scores (N, classes); its weights may take
        1 MB. A torch network is looked at in eval mode; neither is changed.
    size : int, default=None
        Height and width of its input, in pixels, from 8 to 64; None finds the size that fits its
        linear layer, or takes 28 where every size fits.
    class_names : sequence of str, default=None
        A name for each score; None counts from 0.
    fill : float, default=None
        The longer side of a centered drawing, as a share of the canvas; None is 20/28, as in
        MNIST, and 1 for the 8 x 8 digits of the course, which fill their image.

    Returns
    -------
    Figure
        It trains in the page where there are ten classes or more: the digits it carries are 0 to 9.

    Raises
    ------
    TypeError
        If the network is no Sequential, or has a layer that a page does not have.
    ValueError
        If the weights are too large, no size fits, or the names are not as many as the scores.

    Examples
    --------
    >>> from course_lib import numpy_nn as nn
    >>> rng = np.random.default_rng(seed=0)
    >>> own = nn.Sequential(nn.Conv2d(1, 2, 3, generator=rng), nn.ReLU(), nn.Flatten(),
    ...                     nn.Linear(2 * 10 * 10, 10, generator=rng))
    >>> microscope(own).state["size"]
    12
    """
    layers = _layers(network)
    channels, size = _input_of(layers, size)
    if hasattr(network, "named_modules"):
        _require_same(network, layers, (2, channels, size, size))
    names = _names(layers, (1, channels, size, size), class_names)
    digits = datasets.load("digits")
    images = np.concatenate([digits.x_train[:NUM_TRAIN, 0], digits.x_test[:NUM_TEST, 0]])
    labels = np.concatenate([digits.y_train[:NUM_TRAIN], digits.y_test[:NUM_TEST]])
    presets = [NUM_TRAIN + int(np.argmax(labels[NUM_TRAIN:] == digit)) for digit in range(10)]
    fill = fill or (1.0 if size == images.shape[-1] else MNIST_FILL)
    ink = as_drawings(images[presets[5]][None], size=max(size, PAD))[0]
    state = {
        "network": {"layers": layers}, "size": size, "channels": channels, "classes": names,
        "digits": {
            "images": pack(np.rint(LEVELS * images), "uint8"), "labels": labels,
            "train": NUM_TRAIN,
        },
        "presets": presets, "ink": pack(np.rint(255 * ink), "uint8"), "centered": True,
        "fill": fill,
        "backward": False, "target": names[min(5, len(names) - 1)],
        "place": {"stage": 0, "map": 0, "row": size // 2, "column": size // 2},
    }  # fmt: skip
    shown = microscope_numbers(state)
    likely = names[int(shown["probabilities"].argmax())]
    words = (
        f"A handwritten five on a drawing pad, the maps of a CNN that reads it, layer by layer, "
        f"and its answer: {likely}."
    )
    return Figure(MODULE, state, still=_still(layers, shown, names), words=words)


def save_microscope(
    path: str | Path, network: "nn.Sequential | torch.nn.Module | None" = None, **options: Any
) -> None:
    """Write the microscope as one HTML page that needs neither network nor kernel.

    Parameters
    ----------
    path : Path
        The file to write.
    network, **options
        As for `microscope`.
    """
    page = Path(__file__).with_name("microscope_page.html").read_text(encoding="utf-8")
    figure = microscope(network, **options)
    count = sum(
        int(np.prod(value["shape"]))
        for layer in figure.state["network"]["layers"]
        for value in layer.values()
        if isinstance(value, dict) and "base64" in value
    )
    text = page.replace("{figure}", figure._repr_html_()).replace("{count}", escape(f"{count:,}"))
    replace_file(path, text.encode())


def _layers(network: "nn.Sequential | torch.nn.Module | None") -> list[dict[str, Any]]:
    """Write the network as layers of network.js, without a softmax behind its scores."""
    if network is None:
        return json.loads(WEIGHTS.read_text(encoding="utf-8"))["layers"]
    if hasattr(network, "named_modules"):
        from course_lib.live.torch_network import as_numpy_network

        network = as_numpy_network(network)
    if not isinstance(network, nn.Sequential):
        raise InvalidType(
            "microscope", received=f"a {type(network).__name__}",
            needed="a Sequential of numpy_nn or torch.nn",
            fix="put the layers into one Sequential")  # fmt: skip
    layers = network_state(network)["layers"]
    if layers[-1]["op"] in ("softmax", "log_softmax"):
        layers = layers[:-1]
    num_bytes = sum(len(w["base64"]) for layer in layers for w in arrays_of(layer).values())
    if num_bytes > MOST_BYTES * 4 / 3:
        raise InvalidValue(
            "microscope", received=f"weights of {num_bytes * 3 / 4 / 2**20:.1f} MB",
            needed="at most 1 MB, about 260,000 numbers",
            fix="use fewer channels, or pool more before the linear layer")  # fmt: skip
    return layers


def arrays_of(layer: Mapping[str, Any]) -> dict[str, Any]:
    """Pick the packed arrays of a layer of `network_state`, by name."""
    return {k: v for k, v in layer.items() if isinstance(v, dict) and "base64" in v}


def _input_of(layers: list[dict[str, Any]], size: int | None) -> tuple[int, int]:
    """Find channels and size of the images that the network takes."""
    first = next((layer for layer in layers if layer["op"] == "conv2d"), None)
    groups = 1 if first is None else first["options"].get("groups", 1)
    channels = 1 if first is None else first["weight"]["shape"][1] * groups
    if channels not in (1, 3):
        raise InvalidValue(
            "microscope", received=f"a network for images of {channels} channels",
            needed="1 channel, or 3", fix="show a network for gray or color images")  # fmt: skip
    fitting = [n for n in ([size] if size else SIZES) if _fits(layers, (1, channels, n, n))]
    if not fitting:
        raise InvalidValue(
            "microscope", received=f"a network that takes no image of {size or '8 to 64'} pixels",
            needed="square images of 8 to 64 pixels, and scores (N, classes)",
            fix="pass size=, and end with a linear layer or a global pooling")  # fmt: skip
    return channels, 28 if 28 in fitting else fitting[0]


def _fits(layers: list[dict[str, Any]], shape: tuple[int, ...]) -> bool:
    try:
        return run(layers, np.zeros(shape, np.float32))[-1].ndim == 2
    except ValueError:
        return False


def _require_same(
    network: "torch.nn.Module", layers: list[dict[str, Any]], shape: tuple[int, ...]
) -> None:
    """Refuse a torch network that gives other scores than what was made of it."""
    import torch

    x = np.random.default_rng(seed=0).random(shape, np.float32)
    with torch.no_grad():
        wanted = copy.deepcopy(network).cpu().float().eval()(torch.from_numpy(x)).numpy()
    found = run(layers, x)[-1]
    if found.shape != wanted.shape or np.abs(found - wanted).max() > 1e-4 * np.abs(wanted).max():
        raise InvalidType(
            "microscope", received="a network that does more than its layers say",
            needed="plain layers, without hooks, and scores without a softmax behind them",
            fix="look at the part of it that is such a chain")  # fmt: skip


def _names(
    layers: list[dict[str, Any]], shape: tuple[int, ...], class_names: Sequence[str] | None
) -> list[str]:
    count = run(layers, np.zeros(shape, np.float32))[-1].shape[1]
    names = [str(k) for k in range(count)] if class_names is None else list(class_names)
    if len(names) != count or len(set(names)) != count:
        raise InvalidValue(
            "microscope", received=f"the class names {names} for {count} scores",
            needed="one name a score, all different", fix=f"pass {count} names")  # fmt: skip
    return names


def run(layers: Sequence[Mapping[str, Any]], x: NDArray) -> list[NDArray]:
    """Send images through the layers of `network_state` with NumPy; return what each gives."""
    outputs = []
    for layer in layers:
        y = getattr(numpy_ops, layer["op"])(x, *_arguments(layer), **layer["options"])
        x = y.y if layer["op"] == "batch_norm" else y
        outputs.append(x)
    return outputs


def run_backward(
    layers: Sequence[Mapping[str, Any]], x: NDArray, outputs: list[NDArray], grad: NDArray
) -> tuple[NDArray, list[NDArray]]:
    """Send the gradient of the scores back; return that of the input and of each layer's output."""
    grads = []
    for layer, given in zip(reversed(layers), reversed([x, *outputs[:-1]]), strict=True):
        grads.append(grad)
        backward = getattr(numpy_ops, f"{layer['op']}_backward")
        result = backward(grad, given, *_arguments(layer), **layer["options"])
        grad = getattr(result, "grad_x", result)
    return grad, grads[::-1]


def _arguments(layer: Mapping[str, Any]) -> list[NDArray | None]:
    arrays = {name: unpack(value) for name, value in arrays_of(layer).items()}
    order = ("weight", "bias", "running_mean", "running_var", "gamma", "beta")
    wanted = order[:2] if layer["op"] in ("conv2d", "linear") else order
    return [arrays.get(name) for name in wanted if name in arrays or wanted == order[:2]]


def microscope_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Compute with NumPy what the microscope shows."""
    layers = state["network"]["layers"]
    drawn = unpack(state["ink"]) / np.float32(255)
    gray = (
        centered(drawn, size=state["size"], fill=state["fill"])
        if state["centered"]
        else resized(drawn, size=state["size"])
    )
    x = np.repeat(gray[None, None], state["channels"], axis=1).astype(np.float32)
    outputs = run(layers, x)
    target = np.array([state["classes"].index(state["target"])])
    shown = {"x": x} | {f"layer{k}": y for k, y in enumerate(outputs)}
    shown["probabilities"] = numpy_ops.softmax(outputs[-1], axis=1)
    shown["log_probabilities"] = numpy_ops.log_softmax(outputs[-1], axis=1)
    if state["backward"]:
        one = np.ones((), np.float32)
        grad = numpy_ops.cross_entropy_backward(one, outputs[-1], target)
        shown["grad_x"], grads = run_backward(layers, x, outputs, grad)
        shown |= {f"grad{k}": y for k, y in enumerate(grads)}
    return shown | _parts(layers, x, outputs, state["place"])


def _parts(
    layers: Sequence[Mapping[str, Any]],
    x: NDArray,
    outputs: list[NDArray],
    place: Mapping[str, int],
) -> dict[str, Any]:
    """Cut out the window of the chosen number, with its kernel and products where it has them."""
    windowed = [k for k, layer in enumerate(layers) if layer["op"] in ("conv2d", *POOLS)]
    if place["stage"] >= len(windowed):
        return {}
    at = windowed[place["stage"]]
    layer, given = layers[at], [x, *outputs][at]
    options = {"stride": 1, "padding": 0, "dilation": 1} | dict(layer["options"])
    options = {k: v for k, v in options.items() if k in ("stride", "padding", "dilation")}
    if layer["op"] in POOLS:
        size = layer["options"]["kernel_size"]
        options["stride"] = layer["options"]["stride"] or size
        given = given[:, place["map"] : place["map"] + 1]
    else:
        size = layer["weight"]["shape"][2:]
    windows = numpy_ops.im2col(given, kernel_size=tuple(np.broadcast_to(size, 2)), **options)[0]
    column = place["row"] * outputs[at].shape[3] + place["column"]
    window = windows[:, column].reshape(-1, *np.broadcast_to(size, 2))
    if layer["op"] in POOLS:
        return {"window": window}
    kernel = unpack(layer["weight"])[place["map"]]
    return {"window": window, "kernel": kernel, "products": window * kernel}


def _still(
    layers: list[dict[str, Any]], shown: Mapping[str, NDArray], names: list[str]
) -> matplotlib.figure.Figure:
    """Draw the input, the maps of the layers that have some, and the answer."""
    ops = ("relu", "max_pool2d", "avg_pool2d", "conv2d")
    maps = [shown[f"layer{k}"][0] for k, layer in enumerate(layers) if layer["op"] in ops]
    maps = [y for y in maps if y.ndim == 3][-4:]
    chart, axes = plots.figure(columns=2 + len(maps), width=9.0, height=2.6)
    plots.show_image(shown["x"][0, 0], title="input", role="input", ticks=False, ax=axes[0, 0])
    for ax, y in zip(axes[0, 1:-1], maps, strict=True):
        side = int(np.ceil(np.sqrt(len(y))))
        filled = np.concatenate([y, np.zeros((side * side - len(y), *y.shape[1:]), y.dtype)])
        grid = filled.reshape(side, side, *y.shape[1:]).transpose(0, 2, 1, 3)
        ax.imshow(grid.reshape(side * y.shape[1], -1), cmap="viridis")
        ax.set(title=f"{len(y)} maps", xticks=[], yticks=[])
    axes[0, -1].barh(names, shown["probabilities"][0], color=plots.OUTPUT)
    axes[0, -1].invert_yaxis()
    axes[0, -1].set(title="output", xlim=(0, 1), xlabel="probability")
    return chart


def _trial() -> Figure:
    """Look into a network that is not sure of anything: its gradients are no rounding errors."""
    rng = np.random.default_rng(seed=0)
    figure = microscope(
        nn.Sequential(
            nn.Conv2d(1, 4, 5, padding=2, generator=rng), nn.BatchNorm2d(4), nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(4, 6, (3, 5), stride=(1, 2), groups=2, generator=rng), nn.SiLU(),
            nn.AvgPool2d(2), nn.Flatten(),
            nn.Linear(60, 12, generator=rng), nn.ReLU(), nn.Linear(12, 10, generator=rng),
        ),
        size=24,
    )  # fmt: skip
    figure.state["place"] |= {"map": 3}
    return figure


TRIALS = (Trial(_trial, microscope_numbers),)
