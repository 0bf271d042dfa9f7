"""Numbers on activations, gradients, first weights and optimizers."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from course_lib import models, numpy_nn, numpy_ops
from course_lib.lessons.claims_checked.record import Measured
from course_lib.lessons.claims_checked.signals import sigmoid_slopes
from course_lib.parity import relative_error

ALEXNET_FIRST = (96, 3, 11, 11)  # the first kernels of 2012
WIDTH, DEPTH = 256, 30


def _slope(x: float) -> float:
    return numpy_ops.sigmoid_backward(np.ones(1), np.array([x]))[0]


def sigmoid_slope() -> Measured:
    """Find the largest slope, and what ten of them leave."""
    x = np.linspace(-8, 8, 1601)
    slopes = numpy_ops.sigmoid_backward(np.ones_like(x), x)
    most = slopes.max()
    text = f"largest {most:.2f}, at {abs(x[slopes.argmax()]):.0f}; ten of them {most**10:.2g}"
    return Measured(text, np.isclose(most, 0.25))


def small_inputs() -> Measured:
    """Take the slope of the sigmoid at 0.01 and at ±10."""
    small, large = _slope(0.01), _slope(10.0)
    text = f"at 0.01: {small:.3f}; at 10 and −10: {large:.2g}"
    return Measured(text, small > 0.24 and np.isclose(large, _slope(-10.0)))


def tanh_typed() -> Measured:
    """Type the formula in float32."""
    x = np.float32(100)
    with np.errstate(all="ignore"):
        typed = (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))
    stable = numpy_ops.tanh(np.full(1, x))[0]
    return Measured(
        f"tanh(100) in float32: typed {typed}, stable {stable:.0f}", bool(np.isnan(typed))
    )


def leaky() -> Measured:
    """Try α = 1.5 on a negative and a positive number."""
    x = np.array([-2.0, 2.0])
    typed, right = np.maximum(1.5 * x, x), numpy_ops.leaky_relu(x, negative_slope=1.5)
    text = f"α = 1.5 at −2 and 2: {_row(typed)}, right {_row(right)}"
    return Measured(text, bool((typed != right).all()))


def leaky_small() -> Measured:
    """Try α = 0.01 on many numbers."""
    x = np.linspace(-5, 5, 101)
    apart = abs(np.maximum(0.01 * x, x) - numpy_ops.leaky_relu(x, negative_slope=0.01)).max()
    return Measured(f"largest difference {apart:.0f}", apart == 0)


def elu() -> Measured:
    """Take the slope just left of 0."""
    x = np.array([-1e-9])
    left = [numpy_ops.elu_backward(np.ones(1), x, alpha=a)[0] for a in (0.5, 1.0, 2.0)]
    text = f"slope left of 0 for α = 0.5, 1, 2: {_row(left)}; right of it 1"
    return Measured(text, np.allclose(left, (0.5, 1, 2)))


def relu_bends() -> Measured:
    """Ask whether f(−1) + f(1) is f(0)."""
    low, high, both = numpy_ops.relu(np.array([-1.0, 1.0, 0.0]))
    return Measured(f"f(−1) + f(1) = {low + high:.0f}, f(−1 + 1) = {both:.0f}", low + high != both)


def relu_depth() -> Measured:
    """Follow the size of a signal through thirty ReLU layers, with 1/n and with 2/n."""
    bits = [_bits(draw) for draw in (numpy_ops.lecun_normal, numpy_ops.he_normal)]
    text = f"size after {DEPTH} layers: 2^{bits[0]:.0f} with 1/n; with 2/n within 2^±6"
    return Measured(text.replace("-", "−"), bits[0] < -20 and abs(bits[1]) < 6)


def _bits(draw: Callable[..., NDArray]) -> float:
    """Send signals through layers of fresh weights; give log₂ of what is left of their size."""
    rng = np.random.default_rng(seed=0)
    x = rng.standard_normal((64, WIDTH))
    before = np.mean(x**2)
    for _ in range(DEPTH):
        x = numpy_ops.relu(numpy_ops.linear(x, draw((WIDTH, WIDTH), generator=rng)))
    return np.log2(np.mean(x**2) / before)


def chain() -> Measured:
    """Compare the product of slopes with the slope of a chain of six sigmoids."""
    weights, x = [0.8, -1.5, 0.6, 1.2, 0.5, 0.9], 0.7
    sums, h = [], x
    for weight in weights:
        sums.append(weight * h)
        h = float(numpy_ops.sigmoid(np.array([sums[-1]]))[0])
    slopes = [_slope(z) for z in sums]
    short, full = np.prod(slopes), np.prod(slopes) * np.prod(weights[1:]) * x * (h - 1)
    nudged = (_chain_loss([weights[0] + 1e-6, *weights[1:]], x)
              - _chain_loss([weights[0] - 1e-6, *weights[1:]], x)) / 2e-6  # fmt: skip
    text = f"product of slopes {short:.1e}, true slope {full:.1e}".replace("e-0", "e−")
    return Measured(text, np.isclose(full, nudged, rtol=1e-4) and abs(short / full) > 2)


def _chain_loss(weights: list[float], x: float) -> float:
    for weight in weights:
        x = 1 / (1 + np.exp(-weight * x))
    return (x - 1) ** 2 / 2


def first_layer() -> Measured:
    """Take the slopes of the first and the last weights of ten sigmoid layers."""
    slopes = sigmoid_slopes(depth=10, seed=0)
    share = slopes[0] / slopes[-1]
    return Measured(f"ten layers: first / last slope {share:.0e}", bool(share < 1e-3))


def no_sigmoid() -> Measured:
    """Count the activations of both networks."""
    texts, clean = [], []
    for name in ("alexnet_original", "vgg16"):
        with torch.device("meta"):
            kinds = [type(layer).__name__ for layer in models.build(name).modules()]
        bent = sum(kind in ("Sigmoid", "Tanh") for kind in kinds)
        texts.append(
            f"{models.facts(name).year}: {kinds.count('ReLU')} ReLU, {bent} sigmoid or tanh"
        )
        clean.append(bent == 0)
    return Measured("; ".join(texts), all(clean))


def update() -> Measured:
    """Take a step with the optimizer and by the formula."""
    parameter = numpy_nn.Parameter(np.array([1.0, -2.0]))
    parameter.grad = np.array([0.5, 0.25])
    numpy_nn.SGD([parameter], learning_rate=0.1).step()
    typed = np.array([1.0, -2.0]) - 0.1 * np.array([0.5, 0.25])
    apart = abs(parameter.data - typed).max()
    return Measured(f"optimizer and formula differ by {apart:.0f}", apart == 0)


def outer_product() -> Measured:
    """Multiply δ and h as written, and with the transpose."""
    rng = np.random.default_rng(seed=0)
    delta, h = rng.standard_normal((6, 3)), rng.standard_normal((6, 4))
    right = numpy_ops.linear_backward(delta, h, rng.standard_normal((3, 4))).grad_weight
    try:
        delta @ h
    except ValueError:
        fits = False
    else:
        fits = True
    text = f"(6, 3) times (6, 4): {'fits' if fits else 'no product'}; δᵀ h is {right.shape}"
    return Measured(text, not fits and np.allclose(delta.T @ h, right))


def delta() -> Measured:
    """Send δ back through a convolution, with the flip and without it."""
    rng = np.random.default_rng(seed=0)
    x, weight = rng.standard_normal((1, 1, 6, 6)), rng.standard_normal((1, 1, 3, 3))
    sent = rng.standard_normal((1, 1, 4, 4))
    right = numpy_ops.conv2d_backward(sent, x, weight).grad_x
    flipped, plain = (
        numpy_ops.conv2d(sent, kernel, padding=2) for kernel in (weight[..., ::-1, ::-1], weight)
    )
    apart = relative_error(plain, right)
    return Measured(
        f"without the flip {apart:.1f} off, with it 0",
        relative_error(flipped, right) < 1e-12 and apart > 0.1,
    )


def xavier() -> Measured:
    """Take both variances for AlexNet's first kernels."""
    fans = numpy_ops.fan_in_and_fan_out(ALEXNET_FIRST)
    typed, right = 1 / fans.fan_in, 2 / sum(fans)
    text = f"AlexNet's first kernels: 1/n {typed:.1e}, 2/(n_in + n_out) {right:.1e}"
    return Measured(text.replace("e-0", "e−"), typed > 10 * right)


def he() -> Measured:
    """Count the fan-in of a kernel, and take 2/n as variance and as standard deviation."""
    shape = (128, 64, 3, 3)
    n = numpy_ops.fan_in_and_fan_out(shape).fan_in
    drawn = numpy_ops.he_normal(shape, generator=np.random.default_rng(seed=0))
    text = (
        f"64 channels, 3 × 3: n = {n}, variance · n = {drawn.var() * n:.1f}; "
        f"with 2/n as standard deviation {(2 / n) ** 2 * n:.2g}"
    )
    return Measured(text, n == 9 * 64 and abs(drawn.var() * n - 2) < 0.1)


def torch_default() -> Measured:
    """Draw a layer of PyTorch."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        weight = torch.nn.Conv2d(64, 128, 3).weight
    share = weight.var().item() * numpy_ops.fan_in_and_fan_out(tuple(weight.shape)).fan_in
    return Measured(f"variance · n = {share:.2f}; He has 2", abs(share - 1 / 3) < 0.02)


def _row(values: NDArray) -> str:
    return " ".join(f"{v:g}" for v in values).replace("-", "−")
