"""Which places of its input a block reads."""

import torch
from numpy.typing import NDArray

from course_lib.models.resnet import BlockShape, Bottleneck

CHANNELS = 4


def places_read(stride_on: str, *, size: int = 14) -> dict[str, NDArray]:
    """Ask a halving bottleneck, by its slopes, which places of its input can change its output.

    Parameters
    ----------
    stride_on : {"1x1", "3x3"}
        Which convolution of the branch halves the image.
    size : int, default=14
        Height and width of the input.

    Returns
    -------
    dict of str to ndarray (size, size)
        True where a place is read: by the "branch", by the "projection".

    Examples
    --------
    >>> float(places_read("1x1")["branch"].mean())
    0.25
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        block = Bottleneck(BlockShape(CHANNELS, CHANNELS, 4 * CHANNELS, 2, stride_on)).double()
        x = torch.rand(1, CHANNELS, size, size, dtype=torch.float64, requires_grad=True)
    branch = block.conv3(block.conv2(block.conv1(x)))  # linear: no ReLU hides a place by chance
    read = {}
    for name, y in (("branch", branch), ("projection", block.downsample[0](x))):
        (slopes,) = torch.autograd.grad(y.square().sum(), x)
        read[name] = (slopes[0] != 0).any(dim=0).numpy()
    return read
