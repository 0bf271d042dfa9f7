"""How large a signal and an error are in each layer of a deep network that has just been drawn.

Sizes are mean squares; their logarithms to base 2 are called bits. Nothing is trained here.
"""

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib import datasets, numpy_ops
from course_lib.checks import require_choice

LAYERS = 30
WIDTH = 256
Function = Callable[[NDArray], NDArray]
Initializer = Callable[..., NDArray]


class Activation(NamedTuple):
    """An activation and its slope, both number by number."""

    value: Function
    slope: Function


ACTIVATIONS: Mapping[str, Activation] = {
    "linear": Activation(lambda z: z, np.ones_like),
    "relu": Activation(numpy_ops.relu, lambda z: (z > 0).astype(float)),
    "tanh": Activation(numpy_ops.tanh, lambda z: 1 - numpy_ops.tanh(z) ** 2),
}


def pytorch_default(
    shape: tuple[int, ...], *, gain: float = 1.0, generator: np.random.Generator
) -> NDArray:
    """Draw as `torch.nn.Linear` and `Conv2d` do unless told otherwise: U(−1/√fan_in, 1/√fan_in).

    Parameters
    ----------
    shape, gain, generator
        As in `numpy_ops.he_uniform`.

    Returns
    -------
    weight : (out, in, *kernel)
        float64, of variance gain² / (3 fan_in).

    Examples
    --------
    >>> weight = pytorch_default((50, 100), generator=np.random.default_rng(seed=0))
    >>> bool(abs(weight).max() <= 0.1)
    True
    """
    return numpy_ops.he_uniform(shape, gain=gain / sqrt(6), generator=generator)


def he_by_fan_out(
    shape: tuple[int, ...], *, gain: float = 1.0, generator: np.random.Generator
) -> NDArray:
    """Draw normal weights of variance 2 gain² / fan_out, which suit the way back.

    Parameters
    ----------
    shape, gain, generator
        As in `numpy_ops.he_normal`.

    Examples
    --------
    >>> weight = he_by_fan_out((100, 400), generator=np.random.default_rng(seed=0))
    >>> round(float(weight.std()), 2)
    0.14
    """
    fans = numpy_ops.fan_in_and_fan_out(shape)
    ratio = sqrt(fans.fan_in / fans.fan_out)
    return numpy_ops.he_normal(shape, gain=gain * ratio, generator=generator)


INITIALIZERS: Mapping[str, Initializer] = {
    "PyTorch's default": pytorch_default,
    "LeCun": numpy_ops.lecun_normal,
    "Glorot": numpy_ops.xavier_normal,
    "He": numpy_ops.he_normal,
    "He, fan-out": he_by_fan_out,
    "orthogonal": numpy_ops.orthogonal,
}


class Signals(NamedTuple):
    """Mean squares, one a layer: of the sums z, of the slopes δ = ∂L/∂z, and of ∂L/∂W."""

    sums: NDArray
    deltas: NDArray
    grads: NDArray


def digit_rows(count: int = 64) -> NDArray:
    """Give training digits as rows (N, 64), scaled so that their mean square is 1."""
    x = datasets.load("digits").x_train[:count].reshape(count, -1).astype(float)
    return x / np.sqrt((x**2).mean())


def draw_weights(
    initializer: str, widths: Sequence[int], *, seed: int, gain: float = 1.0
) -> list[NDArray]:
    """Draw the weight matrices (out, in) between layers of these widths.

    Parameters
    ----------
    initializer : str
        A name in `INITIALIZERS`.
    widths : sequence of int
        Numbers a layer, from the input on.
    seed : int
        Chooses the weights.
    gain : float, default=1.0
        Multiplies all weights.

    Raises
    ------
    ValueError
        If there is no such initializer.

    Examples
    --------
    >>> [weight.shape for weight in draw_weights("He", (4, 3, 2), seed=0)]
    [(3, 4), (2, 3)]
    """
    require_choice("draw_weights", "initializer", initializer, INITIALIZERS)
    draw, generator = INITIALIZERS[initializer], np.random.default_rng(seed)
    shapes = zip(widths[1:], widths[:-1], strict=True)
    return [draw(shape, gain=gain, generator=generator) for shape in shapes]


def send(
    initializer: str,
    activation: str,
    *,
    seed: int,
    gain: float = 1.0,
    widths: Sequence[int] = (64, *LAYERS * [WIDTH]),
    images: int = 64,
) -> Signals:
    """Send digits through a network that was just drawn, and random slopes back through it.

    Parameters
    ----------
    initializer, activation : str
        Names in `INITIALIZERS` and `ACTIVATIONS`.
    seed : int
        Chooses the weights, and the slopes δ of the last layer, which are normal with variance 1.
    gain : float, default=1.0
        Multiplies all weights.
    widths : sequence of int, default=(64, 256, ..., 256)
        Numbers a layer; the first must be 64, the pixels of a digit.
    images : int, default=64
        Digits in the batch.

    Returns
    -------
    Signals
        From the first layer to the last.

    Raises
    ------
    ValueError
        If there is no such initializer or activation.

    Examples
    --------
    >>> [len(sizes) for sizes in send("He", "relu", seed=0, widths=(64, 8, 8))]
    [2, 2, 2]
    """
    require_choice("send", "activation", activation, ACTIVATIONS)
    value, slope = ACTIVATIONS[activation]
    weights = draw_weights(initializer, widths, seed=seed, gain=gain)
    inputs, sums = [digit_rows(images)], []
    for weight in weights:
        sums.append(inputs[-1] @ weight.T)
        inputs.append(value(sums[-1]))
    deltas = [np.random.default_rng([seed, 1]).standard_normal(sums[-1].shape)]
    for weight, z in zip(weights[:0:-1], sums[-2::-1], strict=True):
        deltas.append((deltas[-1] @ weight) * slope(z))
    deltas.reverse()
    grads = [delta.T @ h / images for delta, h in zip(deltas, inputs[:-1], strict=True)]
    return Signals(*(np.array([mean_square(a) for a in list_]) for list_ in (sums, deltas, grads)))


def send_through_convolutions(
    *, seed: int, padding: str, channels: int = 64, layers: int = LAYERS, images: int = 8
) -> NDArray:
    """Send digits through 3×3 convolutions with ReLU, drawn as He has it; mean squares of z.

    Parameters
    ----------
    seed : int
        Chooses the weights.
    padding : {"zeros", "circular"}
        What stands around a map: nothing, or the map again, as on a torus.
    channels, layers, images : int, default=64, 30 and 8
        Sizes of the network and of the batch.

    Returns
    -------
    (layers,) array
        From the first layer to the last.

    Raises
    ------
    ValueError
        If `padding` is another word.

    Examples
    --------
    >>> sizes = send_through_convolutions(seed=0, padding="zeros", channels=4, layers=2)
    >>> sizes.shape
    (2,)
    """
    modes = {"zeros": "constant", "circular": "wrap"}
    require_choice("send_through_convolutions", "padding", padding, modes)
    generator = np.random.default_rng(seed)
    h, sizes = digit_rows(images).reshape(-1, 1, 8, 8), []
    for _ in range(layers):
        weight = numpy_ops.he_normal((channels, h.shape[1], 3, 3), generator=generator)
        padded = np.pad(h, ((0, 0), (0, 0), (1, 1), (1, 1)), mode=modes[padding])
        z = numpy_ops.conv2d(padded, weight)
        sizes.append(mean_square(z))
        h = numpy_ops.relu(z)
    return np.array(sizes)


def mean_square(x: NDArray) -> float:
    """Average the squares of all numbers."""
    return float((x**2).mean())


def bits_a_layer(sizes: NDArray) -> float:
    """Give the slope of log₂ of the sizes, in bits a layer, from the first to the last.

    Examples
    --------
    >>> bits_a_layer(np.array([8.0, 4.0, 2.0]))
    -1.0
    """
    bits = np.log2(sizes)
    return float((bits[-1] - bits[0]) / (len(bits) - 1))


NODES, MASSES = np.polynomial.hermite_e.hermegauss(199)
MASSES = MASSES / MASSES.sum()


def expected(function: Function, size: float) -> float:
    """Average a function of z over normal numbers z with mean 0 and mean square `size`.

    Examples
    --------
    >>> round(expected(lambda z: z**2, 3.0), 6)
    3.0
    """
    return float(MASSES @ function(np.sqrt(size) * NODES))


def next_size(size: float, *, gain: float) -> float:
    """Tell the mean square of z one tanh layer later, for weights of variance gain²/n.

    Examples
    --------
    >>> next_size(1e-9, gain=1.0) < 1e-9
    True
    """
    return gain**2 * expected(lambda z: numpy_ops.tanh(z) ** 2, size)


class Theory(NamedTuple):
    """Bits a layer: of the sums on the way forward, of the slopes δ on the way back."""

    forward: float
    backward: float


def theory_of_tanh(gain: float, *, layers: int = LAYERS) -> Theory:
    """Follow the mean square through tanh layers of one width, and what the slopes make of δ.

    Parameters
    ----------
    gain : float
        The weights have variance gain²/n.
    layers : int, default=30
        How many there are.

    Returns
    -------
    Theory
        Averages from the first layer to the last; the first sums have mean square gain².

    References
    ----------
    Poole et al., 2016, arXiv:1606.05340 (the map); Schoenholz et al., 2017, arXiv:1611.01232 (the
    way back).

    Examples
    --------
    >>> theory_of_tanh(3.0).backward > 0
    True
    """
    sizes = [gain**2]
    for _ in range(layers - 1):
        sizes.append(next_size(sizes[-1], gain=gain))
    squared = [expected(lambda z: ACTIVATIONS["tanh"].slope(z) ** 2, q) for q in sizes[:-1]]
    back = float(np.mean(np.log2(gain**2 * np.array(squared))))
    return Theory(bits_a_layer(np.array(sizes)), back)
