"""What a report looks at: in full on a GPU, in a small form on a CPU."""

from typing import NamedTuple

PRECISIONS = ("float64", "float32", "tf32", "bfloat16")
# Each way adds to the one before it: bf16 keeps the weights in float32 (autocast), channels-last is
# bf16 in another memory layout, compile is that through torch.compile.
WAYS = ("float32", "tf32", "bf16", "channels-last", "compile")
CLASSES = 10


class Images(NamedTuple):
    """A network, and images of the size it gets here."""

    network: str
    channels: int
    size: int
    batch_size: int
    steps: int = 1  # of one epoch
    padding: int | None = None  # an option of LeNet-5, for digits of 28 px
    dataset: str | None = None  # None: noise, which takes as long as pictures

    @property
    def name(self) -> str:
        """Network and image size."""
        return f"{self.network} {self.size} px"


class Plan(NamedTuple):
    """The rows of a report.

    Attributes
    ----------
    operations : tuple of str or None
        Operations to compare; None means all.
    networks, trainings : tuple of Images
        Networks to compare with their NumPy graphs, and to train.
    ways : tuple of str
        How to train, of `WAYS`.
    seconds : float
        Time for measuring one loop, at least two epochs.
    """

    operations: tuple[str, ...] | None
    networks: tuple[Images, ...]
    trainings: tuple[Images, ...]
    ways: tuple[str, ...]
    seconds: float


FULL = Plan(
    operations=None,
    networks=(
        Images("lenet5", 1, 32, 5),
        Images("resnet18", 3, 224, 2),
        Images("googlenet", 3, 224, 2),
        Images("mobilenet_v2", 3, 224, 2),
        Images("efficientnet_b0", 3, 224, 2),
    ),
    trainings=(
        Images("lenet5", 1, 28, 100, steps=100, padding=2, dataset="shifted_digits"),
        Images("resnet18", 3, 32, 256, steps=40),
        Images("resnet18", 3, 224, 128, steps=15),
        Images("efficientnet_b0", 3, 224, 64, steps=15),
    ),
    ways=WAYS,
    seconds=1.5,
)
# A few operations of every kind, thumbnails. Nothing is compiled, which takes minutes, and LeNet-5
# alone is trained: without bfloat16 in hardware, three steps of ResNet-18 took 24 seconds in it.
SMALL = Plan(
    operations=("conv2d", "max_pool2d", "relu", "batch_norm", "linear", "cross_entropy"),
    networks=(Images("lenet5", 1, 32, 3), Images("resnet18", 3, 32, 2)),
    trainings=(Images("lenet5", 1, 28, 10, steps=4, padding=2),),
    ways=WAYS[:-1],
    seconds=0.2,
)
