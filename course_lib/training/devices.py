"""Networks and images on the device of the reader's choice, and predictions there."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from course_lib.checks import require_int, shape_text
from course_lib.errors import InvalidType, InvalidValue
from course_lib.training.batches import scale_images
from course_lib.training.inputs import require_images

if TYPE_CHECKING:
    import torch

BYTES_TO_KEEP_ON_DEVICE = 1 << 30  # smaller data sets move to the GPU once, not batch by batch


def predict(
    model: "torch.nn.Module", x: NDArray, *, batch_size: int = 256, device: str = "auto"
) -> NDArray:
    """Return the logits (N, classes) of a PyTorch network in eval mode, batch by batch.

    The network is moved to `device`; else it is left as it was, the modes of its layers included.

    Parameters
    ----------
    model : torch.nn.Module
        Maps images to one tensor whose first axis is that of the images.
    x : (N, C, H, W)
        Images as `fit` takes them: floating point, or uint8, which is divided by 255.
    batch_size : int, default=256
        Images at a time.
    device : str, default="auto"
        As for `fit`.

    Returns
    -------
    (N, classes)
        In the dtype of the model; float32 for bfloat16, which NumPy lacks.

    Raises
    ------
    TypeError, ValueError
        If the images are integers other than uint8, or the model does not take them.
    """
    import torch

    require_torch_model("predict", model)
    batch_size = require_int("predict", "batch_size", batch_size, minimum=1)
    x, place = require_images("predict", "x", x), find_device(device)
    logits = logits_of("predict", model.to(place), on_device(x, place), batch_size).cpu()
    return (logits.float() if logits.dtype == torch.bfloat16 else logits).numpy()


def find_device(device: str) -> "torch.device":
    """Turn "auto", "cpu", "cuda", ... into a device that is there, or raise ValueError.

    Examples
    --------
    >>> find_device("cpu")
    device(type='cpu')
    """
    import torch

    if not isinstance(device, str | torch.device):
        raise InvalidType(
            "find_device", received=f"device of type {type(device).__name__}",
            needed='the name of a device, such as "cpu" or "cuda:0"',
            fix='use "cpu", or "auto" to let it choose')  # fmt: skip
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        place = torch.device(device)
        torch.zeros(1, device=place).cpu()  # meta can be named, but holds no numbers
    except (RuntimeError, AssertionError, ImportError, AttributeError, ValueError) as problem:
        raise InvalidValue(
            "find_device", received=f"device={device!r}",
            needed="a device that PyTorch can use on this machine",
            fix='use "cpu", or "auto" to let it choose') from problem  # fmt: skip
    return place


def require_torch_model(operation: str, model: "torch.nn.Module") -> None:
    """Raise TypeError unless `model` is a network of PyTorch."""
    import torch

    if not isinstance(model, torch.nn.Module):
        what = "the class" if isinstance(model, type) else "a model of type"
        name = model.__name__ if isinstance(model, type) else type(model).__name__
        raise InvalidType(
            operation, received=f"{what} {name}", needed="a torch.nn.Module",
            fix=f"build the network first; one of numpy_nn is for {operation}_numpy")  # fmt: skip


def on_device(array: NDArray, device: "torch.device") -> "torch.Tensor":
    """Make a tensor of the array, on the device unless it is very large."""
    import torch

    tensor = torch.from_numpy(np.require(array, requirements="CW"))
    return tensor.to(device) if tensor.nbytes <= BYTES_TO_KEEP_ON_DEVICE else tensor


def as_images(x: "torch.Tensor", model: "torch.nn.Module") -> "torch.Tensor":
    """Convert images to the dtype and device of the model, uint8 scaled to 0...1.

    Without a weight that has them, images keep their own; bytes become float32.
    """
    import torch

    weights = (p for p in model.parameters() if p.is_floating_point())
    like = next(weights, x if x.is_floating_point() else x.new_empty(0, dtype=torch.float32))
    return x.to(like) / scale_images(x)


def output_of(operation: str, model: "torch.nn.Module", x: "torch.Tensor") -> "torch.Tensor":
    """Run the model, and say in a sentence where it does not take such images."""
    import torch

    try:
        y = model(x)
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as problem:
        raise InvalidValue(
            operation, received=f"images of shape {shape_text(x)} and dtype {x.dtype}, which the "
            f"model does not take ({str(problem).partition(chr(10))[0]})",
            needed="images as the first layers of the model expect them",
            fix="give them the size that it was built for") from problem  # fmt: skip
    if not isinstance(y, torch.Tensor):
        raise InvalidType(
            operation, received=f"a model whose output is a {type(y).__name__}",
            needed="one tensor of logits (N, classes)",
            fix="build the network without further outputs, or wrap it in a module that picks "
            "one")  # fmt: skip
    return y


def logits_of(
    operation: str, model: "torch.nn.Module", x: "torch.Tensor", batch_size: int
) -> "torch.Tensor":
    """Compute the logits of all images in eval mode, and leave the model as it was."""
    import torch

    from course_lib.unchanged import evaluated

    with evaluated(model), torch.inference_mode():
        batch_size = min(batch_size, max(len(x), 1))  # torch takes no end beyond 64 bits
        starts = range(0, max(len(x), 1), batch_size)
        parts = [
            output_of(operation, model, as_images(x[i : i + batch_size], model)) for i in starts
        ]
        if any(part.ndim == 0 for part in parts):
            raise InvalidValue(
                operation, received="a model whose output is a single number",
                needed="logits (N, classes)",
                fix="leave the mean or the loss out of the model")  # fmt: skip
        return torch.cat(parts)
