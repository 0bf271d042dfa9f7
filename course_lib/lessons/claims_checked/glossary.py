"""The words of the course: what each means, and the notebook that uses it first."""

import re
from collections.abc import Iterable
from typing import NamedTuple


class Term(NamedTuple):
    """A word, what it means, and the number of the first notebook whose text has it."""

    word: str
    meaning: str
    notebook: str


TERMS = (
    Term("activation", "function of one number between two layers; without it they are one", "01"),
    Term("Adam", "steps divided by the recent size of each slope", "09"),
    Term("augmentation", "changed copies of images, to say what does not matter", "15"),
    Term("batch norm", "a channel less its mean, over its spread, among a batch", "05"),
    Term("bias", "number added to every output of a channel or unit", "01"),
    Term("blur pooling", "blur, then skip, so that skipping does less harm", "06"),
    Term("bottleneck", "block that is narrow in its middle", "20"),
    Term("calibrated", "right as often as its probabilities say", "14"),
    Term("channel", "one of the maps that lie on each other: red, green, blue", "01"),
    Term("cross-correlation", "kernel slid without a flip; what layers compute", "02"),
    Term("cross-entropy", "minus the logarithm of the probability given to the truth", "14"),
    Term("dead", "of a ReLU: zero for every image, so that it learns no more", "07"),
    Term("degradation", "a deeper plain network that *trains* worse than a shallower one", "12"),
    Term("depthwise", "with one kernel a channel, each seeing its own channel alone", "04"),
    Term("dilation", "step between the pixels that a kernel reads", "03"),
    Term("dropout", "numbers set to 0 at random while training", "15"),
    Term("effective receptive field", "pixels that do change a unit, by how much", "05"),
    Term("equivariant", "moving along: the map of a shifted image is the shifted map", "06"),
    Term("fan-in", "how many numbers one output is a sum of", "10"),
    Term("feature map", "the answers of one kernel at every place", "02"),
    Term("floor", "the next whole number below", "03"),
    Term("focal loss", "cross-entropy with less weight on what is already right", "14"),
    Term("gradient", "all slopes of the loss, one for each weight", "01"),
    Term("group norm", "like batch norm, but among some channels of one image", "11"),
    Term("im2col", "windows written as columns, so that one matrix product convolves", "04"),
    Term("invariant", "not changing at all when the image is shifted", "01"),
    Term("kernel", "small array of weights that is slid over an image", "01"),
    Term("label smoothing", "targets a little less than 1, a little more than 0", "14"),
    Term("learning rate", "how far a step goes along the slope", "04"),
    Term("log-sum-exp", "stable logarithm of a sum of exponentials", "14"),
    Term("loss", "number that says how wrong an answer is, in nats", "03"),
    Term("momentum", "how much of the last step is kept; in a norm: weight of the new", "11"),
    Term("multiply-add", "a product that is added to a sum", "01"),
    Term("orthogonal", "of first weights: keeping every length", "10"),
    Term("overfitting", "knowing the training images better than new ones", "12"),
    Term("padding", "pixels put around an image, mostly zeros", "02"),
    Term("pooling", "one number for a window: its largest, or its mean", "01"),
    Term("pre-activation", "residual block with norm and ReLU in front of its convolutions", "12"),
    Term("projection", "1 × 1 convolution on a shortcut, where shapes differ", "12"),
    Term("receptive field", "the pixels that can change a unit", "04"),
    Term("running statistics", "means and variances kept from training for use", "11"),
    Term("saturated", "where a squashing function is flat", "07"),
    Term("shortcut", "way around a block, by a plus sign", "09"),
    Term("softmax", "scores made positive, with sum 1", "07"),
    Term("spectrogram", "picture of a sound: how loud each frequency is, moment by moment", "01"),
    Term("squeeze-and-excitation", "mean of each channel, and a gate made from it", "22"),
    Term("stride", "step from one window to the next", "02"),
    Term("validation", "images that choose, and neither train nor test", "14"),
    Term("vanishing gradient", "slopes that shrink by a factor at each layer", "07"),
    Term("voxel", "pixel with a third axis", "01"),
    Term("weight decay", "weights made a little smaller at each step", "15"),
)  # fmt: skip


def pattern(term: Term) -> re.Pattern:
    """Match a word and its plural, as a word of its own, in small or capital letters."""
    return re.compile(rf"\b{re.escape(term.word)}(e?s|ing)?\b", re.IGNORECASE)


def as_markdown(terms: Iterable[Term] = TERMS) -> str:
    """Write terms as a Markdown table.

    Examples
    --------
    >>> print(as_markdown([Term("floor", "the next whole number below", "02")]))
    | term | meaning | first in |
    |---|---|---|
    | floor | the next whole number below | 02 |
    """
    rows = [f"| {term.word} | {term.meaning} | {term.notebook} |" for term in terms]
    return "\n".join(["| term | meaning | first in |", "|---|---|---|", *rows])
