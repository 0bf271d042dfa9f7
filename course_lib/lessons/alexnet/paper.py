"""What the paper prints, each with its section, to be set beside what is counted or measured here.

Krizhevsky, Sutskever, Hinton, 2012: ImageNet classification with deep convolutional neural
networks, NIPS.
"""

from typing import NamedTuple

# Figure 2: numbers that each layer gives, from the first convolution to the last dense layer.
NEURONS = (253_440, 186_624, 64_896, 64_896, 43_264, 4096, 4096, 1000)
NEURONS_IN_ALL = 650_000  # abstract
LARGEST_SHARE = 0.01  # section 1: "no more than 1%" of the parameters in each convolution
CARD_BYTES = 3e9  # section 3.2, of a GTX 580
BATCH_SIZE, IMAGES, CYCLES = 128, 1.2e6, 90  # section 5
DAYS = (5, 6)  # section 5, on two GTX 580
CROP, PHOTO = 224, 256  # section 4.1


class Gain(NamedTuple):
    """What a novelty took off the error, in percentage points; None where nothing is printed."""

    novelty: str
    section: str
    top1: float | None
    top5: float | None


GAINS = (
    Gain("ReLU", "3.1", None, None),
    Gain("twice the kernels, two cards", "3.2", 1.7, 1.2),
    Gain("response normalization", "3.3", 1.4, 1.2),
    Gain("overlapping pooling", "3.4", 0.4, 0.3),
    Gain("dropout", "4.2", None, None),
)
# Table 2, top-5 error in %: the first two on validation photos, which differ from the test photos
# by no more than 0.1 there.
TOP5_ERRORS = {
    "second-best entry": 26.2, "one AlexNet": 18.2, "five": 16.4,
    "seven, two of them with more data": 15.3,
}  # fmt: skip
