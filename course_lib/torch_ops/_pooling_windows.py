"""How the poolings of every rank call PyTorch."""

import torch
import torch.nn.functional as F
from torch import Tensor

from course_lib.contracts.pooling import PoolGeometry

MAX_POOL = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVG_POOL = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}


def max_windows(x: Tensor, geometry: PoolGeometry, ceil_mode: bool) -> Tensor:
    """Call the max pooling of the rank of `x`."""
    padding = tuple(before for before, _ in geometry.padding)
    pool = MAX_POOL[len(geometry.kernel)]
    return pool(x, geometry.kernel, geometry.stride, padding, geometry.dilation, ceil_mode)


def average_windows(
    x: Tensor, geometry: PoolGeometry, ceil_mode: bool, count_include_pad: bool
) -> Tensor:
    """Call the average pooling of the rank of `x`."""
    padding = tuple(before for before, _ in geometry.padding)
    pool = AVG_POOL[len(geometry.kernel)]
    if pool is F.avg_pool3d and x.dtype in (torch.float16, torch.bfloat16):
        # The CPU has no avg_pool3d in half precision.
        args = (geometry.kernel, geometry.stride, padding, ceil_mode, count_include_pad)
        return pool(x.float(), *args).to(x.dtype)
    return pool(x, geometry.kernel, geometry.stride, padding, ceil_mode, count_include_pad)
