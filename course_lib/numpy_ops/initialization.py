"""Random weights whose size keeps signals alive through many layers, in plain NumPy.

All return float64, the precision of the checks; cast with `.astype("float32")` to train.

twin: course_lib/torch_ops/initialization.py   test: tests/parity/test_initialization.py
symbols: course_lib/shapes.py
"""

from math import prod, sqrt

import numpy as np
from numpy.typing import NDArray

from course_lib.contracts.initialization import (
    Fans,
    check_gain,
    check_initializer,
    check_weight_shape,
    flat_shape,
)

__all__ = [  # noqa: RUF022 (in the order of the course)
    "fan_in_and_fan_out",
    "calculate_gain",
    "lecun_normal",
    "xavier_normal",
    "xavier_uniform",
    "he_normal",
    "he_uniform",
    "orthogonal",
]


def fan_in_and_fan_out(shape: tuple[int, ...]) -> Fans:
    """Count the inputs of an output and the outputs of an input.

    fan_in = in * product(kernel); fan_out = out * product(kernel)

    Parameters
    ----------
    shape : (out, in, *kernel)
        Shape of a weight of `linear` or of a convolution; at least two sizes.

    Returns
    -------
    Fans
        `fan_in` and `fan_out`, ints.

    Raises
    ------
    TypeError
        If shape is not a tuple of ints.
    ValueError
        If shape has fewer than two sizes, or one below 1.

    Notes
    -----
    With groups, `in` is the number of channels of one group, and `out` is not divided: what
    `torch.nn.init` does as well.

    References
    ----------
    He et al., 2015, arXiv:1502.01852, section 2.2.

    Examples
    --------
    >>> fan_in_and_fan_out((64, 3, 7, 7))
    Fans(fan_in=147, fan_out=3136)
    """
    out, width, *kernel = check_weight_shape("fan_in_and_fan_out", shape)
    return Fans(width * prod(kernel), out * prod(kernel))


def calculate_gain(nonlinearity: str, negative_slope: float | None = None) -> float:
    """Look up the factor that makes up for what a nonlinearity takes from the signal.

    1 for linear, convolutions and sigmoid; 5/3 for tanh; sqrt(2) for relu;
    sqrt(2 / (1 + negative_slope**2)) for leaky_relu; 3/4 for selu

    Parameters
    ----------
    nonlinearity : str
        Name as in `torch.nn.init`: "linear", "conv1d" to "conv3d", "conv_transpose1d" to
        "conv_transpose3d", "sigmoid", "tanh", "relu", "leaky_relu" or "selu".
    negative_slope : float, default=None
        Slope of "leaky_relu" left of 0; None means 0.01.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If negative_slope is not a number.
    ValueError
        If the name is unknown, or a slope is given for anything but "leaky_relu".

    References
    ----------
    He et al., 2015, arXiv:1502.01852, section 2.2 (relu and leaky_relu); the other values are
    those of `torch.nn.init.calculate_gain`.

    Examples
    --------
    >>> calculate_gain("tanh")
    1.6666666666666667
    """
    negative_slope = check_gain(nonlinearity, negative_slope)
    slope = 0.01 if negative_slope is None else negative_slope
    gains = {"tanh": 5 / 3, "relu": sqrt(2), "leaky_relu": sqrt(2 / (1 + slope**2)), "selu": 3 / 4}
    return gains.get(nonlinearity, 1.0)


def lecun_normal(
    shape: tuple[int, ...], *, gain: float = 1.0, generator: np.random.Generator
) -> NDArray:
    """Draw normal weights that keep the variance of a signal in a linear layer.

    standard deviation = gain / sqrt(fan_in)

    Parameters
    ----------
    shape : (out, in, *kernel)
        Shape of the weight; at least two sizes.
    gain : float, default=1.0
        Multiplies all weights; see `calculate_gain`.
    generator : numpy.random.Generator
        Source of the random numbers.

    Returns
    -------
    weight : (out, in, *kernel)
        float64.

    Raises
    ------
    TypeError
        If shape, gain or generator has the wrong type.
    ValueError
        If shape has fewer than two sizes, or one below 1, or the gain is negative.

    References
    ----------
    LeCun, Bottou, Orr and Müller, 1998, Efficient BackProp, section 4.6.

    Examples
    --------
    >>> weight = lecun_normal((100, 400), generator=np.random.default_rng(seed=0))
    >>> float(round(weight.std() * 400**0.5, 1))
    1.0
    """
    shape, gain = check_initializer("lecun_normal", shape, gain, generator, np.random.Generator)
    return _normal(shape, gain / sqrt(fan_in_and_fan_out(shape).fan_in), generator)


def xavier_normal(
    shape: tuple[int, ...], *, gain: float = 1.0, generator: np.random.Generator
) -> NDArray:
    """Draw normal weights, a compromise between signals forward and gradients backward.

    standard deviation = gain * sqrt(2 / (fan_in + fan_out))

    Parameters
    ----------
    shape, gain, generator
        As in `lecun_normal`.

    Returns
    -------
    weight : (out, in, *kernel)
        float64.

    Raises
    ------
    TypeError, ValueError
        As `lecun_normal`.

    References
    ----------
    Glorot and Bengio, 2010, Understanding the difficulty of training deep feedforward neural
    networks, AISTATS, equation 12.

    Examples
    --------
    >>> weight = xavier_normal((100, 400), generator=np.random.default_rng(seed=0))
    >>> float(round(weight.std() * 250**0.5, 1))
    1.0
    """
    shape, gain = check_initializer("xavier_normal", shape, gain, generator, np.random.Generator)
    return _normal(shape, gain * sqrt(2 / sum(fan_in_and_fan_out(shape))), generator)


def xavier_uniform(
    shape: tuple[int, ...], *, gain: float = 1.0, generator: np.random.Generator
) -> NDArray:
    """Draw uniform weights with the variance of `xavier_normal`.

    bound = gain * sqrt(6 / (fan_in + fan_out)), weights in [-bound, bound)

    Parameters
    ----------
    shape, gain, generator
        As in `lecun_normal`.

    Returns
    -------
    weight : (out, in, *kernel)
        float64.

    Raises
    ------
    TypeError, ValueError
        As `lecun_normal`.

    References
    ----------
    Glorot and Bengio, 2010, Understanding the difficulty of training deep feedforward neural
    networks, AISTATS, equation 16.

    Examples
    --------
    >>> weight = xavier_uniform((2, 4), generator=np.random.default_rng(seed=0))
    >>> bool(np.all(abs(weight) <= 1))
    True
    """
    shape, gain = check_initializer("xavier_uniform", shape, gain, generator, np.random.Generator)
    return _uniform(shape, gain * sqrt(6 / sum(fan_in_and_fan_out(shape))), generator)


def he_normal(
    shape: tuple[int, ...], *, gain: float = 1.0, generator: np.random.Generator
) -> NDArray:
    """Draw normal weights for layers before a ReLU, which silences half of its inputs.

    standard deviation = gain * sqrt(2 / fan_in)

    Parameters
    ----------
    shape, gain, generator
        As in `lecun_normal`; the sqrt(2) of ReLU is built in, so leave `gain` at 1 for it.

    Returns
    -------
    weight : (out, in, *kernel)
        float64.

    Raises
    ------
    TypeError, ValueError
        As `lecun_normal`.

    References
    ----------
    He et al., 2015, arXiv:1502.01852, section 2.2.

    Examples
    --------
    >>> weight = he_normal((100, 400), generator=np.random.default_rng(seed=0))
    >>> float(round(weight.std() * 200**0.5, 1))
    1.0
    """
    shape, gain = check_initializer("he_normal", shape, gain, generator, np.random.Generator)
    return _normal(shape, gain * sqrt(2 / fan_in_and_fan_out(shape).fan_in), generator)


def he_uniform(
    shape: tuple[int, ...], *, gain: float = 1.0, generator: np.random.Generator
) -> NDArray:
    """Draw uniform weights with the variance of `he_normal`.

    bound = gain * sqrt(6 / fan_in), weights in [-bound, bound)

    Parameters
    ----------
    shape, gain, generator
        As in `lecun_normal`; the sqrt(2) of ReLU is built in, so leave `gain` at 1 for it.

    Returns
    -------
    weight : (out, in, *kernel)
        float64.

    Raises
    ------
    TypeError, ValueError
        As `lecun_normal`.

    References
    ----------
    He et al., 2015, arXiv:1502.01852, section 2.2 (the variance).

    Examples
    --------
    >>> weight = he_uniform((2, 6), generator=np.random.default_rng(seed=0))
    >>> bool(np.all(abs(weight) <= 1))
    True
    """
    shape, gain = check_initializer("he_uniform", shape, gain, generator, np.random.Generator)
    return _uniform(shape, gain * sqrt(6 / fan_in_and_fan_out(shape).fan_in), generator)


def orthogonal(
    shape: tuple[int, ...], *, gain: float = 1.0, generator: np.random.Generator
) -> NDArray:
    """Draw weights that turn signals without stretching them.

    With the weight laid out as a matrix M (out, in * product(kernel)): M @ M.T = gain**2 * I if
    it is wider than tall, else M.T @ M = gain**2 * I

    Parameters
    ----------
    shape, gain, generator
        As in `lecun_normal`.

    Returns
    -------
    weight : (out, in, *kernel)
        float64.

    Raises
    ------
    TypeError, ValueError
        As `lecun_normal`.

    Notes
    -----
    The Q of a QR decomposition of random normal numbers. Each column of Q takes the sign of the
    diagonal of R, so that every orthogonal matrix is equally likely [2]_.

    References
    ----------
    .. [1] Saxe, McClelland and Ganguli, 2014, arXiv:1312.6120.
    .. [2] Mezzadri, 2007, arXiv:math-ph/0609050.

    Examples
    --------
    >>> weight = orthogonal((2, 5), generator=np.random.default_rng(seed=0))
    >>> np.allclose(weight @ weight.T, np.eye(2))
    True
    """
    shape, gain = check_initializer("orthogonal", shape, gain, generator, np.random.Generator)
    rows, columns = flat_shape(shape)
    tall = generator.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(tall)
    q *= np.sign(np.diagonal(r))
    return gain * np.reshape(q if rows >= columns else q.T, shape)


def _normal(shape: tuple[int, ...], deviation: float, generator: np.random.Generator) -> NDArray:
    return deviation * generator.standard_normal(shape)


def _uniform(shape: tuple[int, ...], bound: float, generator: np.random.Generator) -> NDArray:
    return generator.uniform(-bound, bound, shape)
