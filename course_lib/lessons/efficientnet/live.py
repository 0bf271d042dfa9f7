"""Live figure of notebook 23: a network that grows in depth, width and pixels."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course_lib.lessons.efficientnet import plan
from course_lib.lessons.efficientnet.figures import show_growth
from course_lib.live import Figure, Trial
from course_lib.models import Scaling
from course_lib.models.scaling import BASE_PLAN

MODULES = Path(__file__).with_name("live")


def grow(name: str = "B0") -> Figure:
    """Let the reader scale EfficientNet-B0, and count what it costs.

    Parameters
    ----------
    name : {"B0", "B1", "B2", "B3", "B4", "B5", "B6", "B7"}, default="B0"
        The network to begin with.

    Returns
    -------
    Figure
        Controls: a released network; depth and width as factors; pixels.

    Examples
    --------
    >>> grow("B4").state["resolution"]
    380
    """
    scaling = plan.released(name)
    state = {
        "network": name, **scaling._asdict(),
        "plan": [
            {
                "expansion": stage.expansion, "kernel": stage.kernel_size, "stride": stage.stride,
                "before": stage.in_channels, "channels": stage.out_channels,
                "repeats": stage.repeats,
            }
            for stage in BASE_PLAN
        ],
        "released": {each: list(plan.released(each)) for each in plan.POWERS},
    }  # fmt: skip
    counted = plan.multiply_adds(scaling)
    words = (
        f"EfficientNet-{name} as a row of boxes, a box a block, lower and wider from left to "
        f"right. It costs {counted / 1e9:.2f} billion multiply-adds, "
        f"{counted / plan.multiply_adds(plan.B0):.1f} times as many as B0; the rule expects "
        f"{plan.product(scaling):.1f} times."
    )
    return Figure(MODULES / "grow.js", state, still=show_growth({name: scaling}), words=words)


def grow_numbers(state: Mapping[str, Any]) -> dict[str, Any]:
    """Count in Python what the figure shows, from its values by name."""
    scaling = Scaling(*(state[name] for name in Scaling._fields))
    rows = plan.rows(scaling)
    stages, products = rows[1:-1], plan.multiply_adds(scaling)
    return {
        "channels": [stage.channels for stage in stages],
        "repeats": [stage.repeats for stage in stages],
        "sides": [stage.side for stage in stages],
        "parameters": sum(row.parameters for row in rows),
        "multiply_adds": products,
        "counted": products / plan.multiply_adds(plan.B0),
        "factors": [
            scaling.depth,
            scaling.width**2,
            (scaling.resolution / plan.B0.resolution) ** 2,
        ],
        "expected": plan.product(scaling),
    }


TRIALS = (Trial(grow, grow_numbers),)
