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

from course_lib.errors import InvalidValue, MissingFile
from course_lib.models.layers import ImageNetwork
from course_lib.models.photos import installed_file
from course_lib.models.registry import Weights, build, facts, list_models

__all__ = ["load_pretrained"]

SERVER = "https://download.pytorch.org/models/"  # torchvision's


def load_pretrained(name: str, *, path: str | Path | None = None) -> ImageNetwork:
    """Build a network with published weights, in eval mode.

    Parameters
    ----------
    name : str
        One of `list_models()`.
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
    weights = facts(name).weights
    file = _published(name, weights) if path is None else Path(path)
    _require_file(file)
    _require_hash(file, _hash_in_name(file))
    state = _read(file)
    if weights is not None:
        state = _rename(state, weights.layers())
    with torch.device("meta"):  # no memory, no time for weights that are replaced at once
        network = build(name)
    _require_fit(network, state, file)
    network.load_state_dict(state, strict=True, assign=True)
    return network.eval()


def cache_folder() -> Path:
    """Give the folder that keeps downloaded weights."""
    return platformdirs.user_cache_path("course_lib") / "weights"


def _published(name: str, weights: Weights | None) -> Path:
    """Return the file with the published weights, downloaded if it is not there or damaged."""
    if weights is None:
        known = ", ".join(other for other in list_models() if facts(other).weights)
        raise InvalidValue(
            "load_pretrained", received=f"{name!r}",
            needed=f"a network with published weights: {known}",
            fix="choose one of these or pass path= with a file of your own")  # fmt: skip
    if weights.package is not None:
        file = Path(installed_file(weights.package, weights.file))
        _require_hash(file, weights.sha256)
        return file
    file = cache_folder() / weights.file
    expected = weights.sha256 or _hash_in_name(file)
    if not (file.exists() and sha256(file).startswith(expected)):
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


def _rename(state: Mapping[str, Tensor], layers: Mapping[str, str]) -> dict[str, Tensor]:
    """Give the tensors of a file our names of their layers; other names stay."""
    renamed = {}
    for key, tensor in state.items():
        layer, _, last = key.rpartition(".")
        renamed[f"{layers[layer]}.{last}" if layer in layers else key] = tensor
    return renamed
