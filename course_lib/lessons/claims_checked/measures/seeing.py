"""Numbers on convolution, sizes, counts, and what a network sees."""

import numpy as np
import torch
from numpy.typing import NDArray

from course_lib import datasets, models, numpy_ops
from course_lib.analysis import conv_costs, dense_costs, equivariance_error
from course_lib.analysis import receptive_field as field_of
from course_lib.datasets.patches import FACE, cut, man_with_camera
from course_lib.lessons.claims_checked.record import Measured
from course_lib.parity import relative_error
from course_lib.shapes import conv_output_size

EDGES = np.array([[1.0, 0.0, -1.0]] * 3)  # a vertical edge detector
STEM, ALEXNET = (224, 7, 3, 2), (224, 11, 0, 4)  # image, kernel, padding, stride


def flip() -> Measured:
    """Compare both operations, with an edge detector and with a random kernel."""
    photo = datasets.photo("camera", size=64, gray=True)[0]
    pairs = [
        (numpy_ops.cross_correlate2d(photo, kernel), numpy_ops.convolve2d(photo, kernel))
        for kernel in (EDGES, np.random.default_rng(seed=0).standard_normal((3, 3)))
    ]
    negative, apart = relative_error(-pairs[0][0], pairs[0][1]), relative_error(*pairs[1])
    text = f"edge detector: the negative, to {negative:.0f}; random kernel: {apart:.1f} apart"
    return Measured(text, negative < 1e-12 and apart > 0.1)


def kernel_depth() -> Measured:
    """Read the depth of kernels off layers with 1, 4 and 32 groups."""
    depths = [torch.nn.Conv2d(32, 32, 3, groups=g).weight.shape[1] for g in (1, 4, 32)]
    return Measured(f"32 channels in 1, 4, 32 groups: {depths}", depths == [32, 8, 1])


def strong_match() -> Measured:
    """Search a face by its own pixels."""
    image = man_with_camera() / 255
    face = cut(image, FACE)
    answers = numpy_ops.cross_correlate2d(image, face)
    highest, there = answers.max(), answers[FACE]
    return Measured(
        f"{there:.0f} on the face itself, {highest:.0f} in the sky", bool(highest > 1.2 * there)
    )


def neighbors() -> Measured:
    """Correlate pixels 1 and 32 columns apart, on the mean of four photos."""
    near, far = (
        np.mean([_correlation(_gray(n), d) for n in ("camera", "cat", "coffee", "astronaut")])
        for d in (1, 32)
    )
    return Measured(f"1 pixel apart {near:.2f}, 32 apart {far:.2f}", bool(near > 0.9 > far + 0.2))


def _gray(name: str) -> NDArray:
    return datasets.photo(name, size=128, gray=True)[0]


def _correlation(image: NDArray, distance: int) -> float:
    return np.corrcoef(image[:, :-distance].ravel(), image[:, distance:].ravel())[0, 1]


def dense_count() -> Measured:
    """Count the dense layer."""
    costs = dense_costs(256 * 256 * 3, 1000)
    text = f"{costs.weights:,} weights, {costs.parameters:,} parameters"
    return Measured(text, costs.weights == 196_608_000)


def fewer_weights() -> Measured:
    """Count the convolution beside it: weights, outputs, products."""
    dense = dense_costs(256 * 256 * 3, 1000)
    conv = conv_costs(256, channels=3, filters=10, kernel_size=5)
    text = (
        f"{conv.parameters} parameters, {conv.outputs:,} outputs; "
        f"{dense.weights / conv.weights:,.0f} times fewer weights, "
        f"{dense.multiply_adds / conv.multiply_adds:.1f} times fewer products"
    )
    return Measured(text, dense.multiply_adds < 5 * conv.multiply_adds)


def ratio() -> Measured:
    """Divide as quoted, and like for like."""
    conv = conv_costs(32, channels=3, filters=10, kernel_size=5)
    quoted = dense_costs(32 * 32 * 3, 100).weights / conv.parameters
    alike = dense_costs(32 * 32 * 3, conv.outputs).parameters / conv.parameters
    text = f"307,200 / 760 = {quoted:.1f}; for {conv.outputs:,} outputs each {alike:,.0f}"
    return Measured(text, round(quoted) != 403 and alike > 30_000)


def output_size() -> Measured:
    """Divide without rounding, and ask the layer."""
    texts, wrong = [], []
    for name, (size, kernel, padding, stride) in {"ResNet": STEM, "AlexNet": ALEXNET}.items():
        typed = (size - kernel + 2 * padding) / stride + 1
        given = conv_output_size(size, kernel, stride=stride, padding=padding)
        texts.append(f"first layer of {name}: {typed} → {given}")
        wrong.append(typed != given)
    return Measured("; ".join(texts), all(wrong))


def five_by_three() -> Measured:
    """Slide a kernel."""
    shape = numpy_ops.cross_correlate2d(np.ones((5, 5)), EDGES).shape
    return Measured(f"{shape[0]} × {shape[1]}", shape == (3, 3))


def dense_undone() -> Measured:
    """Send a digit through a dense layer, and solve for it."""
    digit = datasets.load("digits").x_test[0].astype(float).reshape(1, -1)
    weight = np.random.default_rng(seed=0).standard_normal((64, 64))
    back = np.linalg.solve(weight, numpy_ops.linear(digit, weight)[0])
    exact = relative_error(back, digit[0]) < 1e-9
    return Measured(
        f"digit back from the layer's output: {'all' if exact else 'not all'} 64 pixels", exact
    )


def invariant() -> Measured:
    """Shift a photo by a pixel, and compare the map with itself and with the shifted map."""
    x = datasets.photo("cat", size=64, gray=True).astype(float)[None]
    weight = np.random.default_rng(seed=0).standard_normal((4, 1, 3, 3))

    def circular(x: NDArray) -> NDArray:
        return numpy_ops.conv2d(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="wrap"), weight)

    def zeros(x: NDArray) -> NDArray:
        return numpy_ops.conv2d(x, weight, padding=1)

    around, bordered = (equivariance_error(f, x, shift=1) for f in (circular, zeros))
    still = relative_error(circular(np.roll(x, (1, 1), (2, 3))), circular(x))
    text = (
        f"map changes by {still:.1f}; from the shifted map it differs by {around:.2f}, "
        f"with zeros at the border by {bordered:.2f}"
    )
    return Measured(text, still > 0.2 and around < 1e-12 < 0.01 < bordered)


def receptive_field() -> Measured:
    """Compare what ten layers can see with the spread of what counts, for equal weights."""
    counts = np.ones(1)
    for _ in range(10):
        counts = np.convolve(counts, np.ones(3) / 3)
    places = np.arange(len(counts)) - 10
    spread = np.sqrt((counts * places**2).sum())
    vgg = _field_of("vgg16")
    text = f"ten 3 × 3: {len(counts)} pixels, spread {spread:.2f}; VGG-16 up to pool5: {vgg}"
    return Measured(text, np.isclose(spread, np.sqrt(20 / 3)) and vgg == 212)


def _field_of(name: str) -> int:
    with torch.device("meta"):
        return field_of(models.build(name), input_shape=(1, 3, 224, 224)).last.size


def most_accurate() -> Measured:
    """Look up the most accurate network of the course."""
    known = [models.facts(name) for name in models.list_models()]
    best = max(
        (one for one in known if one.published and one.published.top1),
        key=lambda one: one.published.top1,
    )
    return Measured(
        f"{best.name}, {best.year}: {best.published.top1} % (published)", best.year < 2021
    )


def sharing() -> Measured:
    """Count one layer dense, local, and shared, all of the same size."""
    size = {"channels": 3, "filters": 10, "kernel_size": 5}
    conv, local = (conv_costs(32, **size, shared=shared) for shared in (True, False))
    dense = dense_costs(32 * 32 * 3, conv.outputs)
    text = (
        f"weights dense {dense.weights:,}, local {local.weights:,}, shared {conv.weights:,}; "
        f"products {dense.multiply_adds:,}, {local.multiply_adds:,}, {conv.multiply_adds:,}"
    )
    return Measured(text, local.multiply_adds == conv.multiply_adds < dense.multiply_adds)
