"""Networks and images on the device of the reader's choice, and predictions there."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import require_int
from course_lib.errors import InvalidValue
from course_lib.training.batches import scale_images

if TYPE_CHECKING:
    import torch

BYTES_TO_KEEP_ON_DEVICE = 1 << 30  # smaller data sets move to the GPU once, not batch by batch


def predict(
    model: "torch.nn.Module", x: NDArray, *, batch_size: int = 256, device: str = "auto"
) -> NDArray:
    """Return the logits (N, classes) of a PyTorch network in eval mode, batch by batch.

    The network is moved to `device`; else it is left as it was, the modes of its layers included.
    """
    require_int("predict", "batch_size", batch_size, minimum=1)
    place = find_device(device)
    return logits_of(model.to(place), on_device(x, place), batch_size).cpu().numpy()


def find_device(device: str) -> "torch.device":
    """Turn "auto", "cpu", "cuda", ... into a device that is there, or raise ValueError.

    Examples
    --------
    >>> find_device("cpu")
    device(type='cpu')
    """
    import torch

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        place = torch.device(device)
        torch.zeros(1, device=place).cpu()  # meta can be named, but holds no numbers
    except (RuntimeError, AssertionError, NotImplementedError) as problem:
        raise InvalidValue(
            "find_device", received=f"device={device!r}",
            needed="a device that PyTorch can use on this machine",
            fix='use "cpu", or "auto" to let it choose') from problem  # fmt: skip
    return place


def on_device(array: NDArray, device: "torch.device") -> "torch.Tensor":
    """Make a tensor of the array, on the device unless it is very large."""
    import torch

    tensor = torch.from_numpy(np.require(array, requirements="CW"))
    return tensor.to(device) if tensor.nbytes <= BYTES_TO_KEEP_ON_DEVICE else tensor


def as_images(x: "torch.Tensor", model: "torch.nn.Module") -> "torch.Tensor":
    """Convert images to the dtype and device of the model, uint8 scaled to 0...1."""
    return x.to(next(model.parameters())) / scale_images(x)


def logits_of(model: "torch.nn.Module", x: "torch.Tensor", batch_size: int) -> "torch.Tensor":
    """Compute the logits of all images in eval mode, and leave the model as it was."""
    import torch

    from course_lib.unchanged import unchanged

    with unchanged(model), torch.inference_mode():
        model.eval()
        starts = range(0, max(len(x), 1), batch_size)
        parts = [model(as_images(x[i : i + batch_size], model)) for i in starts]
        return torch.cat(parts)
