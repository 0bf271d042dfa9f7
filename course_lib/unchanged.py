"""Leave a torch module as it was, whatever looks into it, also after an error."""

import inspect
import random
import types
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import numpy as np
import torch
from torch import nn

from course_lib.holdings import Holdings

# How settings that hold for all modules are read and written.
SETTINGS: tuple[tuple[Callable[[], Any], Callable[[Any], Any]], ...] = (
    (torch.is_grad_enabled, torch.set_grad_enabled),
    (torch.get_default_dtype, torch.set_default_dtype),
    (torch.get_num_threads, torch.set_num_threads),
    (torch.get_deterministic_debug_mode, torch.set_deterministic_debug_mode),
    (torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly),
    (np.geterr, lambda before: np.seterr(**before)),
)


@contextmanager
def unchanged(module: nn.Module, *, parameters: bool = True) -> Iterator[nn.Module]:
    """Put a module back when the context ends, as it was when the context began.

    What comes back, for the module and all inside it: the mode, every attribute (what `forward`
    stores included, and what it changes inside lists, dicts, arrays and objects that are stored),
    parameters, buffers and their values, gradients, and hooks. So do torch's settings (gradient
    mode, default dtype, threads, determinism) and NumPy's of errors; the global random numbers of
    Python, NumPy and torch go on as if nothing had been drawn.

    Parameters
    ----------
    module : torch.nn.Module
        Anything may be done to it inside the context.
    parameters : bool, default=True
        Copy the values of parameters too, which takes their memory once more. A context that does
        not compute with them, but with others in their place, does not need it.

    Yields
    ------
    torch.nn.Module
        The module itself.

    Examples
    --------
    >>> layer = nn.BatchNorm1d(2)
    >>> with unchanged(layer):
    ...     layer.eval().seen = layer(torch.ones(3, 2))
    >>> layer.training, hasattr(layer, "seen")
    (True, False)
    """
    holdings = Holdings(module, parameters=parameters)
    settings = [read() for read, _ in SETTINGS]
    randomness = random_states()
    try:
        yield module
    finally:
        for (read, write), before in zip(SETTINGS, settings, strict=True):
            if read() != before:
                write(before)
        holdings.put_back()
        _set_random_states(randomness)


@contextmanager
def evaluated(module: nn.Module, *, parameters: bool = True) -> Iterator[nn.Module]:
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
    with unchanged(module, parameters=parameters):
        with suppress(NotImplementedError):
            module.eval()
        yield module


@contextmanager
def unchanged_in(function: Callable[..., Any]) -> Iterator[None]:
    """Leave the modules `unchanged` that a function is, or whose names stand in it.

    Examples
    --------
    >>> layer = nn.BatchNorm1d(2)
    >>> with unchanged_in(lambda x: layer(x).mean()):
    ...     _ = layer(torch.ones(3, 2))
    >>> layer.num_batches_tracked.item()
    0
    """
    inner = inspect.unwrap(function)
    found = [inner, getattr(inner, "__self__", None)]
    if inspect.isfunction(inner) or inspect.ismethod(inner):
        names = inspect.getclosurevars(inner)
        found += [*names.nonlocals.values(), *names.globals.values()]
    with ExitStack() as contexts:
        for module in found:
            if isinstance(module, nn.Module):
                contexts.enter_context(unchanged(module))
        yield


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
