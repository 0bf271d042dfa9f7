"""What a trace refuses, in a sentence each: why a module cannot be followed, and where."""

import logging
import os
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import (
    DataDependentOutputException,
    DynamicOutputShapeException,
)

from course_lib.errors import InvalidValue
from course_lib.unchanged import random_states, same_state

# Folders whose lines are not the author's: torch's, and that of the trace.
INNER = (os.path.dirname(torch.__file__), os.path.dirname(__file__))
LOUD = logging.getLogger("torch._subclasses.fake_tensor")


@contextmanager
def quietly() -> Iterator[None]:
    """Keep torch from printing the traceback of an error that is then told in a sentence."""

    def nothing(record: logging.LogRecord) -> bool:
        return False

    LOUD.addFilter(nothing)
    try:
        yield
    finally:
        LOUD.removeFilter(nothing)


def require_no_draws(caller: str, module: nn.Module, before: dict[str, Any]) -> None:
    """Raise if a forward on shapes, where torch draws nothing, has moved a global generator."""
    for name, state in random_states().items():
        if not same_state(state, before[name]):
            raise InvalidValue(
                caller, received=f"a {type(module).__name__} whose forward moves the global "
                f"random numbers of {name}, by a draw or a seed",
                needed="random numbers of torch, drawn anew in each forward",
                fix="draw with torch.rand, and seed before the forward")  # fmt: skip


def require_plain(caller: str, output: Any) -> None:
    """Raise unless an output is a tensor, a number, a text or None."""
    if output is not None and not isinstance(output, Tensor | int | float | str):
        raise InvalidValue(
            caller, received=f"a module that returns a {type(output).__name__}",
            needed="tensors, or tuples, lists, dicts and named tuples of them",
            fix="return one of these, for example a dict with a name for each tensor")  # fmt: skip


def not_traced(
    caller: str, module: nn.Module, inputs: Sequence[Tensor], error: BaseException
) -> InvalidValue:
    """Say in a sentence why the forward did not run, and where it stopped."""
    lines = [
        f"{os.path.basename(frame.filename)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(INNER)
    ]
    where = f" at {lines[-1]}" if lines else ""
    kind = type(module).__name__
    shapes = ", ".join(f"{tuple(x.shape)} {str(x.dtype).removeprefix('torch.')}" for x in inputs)
    if isinstance(error, (DataDependentOutputException, DynamicOutputShapeException)):
        return InvalidValue(
            caller,
            received=f"a {kind} that decides by the values in a tensor{where} ({error})",
            needed="a forward that does the same for every input of one shape",
            fix="move the decision out of forward, or pass the parts one by one",
        )
    text = (str(error) or type(error).__name__).strip().splitlines()[0]
    if "autograd.Function" in text or "custom_function_call" in text:
        return InvalidValue(
            caller,
            received=f"a {kind} with an autograd.Function{where}, whose backward is Python code",
            needed="operations that PyTorch differentiates itself",
            fix="write x + (y - x).detach() for a y that gets the gradient of x, and "
            "checkpoint(…, use_reentrant=False) for a checkpoint",
        )
    return InvalidValue(
        caller,
        received=f"a {kind} that stops on inputs {shapes}{where}: {text}",
        needed="a module whose forward runs in torch",
        fix="run it in torch first, and mend what torch reports",
    )
