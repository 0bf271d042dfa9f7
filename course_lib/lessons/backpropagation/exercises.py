"""Exercises of notebook 08: backpropagation."""

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises.record import Case, Exercise

# 08.first_layer


def first_layer(x: NDArray, target: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Send the error back through W2 and the ReLU, then sum over the batch."""
    z = x @ W1.T
    delta2 = np.maximum(z, 0) @ W2.T - target
    delta1 = (delta2 @ W2) * (z > 0)
    return delta1.T @ x


def first_layer_without_slope(x: NDArray, target: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Leave out the slope of the ReLU."""
    delta2 = np.maximum(x @ W1.T, 0) @ W2.T - target
    return (delta2 @ W2).T @ x


def first_layer_of_last_sample(x: NDArray, target: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Keep what the last sample says only."""
    return first_layer(x[-1:], target[-1:], W1, W2)


def first_layer_averaged(x: NDArray, target: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Average over the batch, where this loss is a sum."""
    return first_layer(x, target, W1, W2) / len(x)


def first_layer_transposed(x: NDArray, target: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Multiply in the other order: inputs by outputs."""
    return first_layer(x, target, W1, W2).T


def first_layer_wrong_sign(x: NDArray, target: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Start from target minus output."""
    return -first_layer(x, target, W1, W2)


def first_layer_gated_by_output(x: NDArray, target: NDArray, W1: NDArray, W2: NDArray) -> NDArray:
    """Multiply with the output of the ReLU instead of its slope."""
    h = np.maximum(x @ W1.T, 0)
    return (((h @ W2.T - target) @ W2) * h).T @ x


def first_layer_cases() -> tuple[Case, ...]:
    """Make a batch of two to try by hand, then larger ones."""
    rng = np.random.default_rng(seed=8)
    by_hand = Case(
        "two samples, two features",
        (
            np.array([[1.0, 2.0], [3.0, -1.0]]),
            np.array([[1.0], [2.0]]),
            np.array([[1.0, 1.0], [2.0, -1.0], [-1.0, 1.0]]),
            np.array([[1.0, -1.0, 2.0]]),
        ),
    )
    sizes = [(4, 3, 5, 2), (1, 2, 3, 4), (6, 5, 2, 1)]
    return (
        by_hand,
        *(
            Case(
                f"{n} samples, layers of {i}, {h}, {o}",
                tuple(rng.standard_normal(shape) for shape in ((n, i), (n, o), (h, i), (o, h))),
            )
            for n, i, h, o in sizes
        ),
    )


# 08.channel_scale


def channel_scale(grad_y: NDArray, x: NDArray) -> NDArray:
    """Add up over all that a channel's one number was multiplied with."""
    return (grad_y * x).sum(axis=(0, 2, 3))


def channel_scale_without_x(grad_y: NDArray, x: NDArray) -> NDArray:
    """Add up δ alone, as for a bias."""
    return grad_y.sum(axis=(0, 2, 3))


def channel_scale_averaged(grad_y: NDArray, x: NDArray) -> NDArray:
    """Average over the uses, where they add up."""
    return (grad_y * x).mean(axis=(0, 2, 3))


def channel_scale_an_image(grad_y: NDArray, x: NDArray) -> NDArray:
    """Keep the images apart."""
    return (grad_y * x).sum(axis=(2, 3))


def channel_scale_of_sums(grad_y: NDArray, x: NDArray) -> NDArray:
    """Multiply two sums, where products are summed."""
    return grad_y.sum(axis=(0, 2, 3)) * x.sum(axis=(0, 2, 3))


def scale_cases() -> tuple[Case, ...]:
    """Make two images of two channels to try by hand, then larger batches."""
    rng = np.random.default_rng(seed=9)
    small = np.array([[[[1.0, 2.0]], [[0.0, 3.0]]], [[[4.0, -1.0]], [[2.0, 1.0]]]])
    sent = np.array([[[[1.0, 0.0]], [[2.0, -1.0]]], [[[3.0, 1.0]], [[1.0, 1.0]]]])
    sizes = [(3, 2, 4, 5), (1, 4, 2, 3), (5, 1, 3, 2)]
    return (
        Case("two images, two channels, 1×2 pixels", (sent, small)),
        *(
            Case(f"shape {size}", (rng.standard_normal(size), rng.standard_normal(size)))
            for size in sizes
        ),
    )


# 08.skip_bug


def skip_backward_overwrites(grad_y: NDArray, x: NDArray, weight: NDArray) -> NDArray:
    """Give the gradient of x for y = x + relu(x @ weight.T) — with a bug."""
    grad_x = grad_y.copy()  # along the way around
    delta = grad_y * (x @ weight.T > 0)
    grad_x = delta @ weight  # along the way through the layer
    return grad_x


def skip_backward(grad_y: NDArray, x: NDArray, weight: NDArray) -> NDArray:
    """Give the gradient of x for y = x + relu(x @ weight.T)."""
    grad_x = grad_y.copy()  # along the way around
    delta = grad_y * (x @ weight.T > 0)
    grad_x += delta @ weight  # along the way through the layer
    return grad_x


def skip_backward_around_only(grad_y: NDArray, x: NDArray, weight: NDArray) -> NDArray:
    """Take the way around only."""
    return grad_y.copy()


def skip_backward_not_transposed(grad_y: NDArray, x: NDArray, weight: NDArray) -> NDArray:
    """Multiply with the transpose of the weight: it is square, so nothing complains."""
    return grad_y + (grad_y * (x @ weight.T > 0)) @ weight.T


def skip_backward_without_slope(grad_y: NDArray, x: NDArray, weight: NDArray) -> NDArray:
    """Leave out the slope of the ReLU."""
    return grad_y + grad_y @ weight


def skip_backward_multiplies(grad_y: NDArray, x: NDArray, weight: NDArray) -> NDArray:
    """Multiply the two ways, where they add up."""
    return grad_y * ((grad_y * (x @ weight.T > 0)) @ weight)


def skip_backward_gates_both(grad_y: NDArray, x: NDArray, weight: NDArray) -> NDArray:
    """Put the way around behind the ReLU as well."""
    delta = grad_y * (x @ weight.T > 0)
    return delta + delta @ weight


def skip_cases() -> tuple[Case, ...]:
    """Make two samples of two features to try by hand, then larger batches."""
    rng = np.random.default_rng(seed=10)
    by_hand = Case(
        "two samples, two features",
        (
            np.array([[1.0, 2.0], [3.0, -1.0]]),
            np.array([[1.0, 1.0], [2.0, -1.0]]),
            np.array([[1.0, 2.0], [3.0, -1.0]]),
        ),
    )
    sizes = [(3, 4), (1, 3), (5, 2)]
    return (
        by_hand,
        *(
            Case(
                f"{n} samples, {d} features",
                tuple(rng.standard_normal(shape) for shape in ((n, d), (n, d), (d, d))),
            )
            for n, d in sizes
        ),
    )


EXERCISES = [
    Exercise(
        id="08.graph",
        prompt="For a = w·x, b = a + w, L = b²/2 with x = 2 and w = 3: what is ∂L/∂w?",
        solution=27,
        why="∂L/∂b = b = 9. It reaches w on two ways: through a it becomes 9·x = 18, straight "
        "through the sum it stays 9. Ways add up.",
        hints=(
            "Go forward first: a, b, L as numbers.",
            "Then backward, one arrow at a time: b, a, w.",
            "Two arrows leave w.",
        ),
        near_misses={
            "only the way through a": 18,
            "only the way straight to b": 9,
            "the two ways multiplied": 162,
            "x added to 1, the slope of L forgotten": 3,
            "the loss itself": 40.5,
        },
    ),
    Exercise(
        id="08.why",
        prompt="A weather model turns 3 settings into 10,000 temperatures. You want the slope of "
        "every temperature for every setting. What is cheapest?",
        solution="d",
        choices={
            "a": "One sweep backward: it always gives all slopes at once.",
            "b": "It makes no difference: every arrow is crossed once, whichever way you go.",
            "c": "10,000 sweeps backward, one from each temperature.",
            "d": "3 sweeps forward, one from each setting.",
        },
        why="A sweep backward starts at one end and gives the slopes of that end only. A sweep "
        "forward starts at one setting and takes its effect along to all temperatures. Networks go "
        "backward because they have many weights and one loss.",
        hints=(
            "What does one sweep backward start from, and what does it give?",
            "Count the sweeps that each way needs for all 30,000 slopes.",
        ),
        near_misses={"backward is magic": "a", "symmetric": "b", "many sweeps": "c"},
    ),
    Exercise(
        id="08.first_layer",
        prompt="Write first_layer(x, target, W1, W2): ∂L/∂W1 for z = x W1ᵀ, h = ReLU(z), "
        "y = h W2ᵀ and L = ½ Σ (y − target)².",
        solution=first_layer,
        cases=first_layer_cases(),
        hints=(
            "The last δ is y − target, of the shape of y.",
            "Send it back through W2, then multiply with the slope of the ReLU at z: 1 or 0.",
            "∂L/∂W1 has the shape of W1, and every sample adds to it.",
        ),
        near_misses={
            "the slope of the ReLU left out": first_layer_without_slope,
            "the last sample only": first_layer_of_last_sample,
            "mean over the batch for the sum": first_layer_averaged,
            "transposed": first_layer_transposed,
            "target minus output": first_layer_wrong_sign,
            "h for the slope of the ReLU": first_layer_gated_by_output,
        },
    ),
    Exercise(
        id="08.pixel",
        prompt="The kernel is 3 0 / 1 −2, and δ at the four outputs is 1 2 / 0 −1. Write down "
        "∂L/∂x for the 3×3 input.",
        solution=np.array([[3.0, 6.0, 0.0], [1.0, -3.0, -4.0], [0.0, -1.0, 2.0]]),
        why="Each δ puts its kernel, times δ, where its window lay; what falls on one pixel adds "
        "up. The middle pixel gets 1·(−2) + 2·1 + 0·0 + (−1)·3 = −3.",
        hints=(
            "Begin with zeros, and let one δ after the other send its share back.",
            "δ at (0, 1) came from the window whose first pixel is (0, 1).",
            "The corner at the top left met only one tap, and only in one window.",
        ),
        near_misses={
            "kernel flipped where it is laid down": np.array(
                [[-2.0, -3.0, 2.0], [0.0, 5.0, 5.0], [0.0, 0.0, -3.0]]
            ),
            "later windows overwrite": np.array(
                [[3.0, 6.0, 0.0], [0.0, -3.0, 0.0], [0.0, -1.0, 2.0]]
            ),
            "the middle only": -3.0,
            "kernel transposed": np.array([[3.0, 7.0, 2.0], [0.0, -5.0, -5.0], [0.0, 0.0, 2.0]]),
        },
    ),
    Exercise(
        id="08.channel_scale",
        prompt="A new layer: y[n, c, i, j] = s[c] · x[n, c, i, j], one number a channel. Write "
        "channel_scale(grad_y, x): the gradient of s.",
        solution=channel_scale,
        cases=scale_cases(),
        hints=(
            "How often is s[0] used? Each use is an arrow.",
            "An arrow carries δ of its output times what s was multiplied with.",
            "The result has one number a channel: which axes must be summed away?",
        ),
        near_misses={
            "x left out": channel_scale_without_x,
            "mean for sum": channel_scale_averaged,
            "no sum over the batch": channel_scale_an_image,
            "product of sums for sum of products": channel_scale_of_sums,
        },
    ),
    Exercise(
        id="08.skip_bug",
        prompt="Repair skip_backward: y = x + relu(x @ weight.T), so x reaches y on two ways.",
        solution=skip_backward,
        given=skip_backward_overwrites,
        cases=skip_cases(),
        hints=(
            "How many arrows leave x?",
            "What is left of the first way after the third line?",
        ),
        near_misses={
            "the way around only": skip_backward_around_only,
            "weight transposed": skip_backward_not_transposed,
            "the slope of the ReLU left out": skip_backward_without_slope,
            "ways multiplied": skip_backward_multiplies,
            "the ReLU on the way around too": skip_backward_gates_both,
        },
    ),
]
