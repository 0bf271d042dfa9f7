"""Exercises of notebook 07: activations."""

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises.record import Case, Exercise

# 07.swish_backward


def _sigmoid(x: NDArray) -> NDArray:
    return (1 + np.tanh(x / 2)) / 2


def swish_backward(grad_y: NDArray, x: NDArray, beta: float) -> NDArray:
    """Open the gate, and add what the input moves at the gate: y = x σ(βx)."""
    gate = _sigmoid(beta * x)
    return grad_y * (gate + x * beta * gate * (1 - gate))


def swish_backward_gate_only(grad_y: NDArray, x: NDArray, beta: float) -> NDArray:
    """Take the gate for a constant."""
    return grad_y * _sigmoid(beta * x)


def swish_backward_without_inner_slope(grad_y: NDArray, x: NDArray, beta: float) -> NDArray:
    """Forget that the gate looks at βx: its slope has a factor β."""
    gate = _sigmoid(beta * x)
    return grad_y * (gate + x * gate * (1 - gate))


def swish_backward_without_x(grad_y: NDArray, x: NDArray, beta: float) -> NDArray:
    """Add the slope of the gate without the x that it is multiplied with."""
    gate = _sigmoid(beta * x)
    return grad_y * (gate + beta * gate * (1 - gate))


def swish_backward_product_of_slopes(grad_y: NDArray, x: NDArray, beta: float) -> NDArray:
    """Multiply the two slopes, as if (u v)' were u' v'."""
    gate = _sigmoid(beta * x)
    return grad_y * beta * gate * (1 - gate)


def swish_backward_without_grad_y(grad_y: NDArray, x: NDArray, beta: float) -> NDArray:
    """Return the slope alone."""
    return swish_backward(np.ones_like(x), x, beta)


def swish_backward_as_silu(grad_y: NDArray, x: NDArray, beta: float) -> NDArray:
    """Leave β out altogether: the backward of SiLU."""
    return swish_backward(grad_y, x, 1.0)


def swish_cases() -> tuple[Case, ...]:
    """Make four numbers to try by hand, then other shapes and β."""
    rng = np.random.default_rng(seed=7)
    small = (np.array([1.0, 2.0, -1.0, 3.0]), np.array([0.0, 1.0, -2.0, 0.5]), 2.0)
    return (
        Case("four numbers, β = 2", small),
        *(
            Case(f"shape {shape}, β = {beta:g}", (*rng.standard_normal((2, *shape)), beta))
            for shape, beta in (((2, 3), 0.5), ((1, 2, 3, 2), 1.702))
        ),
    )


# 07.softplus


def softplus(x: NDArray) -> NDArray:
    """Let the exponent never be positive: log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|)."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def softplus_typed(x: NDArray) -> NDArray:
    """Type the formula as it stands."""
    with np.errstate(over="ignore"):
        return np.log(1 + np.exp(x))


def softplus_turned(x: NDArray) -> NDArray:
    """Take x out for every x, which breaks on the other side."""
    with np.errstate(over="ignore"):
        return x + np.log1p(np.exp(-x))


def softplus_clipped(x: NDArray) -> NDArray:
    """Clip the input, and with it the output."""
    return np.log1p(np.exp(np.clip(x, -50, 50)))


def softplus_one_half(x: NDArray) -> NDArray:
    """Make the exponent negative, and forget to put the x back."""
    return np.log1p(np.exp(-np.abs(x)))


def softplus_as_relu(x: NDArray) -> NDArray:
    """Keep what is far from 0 only."""
    return np.maximum(x, 0)


def softplus_cases() -> tuple[Case, ...]:
    """Make numbers near 0 together with some that overflow."""
    return (
        Case("near 0 and far away", (np.array([-1000.0, -2.0, 0.0, 1.0, 1000.0]),)),
        Case("near 0 only", (np.array([[-0.5, 0.25], [3.0, -4.0], [0.0, 2.0]]),)),
        Case("float64's own end", (np.array([709.0, 710.0, -745.0]),)),
    )


# 07.leaky_bug


def channel_slopes_by_maximum(x: NDArray, slopes: NDArray) -> NDArray:
    """Give PReLU for x (N, C) and one slope a channel — with a bug."""
    return np.maximum(slopes * x, x)


def channel_slopes(x: NDArray, slopes: NDArray) -> NDArray:
    """Give PReLU for x (N, C) and one slope a channel."""
    return np.maximum(x, 0) + slopes * np.minimum(x, 0)


def channel_slopes_by_minimum(x: NDArray, slopes: NDArray) -> NDArray:
    """Take the smaller of the two, which is right where the larger was wrong."""
    return np.minimum(slopes * x, x)


def channel_slopes_clipped(x: NDArray, slopes: NDArray) -> NDArray:
    """Keep the slopes where the maximum is right, and so change them."""
    return np.maximum(np.clip(slopes, 0, 1) * x, x)


def channel_slopes_subtracted(x: NDArray, slopes: NDArray) -> NDArray:
    """Subtract the negative part."""
    return np.maximum(x, 0) - slopes * np.minimum(x, 0)


def channel_slopes_everywhere(x: NDArray, slopes: NDArray) -> NDArray:
    """Add the negative part to x, which holds it already."""
    return x + slopes * np.minimum(x, 0)


def channel_slopes_of_size(x: NDArray, slopes: NDArray) -> NDArray:
    """Let the sign of the slope go."""
    return np.maximum(x, 0) + np.abs(slopes) * np.minimum(x, 0)


def slope_cases() -> tuple[Case, ...]:
    """Make channels with a slope below 0, between 0 and 1, and above 1."""
    rng = np.random.default_rng(seed=9)
    small = np.array([[-2.0, -2.0, -2.0], [3.0, 1.0, 2.0]])
    return (
        Case("slopes −0.5, 0.25 and 1.5", (small, np.array([-0.5, 0.25, 1.5]))),
        Case("four channels", (rng.standard_normal((5, 4)), np.array([0.0, 2.0, 1.0, -1.0]))),
        Case("one sample", (np.array([[-1.0, 4.0]]), np.array([3.0, 3.0]))),
    )


EXERCISES = [
    Exercise(
        id="07.collapse",
        prompt="h = W1 x + b1 with W1 = [[1, 2], [0, 3]] and b1 = [1, −1], then y = W2 h + b2 "
        "with W2 = [[2, −1]] and b2 = [4]. Written as y = w · x + c: what are w (2 numbers) and c?",
        solution=np.array([2.0, 1.0, 7.0]),
        why="w = W2 W1 = [2·1 − 1·0, 2·2 − 1·3] = [2, 1], c = W2 b1 + b2 = 2·1 − 1·(−1) + 4 = 7. "
        "The second layer acts on the first bias, too.",
        hints=(
            "Put h into the second line and multiply out.",
            "w is W2 W1: each column of W1 goes through W2.",
            "b1 goes through W2 as well, before b2 is added.",
        ),
        near_misses={
            "the first bias left out": np.array([2.0, 1.0, 4.0]),
            "the second bias left out": np.array([2.0, 1.0, 3.0]),
            "all biases added": np.array([2.0, 1.0, 4.0 + 1.0 - 1.0 + 1.0]),
            "W1 transposed": np.array([0.0, -3.0, 7.0]),
            "W2 added in place of multiplied": np.array([3.0, 1.0, 7.0]),
        },
    ),
    Exercise(
        id="07.trapezoid",
        prompt="Four ReLUs with corners at x = 1, 2, 4 and 5.5: y = v1 relu(x − 1) + v2 relu(x − "
        "2) + v3 relu(x − 4) + v4 relu(x − 5.5). y shall be 0 up to 1, rise to 3 at x = 2, stay "
        "there up to 4, fall to 0 at 5.5 and remain 0. Which v1, v2, v3, v4?",
        solution=np.array([3.0, -3.0, -2.0, 2.0]),
        why="Each v is the change of the slope at its corner: from 0 to 3, from 3 to 0, from 0 to "
        "−2 and from −2 to 0. So they add up to 0, or y would not come to rest.",
        hints=(
            "Write down the slope of y between the corners: there are five pieces.",
            "What does one more ReLU change about the slope, right of its corner?",
            "Each v is the slope after its corner less the slope before it.",
        ),
        near_misses={
            "the slopes themselves": np.array([3.0, 0.0, -2.0, 0.0]),
            "the heights at the corners": np.array([0.0, 3.0, 3.0, 0.0]),
            "never brought to rest": np.array([3.0, -3.0, -2.0, 0.0]),
            "the fall as steep as the rise": np.array([3.0, -3.0, -3.0, 3.0]),
            "the changes without their signs": np.array([3.0, 3.0, 2.0, 2.0]),
        },
    ),
    Exercise(
        id="07.swish_backward",
        prompt="Swish is y = x σ(βx), with a number β. Write swish_backward(grad_y, x, beta): "
        "grad_y times the slope of y.",
        solution=swish_backward,
        cases=swish_cases(),
        hints=(
            "It is a gate: y = x g with g = σ(βx). Product rule.",
            "The slope of σ(βx) is β times σ(1 − σ), taken at βx.",
            "grad_y * (gate + x * …)",
        ),
        near_misses={
            "the gate taken for a constant": swish_backward_gate_only,
            "β forgotten in the slope of the gate": swish_backward_without_inner_slope,
            "x forgotten beside the slope of the gate": swish_backward_without_x,
            "slopes multiplied": swish_backward_product_of_slopes,
            "grad_y left out": swish_backward_without_grad_y,
            "β left out": swish_backward_as_silu,
        },
    ),
    Exercise(
        id="07.leaky_bug",
        prompt="Repair channel_slopes: x where x > 0, else the slope of its channel times x. "
        "Learned slopes may be anything.",
        solution=channel_slopes,
        given=channel_slopes_by_maximum,
        cases=slope_cases(),
        hints=(
            "Try x = −2 with the slope 1.5: what should come out, and what does?",
            "Take the positive and the negative part of x apart.",
            "max(x, 0) and min(x, 0): which of the two is multiplied?",
        ),
        near_misses={
            "minimum for maximum": channel_slopes_by_minimum,
            "slopes clipped to 0…1": channel_slopes_clipped,
            "the negative part subtracted": channel_slopes_subtracted,
            "the negative part counted twice": channel_slopes_everywhere,
            "the sign of the slope lost": channel_slopes_of_size,
        },
    ),
    Exercise(
        id="07.softplus",
        prompt="Softplus, log(1 + eˣ), is a ReLU with a round corner. Write softplus(x) so that it "
        "is right for x = −1000 as well as for x = 1000.",
        solution=softplus,
        cases=softplus_cases(),
        hints=(
            "Which exponent overflows, and for which x?",
            "Take eˣ out of the bracket: log(1 + eˣ) = x + log(1 + e^−x). Good for x > 0 only.",
            "Both at once: max(x, 0) and an exponent of −|x|.",
        ),
        near_misses={
            "typed as it stands": softplus_typed,
            "x taken out everywhere": softplus_turned,
            "input clipped": softplus_clipped,
            "x not put back": softplus_one_half,
            "the ReLU": softplus_as_relu,
        },
    ),
    Exercise(
        id="07.why",
        prompt="A ReLU in the first layer of a network gives 0 for every training image. What can "
        "bring it back to life?",
        solution="b",
        choices={
            "a": "More steps: the gradient is small there, but it adds up.",
            "b": "Exchanging it for a leaky ReLU, with the weights as they are, and training on.",
            "c": "A larger learning rate, so that the unit is pushed out again.",
            "d": "Weights of the layer behind it that are larger, so that more slope arrives.",
        },
        why="The slope of the ReLU is exactly 0 for all of these images, so its weights get a "
        "gradient of exactly 0: no number of steps, no rate, and no slope that arrives from behind "
        "makes more of it. A small slope below 0 lets some through.",
        hints=(
            "What is the slope of this unit for its weights, image by image?",
            "What is 0 times a larger number?",
        ),
        near_misses={
            "0 taken for a small number": "a",
            "a larger rate makes more of 0": "c",
            "a larger slope from behind makes more of 0": "d",
        },
    ),
]
