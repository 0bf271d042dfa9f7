"""Exercises of notebook 23: EfficientNet."""

from collections.abc import Callable, Mapping

from torch import Tensor, nn

from course_lib.exercises.blocks import as_numbers
from course_lib.exercises.record import Case, Exercise
from course_lib.models.layers import SqueezeExcitation

# 23.mbconv


class _Block(nn.Module):
    """A row of layers, and perhaps a shortcut around it."""

    def __init__(self, layers: list[nn.Module], *, shortcut: bool) -> None:
        super().__init__()
        self.path, self.shortcut = nn.Sequential(*layers), shortcut

    def forward(self, x: Tensor) -> Tensor:
        y = self.path(x)
        return x + y if self.shortcut else y


@as_numbers
def mbconv(in_channels: int, out_channels: int, kernel: int, stride: int) -> nn.Module:
    """Expand by six, look at each channel, weigh the channels, project; add where shapes agree."""

    class MBConv(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            hidden = 6 * in_channels
            self.block = nn.Sequential(
                nn.Conv2d(in_channels, hidden, 1, bias=False),
                nn.BatchNorm2d(hidden),
                nn.SiLU(),
                nn.Conv2d(hidden, hidden, kernel, stride, kernel // 2, groups=hidden, bias=False),
                nn.BatchNorm2d(hidden),
                nn.SiLU(),
                SqueezeExcitation(hidden, in_channels // 4),
                nn.Conv2d(hidden, out_channels, 1, bias=False),
                nn.BatchNorm2d(out_channels),
            )
            self.has_shortcut = stride == 1 and in_channels == out_channels

        def forward(self, x: Tensor) -> Tensor:
            return x + self.block(x) if self.has_shortcut else self.block(x)

    return MBConv()


def _slip(
    *,
    expansion: int = 6,
    squeeze_hidden: bool = False,
    gate_first: bool = False,
    no_gate: bool = False,
    full: bool = False,
    bent_end: bool = False,
    shortcut: bool | None = None,
) -> Callable:
    """Make a near miss of the block."""

    def slipped(in_channels: int, out_channels: int, kernel: int, stride: int) -> nn.Module:
        hidden, groups = expansion * in_channels, 1 if full else expansion * in_channels
        expand: list[nn.Module] = [nn.Conv2d(in_channels, hidden, 1, bias=False)]
        expand += [nn.BatchNorm2d(hidden), nn.SiLU()]
        look: list[nn.Module] = [
            nn.Conv2d(hidden, hidden, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(hidden), nn.SiLU(),
        ]  # fmt: skip
        squeezed = (hidden if squeeze_hidden else in_channels) // 4
        gate: list[nn.Module] = [] if no_gate else [SqueezeExcitation(hidden, squeezed)]
        project: list[nn.Module] = [nn.Conv2d(hidden, out_channels, 1, bias=False)]
        project += [nn.BatchNorm2d(out_channels)] + ([nn.SiLU()] if bent_end else [])
        layers = expand + (gate + look if gate_first else look + gate) + project
        fits = stride == 1 and in_channels == out_channels
        return _Block(layers, shortcut=fits if shortcut is None else shortcut)

    return as_numbers(slipped)


BLOCK_SLIPS: Mapping[str, Callable] = {
    "squeezed to a quarter of the wide channels": _slip(squeeze_hidden=True),
    "the gate before the depthwise convolution": _slip(gate_first=True),
    "no gate": _slip(no_gate=True),
    "a full convolution in the middle, without groups": _slip(full=True),
    "an activation after the projection": _slip(bent_end=True),
    "no shortcut": _slip(shortcut=False),
    "expanded by four": _slip(expansion=4),
}

# 23.channels


def channels(count: int, width: float) -> int:
    """Round to the nearest multiple of 8; where that loses more than a tenth, round up."""
    wanted = count * width
    rounded = max(8, int(wanted + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * wanted else rounded


def channels_down(count: int, width: float) -> int:
    """Round down."""
    return max(8, int(count * width) // 8 * 8)


def channels_up(count: int, width: float) -> int:
    """Round up."""
    return max(8, -(-int(count * width) // 8) * 8)


def channels_nearest(count: int, width: float) -> int:
    """Round to the nearest multiple, however much is lost."""
    return max(8, int(count * width + 4) // 8 * 8)


def channels_unrounded(count: int, width: float) -> int:
    """Scale and take a whole number."""
    return int(count * width)


def channels_may_vanish(count: int, width: float) -> int:
    """Let few channels become none."""
    wanted = count * width
    rounded = int(wanted + 4) // 8 * 8
    return rounded + 8 if 0 < rounded < 0.9 * wanted else rounded


EXERCISES = [
    Exercise(
        id="23.gate",
        prompt="A block takes 40 channels and expands them to 240. Its gate squeezes to 10 "
        "channels and excites back to 240, with biases. How many parameters has the gate?",
        solution=5050,
        why="240 · 10 + 10 on the way down, 10 · 240 + 240 on the way up.",
        hints=(
            "Two 1 × 1 convolutions: from 240 to 10 channels, and back.",
            "A convolution has C_in · C_out weights here, and C_out biases.",
        ),
        near_misses={
            "no biases": 4800,
            "one way only": 2410,
            "squeezed to a quarter of 240": 29100,
            "the same biases twice": 5280,
            "the gate on 40 channels": 850,
            "one number a channel": 240,
        },
    ),
    Exercise(
        id="23.mbconv",
        prompt="Write mbconv(in_channels, out_channels, kernel, stride): a torch.nn.Module, the "
        "inverted bottleneck with a gate, as the notebook describes it.",
        solution=mbconv,
        cases=(
            Case("a shortcut", (4, 4, 3, 1)),
            Case("halving, 5×5", (8, 12, 5, 2)),
            Case("the channels fit, the size does not", (8, 8, 3, 2)),
            Case("the size fits, the channels do not", (8, 4, 5, 1)),
        ),
        hints=(
            "Nine layers in an nn.Sequential: convolution, norm, SiLU; convolution, norm, SiLU; "
            "gate; convolution, norm.",
            "Depthwise: groups=6 * in_channels. The padding is kernel // 2, so that only the "
            "stride changes the size.",
            "SqueezeExcitation(6 * in_channels, in_channels // 4). The shortcut is there only if "
            "stride == 1 and in_channels == out_channels.",
        ),
        near_misses=BLOCK_SLIPS,
    ),
    Exercise(
        id="23.channels",
        prompt="Write channels(count, width): count · width, rounded to the nearest multiple of 8 "
        "(halves up), at least 8; if that is less than 90 % of count · width, the next multiple.",
        solution=channels,
        cases=(
            Case("16 channels, by 0.7", (16, 0.7)),
            Case("24 channels, by 1.6", (24, 1.6)),
            Case("32 channels, by 1.1", (32, 1.1)),
            Case("4 channels, by 0.5", (4, 0.5)),
            Case("320 channels, by 1.4", (320, 1.4)),
        ),
        hints=(
            "int(wanted + 4) // 8 * 8 rounds to the nearest multiple of 8.",
            "max(8, …) keeps at least 8.",
            "Compare with 0.9 * wanted, and add 8 if it is smaller.",
        ),
        near_misses={
            "always down": channels_down,
            "always up": channels_up,
            "nearest, however much is lost": channels_nearest,
            "not rounded": channels_unrounded,
            "nothing left of few channels": channels_may_vanish,
        },
    ),
    Exercise(
        id="23.gamma",
        prompt="Depth shall grow by α = 1.3 and width by β = 1.1. By how much must the side of the "
        "image grow, so that α β² γ² = 2? Three digits are enough.",
        solution=1.1276,
        why="γ² = 2 / (1.3 · 1.21) = 1.271, and γ = 1.128.",
        tolerance=0.005,
        hints=(
            "Solve for γ² first: divide 2 by α and by β².",
            "β² = 1.21.",
        ),
        near_misses={
            "γ² instead of γ": 1.2715,
            "β instead of β²": 1.1826,
            "α² instead of α": 0.989,
            "β and γ not squared": 1.3986,
            "the γ of the paper, for another α": 1.15,
            "depth and width left out": 1.4142,
        },
    ),
    Exercise(
        id="23.phone",
        prompt="A phone can afford a quarter of B0's multiply-adds. With α β² γ² = 2 exactly and "
        "γ = 1.15, how many pixels wide should its images be? A whole number.",
        solution=169,
        why="A quarter is 2 to the power −2, so φ = −2, and 224 · 1.15⁻² = 169.4.",
        tolerance=0.004,
        hints=(
            "2 to the power φ is 1/4: what is φ?",
            "The side is 224 · 1.15 to the power φ.",
        ),
        near_misses={
            "φ = −1": 195,
            "φ = −4": 128,
            "all by the image, a quarter of its pixels": 112,
            "a quarter of the side": 56,
            "φ = +2, larger instead of smaller": 296,
            "divided by 1.15 · 2": 97,
        },
    ),
    Exercise(
        id="23.why",
        prompt="Why does the network give a picture of an eye's blood vessels 72 % for a worm?",
        solution="c",
        choices={
            "a": "72 % of the pictures that look like this are worms.",
            "b": "The network was trained on pictures of eyes with a wrong label.",
            "c": 'The probabilities of 1,000 classes must sum to 1, and no class is "none of '
            'these".',
            "d": "Rounding in its 16 blocks has added up.",
        },
        why="Softmax shares out 1 among the classes it has. 72 % says: far more like a worm "
        "than like the other 999.",
        hints=(
            "What does softmax do with 1,000 logits, whatever they are?",
            "Which class could the network have chosen instead?",
        ),
        near_misses={"as a frequency": "a", "wrong labels": "b", "rounding": "d"},
    ),
]
