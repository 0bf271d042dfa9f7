"""Exercises of notebook 11: normalization."""

import numpy as np
from numpy.typing import NDArray

from course_lib.exercises.record import Case, Exercise

# 11.backward


def layer_norm_backward(grad_y: NDArray, x: NDArray) -> NDArray:
    """Take off the mean of the gradient, and what of it lies along the normalized sample."""
    spread = np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
    z = (x - x.mean(axis=1, keepdims=True)) / spread
    along = (grad_y * z).mean(axis=1, keepdims=True)
    return (grad_y - grad_y.mean(axis=1, keepdims=True) - z * along) / spread


def over_the_batch(grad_y: NDArray, x: NDArray) -> NDArray:
    """Take the means of batch norm: over the samples."""
    return layer_norm_backward(grad_y.T, x.T).T


def through_x_only(grad_y: NDArray, x: NDArray) -> NDArray:
    """Take mean and spread for fixed numbers."""
    return grad_y / np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)


def without_spread(grad_y: NDArray, x: NDArray) -> NDArray:
    """Leave out the way through the spread."""
    return (grad_y - grad_y.mean(axis=1, keepdims=True)) / np.sqrt(
        x.var(axis=1, keepdims=True) + 1e-5
    )


def without_mean(grad_y: NDArray, x: NDArray) -> NDArray:
    """Leave out the way through the mean."""
    full, no_spread = layer_norm_backward(grad_y, x), without_spread(grad_y, x)
    return through_x_only(grad_y, x) + full - no_spread


def sums_for_means(grad_y: NDArray, x: NDArray) -> NDArray:
    """Add up over the companions, where a mean is due."""
    full, direct = layer_norm_backward(grad_y, x), through_x_only(grad_y, x)
    return direct + x.shape[1] * (full - direct)


def backward_cases() -> tuple[Case, ...]:
    """Make two samples of three features to try by hand, then larger batches."""
    rng = np.random.default_rng(seed=11)
    by_hand = Case(
        "two samples, three features",
        (
            np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 1.0]]),
            np.array([[1.0, 2.0, 6.0], [4.0, 0.0, 5.0]]),
        ),
    )
    return (
        by_hand,
        *(
            Case(f"shape {shape}", (rng.standard_normal(shape), 3 * rng.standard_normal(shape) + 1))
            for shape in ((4, 5), (3, 8), (6, 4))
        ),
    )


# 11.fold_before: weight (O, I), bias (O,), and of the batch norm before it four arrays (I,);
# the result is (O, I + 1), the new weight with the new bias as its last column

FOLD_EPS = 1e-5


def fold_before(
    weight: NDArray, bias: NDArray, mean: NDArray, var: NDArray, gamma: NDArray, beta: NDArray
) -> NDArray:
    """Scale the columns, and send the shift through the weight."""
    scale = gamma / np.sqrt(var + FOLD_EPS)
    return np.column_stack([weight * scale, bias + weight @ (beta - mean * scale)])


def fold_as_after(
    weight: NDArray, bias: NDArray, mean: NDArray, var: NDArray, gamma: NDArray, beta: NDArray
) -> NDArray:
    """Scale the rows, as for a batch norm behind the layer."""
    scale = gamma / np.sqrt(var + FOLD_EPS)
    return np.column_stack([weight * scale[:, None], (bias - mean) * scale + beta])


def fold_forgets_bias(
    weight: NDArray, bias: NDArray, mean: NDArray, var: NDArray, gamma: NDArray, beta: NDArray
) -> NDArray:
    """Leave the old bias out."""
    return fold_before(weight, np.zeros_like(bias), mean, var, gamma, beta)


def fold_shift_unsent(
    weight: NDArray, bias: NDArray, mean: NDArray, var: NDArray, gamma: NDArray, beta: NDArray
) -> NDArray:
    """Add the shift to the bias without sending it through the weight."""
    scale = gamma / np.sqrt(var + FOLD_EPS)
    return np.column_stack([weight * scale, bias + beta - mean * scale])


def fold_shift_twice_scaled(
    weight: NDArray, bias: NDArray, mean: NDArray, var: NDArray, gamma: NDArray, beta: NDArray
) -> NDArray:
    """Send the shift through the weight that is scaled already."""
    scale = gamma / np.sqrt(var + FOLD_EPS)
    return np.column_stack([weight * scale, bias + (weight * scale) @ (beta - mean * scale)])


def fold_by_variance(
    weight: NDArray, bias: NDArray, mean: NDArray, var: NDArray, gamma: NDArray, beta: NDArray
) -> NDArray:
    """Divide by the variance, not by its root."""
    scale = gamma / (var + FOLD_EPS)
    return np.column_stack([weight * scale, bias + weight @ (beta - mean * scale)])


def fold_cases() -> tuple[Case, ...]:
    """Make square weights first, on which scaled rows run as well as scaled columns."""
    rng = np.random.default_rng(seed=12)
    by_hand = Case(
        "two inputs, two outputs",
        (
            np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([0.5, 1.0]), np.array([1.0, -2.0]),
            np.array([4.0, 0.25]), np.array([2.0, 1.0]), np.array([0.0, 3.0]),
        ),
    )  # fmt: skip
    return (
        by_hand,
        *(
            Case(
                f"{i} inputs, {o} outputs",
                (
                    rng.standard_normal((o, i)), rng.standard_normal(o), rng.standard_normal(i),
                    rng.uniform(0.3, 4, i), rng.standard_normal(i), rng.standard_normal(i),
                ),
            )
            for i, o in ((3, 3), (4, 4))
        ),
    )  # fmt: skip


# 11.group_bug


def group_norm_strided(x: NDArray, num_groups: int) -> NDArray:
    """Normalize groups of neighboring channels, without γ and β — with a bug."""
    n, c, h, w = x.shape
    parts = x.reshape(n, c // num_groups, num_groups, h, w)
    mean = parts.mean(axis=(1, 3, 4), keepdims=True)
    var = parts.var(axis=(1, 3, 4), keepdims=True)
    return ((parts - mean) / np.sqrt(var + 1e-5)).reshape(x.shape)


def group_norm(x: NDArray, num_groups: int) -> NDArray:
    """Normalize groups of neighboring channels, without γ and β."""
    n, c, h, w = x.shape
    parts = x.reshape(n, num_groups, c // num_groups, h, w)
    mean = parts.mean(axis=(2, 3, 4), keepdims=True)
    var = parts.var(axis=(2, 3, 4), keepdims=True)
    return ((parts - mean) / np.sqrt(var + 1e-5)).reshape(x.shape)


def _grouped(x: NDArray, num_groups: int, *, axis: tuple[int, ...], **options: int) -> NDArray:
    n, c, h, w = x.shape
    parts = x.reshape(n, num_groups, c // num_groups, h, w)
    mean = parts.mean(axis=axis, keepdims=True)
    var = parts.var(axis=axis, keepdims=True, **options)
    return ((parts - mean) / np.sqrt(var + 1e-5)).reshape(x.shape)


def group_norm_with_batch(x: NDArray, num_groups: int) -> NDArray:
    """Take the other images in, too."""
    return _grouped(x, num_groups, axis=(0, 2, 3, 4))


def group_norm_a_channel(x: NDArray, num_groups: int) -> NDArray:
    """Take each channel by itself."""
    return _grouped(x, num_groups, axis=(3, 4))


def group_norm_of_groups(x: NDArray, num_groups: int) -> NDArray:
    """Average over the groups, where they should stay apart."""
    return _grouped(x, num_groups, axis=(1, 3, 4))


def group_norm_unbiased(x: NDArray, num_groups: int) -> NDArray:
    """Divide by one number less."""
    return _grouped(x, num_groups, axis=(2, 3, 4), ddof=1)


def group_cases() -> tuple[Case, ...]:
    """Make two images of four channels to try by hand, then others."""
    rng = np.random.default_rng(seed=13)
    small = np.array([[1.0, 3.0, 10.0, 50.0], [2.0, 8.0, 0.0, 4.0]])[:, :, None, None]
    small = small + np.array([0.0, 1.0])  # (2, 4, 1, 2)
    sizes = (((3, 6, 2, 3), 3), ((2, 8, 3, 1), 4), ((1, 6, 2, 2), 2))
    return (
        Case("two images, four channels, 1×2 pixels, two groups", (small, 2)),
        *(
            Case(f"shape {shape}, {groups} groups", (rng.standard_normal(shape), groups))
            for shape, groups in sizes
        ),
    )


EXERCISES = [
    Exercise(
        id="11.by_hand",
        prompt="One channel, two images of four pixels: 2 4 4 4 and 5 5 7 9. Batch norm with "
        "γ = 4, β = −1, ε = 0, in training mode. What becomes of the 9?",
        solution=7,
        why="All eight numbers are companions: their mean is 5, their variance 4. The 9 lies "
        "(9 − 5)/2 = 2 spreads above the mean, and γ·2 + β = 7.",
        hints=(
            "Who are the companions of the 9? Both images belong to the batch.",
            "Mean 5; the mean squared distance from it is 4.",
            "Scale with γ first, then add β.",
        ),
        tolerance=1e-3,
        near_misses={
            "the second image alone (instance norm)": 5.030,
            "variance divided by 7": 6.483,
            "divided by the variance, not by its root": 3,
            "γ and β left out": 2,
            "β added before γ": 4,
        },
    ),
    Exercise(
        id="11.backward",
        prompt="Layer norm of samples x (N, D), without γ and β: each row is normalized by its own "
        "mean and variance, eps = 1e-5. Write layer_norm_backward(grad_y, x): the gradient of x.",
        solution=layer_norm_backward,
        cases=backward_cases(),
        hints=(
            "The derivation of batch norm holds; only the companions are others.",
            "The companions of a number are its row: means over axis 1, keepdims=True.",
            "(δ − mean of δ − z · mean of δ·z) / spread.",
        ),
        near_misses={
            "the means of batch norm, over the samples": over_the_batch,
            "mean and spread taken for fixed": through_x_only,
            "the way through the spread left out": without_spread,
            "the way through the mean left out": without_mean,
            "sums for means": sums_for_means,
        },
    ),
    Exercise(
        id="11.fold_before",
        prompt="A batch norm in eval mode stands *before* a linear layer: y = W·bn(x) + b. Write "
        "fold_before(weight, bias, mean, var, gamma, beta), with eps = 1e-5: the weight (O, I) of "
        "one linear layer that does the same, with its bias as one more column, (O, I + 1).",
        solution=fold_before,
        cases=fold_cases(),
        hints=(
            "Write bn(x) as s·x + t, with one s and one t an input.",
            "W·(s·x + t) + b: what stands before x, and what is left?",
            "weight (O, I) times s (I,) scales columns; W·t has the shape of the bias.",
        ),
        near_misses={
            "rows scaled, as for a batch norm behind the layer": fold_as_after,
            "the old bias forgotten": fold_forgets_bias,
            "the shift not sent through the weight": fold_shift_unsent,
            "the shift sent through the scaled weight": fold_shift_twice_scaled,
            "variance for its root": fold_by_variance,
        },
    ),
    Exercise(
        id="11.group_bug",
        prompt="Repair group_norm(x, num_groups): groups are neighboring channels of one image.",
        solution=group_norm,
        given=group_norm_strided,
        cases=group_cases(),
        hints=(
            "Take x.shape = (1, 4, 1, 1) and two groups. Which channels come together?",
            "Reshaping cuts an axis into runs: the first of the two new axes counts the runs.",
            "The groups come first, then the channels inside. Which axes are averaged then?",
        ),
        near_misses={
            "the other images as companions": group_norm_with_batch,
            "each channel by itself": group_norm_a_channel,
            "averaged over the groups": group_norm_of_groups,
            "variance divided by one less": group_norm_unbiased,
        },
    ),
    Exercise(
        id="11.design",
        prompt="Your images are so large that only 2 fit into a batch. The network has batch norm "
        "everywhere, and its last maps are 16×16. What do you expect of the count of companions?",
        solution="c",
        choices={
            "a": "Every batch norm sees two numbers a channel and gives ±1: it will fail.",
            "b": "It cannot fail in eval mode, because running statistics replace the batch.",
            "c": "There are 512 or more a channel: it may work, though they are of 2 images only.",
            "d": "More channels in each layer would give more companions.",
        },
        why="m = N·H·W = 2·16·16 = 512 in the last layer, more before it. Pixels of one image "
        "resemble each other, so 512 numbers of 2 images tell less than 512 of 64 images: measure "
        "it, and compare with group norm.",
        hints=(
            "Over which axes does batch norm average?",
            "m = N·H·W, for each channel on its own.",
        ),
        near_misses={"pixels forgotten": "a", "eval mode heals": "b", "channels count": "d"},
    ),
    Exercise(
        id="11.scale",
        prompt="A convolution without bias, then batch norm in training mode. All weights of the "
        "convolution are multiplied by 10. What happens (leave ε aside)?",
        solution="b",
        choices={
            "a": "The output grows tenfold, and so does the gradient of the weights.",
            "b": "The output stays, and the gradient of the weights becomes a tenth.",
            "c": "The output stays, and so does the gradient of the weights.",
            "d": "The output stays, and the gradient of the weights grows tenfold.",
        },
        why="Mean and spread grow tenfold too, so the place among the companions stays. To move "
        "the output as far as before, a weight must now move ten times as far: the slope is a "
        "tenth. So the layer brakes by itself: a step that made its weights too large is followed "
        "by gentler ones.",
        hints=(
            "What becomes of the mean, and of the spread, of the convolution's outputs?",
            "The output depends on w/|w| only. Nudge a weight of 10 and a weight of 1 by 0.1.",
        ),
        near_misses={"no norm at all": "a", "only the forward half": "c", "upside down": "d"},
    ),
]
