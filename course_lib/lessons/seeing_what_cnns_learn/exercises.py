"""Exercises of notebook 27: seeing what a network has learned."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from course_lib import numpy_ops
from course_lib.exercises.blocks import as_numbers
from course_lib.exercises.record import Case, Exercise

RNG = np.random.default_rng(27)

# 27.saliency


def saliency(x: NDArray, weight: NDArray, head: NDArray) -> NDArray:
    """Go back from head · mean(relu(conv(x))) to x; the largest absolute value of the channels."""
    z = numpy_ops.conv2d(x[None], weight)
    grad_z = head[None, :, None, None] / z[0, 0].size * (z > 0)
    return np.abs(numpy_ops.conv2d_backward(grad_z, x[None], weight).grad_x[0]).max(axis=0)


def _saliency(
    *,
    masked: bool = True,
    guided: bool = False,
    mean: bool = True,
    times_x: bool = False,
    over: Callable = lambda grad: np.abs(grad).max(axis=0),
) -> Callable:
    """Make a near miss of the saliency."""

    def slipped(x: NDArray, weight: NDArray, head: NDArray) -> NDArray:
        z = numpy_ops.conv2d(x[None], weight)
        grad_z = np.broadcast_to(head[None, :, None, None], z.shape) / (z[0, 0].size if mean else 1)
        grad_z = grad_z * (z > 0) if masked else grad_z
        grad_z = np.maximum(grad_z, 0) if guided else grad_z
        grad = numpy_ops.conv2d_backward(np.array(grad_z), x[None], weight).grad_x[0]
        return over(grad * x if times_x else grad)

    return slipped


# 27.cam


def class_map(maps: NDArray, head: NDArray, target: int) -> NDArray:
    """Weigh the maps by what the class makes of each channel's mean."""
    return np.tensordot(head[target], maps, axes=1)


def class_map_clipped(maps: NDArray, head: NDArray, target: int) -> NDArray:
    """Drop what speaks against the class."""
    return np.maximum(np.tensordot(head[target], maps, axes=1), 0)


def class_map_over_places(maps: NDArray, head: NDArray, target: int) -> NDArray:
    """Divide by the number of places, so that the sum and not the mean is the logit."""
    return np.tensordot(head[target], maps, axes=1) / maps[0].size


def class_map_absolute(maps: NDArray, head: NDArray, target: int) -> NDArray:
    """Count weights against the class as if they were for it."""
    return np.tensordot(np.abs(head[target]), maps, axes=1)


def class_map_unweighted(maps: NDArray, head: NDArray, target: int) -> NDArray:
    """Add all channels, whatever the class is."""
    return maps.sum(axis=0)


def class_map_of_all(maps: NDArray, head: NDArray, target: int) -> NDArray:
    """Add the weights of all classes."""
    return np.tensordot(head.sum(axis=0), maps, axes=1)


def class_map_one_channel(maps: NDArray, head: NDArray, target: int) -> NDArray:
    """Take the channel with the largest weight only."""
    return head[target].max() * maps[head[target].argmax()]


# 27.readable


@as_numbers
def readable(in_channels: int, width: int, classes: int) -> nn.Module:
    """Give a map a class: two convolutions with norm and ReLU, then 1×1 and no activation."""
    return nn.Sequential(
        nn.Conv2d(in_channels, width, 3, padding=1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.Conv2d(width, 2 * width, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(2 * width),
        nn.ReLU(),
        nn.Conv2d(2 * width, classes, 1),
    )


class _Mean(nn.Module):
    """Average over all places, and keep two axes of length 1."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(dim=(2, 3), keepdim=True)


def _readable(
    *,
    bias: bool = False,
    padding: int = 1,
    stride: int = 2,
    growth: int = 2,
    norm_first: bool = True,
    head_bias: bool = True,
    end: type[nn.Module] | None = None,
) -> Callable:
    """Make a near miss of the network."""

    def slipped(in_channels: int, width: int, classes: int) -> nn.Module:
        layers: list[nn.Module] = []
        channels = in_channels
        for count, step in ((width, 1), (growth * width, stride)):
            layers.append(nn.Conv2d(channels, count, 3, step, padding, bias=bias))
            two = [nn.BatchNorm2d(count), nn.ReLU()]
            layers += two if norm_first else two[::-1]
            channels = count
        layers.append(nn.Conv2d(channels, classes, 1, bias=head_bias))
        return nn.Sequential(*layers, *([end()] if end else []))

    return as_numbers(slipped)


# 27.rank


def rank_correlation(first: NDArray, second: NDArray) -> float:
    """Correlate the ranks."""
    one, other = (np.ravel(each).argsort().argsort() for each in (first, second))
    return float(np.corrcoef(one, other)[0, 1])


def rank_values(first: NDArray, second: NDArray) -> float:
    """Correlate the values."""
    return float(np.corrcoef(np.ravel(first), np.ravel(second))[0, 1])


def rank_order(first: NDArray, second: NDArray) -> float:
    """Correlate the places in sorted order instead of the ranks."""
    one, other = (np.ravel(each).argsort() for each in (first, second))
    return float(np.corrcoef(one, other)[0, 1])


def rank_cosine(first: NDArray, second: NDArray) -> float:
    """Forget to subtract the mean rank."""
    one, other = (1.0 + np.ravel(each).argsort().argsort() for each in (first, second))
    return float(one @ other / np.sqrt((one @ one) * (other @ other)))


def rank_backwards(first: NDArray, second: NDArray) -> float:
    """Rank one of the two from its largest value."""
    return -rank_correlation(first, second)


def rank_agreement(first: NDArray, second: NDArray) -> float:
    """Give the share of places with one and the same rank."""
    one, other = (np.ravel(each).argsort().argsort() for each in (first, second))
    return float((one == other).mean())


def rank_each_row(first: NDArray, second: NDArray) -> float:
    """Rank each row by itself."""
    one, other = (each.argsort(axis=1).argsort(axis=1).ravel() for each in (first, second))
    return float(np.corrcoef(one, other)[0, 1])


SMALL_MAPS = (
    np.array([[0.1, 0.7, 0.2], [3.0, 0.4, 0.9]]),
    np.array([[5.0, 1.0, 2.0], [6.0, 4.0, 3.0]]),
)
SMALL_CLASS = (
    np.array([[[1.0, 3.0], [0.0, 2.0]], [[4.0, 0.0], [1.0, 0.0]]]),
    np.array([[1.0, -2.0], [0.5, 1.5], [-1.0, 1.0]]),
    0,
)
SMALL_IMAGE = (
    np.array([[[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]], [[2.0, 0.0, 1.0], [1.0, 1.0, 0.0]]]),
    np.array([[[[1.0, -2.0]], [[0.5, 1.0]]], [[[-1.0, 1.0]], [[2.0, -1.0]]]]),
    np.array([3.0, -2.0]),
)

EXERCISES = [
    Exercise(
        id="27.passes",
        prompt="An image of 240 × 320 pixels (rows × columns), a window of 40 × 40 and a stride "
        "of 20. How many images does the network read for an occlusion map, the uncovered one "
        "included?",
        solution=166,
        why="(240 − 40) / 20 + 1 = 11 rows, (320 − 40) / 20 + 1 = 15 columns: 165 covered images "
        "and one uncovered.",
        hints=(
            "The window stands at as many places as a kernel of its size: notebook 3.",
            "Rows: (240 − 40) // 20 + 1. Columns likewise.",
            "One more: the image itself, from whose score the others fall.",
        ),
        near_misses={
            "without the uncovered image": 165,
            "without the + 1": 141,
            "windows that hang over the border": 193,
            "windows that do not overlap": 49,
            "rows plus columns": 27,
            "a square image": 122,
        },
    ),
    Exercise(
        id="27.saliency",
        prompt="Write saliency(x, weight, head): x is (C, H, W), weight (K, C, K_h, K_w), head "
        "(K,). The score is head · mean over places of relu(conv2d(x, weight)). Give the largest "
        "absolute gradient over the channels, (H, W).",
        solution=saliency,
        cases=(
            Case("two channels, two kernels of 1×2", SMALL_IMAGE),
            Case(
                "three channels, four kernels of 3×2",
                (
                    RNG.standard_normal((3, 6, 5)),
                    RNG.standard_normal((4, 3, 3, 2)),
                    RNG.standard_normal(4),
                ),
            ),
        ),
        hints=(
            "Forward: z = numpy_ops.conv2d(x[None], weight), of shape (1, K, H', W').",
            "Backward: each place of channel k gets head[k] / (H' · W'), and only where z > 0.",
            "numpy_ops.conv2d_backward(grad_z, x[None], weight).grad_x[0] has the shape (C, H, W); "
            "take np.abs, then max over axis 0.",
        ),
        near_misses={
            "the ReLU forgotten": _saliency(masked=False),
            "guided backpropagation": _saliency(guided=True),
            "a sum over the places, not a mean": _saliency(mean=False),
            "times the image": _saliency(times_x=True),
            "no absolute value": _saliency(over=lambda grad: grad.max(axis=0)),
            "the mean over the channels": _saliency(over=lambda grad: np.abs(grad).mean(axis=0)),
            "the sum over the channels": _saliency(over=lambda grad: np.abs(grad).sum(axis=0)),
        },
    ),
    Exercise(
        id="27.saturated",
        prompt="A score is min(a + b, 6), as behind a ReLU6; a = b = 5. What is its gradient with "
        "respect to a, and by how much does it fall when a is covered by 0?",
        solution="b",
        choices={
            "a": "gradient 0, so it falls by 0",
            "b": "gradient 0, and it falls by 1",
            "c": "gradient 1, and it falls by 5",
            "d": "gradient 1, and it falls by 1",
        },
        why="At 10 the minimum is flat, so a small change of a does nothing. Without a the score "
        "is 5, which is 1 less than 6.",
        hints=(
            "Where does a + b = 10 lie on the curve of min(·, 6)?",
            "What is min(0 + 5, 6)?",
        ),
        near_misses={"the gradient as a verdict": "a", "no cap": "c", "slope without cap": "d"},
    ),
    Exercise(
        id="27.cam",
        prompt="Write class_map(maps, head, target): maps is (K, H, W), head (classes, K). Give "
        "the map (H, W) whose mean over all places is the logit of the target, without its bias.",
        solution=class_map,
        cases=(
            Case("two maps of 2×2, class 0", SMALL_CLASS),
            Case(
                "five maps of 3×4, class 2",
                (RNG.random((5, 3, 4)), RNG.standard_normal((4, 5)), 2),
            ),
        ),
        hints=(
            "logit = sum over k of head[target, k] · mean of maps[k].",
            "Sum over k first, mean over the places last.",
            "np.tensordot(head[target], maps, axes=1)",
        ),
        near_misses={
            "with the ReLU of Grad-CAM": class_map_clipped,
            "the sum is the logit, not the mean": class_map_over_places,
            "absolute weights": class_map_absolute,
            "no weights": class_map_unweighted,
            "the weights of all classes": class_map_of_all,
            "one channel only": class_map_one_channel,
        },
    ),
    Exercise(
        id="27.readable",
        prompt="Write readable(in_channels, width, classes): a torch.nn.Module that gives a map "
        "for each class, as the notebook describes it.",
        solution=readable,
        cases=(Case("three classes", (2, 4, 3)), Case("five classes", (3, 2, 5))),
        hints=(
            "Seven layers in an nn.Sequential: convolution, norm, ReLU; convolution, norm, ReLU; "
            "convolution.",
            "The second convolution has stride=2 and 2 * width channels; both have padding=1 and "
            "bias=False.",
            "The last is nn.Conv2d(2 * width, classes, 1), with bias and without ReLU: a place "
            "may speak against a class.",
        ),
        near_misses={
            "biases before the norms": _readable(bias=True),
            "no padding": _readable(padding=0),
            "no stride": _readable(stride=1),
            "the second convolution not wider": _readable(growth=1),
            "ReLU before the norm": _readable(norm_first=False),
            "no bias at the end": _readable(head_bias=False),
            "a ReLU at the end": _readable(end=nn.ReLU),
            "averaged over the places": _readable(end=_Mean),
        },
    ),
    Exercise(
        id="27.rank",
        prompt="Write rank_correlation(first, second) for two maps of one shape without equal "
        "values: the correlation of their ranks.",
        solution=rank_correlation,
        cases=(
            Case("2×3 places", SMALL_MAPS),
            Case("5×4 places", (RNG.random((5, 4)), RNG.standard_normal((5, 4)))),
        ),
        hints=(
            "Make both maps rows of numbers first: np.ravel.",
            "x.argsort() says where the smallest value stands. x.argsort().argsort() says which "
            "rank each value has.",
            "np.corrcoef(one, other)[0, 1]",
        ),
        near_misses={
            "the values instead of the ranks": rank_values,
            "sorted places instead of ranks": rank_order,
            "the mean rank not subtracted": rank_cosine,
            "one map ranked from its largest": rank_backwards,
            "the share of equal ranks": rank_agreement,
            "each row by itself": rank_each_row,
        },
    ),
    Exercise(
        id="27.colleague",
        prompt="A colleague has a new way to show where a network sees a tumor. The maps look "
        "convincing. What should be tried first?",
        solution="d",
        choices={
            "a": "Ask doctors whether the maps show what they would look at themselves.",
            "b": "Smooth the maps, so that their noise does not distract.",
            "c": "Try whether the maps show edges sharply.",
            "d": "Draw the weights of the network anew, and see whether the maps change.",
        },
        why="A map that stays when the network knows nothing shows the image. Doctors "
        "can judge whether a map is plausible, not whether it is true of the network.",
        hints=(
            "In this notebook, which map looked most convincing, and of which network was it?",
            "Change what the map claims to explain, and nothing else.",
        ),
        near_misses={"plausible is not true": "a", "smoother": "b", "sharper": "c"},
    ),
]
