"""Leave a torch module as it was, whatever looks into it, also after an error."""

import random
import types
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import torch
from torch import nn


@contextmanager
def unchanged(module: nn.Module) -> Iterator[nn.Module]:
    """Put a module back when the context ends, as it was when the context began.

    What comes back, for the module and all inside it: the mode, every attribute (what `forward`
    stores included, in lists, dicts and plain objects too), parameters, buffers and their values,
    gradients, and hooks. The global random numbers of Python, NumPy and torch go on as if nothing
    had been drawn.

    Parameters
    ----------
    module : torch.nn.Module
        Anything may be done to it inside the context.

    Yields
    ------
    torch.nn.Module
        The module itself.

    Notes
    -----
    The values of buffers are copied, as running statistics change in place. Those of parameters
    are not: a context in which an optimizer steps is not what this is for.

    Examples
    --------
    >>> layer = nn.BatchNorm1d(2)
    >>> with unchanged(layer):
    ...     layer.eval().seen = layer(torch.ones(3, 2))
    >>> layer.training, hasattr(layer, "seen")
    (True, False)
    """
    held = containers([vars(layer) for layer in module.modules()])
    contents = [(container, container.copy()) for container in held]
    values = [(tensor, tensor.detach().clone()) for tensor in _tensors(module)]
    gradients = [(parameter, parameter.grad) for parameter in module.parameters()]
    randomness = random_states()
    try:
        yield module
    finally:
        for container, before in contents:
            _restore(container, before)
        for parameter, gradient in gradients:
            parameter.grad = gradient
        with torch.no_grad():
            for tensor, before in values:
                if not _same_values(tensor, before):  # to autograd, writing is a change
                    tensor.copy_(before)
        _set_random_states(randomness)


@contextmanager
def evaluated(module: nn.Module) -> Iterator[nn.Module]:
    """Put a module into eval mode, and leave it `unchanged`.

    Exported programs have one mode, the one they were exported in, and refuse another: they stay
    in it.

    Examples
    --------
    >>> layer = nn.Dropout()
    >>> with evaluated(layer):
    ...     layer.training
    False
    >>> layer.training
    True
    """
    with unchanged(module):
        with suppress(NotImplementedError):
            module.eval()
        yield module


def random_states() -> dict[str, Any]:
    """Give the states of the global generators, on the GPU too where one is in use.

    Examples
    --------
    >>> list(random_states())[:3]
    ['Python', 'NumPy', 'torch']
    """
    states = {
        "Python": random.getstate(),
        "NumPy": np.random.get_state(),  # noqa: NPY002 - the global one, which others draw from
        "torch": torch.get_rng_state(),
    }
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        states["torch on the GPU"] = torch.cuda.get_rng_state()
    return states


def stirred_states() -> dict[str, Any]:
    """Draw once from each global generator of the CPU, and give the states after that.

    They are those of no fresh seed, so that a seed set again is seen as a change.
    """
    random.random(), np.random.random(), torch.rand(())  # noqa: NPY002
    return random_states()


def _set_random_states(states: dict[str, Any]) -> None:
    random.setstate(states["Python"])
    np.random.set_state(states["NumPy"])  # noqa: NPY002
    torch.set_rng_state(states["torch"])
    if "torch on the GPU" in states:
        torch.cuda.set_rng_state(states["torch on the GPU"])


def same_state(a: Any, b: Any) -> bool:
    """Compare two states of one generator."""
    if isinstance(a, tuple):
        return all(same_state(x, y) for x, y in zip(a, b, strict=True))
    return bool(np.array_equal(a, b)) if isinstance(a, np.ndarray | torch.Tensor) else a == b


def _tensors(module: nn.Module) -> Iterator[torch.Tensor]:
    """Go through what a forward may change in place: buffers, plain attributes, gradients."""
    yield from module.buffers()
    yield from (p.grad for p in module.parameters() if p.grad is not None)
    for layer in module.modules():
        yield from (value for value in vars(layer).values() if isinstance(value, torch.Tensor))


def containers(start: Any) -> list[Any]:
    """List all dicts, lists, sets and arrays inside one, attributes of plain objects included.

    What a module or a tensor holds is left out, and so is what a function or a class does.

    Examples
    --------
    >>> containers([1, {"a": {2}}])
    [[1, {'a': {2}}], {'a': {2}}, {2}]
    """
    found: dict[int, Any] = {}
    waiting = [start]
    while waiting:
        item = waiting.pop()
        item = vars(item) if is_plain_object(item) else item
        if isinstance(item, HOLDERS) and id(item) not in found:
            found[id(item)] = item
            if not isinstance(item, np.ndarray):
                waiting += item.values() if isinstance(item, dict) else item
        elif isinstance(item, tuple):
            waiting += item
    return list(found.values())


HOLDERS = (dict, list, set, deque, np.ndarray)
PLAIN = (*HOLDERS, tuple, frozenset, bool, int, float, complex, str, bytes, type(None))


def is_plain_object(item: Any) -> bool:
    """Tell an object that holds numbers, texts and lists of them, such as settings, from others."""
    if isinstance(item, (nn.Module, torch.Tensor, types.ModuleType, *PLAIN)) or callable(item):
        return False
    held = getattr(item, "__dict__", {None: item})
    return all(isinstance(value, (*PLAIN, torch.Tensor)) for value in held.values())


def _same_values(tensor: torch.Tensor, before: torch.Tensor) -> bool:
    if tensor.is_meta or tensor.layout != torch.strided:
        return tensor.is_meta  # one without values has the same
    return torch.equal(tensor, before)


def _restore(container: Any, before: Any) -> None:
    """Fill it in place, as others hold on to it: a hook's handle, for one."""
    if isinstance(container, np.ndarray):
        if container.flags.writeable:
            container[...] = before
    elif isinstance(container, list):
        container[:] = before
    else:
        container.clear()
        (container.extend if isinstance(container, deque) else container.update)(before)
