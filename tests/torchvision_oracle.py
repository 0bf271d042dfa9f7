"""torchvision as a reference, and numbers recorded from it for machines without it."""

import hashlib
import importlib
import sys
import zlib
from types import ModuleType

import pytest
import torch
from torch import Tensor, nn

from course_lib import models
from course_lib.models.registry import TORCHVISION

NAMES = tuple(
    name
    for name in models.list_models()
    if (published := models.facts(name).published) and published.source == TORCHVISION
)

# small enough to run in the default tests; input sizes that differ and are not square
FORWARD_SIZES = {
    "alexnet": (71, 87),
    "googlenet": (64, 80),
    "resnet18": (64, 49),
    "resnet50": (64, 49),
    "mobilenet_v2": (64, 49),
    "squeezenet1_1": (64, 49),
    "efficientnet_b0": (64, 49),
    "vgg11_bn": (32, 40),
}

_libraries: list[torch.library.Library] = []


def torchvision_models() -> ModuleType:
    """Import torchvision.models, or skip the test where torchvision is not installed.

    The PyPI wheel is linked to a CUDA build of torch; beside a CPU build its compiled operations
    do not load. Its networks need none of them, so their names are declared instead.
    """
    if importlib.util.find_spec("torchvision") is None:
        pytest.skip("torchvision is not installed")
    try:
        return importlib.import_module("torchvision.models")
    except RuntimeError:
        for name in [name for name in sys.modules if name.startswith("torchvision")]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _libraries.append(library)  # the names live as long as the library object
        return importlib.import_module("torchvision.models")


def torchvision_network(name: str) -> nn.Module:
    """Build torchvision's network of this name with fresh weights."""
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    return getattr(torchvision_models(), name)(**options)


def fingerprint(network: nn.Module) -> dict[str, int | str]:
    """Sum up the keys, shapes and dtypes of a state dict."""
    state = network.state_dict()
    lines = (f"{key} {tuple(state[key].shape)} {state[key].dtype}\n" for key in sorted(state))
    return {
        "tensors": len(state),
        "numbers": sum(tensor.numel() for tensor in state.values()),
        "sha256": hashlib.sha256("".join(lines).encode()).hexdigest(),
    }


def fill(network: nn.Module) -> None:
    """Give every tensor of the state dict values that depend on its key alone.

    A Weyl sequence, uniform on (-1, 1), scaled as He et al. do; norms are near 1, so that the
    signal neither dies nor explodes.
    """
    for key, tensor in network.state_dict().items():
        if not tensor.is_floating_point():
            continue
        values = weyl(tensor.shape, key)
        if tensor.ndim > 1:
            values = values * (6.0 / tensor[0].numel()) ** 0.5
        elif key.endswith(("running_var", "weight")):
            values = 1.0 + 0.2 * values
        else:
            values = 0.1 * values
        tensor.copy_(values)


def weyl(shape: tuple[int, ...], key: str) -> Tensor:
    """Return numbers on (-1, 1) that are the same on every machine."""
    count = torch.Size(shape).numel()
    steps = torch.arange(count, dtype=torch.int64) * 2654435761 + zlib.crc32(key.encode())
    return (torch.remainder(steps, 2**32).double() / 2**31 - 1.0).float().reshape(shape)


def first_logits(network: nn.Module, size: tuple[int, int]) -> list[float]:
    """Run a filled network in eval mode on a fixed image and return its first eight outputs."""
    fill(network)
    image = weyl((1, 3, *size), "image")
    with torch.no_grad():
        return network.eval()(image)[0, :8].tolist()
