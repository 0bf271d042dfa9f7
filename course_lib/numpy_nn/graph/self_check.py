"""Whether a graph gives what torch gives: outputs at first, gradients on the first way back.

A trace sees one forward, on shapes. What it cannot see is found by running torch itself on the
same numbers, twice in turn: a forward that leaves torch, one that does not do the same each time,
one whose gradients are not those of its operations.
"""

from collections.abc import Sequence
from typing import Any

from torch import nn

from course_lib.errors import InvalidValue
from course_lib.numpy_nn.graph.agreement import (
    GRADIENT_TOLERANCES,
    ROUNDINGS,
    distances,
    tolerance,
    worst_gradient,
)
from course_lib.numpy_nn.graph.state import Watched
from course_lib.numpy_nn.graph.torch_run import TorchRun, tensors
from course_lib.numpy_nn.graph.trace import trace
from course_lib.unchanged import unchanged


def require_outputs(run: TorchRun, ours: Sequence[list], updates: Sequence[str]) -> None:
    """Raise unless torch gives the same outputs and buffers, in two forwards in turn.

    Parameters
    ----------
    run : TorchRun
        The forward in torch.
    ours : sequence of two lists
        What NumPy gave the first and the second time: outputs, then the buffers in `updates`.
    updates : sequence of str
        The buffers that a forward changes.
    """
    theirs = run.outputs(updates)
    moved: list[list] = []
    for turn, (mine, torchs) in enumerate(zip(ours, theirs, strict=True)):
        errors, limits = distances(mine, torchs), list(map(tolerance, torchs))
        if all(error <= limit for error, limit in zip(errors, limits, strict=True)):
            continue
        again = distances(run.outputs(updates)[turn], torchs)
        if any(error > limit for error, limit in zip(again, limits, strict=True)):
            raise _outputs_differ(run, max(again), 0.0, turn=1)
        moved = moved or run.rounded(0).outputs(updates)
        movements = distances(moved[turn], torchs)
        for error, limit, movement in zip(errors, limits, movements, strict=True):
            if error > max(limit, ROUNDINGS * movement):
                raise _outputs_differ(run, error, limit, turn)
    _require_no_counting(run)


def _outputs_differ(run: TorchRun, error: float, limit: float, turn: int) -> InvalidValue:
    kept = ", ".join(run.changes) or "something outside of the module"
    if turn:
        return InvalidValue(
            "from_torch", received=f"a {type(run.module).__name__} whose second forward differs "
            f"by {error:.1e} from what it would be after the first, which changed {kept}",
            needed="a forward that does the same each time, but for its buffers",
            fix="keep as a buffer what a forward leaves to the next, or leave nothing")  # fmt: skip
    return InvalidValue(
        "from_torch", received=f"outputs that differ from torch's by {error:.1e} of the largest",
        needed=f"a difference of at most {limit:.0e}",
        fix="look for a forward that leaves torch, through NumPy for one, or that "
        "does not do the same each time; or pass check=False to go on")  # fmt: skip


def _require_no_counting(run: TorchRun) -> None:
    """Raise if the forward changes a number and computes, or decides, with it."""
    uses: list[str] = []
    with unchanged(run.module):
        for container, place, value in run.counters:
            container[place] = Watched(value, uses)
        try:
            if run.counters:
                trace(run.module, tensors(run.inputs))
        except Exception as error:  # such as torch's, that this is no number
            uses.append(str(error))
    if uses:
        raise InvalidValue(
            "from_torch", received=f"a {type(run.module).__name__} that computes, or decides, "
            f"with {', '.join(run.changes)}, which each forward changes",
            needed="a forward that does the same each time, but for its buffers",
            fix='compute with a buffer, self.register_buffer("step", torch.zeros(())), or set '
            "the number outside of the forward: another number is traced anew")  # fmt: skip


def require_gradients(
    run: TorchRun, grads_y: Sequence[Any], ours: dict[str, Any], hooks: str, *, needs_grad_x: bool
) -> None:
    """Raise unless torch gives the same gradients.

    Parameters
    ----------
    run : TorchRun
        The forward in torch.
    grads_y : sequence of arrays or None
        The gradient of each output.
    ours : dict of str to array
        NumPy's, those of inputs under the names "input 0", "input 1".
    hooks : str
        Where there are hooks for gradients, or empty.
    needs_grad_x : bool
        Whether inputs have a gradient.
    """
    theirs = run.gradients(grads_y, needs_grad_x=needs_grad_x)

    def rounded(seed: int) -> dict[str, Any]:
        return run.rounded(seed).gradients(grads_y, needs_grad_x=needs_grad_x)

    worst = worst_gradient(ours, theirs, rounded)
    if worst is None:
        return
    name, share = worst
    limit = GRADIENT_TOLERANCES[str({**ours, **theirs}[name].dtype)]
    raise InvalidValue(
        "Graph.backward",
        received=f"a {type(run.module).__name__} whose gradient of {name} differs from torch's by "
        f"{share:.1e} of its length" + (f", with hooks for gradients on {hooks}" if hooks else ""),
        needed=f"a difference of at most {limit:.0e}",
        fix="take off the hooks that change gradients, and do so yourself afterwards"
        if hooks
        else "look for a gradient that does not follow from the operations of the forward; or "
        "pass check=False to go on",
    )


def refuse_hooks(module: nn.Module, hooks: str) -> InvalidValue:
    """Say that hooks are not run."""
    return InvalidValue(
        "Graph.backward",
        received=f"a {type(module).__name__} with hooks for gradients on {hooks}",
        needed="a module without them, as NumPy does not run them",
        fix="take them off, or let from_torch compare with torch each time, by check=True",
    )
